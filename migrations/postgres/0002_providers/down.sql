DROP TABLE templates;
DROP TABLE receipts;
DROP TABLE bad_keys;
DROP TABLE api_keys;

-- What only the newer version knows goes: groups with their messages.
DROP INDEX attempts_pushed;
DELETE FROM attempts WHERE message_id IN (SELECT id FROM messages WHERE group_id IS NOT NULL);
DELETE FROM messages WHERE group_id IS NOT NULL;
DROP TABLE message_groups;
UPDATE attempts SET rank = 4 WHERE rank > 4;
ALTER TABLE attempts
    DROP COLUMN accepted_at,
    DROP COLUMN country,
    DROP COLUMN price_amount,
    DROP COLUMN price_currency,
    DROP COLUMN event,
    DROP COLUMN route;

DROP INDEX messages_due_groups;
DROP INDEX messages_due;
DROP INDEX messages_phone;
DROP INDEX messages_verification;
ALTER TABLE messages
    DROP COLUMN group_id,
    DROP COLUMN kind,
    DROP COLUMN phone,
    ALTER COLUMN verification_id SET NOT NULL;
CREATE INDEX messages_due ON messages (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX messages_phone ON messages (phone_index, created_at);
CREATE INDEX messages_verification ON messages (verification_id);

ALTER TABLE verifications
    DROP COLUMN run_by_provider,
    DROP COLUMN run_by_reference;
