-- Times are microseconds since 1970-01-01T00:00:00Z, ids the sixteen bytes of a UUID.

-- A verification with its live codes and, once it succeeded, its proof: one row, so that charging a check,
-- comparing, judging expiry and marking the success are one statement.
CREATE TABLE verifications (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant TEXT NOT NULL,
    purpose TEXT NOT NULL,
    locale TEXT NOT NULL,
    status TEXT NOT NULL,
    token BLOB NOT NULL,
    phone_index BLOB NOT NULL,
    phone BLOB NOT NULL,
    known_client INTEGER NOT NULL,
    test_number INTEGER NOT NULL,
    checks INTEGER NOT NULL,
    max_checks INTEGER NOT NULL,
    sends INTEGER NOT NULL,
    code_1 BLOB,
    code_1_until INTEGER,
    code_2 BLOB,
    code_2_until INTEGER,
    code_3 BLOB,
    code_3_until INTEGER,
    proof BLOB,
    proof_until INTEGER,
    proof_spent_at INTEGER,
    created_at INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    resend_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER,
    CONSTRAINT verifications_status CHECK (status IN ('pending', 'verified', 'cancelled', 'locked')),
    CONSTRAINT verifications_checks CHECK (checks >= 0 AND checks <= max_checks)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX verifications_proof ON verifications (proof) WHERE proof IS NOT NULL;
CREATE INDEX verifications_live ON verifications (expires_at) WHERE code_1 IS NOT NULL;

-- The outbox. `due_at` is when the message may be taken next: a lease moves it to its own end, closing sets
-- it to null. A message that is due while it still has a lease was interrupted.
CREATE TABLE messages (
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
CREATE INDEX messages_due ON messages (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX messages_phone ON messages (phone_index, created_at);
CREATE INDEX messages_verification ON messages (verification_id);

CREATE TABLE attempts (
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
CREATE INDEX attempts_poll ON attempts (poll_at) WHERE poll_at IS NOT NULL;

-- One row for each start, allowed or not; `id` is the verification's. Address and network are kept only
-- while they are counted.
CREATE TABLE decisions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant TEXT NOT NULL,
    purpose TEXT NOT NULL,
    phone_index BLOB NOT NULL,
    test_number INTEGER NOT NULL,
    address BLOB,
    network BLOB,
    outcome TEXT NOT NULL,
    findings TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX decisions_address ON decisions (address, created_at) WHERE address IS NOT NULL AND outcome = 'allowed';
CREATE INDEX decisions_network ON decisions (network, created_at) WHERE network IS NOT NULL AND outcome = 'allowed';

-- Wrong checks of a number, by kind of client and Korean calendar day.
CREATE TABLE wrong_checks (
    tenant TEXT NOT NULL,
    phone_index BLOB NOT NULL,
    known_client INTEGER NOT NULL,
    day INTEGER NOT NULL,
    hits INTEGER NOT NULL,
    PRIMARY KEY (tenant, phone_index, known_client, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX wrong_checks_day ON wrong_checks (day);

CREATE TABLE client_tokens (
    digest BLOB NOT NULL PRIMARY KEY,
    tenant TEXT NOT NULL,
    phone_index BLOB NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX client_tokens_expiry ON client_tokens (expires_at);

-- The answer to a start or resend, to be repeated under its idempotency key.
CREATE TABLE idempotency (
    key BLOB NOT NULL PRIMARY KEY,
    tenant TEXT NOT NULL,
    request BLOB NOT NULL,
    verification_id BLOB NOT NULL CHECK (length(verification_id) = 16),
    token BLOB,
    checks_left INTEGER NOT NULL,
    sends INTEGER NOT NULL,
    resend_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_age ON idempotency (created_at);

-- Check values of the root keys that sealed this database. The keys are the deployment's, not a tenant's.
CREATE TABLE key_checks (
    key_id INTEGER NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
