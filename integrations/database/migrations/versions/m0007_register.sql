-- Frozen: written once with this release, never edited after. tables.py says what each is for.

ALTER TABLE pre_declaration
    ADD COLUMN status_rank SMALLINT DEFAULT 0 NOT NULL,
    ADD COLUMN transmitted_version INTEGER DEFAULT 0 NOT NULL,
    ADD COLUMN transmitted_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN refused_version INTEGER,
    ADD COLUMN refusal_code TEXT,
    ADD COLUMN withdraw_asked_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN opened_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN correction_cursor BIGINT DEFAULT 0 NOT NULL,
    ADD COLUMN correction_answered BOOLEAN DEFAULT false NOT NULL,
    ADD COLUMN register_enc BYTEA;

-- A status that an earlier release wrote, or that retention gave, is an end.
UPDATE pre_declaration SET status_rank = 9 WHERE status <> 'submitted';

CREATE INDEX pre_declaration_refused_idx ON pre_declaration (refusal_code)
    WHERE refusal_code is not null;

ALTER TABLE attachment
    ADD COLUMN transmitted_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN taken_back_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN refusal_code TEXT;

CREATE TABLE register_event (
    id UUID NOT NULL,
    cursor BIGINT NOT NULL,
    type TEXT NOT NULL,
    transaction_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    outcome TEXT NOT NULL,
    CONSTRAINT register_event_pkey PRIMARY KEY (id)
);

CREATE TABLE register_cursor (
    feed TEXT NOT NULL,
    cursor BIGINT NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT register_cursor_pkey PRIMARY KEY (feed)
);

CREATE TABLE register_hook (
    signature TEXT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT register_hook_pkey PRIMARY KEY (signature)
);

CREATE TABLE register_offices (
    commune TEXT NOT NULL,
    offices JSONB NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT register_offices_pkey PRIMARY KEY (commune)
);
