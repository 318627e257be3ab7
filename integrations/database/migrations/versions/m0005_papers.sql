-- Frozen: written once with this release, never edited after. tables.py says what each is for.

CREATE TABLE attachment (
    id UUID NOT NULL,
    draft_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    kind TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    content_enc BYTEA,
    name_enc BYTEA,
    content_index BYTEA,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    removed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT attachment_pkey PRIMARY KEY (id),
    CONSTRAINT attachment_draft_id_fkey FOREIGN KEY(draft_id) REFERENCES draft (id),
    CONSTRAINT attachment_conversation_id_fkey FOREIGN KEY(conversation_id) REFERENCES conversation (id)
);

-- Ciphertext does not compress: stored as it is, and a part of it can be read alone.
ALTER TABLE attachment ALTER COLUMN content_enc SET STORAGE EXTERNAL;

CREATE UNIQUE INDEX attachment_present_idx ON attachment (draft_id, kind, content_index) WHERE removed_at is null;
