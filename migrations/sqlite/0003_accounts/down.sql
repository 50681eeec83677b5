DROP TABLE otp_requests;
DROP TABLE identity_verifications;
DROP TABLE login_attempts;
DROP TABLE password_resets;
DROP TABLE sessions;
DROP TABLE consents;
DROP TABLE accounts;

-- What only the newer version knows goes: notices, messages that must never be sent, and its purposes.
DELETE FROM attempts WHERE message_id IN
    (SELECT id FROM messages WHERE verification_id IS NULL AND group_id IS NULL);
UPDATE messages SET due_at = NULL, lease = NULL, payload = NULL
WHERE due_at IS NOT NULL AND verification_id IN
    (SELECT id FROM verifications WHERE withheld OR purpose IN ('change_phone', 'step_up'));
CREATE TABLE old_messages (
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
INSERT INTO old_messages (id, tenant, verification_id, group_id, kind, phone_index, phone, test_number, payload,
    created_at, expires_at, due_at, lease)
SELECT id, tenant, verification_id, group_id, kind, phone_index, phone, test_number, payload, created_at, expires_at,
    due_at, lease
FROM messages
WHERE verification_id IS NOT NULL OR group_id IS NOT NULL
ORDER BY id;
DROP TABLE messages;
ALTER TABLE old_messages RENAME TO messages;
CREATE INDEX messages_due ON messages (due_at, id) WHERE due_at IS NOT NULL AND verification_id IS NOT NULL;
CREATE INDEX messages_due_groups ON messages (due_at, id) WHERE due_at IS NOT NULL AND group_id IS NOT NULL;
CREATE INDEX messages_phone ON messages (phone_index, created_at) WHERE verification_id IS NOT NULL;
CREATE INDEX messages_verification ON messages (verification_id) WHERE verification_id IS NOT NULL;
CREATE INDEX messages_group ON messages (group_id, id) WHERE group_id IS NOT NULL;
CREATE INDEX messages_tenant ON messages (tenant, id) WHERE group_id IS NOT NULL;

DROP INDEX verifications_resets;
DELETE FROM templates WHERE purpose IN ('change_phone', 'step_up');
DELETE FROM idempotency WHERE verification_id IN
    (SELECT id FROM verifications WHERE purpose IN ('change_phone', 'step_up'));
DELETE FROM verifications WHERE purpose IN ('change_phone', 'step_up');
ALTER TABLE verifications DROP COLUMN proof_refusals;
ALTER TABLE verifications DROP COLUMN withheld;
