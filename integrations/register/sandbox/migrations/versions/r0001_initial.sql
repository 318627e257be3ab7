-- Frozen: written once with this release, never edited after.

CREATE TABLE office (
    id TEXT PRIMARY KEY,
    commune TEXT NOT NULL,
    city TEXT,                      -- the commune's code when `commune` is an arrondissement
    place INTEGER NOT NULL,         -- 1 is the main office of its commune
    name_ar TEXT NOT NULL,
    name_fr TEXT NOT NULL,
    address_ar TEXT NOT NULL,
    address_fr TEXT NOT NULL,
    kinds TEXT[] NOT NULL           -- what it takes electronically
);
CREATE INDEX office_commune_idx ON office (commune, place);
CREATE INDEX office_city_idx ON office (city, commune, place) WHERE city IS NOT NULL;

CREATE TABLE officer (
    id UUID PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,    -- argon2id
    name TEXT NOT NULL,
    office_id TEXT NOT NULL REFERENCES office,
    role TEXT NOT NULL CHECK (role IN ('clerk', 'registrar', 'supervisor')),
    created_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ
);

CREATE TABLE token (
    hash BYTEA PRIMARY KEY,         -- SHA-256 of an access token
    client TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE act (
    office_id TEXT NOT NULL REFERENCES office,
    kind TEXT NOT NULL CHECK (kind IN ('birth', 'death')),
    year INTEGER NOT NULL,
    number INTEGER NOT NULL,
    given_name_ar TEXT,
    given_name_latin TEXT,
    family_name_ar TEXT,
    family_name_latin TEXT,
    father_name_ar TEXT,
    father_name_latin TEXT,
    birth_date DATE,
    PRIMARY KEY (office_id, kind, year, number)
);

-- Acts are numbered serially per office, kind and year.
CREATE TABLE act_number (
    office_id TEXT NOT NULL REFERENCES office,
    kind TEXT NOT NULL,
    year INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (office_id, kind, year)
);

CREATE TABLE pre_declaration (
    transaction_id UUID PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN
        ('received', 'opened', 'correction_asked', 'registered', 'rejected', 'expired', 'withdrawn')),
    version INTEGER NOT NULL,
    content_hash BYTEA NOT NULL,    -- of the request: tells a repeat from another one
    content JSONB,                  -- values, missing, papers, language; gone once withdrawn
    event_date DATE,
    last_day DATE,
    office_id TEXT REFERENCES office,
    correction JSONB,
    act JSONB,
    reason TEXT,
    received_at TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX pre_declaration_event_idx ON pre_declaration (kind, event_date);
CREATE INDEX pre_declaration_office_idx ON pre_declaration (office_id, status);
CREATE INDEX pre_declaration_last_day_idx ON pre_declaration (last_day)
    WHERE status IN ('received', 'opened', 'correction_asked');

CREATE TABLE attachment (
    transaction_id UUID NOT NULL REFERENCES pre_declaration,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    media_type TEXT NOT NULL,
    sha256 BYTEA NOT NULL,
    content BYTEA NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (transaction_id, id)
);

CREATE TABLE quote (
    id UUID PRIMARY KEY,
    office_id TEXT NOT NULL REFERENCES office,
    extract_count INTEGER NOT NULL,
    full_copy_count INTEGER NOT NULL,
    delivery_country TEXT NOT NULL,
    lines JSONB NOT NULL,
    total NUMERIC(8, 2) NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE copy_order (
    transaction_id UUID PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL CHECK (status IN
        ('awaiting_payment', 'paid', 'processing', 'sent', 'arrived', 'delivered', 'returned',
         'rejected', 'lapsed')),
    quote_id UUID NOT NULL UNIQUE REFERENCES quote,
    content_hash BYTEA NOT NULL,
    content JSONB NOT NULL,
    language TEXT NOT NULL,
    payment_id UUID,                -- the one link there ever is; its token is derived from it
    payment_status TEXT,
    tracking_number TEXT UNIQUE,
    arrived JSONB,
    reason TEXT,
    ordered_at TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    pay_until TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX copy_order_payment_idx ON copy_order (payment_id);
CREATE INDEX copy_order_unpaid_idx ON copy_order (pay_until) WHERE status = 'awaiting_payment';

CREATE TABLE notice (
    id UUID PRIMARY KEY,
    transaction_id UUID NOT NULL REFERENCES pre_declaration,
    from_office TEXT REFERENCES office,
    to_office TEXT NOT NULL REFERENCES office,
    sent_at TIMESTAMPTZ NOT NULL,
    noted_at TIMESTAMPTZ,
    UNIQUE (transaction_id, to_office)
);

-- One row: who appends an event holds it until commit, so cursors are without gap and visible in order.
CREATE TABLE feed (
    only_one BOOLEAN PRIMARY KEY DEFAULT true CHECK (only_one),
    cursor BIGINT NOT NULL
);
INSERT INTO feed (cursor) VALUES (0);

CREATE TABLE event (
    cursor BIGINT PRIMARY KEY,
    id UUID NOT NULL UNIQUE,
    type TEXT NOT NULL,
    transaction_id UUID NOT NULL,
    reference TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    data JSONB NOT NULL
);

-- Who did what and when; never what was written.
CREATE TABLE audit (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL,
    actor_kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT,
    outcome TEXT NOT NULL
);
CREATE INDEX audit_subject_idx ON audit (subject, id);
