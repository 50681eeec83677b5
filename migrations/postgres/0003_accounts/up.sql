-- A verification may be asked for where there is nobody to tell: its messages are never sent.
ALTER TABLE verifications ADD COLUMN withheld boolean NOT NULL DEFAULT false;
-- Refusals that told something of a login id.
ALTER TABLE verifications ADD COLUMN proof_refusals smallint NOT NULL DEFAULT 0;
-- Proofs that a new password makes worthless.
CREATE INDEX verifications_resets ON verifications (phone_index)
    WHERE purpose = 'reset_password' AND proof IS NOT NULL AND proof_spent_at IS NULL;

-- The outbox takes notices too: messages that tell an account's owner what was done with it. They belong neither to
-- a verification nor to a group.
ALTER TABLE messages
    DROP CONSTRAINT messages_owner,
    ADD CONSTRAINT messages_owner CHECK (verification_id IS NULL OR group_id IS NULL);
CREATE INDEX messages_due_notices ON messages (due_at, id)
    WHERE due_at IS NOT NULL AND verification_id IS NULL AND group_id IS NULL;
CREATE INDEX messages_notices ON messages (phone_index, created_at)
    WHERE verification_id IS NULL AND group_id IS NULL;

-- Numbers, login ids and person keys are sealed, and looked up by digest. A closed account keeps nothing of them: its
-- row only says that it was there.
CREATE TABLE accounts (
    id uuid NOT NULL PRIMARY KEY,
    tenant text NOT NULL,
    login_index bytea NOT NULL,
    login_id bytea NOT NULL,
    phone_index bytea NOT NULL,
    phone bytea NOT NULL,
    nickname bytea NOT NULL,
    password text NOT NULL,
    phone_proved_at timestamptz NOT NULL,
    phone_contested_at timestamptz,
    ci bytea,
    di bytea,
    person_keys bytea,
    identified_at timestamptz,
    idempotency_key bytea,
    idempotency_request bytea,
    created_at timestamptz NOT NULL,
    closed_at timestamptz,
    CONSTRAINT accounts_person CHECK ((identified_at IS NULL) = (ci IS NULL AND di IS NULL)),
    CONSTRAINT accounts_keys CHECK (person_keys IS NULL OR identified_at IS NOT NULL),
    CONSTRAINT accounts_idempotency_pair CHECK ((idempotency_key IS NULL) = (idempotency_request IS NULL)),
    CONSTRAINT accounts_erased CHECK (closed_at IS NULL OR (identified_at IS NULL AND idempotency_key IS NULL
        AND length(login_index) = 0 AND length(login_id) = 0 AND length(phone_index) = 0 AND length(phone) = 0
        AND length(nickname) = 0 AND length(password) = 0))
);
CREATE UNIQUE INDEX accounts_login ON accounts (tenant, login_index) WHERE closed_at IS NULL;
CREATE UNIQUE INDEX accounts_phone ON accounts (tenant, phone_index) WHERE closed_at IS NULL;
CREATE INDEX accounts_ci ON accounts (tenant, ci) WHERE ci IS NOT NULL;
CREATE INDEX accounts_di ON accounts (tenant, di) WHERE di IS NOT NULL;
CREATE UNIQUE INDEX accounts_idempotency ON accounts (idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX accounts_idempotency_age ON accounts (created_at) WHERE idempotency_key IS NOT NULL;
CREATE INDEX accounts_closed ON accounts (closed_at) WHERE closed_at IS NOT NULL;

-- What people agreed to, or no longer do: rows are added, never changed.
CREATE TABLE consents (
    account_id uuid NOT NULL,
    number integer NOT NULL,
    tenant text NOT NULL,
    term text NOT NULL,
    version text NOT NULL,
    locale text NOT NULL,
    text_hash bytea NOT NULL,
    given boolean NOT NULL,
    address bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, number)
);

