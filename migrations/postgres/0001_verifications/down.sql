DROP TABLE key_checks;
DROP TABLE idempotency;
DROP TABLE client_tokens;
DROP TABLE wrong_checks;
DROP TABLE decisions;
DROP TABLE attempts;
DROP TABLE messages;
DROP TABLE verifications;
