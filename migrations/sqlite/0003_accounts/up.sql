-- A verification may be asked for where there is nobody to tell: its messages are never sent.
ALTER TABLE verifications ADD COLUMN withheld INTEGER NOT NULL DEFAULT 0;
-- Refusals that told something of a login id.
ALTER TABLE verifications ADD COLUMN proof_refusals INTEGER NOT NULL DEFAULT 0;
-- Proofs that a new password makes worthless.
CREATE INDEX verifications_resets ON verifications (phone_index)
    WHERE purpose = 'reset_password' AND proof IS NOT NULL AND proof_spent_at IS NULL;

-- The outbox takes notices too: messages that tell an account's owner what was done with it. They belong neither to
-- a verification nor to a group.
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
    CONSTRAINT messages_owner CHECK (verification_id IS NULL OR group_id IS NULL),
    CONSTRAINT messages_kind CHECK ((kind IS NULL) = (group_id IS NULL)),
    CONSTRAINT messages_recipient CHECK ((phone IS NULL) = (group_id IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO new_messages (id, tenant, verification_id, group_id, kind, phone_index, phone, test_number, payload,
    created_at, expires_at, due_at, lease)
SELECT id, tenant, verification_id, group_id, kind, phone_index, phone, test_number, payload, created_at, expires_at,
    due_at, lease
FROM messages ORDER BY id;
DROP TABLE messages;
ALTER TABLE new_messages RENAME TO messages;
CREATE INDEX messages_due ON messages (due_at, id) WHERE due_at IS NOT NULL AND verification_id IS NOT NULL;
CREATE INDEX messages_due_notices ON messages (due_at, id)
    WHERE due_at IS NOT NULL AND verification_id IS NULL AND group_id IS NULL;
CREATE INDEX messages_notices ON messages (phone_index, created_at)
    WHERE verification_id IS NULL AND group_id IS NULL;
CREATE INDEX messages_due_groups ON messages (due_at, id) WHERE due_at IS NOT NULL AND group_id IS NOT NULL;
CREATE INDEX messages_phone ON messages (phone_index, created_at) WHERE verification_id IS NOT NULL;
CREATE INDEX messages_verification ON messages (verification_id) WHERE verification_id IS NOT NULL;
CREATE INDEX messages_group ON messages (group_id, id) WHERE group_id IS NOT NULL;
CREATE INDEX messages_tenant ON messages (tenant, id) WHERE group_id IS NOT NULL;

-- Numbers, login ids and person keys are sealed, and looked up by digest. A closed account keeps nothing of them: its
-- row only says that it was there.
CREATE TABLE accounts (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant TEXT NOT NULL,
    login_index BLOB NOT NULL,
    login_id BLOB NOT NULL,
    phone_index BLOB NOT NULL,
    phone BLOB NOT NULL,
    nickname BLOB NOT NULL,
    password TEXT NOT NULL,
    phone_proved_at INTEGER NOT NULL,
    phone_contested_at INTEGER,
    ci BLOB,
    di BLOB,
    person_keys BLOB,
    identified_at INTEGER,
    idempotency_key BLOB,
    idempotency_request BLOB,
    created_at INTEGER NOT NULL,
    closed_at INTEGER,
    CONSTRAINT accounts_person CHECK ((identified_at IS NULL) = (ci IS NULL AND di IS NULL)),
    CONSTRAINT accounts_keys CHECK (person_keys IS NULL OR identified_at IS NOT NULL),
    CONSTRAINT accounts_idempotency_pair CHECK ((idempotency_key IS NULL) = (idempotency_request IS NULL)),
    CONSTRAINT accounts_erased CHECK (closed_at IS NULL OR (identified_at IS NULL AND idempotency_key IS NULL
        AND length(login_index) = 0 AND length(login_id) = 0 AND length(phone_index) = 0 AND length(phone) = 0
        AND length(nickname) = 0 AND length(password) = 0))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX accounts_login ON accounts (tenant, login_index) WHERE closed_at IS NULL;
CREATE UNIQUE INDEX accounts_phone ON accounts (tenant, phone_index) WHERE closed_at IS NULL;
CREATE INDEX accounts_ci ON accounts (tenant, ci) WHERE ci IS NOT NULL;
CREATE INDEX accounts_di ON accounts (tenant, di) WHERE di IS NOT NULL;
CREATE UNIQUE INDEX accounts_idempotency ON accounts (idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX accounts_idempotency_age ON accounts (created_at) WHERE idempotency_key IS NOT NULL;
CREATE INDEX accounts_closed ON accounts (closed_at) WHERE closed_at IS NOT NULL;

-- What people agreed to, or no longer do: rows are added, never changed.
CREATE TABLE consents (
    account_id BLOB NOT NULL CHECK (length(account_id) = 16),
    number INTEGER NOT NULL,
    tenant TEXT NOT NULL,
    term TEXT NOT NULL,
    version TEXT NOT NULL,
    locale TEXT NOT NULL,
    text_hash BLOB NOT NULL,
    given INTEGER NOT NULL,
    address BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, number)
) STRICT, WITHOUT ROWID;

-- A session that ends goes at once.
CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant TEXT NOT NULL,
    account_id BLOB NOT NULL CHECK (length(account_id) = 16),
    token BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    stepped_up_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX sessions_token ON sessions (token);
CREATE INDEX sessions_account ON sessions (account_id, seen_at);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- A reset that is used or ends goes at once.
CREATE TABLE password_resets (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant TEXT NOT NULL,
    account_id BLOB NOT NULL CHECK (length(account_id) = 16),
    token BLOB NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX password_resets_token ON password_resets (token);
CREATE INDEX password_resets_account ON password_resets (account_id);
CREATE INDEX password_resets_expiry ON password_resets (expires_at);

-- Log ins that failed or are under way. By login id and address `ends_at` is the end of the window; with an empty
-- address, by login id in all, it is the end of the wait.
CREATE TABLE login_attempts (
    tenant TEXT NOT NULL,
    login_index BLOB NOT NULL,
    address BLOB NOT NULL,
    hits INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    charged_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, login_index, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX login_attempts_age ON login_attempts (charged_at);

-- An identity verification with its result and, once that was believed, its proof. `identified` is what is told of
-- the person, until the proof is spent or dead; `erase` is the provider's name of the result, until it is erased there;
-- `reference` that of the one-time password sent last. The address is kept only while it is counted.
CREATE TABLE identity_verifications (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant TEXT NOT NULL,
    purpose TEXT NOT NULL,
    api TEXT NOT NULL,
    order_ref TEXT NOT NULL,
    token BLOB NOT NULL,
    address BLOB,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    completed_at INTEGER,
    result BLOB,
    identified BLOB,
    ci BLOB,
    di BLOB,
    proof BLOB,
    proof_until INTEGER,
    proof_spent_at INTEGER,
    proof_refusals INTEGER NOT NULL DEFAULT 0,
    erase BLOB,
    erase_at INTEGER,
    otp_requests INTEGER NOT NULL,
    otp_tries INTEGER NOT NULL,
    reference BLOB,
    CONSTRAINT identity_verifications_result CHECK ((completed_at IS NULL) = (result IS NULL)),
    CONSTRAINT identity_verifications_proved CHECK ((completed_at IS NULL) = (proof IS NULL)),
    CONSTRAINT identity_verifications_until CHECK ((proof IS NULL) = (proof_until IS NULL)),
    CONSTRAINT identity_verifications_identified CHECK (identified IS NULL OR proof_spent_at IS NULL),
    CONSTRAINT identity_verifications_erasure CHECK ((erase IS NULL) = (erase_at IS NULL))
) STRICT, WITHOUT ROWID;
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
    identity_id BLOB NOT NULL CHECK (length(identity_id) = 16),
    number INTEGER NOT NULL,
    tenant TEXT NOT NULL,
    phone_index BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (identity_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX otp_requests_phone ON otp_requests (phone_index, created_at);
CREATE INDEX otp_requests_age ON otp_requests (created_at);
