-- A provider may run a verification: it owns the newest code, under this name.
ALTER TABLE verifications
    ADD COLUMN run_by_provider text,
    ADD COLUMN run_by_reference text;

-- The outbox takes the messages of groups too. A message belongs to a verification or to a group; only in a
-- group does it keep its kind and its recipient, sealed, beyond its text. Limits and listings each see their own
-- half.
ALTER TABLE messages
    ALTER COLUMN verification_id DROP NOT NULL,
    ADD COLUMN group_id uuid,
    ADD COLUMN kind text,
    ADD COLUMN phone bytea,
    ADD CONSTRAINT messages_owner CHECK ((verification_id IS NULL) <> (group_id IS NULL)),
    ADD CONSTRAINT messages_kind CHECK ((kind IS NULL) = (group_id IS NULL)),
    ADD CONSTRAINT messages_recipient CHECK ((phone IS NULL) = (group_id IS NULL));
DROP INDEX messages_due;
DROP INDEX messages_phone;
DROP INDEX messages_verification;
CREATE INDEX messages_due ON messages (due_at, id) WHERE due_at IS NOT NULL AND verification_id IS NOT NULL;
CREATE INDEX messages_due_groups ON messages (due_at, id) WHERE due_at IS NOT NULL AND group_id IS NOT NULL;
CREATE INDEX messages_phone ON messages (phone_index, created_at) WHERE verification_id IS NOT NULL;
CREATE INDEX messages_verification ON messages (verification_id) WHERE verification_id IS NOT NULL;
CREATE INDEX messages_group ON messages (group_id, id) WHERE group_id IS NOT NULL;
CREATE INDEX messages_tenant ON messages (tenant, id) WHERE group_id IS NOT NULL;

-- Ranks follow the order among final states. `accepted_at` is when the provider's own answer came; reports move
-- `updated_at` on.
ALTER TABLE attempts
    ADD COLUMN accepted_at timestamptz DEFAULT now(),
    ADD COLUMN country text,
    ADD COLUMN price_amount text,
    ADD COLUMN price_currency text,
    ADD COLUMN event text,
    ADD COLUMN route jsonb,
    ADD CONSTRAINT attempts_price CHECK ((price_amount IS NULL) = (price_currency IS NULL));
UPDATE attempts SET
    accepted_at = updated_at,
    rank = CASE state WHEN 'delivered' THEN 6 WHEN 'failed' THEN 5 ELSE rank END;
ALTER TABLE attempts ALTER COLUMN accepted_at SET NOT NULL;
-- Receipts name attempts by reference; only these providers push receipts.
CREATE INDEX attempts_pushed ON attempts (reference, provider) WHERE provider IN ('coolsms', 'nexmo');

-- Messages that were asked for in one call. The images are sealed; they go when the last message is closed.
CREATE TABLE message_groups (
    id uuid NOT NULL PRIMARY KEY,
    tenant text NOT NULL,
    size smallint NOT NULL,
    images bytea,
    idempotency_key bytea,
    idempotency_request bytea,
    created_at timestamptz NOT NULL,
    scheduled_at timestamptz,
    expires_at timestamptz NOT NULL,
    cancelled_at timestamptz
);
CREATE UNIQUE INDEX message_groups_idempotency ON message_groups (idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX message_groups_idempotency_age ON message_groups (created_at) WHERE idempotency_key IS NOT NULL;
CREATE INDEX message_groups_images ON message_groups (id) WHERE images IS NOT NULL;

-- `secret` is the only live one, or the older of two. `scopes` are names parted by blanks.
CREATE TABLE api_keys (
    id text NOT NULL PRIMARY KEY,
    tenant text NOT NULL,
    scopes text NOT NULL,
    secret bytea NOT NULL,
    newer_secret bytea,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
);

-- Bad keys by the address that showed them, in the minute that the first of them began. Whoever shows one is
-- nobody's client yet.
CREATE TABLE bad_keys (
    address bytea NOT NULL PRIMARY KEY,
    hits smallint NOT NULL,
    ends_at timestamptz NOT NULL
);
CREATE INDEX bad_keys_end ON bad_keys (ends_at);

-- Providers' calls to the deployment, stored before they are read. `due_at` is when one may be taken to be
-- read; it is null, and the call erased, once that is done.
CREATE TABLE receipts (
    id uuid NOT NULL PRIMARY KEY,
    provider text NOT NULL,
    call bytea,
    received_at timestamptz NOT NULL,
    due_at timestamptz
);
CREATE INDEX receipts_due ON receipts (due_at) WHERE due_at IS NOT NULL;

-- Versions of the texts of verification messages; the highest is in use, without a text the built-in one.
CREATE TABLE templates (
    tenant text NOT NULL,
    purpose text NOT NULL,
    locale text NOT NULL,
    version integer NOT NULL,
    kind text NOT NULL,
    text text,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, purpose, locale, version)
);
