-- The country of the number, for figures; unknown for what was started before.
ALTER TABLE verifications ADD COLUMN country TEXT;
-- Of a decision on a resend: the verification. That on a start has its name itself.
ALTER TABLE decisions ADD COLUMN verification_id BLOB CHECK (length(verification_id) = 16);
-- Starts and resends that were not allowed, for whoever asks why.
CREATE INDEX decisions_refused ON decisions (phone_index, created_at) WHERE outcome <> 'allowed';

-- What is left of a verification when its row goes: nothing that leads to a person but the digest of the number. `provider`
-- took the newest message, or was asked last; `accepted` and `delivered` say whether some message was.
CREATE TABLE past_verifications (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant TEXT NOT NULL,
    purpose TEXT NOT NULL,
    phone_index BLOB NOT NULL,
    country TEXT,
    provider TEXT,
    run_by_provider TEXT,
    status TEXT NOT NULL,
    checks INTEGER NOT NULL,
    max_checks INTEGER NOT NULL,
    sends INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    delivered INTEGER NOT NULL,
    test_number INTEGER NOT NULL,
    withheld INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    CONSTRAINT past_verifications_status CHECK (status IN ('verified', 'expired', 'cancelled', 'locked'))
) STRICT, WITHOUT ROWID;

-- Log ins at CoolSMS that are under way.
CREATE TABLE oauth_logins (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant TEXT NOT NULL,
    state BLOB NOT NULL,
    browser BLOB NOT NULL,
    verifier BLOB,
    scopes TEXT NOT NULL,
    connection_id BLOB CHECK (length(connection_id) = 16),
    back_to TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX oauth_logins_state ON oauth_logins (state);
CREATE INDEX oauth_logins_expiry ON oauth_logins (expires_at);

-- People's accounts at CoolSMS, with their tokens, sealed, as long as they are live.
CREATE TABLE connections (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant TEXT NOT NULL,
    account BLOB NOT NULL,
    scopes TEXT NOT NULL,
    state TEXT NOT NULL,
    access BLOB,
    access_until INTEGER,
    refresh BLOB,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CONSTRAINT connections_state CHECK (state IN ('live', 'revoked', 'disconnected')),
    CONSTRAINT connections_tokens CHECK ((state = 'live') = (access IS NOT NULL)
        AND (access IS NULL) = (access_until IS NULL) AND (refresh IS NULL OR access IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX connections_account ON connections (tenant, account);

-- A session of the app that ends goes at once. `draft` is a form that is not sent yet, sealed.
CREATE TABLE app_sessions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant TEXT NOT NULL,
    connection_id BLOB NOT NULL CHECK (length(connection_id) = 16),
    token BLOB NOT NULL,
    draft BLOB,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX app_sessions_token ON app_sessions (token);
CREATE INDEX app_sessions_connection ON app_sessions (connection_id, seen_at);
CREATE INDEX app_sessions_expiry ON app_sessions (expires_at);

-- What people send with the app. `counted` says whether it counts against the limits of its connection; `group_ref` is the
-- provider's name for it. Sums of money are decimal numbers, in KRW.
CREATE TABLE web_sends (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant TEXT NOT NULL,
    connection_id BLOB NOT NULL CHECK (length(connection_id) = 16),
    form BLOB NOT NULL,
    kind TEXT NOT NULL,
    content BLOB NOT NULL,
    size INTEGER NOT NULL,
    counted INTEGER NOT NULL,
    state TEXT NOT NULL,
    failure TEXT,
    provider_code TEXT,
    group_ref TEXT,
    delivered INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    pending INTEGER NOT NULL,
    profit TEXT NOT NULL,
    charged TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    scheduled_at INTEGER,
    releases INTEGER NOT NULL DEFAULT 0,
    released_at INTEGER,
    followed_at INTEGER,
    CONSTRAINT web_sends_state
        CHECK (state IN ('prepared', 'unclear', 'scheduled', 'sent', 'refused', 'cancelled'))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX web_sends_form ON web_sends (connection_id, form);
CREATE INDEX web_sends_connection ON web_sends (connection_id, id);

CREATE TABLE web_messages (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant TEXT NOT NULL,
    send_id BLOB NOT NULL CHECK (length(send_id) = 16),
    phone BLOB NOT NULL,
    state TEXT NOT NULL,
    rank INTEGER NOT NULL,
    failure TEXT,
    provider_code TEXT,
    reference TEXT,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX web_messages_send ON web_messages (send_id, id);

-- Who runs the deployment, over all tenants.
CREATE TABLE admins (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    password TEXT NOT NULL,
    totp BLOB NOT NULL,
    last_step INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX admins_name ON admins (name);

-- An invitation that is spent goes at once. `admin` is who is to set password and second factor anew.
CREATE TABLE admin_invitations (
    secret BLOB NOT NULL PRIMARY KEY,
    admin TEXT,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX admin_invitations_expiry ON admin_invitations (expires_at);

CREATE TABLE admin_sessions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    admin_id BLOB NOT NULL CHECK (length(admin_id) = 16),
    token BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX admin_sessions_token ON admin_sessions (token);
CREATE INDEX admin_sessions_admin ON admin_sessions (admin_id, seen_at);
CREATE INDEX admin_sessions_expiry ON admin_sessions (expires_at);

-- What administrators did. Rows are added, each with the hash of all before it; the database refuses to change them and to
-- remove the younger ones.
CREATE TABLE audit (
    number INTEGER NOT NULL PRIMARY KEY,
    row_id BLOB NOT NULL CHECK (length(row_id) = 16),
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    address TEXT,
    action TEXT NOT NULL,
    subject TEXT,
    reason BLOB,
    hash BLOB NOT NULL
) STRICT;

CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'entries of the record are never changed');
END;
-- REPLACE removes a row without asking the trigger for removals.
CREATE TRIGGER audit_not_replaced BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE number = NEW.number)
BEGIN
    SELECT RAISE(ABORT, 'entries of the record are never changed');
END;
CREATE TRIGGER audit_kept BEFORE DELETE ON audit WHEN OLD.at > (unixepoch() - 2 * 365 * 86400) * 1000000
BEGIN
    SELECT RAISE(ABORT, 'entries of the record are kept for two years');
END;
