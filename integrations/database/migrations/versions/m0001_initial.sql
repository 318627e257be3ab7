-- Frozen: written once with this release, never edited after. tables.py says what each is for.

CREATE TABLE draft (
    id UUID NOT NULL,
    owner_index BYTEA NOT NULL,
    flow TEXT NOT NULL,
    status TEXT NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    body_enc BYTEA,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT draft_pkey PRIMARY KEY (id),
    CONSTRAINT draft_status_check CHECK (status in ('open', 'submitted', 'cancelled', 'expired', 'erased'))
);

CREATE INDEX draft_expiring_idx ON draft (expires_at) WHERE body_enc is not null;

CREATE INDEX draft_owner_index_idx ON draft (owner_index);

CREATE TABLE early_receipt (
    provider TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    status TEXT NOT NULL,
    rank SMALLINT NOT NULL,
    error_code TEXT,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT early_receipt_pkey PRIMARY KEY (provider, provider_id)
);

CREATE TABLE conversation (
    id UUID NOT NULL,
    channel TEXT NOT NULL,
    provider TEXT NOT NULL,
    address_index BYTEA NOT NULL,
    address_enc BYTEA,
    version INTEGER DEFAULT 0 NOT NULL,
    fence INTEGER DEFAULT 0 NOT NULL,
    last_inbound_seq INTEGER DEFAULT 0 NOT NULL,
    last_outbound_seq INTEGER DEFAULT 0 NOT NULL,
    state_enc BYTEA,
    draft_id UUID,
    opted_out BOOLEAN DEFAULT false NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_inbound_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT conversation_pkey PRIMARY KEY (id),
    CONSTRAINT conversation_channel_address_index_key UNIQUE (channel, address_index),
    CONSTRAINT conversation_draft_id_fkey FOREIGN KEY(draft_id) REFERENCES draft (id)
) WITH (fillfactor = 70);

CREATE INDEX conversation_address_index_idx ON conversation (address_index);

CREATE TABLE consent (
    id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    purpose TEXT NOT NULL,
    version TEXT NOT NULL,
    given BOOLEAN NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT consent_pkey PRIMARY KEY (id),
    CONSTRAINT consent_conversation_id_fkey FOREIGN KEY(conversation_id) REFERENCES conversation (id)
);

CREATE INDEX consent_conversation_id_idx ON consent (conversation_id, at);

CREATE TABLE effect (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    conversation_id UUID,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT effect_pkey PRIMARY KEY (kind, key),
    CONSTRAINT effect_conversation_id_fkey FOREIGN KEY(conversation_id) REFERENCES conversation (id)
);

CREATE TABLE inbox (
    id UUID NOT NULL,
    provider TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    idempotency_token TEXT,
    conversation_id UUID NOT NULL,
    seq INTEGER NOT NULL,
    body_enc BYTEA,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    processed_at TIMESTAMP WITH TIME ZONE,
    failures INTEGER DEFAULT 0 NOT NULL,
    error_code TEXT,
    CONSTRAINT inbox_pkey PRIMARY KEY (id),
    CONSTRAINT inbox_provider_provider_id_key UNIQUE (provider, provider_id),
    CONSTRAINT inbox_provider_idempotency_token_key UNIQUE (provider, idempotency_token),
    CONSTRAINT inbox_conversation_id_seq_key UNIQUE (conversation_id, seq),
    CONSTRAINT inbox_conversation_id_fkey FOREIGN KEY(conversation_id) REFERENCES conversation (id)
);

CREATE INDEX inbox_provider_received_at_idx ON inbox (provider, received_at);

CREATE INDEX inbox_waiting_idx ON inbox (conversation_id, seq) WHERE processed_at is null;

CREATE TABLE pre_declaration (
    id UUID NOT NULL,
    reference TEXT NOT NULL,
    draft_id UUID,
    transaction_id UUID NOT NULL,
    kind TEXT NOT NULL,
    conversation_id UUID,
    owner_index BYTEA NOT NULL,
    second_factor_index BYTEA,
    sensitive BOOLEAN DEFAULT false NOT NULL,
    body_enc BYTEA,
    missing TEXT[] DEFAULT '{}' NOT NULL,
    status TEXT DEFAULT 'submitted' NOT NULL,
    last_day DATE,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pre_declaration_pkey PRIMARY KEY (id),
    CONSTRAINT pre_declaration_reference_key UNIQUE (reference),
    CONSTRAINT pre_declaration_draft_id_key UNIQUE (draft_id),
    CONSTRAINT pre_declaration_draft_id_fkey FOREIGN KEY(draft_id) REFERENCES draft (id),
    CONSTRAINT pre_declaration_transaction_id_key UNIQUE (transaction_id),
    CONSTRAINT pre_declaration_conversation_id_fkey FOREIGN KEY(conversation_id) REFERENCES conversation (id)
);

CREATE TABLE ticket (
    id UUID NOT NULL,
    reference TEXT NOT NULL,
    conversation_id UUID NOT NULL,
    reason TEXT NOT NULL,
    language TEXT NOT NULL,
    phone_enc BYTEA,
    status TEXT DEFAULT 'open' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT ticket_pkey PRIMARY KEY (id),
    CONSTRAINT ticket_reference_key UNIQUE (reference),
    CONSTRAINT ticket_conversation_id_fkey FOREIGN KEY(conversation_id) REFERENCES conversation (id)
);

CREATE TABLE outbox (
    id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    seq INTEGER NOT NULL,
    inbox_id UUID,
    channel TEXT NOT NULL,
    provider TEXT NOT NULL,
    kind TEXT NOT NULL,
    purpose TEXT NOT NULL,
    body_enc BYTEA,
    fence INTEGER NOT NULL,
    state TEXT DEFAULT 'pending' NOT NULL,
    rank SMALLINT DEFAULT 0 NOT NULL,
    attempts INTEGER DEFAULT 0 NOT NULL,
    next_attempt_at TIMESTAMP WITH TIME ZONE NOT NULL,
    claimed_at TIMESTAMP WITH TIME ZONE,
    provider_id TEXT,
    error_code TEXT,
    segments SMALLINT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    delivered_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT outbox_pkey PRIMARY KEY (id),
    CONSTRAINT outbox_conversation_id_seq_key UNIQUE (conversation_id, seq),
    CONSTRAINT outbox_provider_provider_id_key UNIQUE (provider, provider_id),
    CONSTRAINT outbox_kind_check CHECK (kind in ('question', 'answer', 'notice', 'code')),
    CONSTRAINT outbox_state_check CHECK (state in ('pending', 'sending', 'sent', 'delivered', 'failed', 'uncertain', 'dropped')),
    CONSTRAINT outbox_conversation_id_fkey FOREIGN KEY(conversation_id) REFERENCES conversation (id),
    CONSTRAINT outbox_inbox_id_fkey FOREIGN KEY(inbox_id) REFERENCES inbox (id)
);

CREATE INDEX outbox_inbox_id_idx ON outbox (inbox_id);

CREATE INDEX outbox_open_idx ON outbox (conversation_id, seq) WHERE state in ('pending', 'sending');

CREATE INDEX outbox_pending_idx ON outbox (next_attempt_at) WHERE state = 'pending';
