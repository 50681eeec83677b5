-- A verification with its live codes and, once it succeeded, its proof: one row, so that charging a check,
-- comparing, judging expiry and marking the success are one statement.
CREATE TABLE verifications (
    id uuid NOT NULL PRIMARY KEY,
    tenant text NOT NULL,
    purpose text NOT NULL,
    locale text NOT NULL,
    status text NOT NULL,
    token bytea NOT NULL,
    phone_index bytea NOT NULL,
    phone bytea NOT NULL,
    known_client boolean NOT NULL,
    test_number boolean NOT NULL,
    checks smallint NOT NULL,
    max_checks smallint NOT NULL,
    sends smallint NOT NULL,
    code_1 bytea,
    code_1_until timestamptz,
    code_2 bytea,
    code_2_until timestamptz,
    code_3 bytea,
    code_3_until timestamptz,
    proof bytea,
    proof_until timestamptz,
    proof_spent_at timestamptz,
    created_at timestamptz NOT NULL,
    sent_at timestamptz NOT NULL,
    resend_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT verifications_status CHECK (status IN ('pending', 'verified', 'cancelled', 'locked')),
    CONSTRAINT verifications_checks CHECK (checks >= 0 AND checks <= max_checks)
);
CREATE UNIQUE INDEX verifications_proof ON verifications (proof) WHERE proof IS NOT NULL;
CREATE INDEX verifications_live ON verifications (expires_at) WHERE code_1 IS NOT NULL;

-- The outbox. `due_at` is when the message may be taken next: a lease moves it to its own end, closing sets
-- it to null. A message that is due while it still has a lease was interrupted.
CREATE TABLE messages (
    id uuid NOT NULL PRIMARY KEY,
    tenant text NOT NULL,
    verification_id uuid NOT NULL,
    phone_index bytea NOT NULL,
    test_number boolean NOT NULL,
    payload bytea,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    due_at timestamptz,
    lease uuid
);
CREATE INDEX messages_due ON messages (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX messages_phone ON messages (phone_index, created_at);
CREATE INDEX messages_verification ON messages (verification_id);

CREATE TABLE attempts (
    message_id uuid NOT NULL,
    number smallint NOT NULL,
    tenant text NOT NULL,
    provider text NOT NULL,
    state text NOT NULL,
    rank smallint NOT NULL,
    failure text,
    provider_code text,
    reference text,
    possible_duplicate boolean NOT NULL,
    started_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    poll_at timestamptz,
    polls smallint NOT NULL,
    PRIMARY KEY (message_id, number)
);
CREATE INDEX attempts_poll ON attempts (poll_at) WHERE poll_at IS NOT NULL;

-- One row for each start, allowed or not; `id` is the verification's. Address and network are kept only
-- while they are counted.
CREATE TABLE decisions (
    id uuid NOT NULL PRIMARY KEY,
    tenant text NOT NULL,
    purpose text NOT NULL,
    phone_index bytea NOT NULL,
    test_number boolean NOT NULL,
    address bytea,
    network bytea,
    outcome text NOT NULL,
    findings jsonb NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX decisions_address ON decisions (address, created_at) WHERE address IS NOT NULL AND outcome = 'allowed';
CREATE INDEX decisions_network ON decisions (network, created_at) WHERE network IS NOT NULL AND outcome = 'allowed';

-- Wrong checks of a number, by kind of client and Korean calendar day.
CREATE TABLE wrong_checks (
    tenant text NOT NULL,
    phone_index bytea NOT NULL,
    known_client boolean NOT NULL,
    day integer NOT NULL,
    hits integer NOT NULL,
    PRIMARY KEY (tenant, phone_index, known_client, day)
);
CREATE INDEX wrong_checks_day ON wrong_checks (day);

CREATE TABLE client_tokens (
    digest bytea NOT NULL PRIMARY KEY,
    tenant text NOT NULL,
    phone_index bytea NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX client_tokens_expiry ON client_tokens (expires_at);

-- The answer to a start or resend, to be repeated under its idempotency key.
CREATE TABLE idempotency (
    key bytea NOT NULL PRIMARY KEY,
    tenant text NOT NULL,
    request bytea NOT NULL,
    verification_id uuid NOT NULL,
    token bytea,
    checks_left smallint NOT NULL,
    sends smallint NOT NULL,
    resend_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX idempotency_age ON idempotency (created_at);

-- Check values of the root keys that sealed this database. The keys are the deployment's, not a tenant's.
CREATE TABLE key_checks (
    key_id integer NOT NULL PRIMARY KEY,
    value bytea NOT NULL
);
