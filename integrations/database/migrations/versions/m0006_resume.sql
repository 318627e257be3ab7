-- Frozen: written once with this release, never edited after. tables.py says what each is for.

CREATE TABLE resume_code (
    draft_id UUID NOT NULL,
    code_index BYTEA NOT NULL,
    CONSTRAINT resume_code_pkey PRIMARY KEY (draft_id),
    CONSTRAINT resume_code_code_index_key UNIQUE (code_index),
    CONSTRAINT resume_code_draft_id_fkey FOREIGN KEY (draft_id) REFERENCES draft (id)
);

CREATE TABLE draft_holder (
    draft_id UUID NOT NULL,
    owner_index BYTEA NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT draft_holder_pkey PRIMARY KEY (draft_id, owner_index),
    CONSTRAINT draft_holder_draft_id_fkey FOREIGN KEY (draft_id) REFERENCES draft (id)
);

CREATE INDEX draft_holder_owner_index_idx ON draft_holder (owner_index);

CREATE INDEX effect_wrong_code_idx ON effect (conversation_id, at) WHERE kind = 'count_wrong_code';
