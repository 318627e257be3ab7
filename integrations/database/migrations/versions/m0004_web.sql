-- Frozen: written once with this release, never edited after. tables.py says what each is for.

CREATE TABLE web_session (
    id UUID NOT NULL,
    token_index BYTEA NOT NULL,
    language TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_active_at TIMESTAMP WITH TIME ZONE NOT NULL,
    shown_after INTEGER DEFAULT 0 NOT NULL,
    said_after INTEGER DEFAULT 0 NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT web_session_pkey PRIMARY KEY (id),
    CONSTRAINT web_session_token_index_key UNIQUE (token_index)
);

CREATE INDEX web_session_last_active_at_idx ON web_session (last_active_at);