-- A session that ends goes at once.
CREATE TABLE sessions (
    id uuid NOT NULL PRIMARY KEY,
    tenant text NOT NULL,
    account_id uuid NOT NULL,
    token bytea NOT NULL,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    stepped_up_at timestamptz
);
CREATE UNIQUE INDEX sessions_token ON sessions (token);
CREATE INDEX sessions_account ON sessions (account_id, seen_at);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- A reset that is used or ends goes at once.
CREATE TABLE password_resets (
    id uuid NOT NULL PRIMARY KEY,
    tenant text NOT NULL,
    account_id uuid NOT NULL,
    token bytea NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX password_resets_token ON password_resets (token);
CREATE INDEX password_resets_account ON password_resets (account_id);
CREATE INDEX password_resets_expiry ON password_resets (expires_at);

-- Log ins that failed or are under way. By login id and address `ends_at` is the end of the window; with an empty
-- address, by login id in all, it is the end of the wait.
CREATE TABLE login_attempts (
    tenant text NOT NULL,
    login_index bytea NOT NULL,
    address bytea NOT NULL,
    hits integer NOT NULL,
    ends_at timestamptz NOT NULL,
    charged_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, login_index, address)
);
CREATE INDEX login_attempts_age ON login_attempts (charged_at);

-- An identity verification with its result and, once that was believed, its proof. `identified` is what is told of
-- the person, until the proof is spent or dead; `erase` is the provider's name of the result, until it is erased there;
-- `reference` that of the one-time password sent last. The address is kept only while it is counted.
CREATE TABLE identity_verifications (
    id uuid NOT NULL PRIMARY KEY,
    tenant text NOT NULL,
    purpose text NOT NULL,
    api text NOT NULL,
    order_ref text NOT NULL,
    token bytea NOT NULL,
    address bytea,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    completed_at timestamptz,
    result bytea,
    identified bytea,
    ci bytea,
    di bytea,
    proof bytea,
    proof_until timestamptz,
    proof_spent_at timestamptz,
    proof_refusals smallint NOT NULL DEFAULT 0,
    erase bytea,
    erase_at timestamptz,
    otp_requests smallint NOT NULL,
    otp_tries smallint NOT NULL,
    reference bytea,
    CONSTRAINT identity_verifications_result CHECK ((completed_at IS NULL) = (result IS NULL)),
    CONSTRAINT identity_verifications_proved CHECK ((completed_at IS NULL) = (proof IS NULL)),
    CONSTRAINT identity_verifications_until CHECK ((proof IS NULL) = (proof_until IS NULL)),
    CONSTRAINT identity_verifications_identified CHECK (identified IS NULL OR proof_spent_at IS NULL),
    CONSTRAINT identity_verifications_erasure CHECK ((erase IS NULL) = (erase_at IS NULL))
);
CREATE UNIQUE INDEX identity_verifications_token ON identity_verifications (token);
CREATE UNIQUE INDEX identity_verifications_order ON identity_verifications (order_ref);
CREATE UNIQUE INDEX identity_verifications_used ON identity_verifications (result) WHERE result IS NOT NULL;
CREATE UNIQUE INDEX identity_verifications_proof ON identity_verifications (proof) WHERE proof IS NOT NULL;
CREATE INDEX identity_verifications_address ON identity_verifications (address, created_at) WHERE address IS NOT NULL;
CREATE INDEX identity_verifications_told ON identity_verifications (proof_until) WHERE identified IS NOT NULL;
CREATE INDEX identity_verifications_erase ON identity_verifications (erase_at) WHERE erase_at IS NOT NULL;
CREATE INDEX identity_verifications_expiry ON identity_verifications (expires_at);

-- One-time passwords that were sent, counted by number over all tenants.
CREATE TABLE otp_requests (
    identity_id uuid NOT NULL,
    number smallint NOT NULL,
    tenant text NOT NULL,
    phone_index bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (identity_id, number)
);
CREATE INDEX otp_requests_phone ON otp_requests (phone_index, created_at);
CREATE INDEX otp_requests_age ON otp_requests (created_at);
