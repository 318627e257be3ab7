-- Frozen: written once with this release, never edited after. tables.py says what each is for.

CREATE TABLE inbound_cursor (
    provider TEXT NOT NULL,
    channel TEXT NOT NULL,
    complete_until TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT inbound_cursor_pkey PRIMARY KEY (provider, channel)
);

ALTER TABLE outbox ADD COLUMN erase_asked BOOLEAN DEFAULT false NOT NULL;

-- Only the question that the cursor answers now was asked of it; each message paid for it.
DROP INDEX inbox_provider_received_at_idx;
