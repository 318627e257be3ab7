-- Frozen: written once with this release, never edited after. tables.py says what each is for.

CREATE TABLE receipt (
    id UUID NOT NULL,
    pre_declaration_id UUID NOT NULL,
    token_index BYTEA NOT NULL,
    token_enc BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT receipt_pkey PRIMARY KEY (id),
    CONSTRAINT receipt_pre_declaration_id_key UNIQUE (pre_declaration_id),
    CONSTRAINT receipt_token_index_key UNIQUE (token_index),
    CONSTRAINT receipt_pre_declaration_id_fkey FOREIGN KEY (pre_declaration_id)
        REFERENCES pre_declaration (id)
);
