-- The country of the number, for figures; unknown for what was started before.
ALTER TABLE verifications ADD COLUMN country text;
-- Of a decision on a resend: the verification. That on a start has its name itself.
ALTER TABLE decisions ADD COLUMN verification_id uuid;
-- Starts and resends that were not allowed, for whoever asks why.
CREATE INDEX decisions_refused ON decisions (phone_index, created_at) WHERE outcome <> 'allowed';

-- What is left of a verification when its row goes: nothing that leads to a person but the digest of the number. `provider`
-- took the newest message, or was asked last; `accepted` and `delivered` say whether some message was.
CREATE TABLE past_verifications (
    id uuid NOT NULL PRIMARY KEY,
    tenant text NOT NULL,
    purpose text NOT NULL,
    phone_index bytea NOT NULL,
    country text,
    provider text,
    run_by_provider text,
    status text NOT NULL,
    checks smallint NOT NULL,
    max_checks smallint NOT NULL,
    sends smallint NOT NULL,
    accepted boolean NOT NULL,
    delivered boolean NOT NULL,
    test_number boolean NOT NULL,
    withheld boolean NOT NULL,
    created_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    CONSTRAINT past_verifications_status CHECK (status IN ('verified', 'expired', 'cancelled', 'locked'))
);

-- Log ins at CoolSMS that are under way.
CREATE TABLE oauth_logins (
    id uuid NOT NULL PRIMARY KEY,
    tenant text NOT NULL,
    state bytea NOT NULL,
    browser bytea NOT NULL,
    verifier bytea,
    scopes text NOT NULL,
    connection_id uuid,
    back_to text NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX oauth_logins_state ON oauth_logins (state);
CREATE INDEX oauth_logins_expiry ON oauth_logins (expires_at);

-- People's accounts at CoolSMS, with their tokens, sealed, as long as they are live.
CREATE TABLE connections (
    id uuid NOT NULL PRIMARY KEY,
    tenant text NOT NULL,
    account bytea NOT NULL,
    scopes text NOT NULL,
    state text NOT NULL,
    access bytea,
    access_until timestamptz,
    refresh bytea,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT connections_state CHECK (state IN ('live', 'revoked', 'disconnected')),
    CONSTRAINT connections_tokens CHECK ((state = 'live') = (access IS NOT NULL)
        AND (access IS NULL) = (access_until IS NULL) AND (refresh IS NULL OR access IS NOT NULL))
);
CREATE UNIQUE INDEX connections_account ON connections (tenant, account);

-- A session of the app that ends goes at once. `draft` is a form that is not sent yet, sealed.
CREATE TABLE app_sessions (
    id uuid NOT NULL PRIMARY KEY,
    tenant text NOT NULL,
    connection_id uuid NOT NULL,
    token bytea NOT NULL,
    draft bytea,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX app_sessions_token ON app_sessions (token);
CREATE INDEX app_sessions_connection ON app_sessions (connection_id, seen_at);
CREATE INDEX app_sessions_expiry ON app_sessions (expires_at);

-- What people send with the app. `counted` says whether it counts against the limits of its connection; `group_ref` is the
-- provider's name for it. Sums of money are decimal numbers, in KRW.
CREATE TABLE web_sends (
    id uuid NOT NULL PRIMARY KEY,
    tenant text NOT NULL,
    connection_id uuid NOT NULL,
    form bytea NOT NULL,
    kind text NOT NULL,
    content bytea NOT NULL,
    size integer NOT NULL,
    counted boolean NOT NULL,
    state text NOT NULL,
    failure text,
    provider_code text,
    group_ref text,
    delivered integer NOT NULL,
    failed integer NOT NULL,
    pending integer NOT NULL,
    profit text NOT NULL,
    charged text NOT NULL,
    created_at timestamptz NOT NULL,
    scheduled_at timestamptz,
    releases smallint NOT NULL DEFAULT 0,
    released_at timestamptz,
    followed_at timestamptz,
    CONSTRAINT web_sends_state
        CHECK (state IN ('prepared', 'unclear', 'scheduled', 'sent', 'refused', 'cancelled'))
);
CREATE UNIQUE INDEX web_sends_form ON web_sends (connection_id, form);
CREATE INDEX web_sends_connection ON web_sends (connection_id, id);

CREATE TABLE web_messages (
    id uuid NOT NULL PRIMARY KEY,
    tenant text NOT NULL,
    send_id uuid NOT NULL,
    phone bytea NOT NULL,
    state text NOT NULL,
    rank smallint NOT NULL,
    failure text,
    provider_code text,
    reference text,
    updated_at timestamptz NOT NULL
);
CREATE INDEX web_messages_send ON web_messages (send_id, id);

-- Who runs the deployment, over all tenants.
CREATE TABLE admins (
    id uuid NOT NULL PRIMARY KEY,
    name text NOT NULL,
    password text NOT NULL,
    totp bytea NOT NULL,
    last_step bigint NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX admins_name ON admins (name);

-- An invitation that is spent goes at once. `admin` is who is to set password and second factor anew.
CREATE TABLE admin_invitations (
    secret bytea NOT NULL PRIMARY KEY,
    admin text,
    expires_at timestamptz NOT NULL
);
CREATE INDEX admin_invitations_expiry ON admin_invitations (expires_at);

CREATE TABLE admin_sessions (
    id uuid NOT NULL PRIMARY KEY,
    admin_id uuid NOT NULL,
    token bytea NOT NULL,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX admin_sessions_token ON admin_sessions (token);
CREATE INDEX admin_sessions_admin ON admin_sessions (admin_id, seen_at);
CREATE INDEX admin_sessions_expiry ON admin_sessions (expires_at);

-- What administrators did. Rows are added, each with the hash of all before it; the database refuses to change them and to
-- remove the younger ones.
CREATE TABLE audit (
    number bigint NOT NULL PRIMARY KEY,
    row_id uuid NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    address text,
    action text NOT NULL,
    subject text,
    reason bytea,
    hash bytea NOT NULL
);

CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.at <= now() - interval '730 days' THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'entries of the record are never changed, and kept for two years';
END
$$;
CREATE TRIGGER audit_unchanged BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuses();
CREATE TRIGGER audit_kept BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses();
