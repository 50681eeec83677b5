DROP TABLE otp_requests;
DROP TABLE identity_verifications;
DROP TABLE login_attempts;
DROP TABLE password_resets;
DROP TABLE sessions;
DROP TABLE consents;
DROP TABLE accounts;

-- What only the newer version knows goes: notices, messages that must never be sent, and its purposes.
DROP INDEX messages_notices;
DROP INDEX messages_due_notices;
DELETE FROM attempts WHERE message_id IN
    (SELECT id FROM messages WHERE verification_id IS NULL AND group_id IS NULL);
DELETE FROM messages WHERE verification_id IS NULL AND group_id IS NULL;
UPDATE messages SET due_at = NULL, lease = NULL, payload = NULL
WHERE due_at IS NOT NULL AND verification_id IN
    (SELECT id FROM verifications WHERE withheld OR purpose IN ('change_phone', 'step_up'));
ALTER TABLE messages
    DROP CONSTRAINT messages_owner,
    ADD CONSTRAINT messages_owner CHECK ((verification_id IS NULL) <> (group_id IS NULL));

DROP INDEX verifications_resets;
DELETE FROM templates WHERE purpose IN ('change_phone', 'step_up');
DELETE FROM idempotency WHERE verification_id IN
    (SELECT id FROM verifications WHERE purpose IN ('change_phone', 'step_up'));
DELETE FROM verifications WHERE purpose IN ('change_phone', 'step_up');
ALTER TABLE verifications DROP COLUMN proof_refusals;
ALTER TABLE verifications DROP COLUMN withheld;
