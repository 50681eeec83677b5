-- A provider may run a verification: it owns the newest code, under this name.
ALTER TABLE verifications ADD COLUMN run_by_provider TEXT;
ALTER TABLE verifications ADD COLUMN run_by_reference TEXT;

-- The outbox takes the messages of groups too. A message belongs to a verification or to a group; only in a
-- group does it keep its kind and its recipient, sealed, beyond its text. Limits and listings each see their own
-- half.
CREATE TABLE new_messages (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant TEXT NOT NULL,
    verification_id BLOB CHECK (length(verification_id) = 16),
    group_id BLOB CHECK (length(group_id) = 16),
    kind TEXT,
    phone_index BLOB NOT NULL,
    phone BLOB,
    test_number INTEGER NOT NULL,
    payload BLOB,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    due_at INTEGER,
    lease BLOB CHECK (length(lease) = 16),
    CONSTRAINT messages_owner CHECK ((verification_id IS NULL) <> (group_id IS NULL)),
    CONSTRAINT messages_kind CHECK ((kind IS NULL) = (group_id IS NULL)),
    CONSTRAINT messages_recipient CHECK ((phone IS NULL) = (group_id IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO new_messages (id, tenant, verification_id, phone_index, test_number, payload, created_at, expires_at,
    due_at, lease)
SELECT id, tenant, verification_id, phone_index, test_number, payload, created_at, expires_at, due_at, lease
FROM messages ORDER BY id;
DROP TABLE messages;
ALTER TABLE new_messages RENAME TO messages;
CREATE INDEX messages_due ON messages (due_at, id) WHERE due_at IS NOT NULL AND verification_id IS NOT NULL;
CREATE INDEX messages_due_groups ON messages (due_at, id) WHERE due_at IS NOT NULL AND group_id IS NOT NULL;
CREATE INDEX messages_phone ON messages (phone_index, created_at) WHERE verification_id IS NOT NULL;
CREATE INDEX messages_verification ON messages (verification_id) WHERE verification_id IS NOT NULL;
CREATE INDEX messages_group ON messages (group_id, id) WHERE group_id IS NOT NULL;
CREATE INDEX messages_tenant ON messages (tenant, id) WHERE group_id IS NOT NULL;

-- Ranks follow the order among final states. `accepted_at` is when the provider's own answer came; reports move
-- `updated_at` on.
CREATE TABLE new_attempts (
    message_id BLOB NOT NULL CHECK (length(message_id) = 16),
    number INTEGER NOT NULL,
    tenant TEXT NOT NULL,
    provider TEXT NOT NULL,
    state TEXT NOT NULL,
    rank INTEGER NOT NULL,
    failure TEXT,
    provider_code TEXT,
    reference TEXT,
    possible_duplicate INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    accepted_at INTEGER NOT NULL,
    poll_at INTEGER,
    polls INTEGER NOT NULL,
    country TEXT,
    price_amount TEXT,
    price_currency TEXT,
    event TEXT,
    route TEXT,
    PRIMARY KEY (message_id, number),
    CONSTRAINT attempts_price CHECK ((price_amount IS NULL) = (price_currency IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO new_attempts (message_id, number, tenant, provider, state, rank, failure, provider_code, reference,
    possible_duplicate, started_at, updated_at, accepted_at, poll_at, polls)
SELECT message_id, number, tenant, provider, state,
    CASE state WHEN 'delivered' THEN 6 WHEN 'failed' THEN 5 ELSE rank END,
    failure, provider_code, reference, possible_duplicate, started_at, updated_at, updated_at, poll_at, polls
FROM attempts ORDER BY message_id, number;
DROP TABLE attempts;
ALTER TABLE new_attempts RENAME TO attempts;
CREATE INDEX attempts_poll ON attempts (poll_at) WHERE poll_at IS NOT NULL;
-- Receipts name attempts by reference; only these providers push receipts.
CREATE INDEX attempts_pushed ON attempts (reference, provider) WHERE provider IN ('coolsms', 'nexmo');

-- Messages that were asked for in one call. The images are sealed; they go when the last message is closed.
CREATE TABLE message_groups (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant TEXT NOT NULL,
    size INTEGER NOT NULL,
    images BLOB,
    idempotency_key BLOB,
    idempotency_request BLOB,
    created_at INTEGER NOT NULL,
    scheduled_at INTEGER,
    expires_at INTEGER NOT NULL,
    cancelled_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX message_groups_idempotency ON message_groups (idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX message_groups_idempotency_age ON message_groups (created_at) WHERE idempotency_key IS NOT NULL;
CREATE INDEX message_groups_images ON message_groups (id) WHERE images IS NOT NULL;

-- `secret` is the only live one, or the older of two. `scopes` are names parted by blanks.
CREATE TABLE api_keys (
    id TEXT NOT NULL PRIMARY KEY,
    tenant TEXT NOT NULL,
    scopes TEXT NOT NULL,
    secret BLOB NOT NULL,
    newer_secret BLOB,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;

-- Bad keys by the address that showed them, in the minute that the first of them began. Whoever shows one is
-- nobody's client yet.
CREATE TABLE bad_keys (
    address BLOB NOT NULL PRIMARY KEY,
    hits INTEGER NOT NULL,
    ends_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX bad_keys_end ON bad_keys (ends_at);

-- Providers' calls to the deployment, stored before they are read. `due_at` is when one may be taken to be
-- read; it is null, and the call erased, once that is done.
CREATE TABLE receipts (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    provider TEXT NOT NULL,
    call BLOB,
    received_at INTEGER NOT NULL,
    due_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX receipts_due ON receipts (due_at) WHERE due_at IS NOT NULL;

-- Versions of the texts of verification messages; the highest is in use, without a text the built-in one.
CREATE TABLE templates (
    tenant TEXT NOT NULL,
    purpose TEXT NOT NULL,
    locale TEXT NOT NULL,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    text TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, purpose, locale, version)
) STRICT, WITHOUT ROWID;
