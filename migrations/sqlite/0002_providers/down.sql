DROP TABLE templates;
DROP TABLE receipts;
DROP TABLE bad_keys;
DROP TABLE api_keys;
DROP TABLE message_groups;

-- What only the newer version knows goes: groups with their messages.
CREATE TABLE old_attempts (
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
    poll_at INTEGER,
    polls INTEGER NOT NULL,
    PRIMARY KEY (message_id, number)
) STRICT, WITHOUT ROWID;
INSERT INTO old_attempts
SELECT message_id, number, tenant, provider, state, min(rank, 4), failure, provider_code, reference,
    possible_duplicate, started_at, updated_at, poll_at, polls
FROM attempts
WHERE message_id IN (SELECT id FROM messages WHERE verification_id IS NOT NULL)
ORDER BY message_id, number;
DROP TABLE attempts;
ALTER TABLE old_attempts RENAME TO attempts;
CREATE INDEX attempts_poll ON attempts (poll_at) WHERE poll_at IS NOT NULL;

CREATE TABLE old_messages (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant TEXT NOT NULL,
    verification_id BLOB NOT NULL CHECK (length(verification_id) = 16),
    phone_index BLOB NOT NULL,
    test_number INTEGER NOT NULL,
    payload BLOB,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    due_at INTEGER,
    lease BLOB CHECK (length(lease) = 16)
) STRICT, WITHOUT ROWID;
INSERT INTO old_messages
SELECT id, tenant, verification_id, phone_index, test_number, payload, created_at, expires_at, due_at, lease
FROM messages
WHERE verification_id IS NOT NULL
ORDER BY id;
DROP TABLE messages;
ALTER TABLE old_messages RENAME TO messages;
CREATE INDEX messages_due ON messages (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX messages_phone ON messages (phone_index, created_at);
CREATE INDEX messages_verification ON messages (verification_id);

ALTER TABLE verifications DROP COLUMN run_by_provider;
ALTER TABLE verifications DROP COLUMN run_by_reference;
