//! Who is logged in, and what was handed out to apps.

use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use ring::digest::{SHA256, digest};
use ring::hmac;
use serde_json::json;

use super::asked::Asked;
use super::user_of;
use crate::credentials::{COOLSMS_CLIENT_ID, COOLSMS_CLIENT_SECRET};
use crate::ids;
use crate::kept::Kept;
use crate::lock::lock;

const SESSION: SignedDuration = SignedDuration::from_hours(1);
const CODE: SignedDuration = SignedDuration::from_secs(300);
pub(in super::super) const ACCESS_TOKEN: SignedDuration = SignedDuration::from_hours(24);

/// What an app may do for a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Grant {
    pub(in super::super) account: &'static str,
    pub(in super::super) scopes: Vec<&'static str>,
}

/// A browser that is logged in.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) account: &'static str,
    /// Stands in each form, so that only our own pages are believed.
    pub(super) form: String,
    ends_at: Timestamp,
}

struct Code {
    grant: Grant,
    redirect_uri: String,
    challenge: Option<String>,
    ends_at: Timestamp,
}

impl Code {
    /// Whether whoever brings the code is who asked for it (RFC 7636, section 4.6). A verifier to which no challenge
    /// belongs is wrong too: somebody took the challenge away on the way.
    fn is_of(&self, verifier: Option<&str>) -> bool {
        let hashed = verifier.map(|verifier| URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes())));
        hashed == self.challenge
    }
}

/// Everything about logins.
#[derive(Default)]
pub(in super::super) struct Logins {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    drawn: u64,
    sessions: Kept<Session>,
    codes: Kept<Code>,
    access: Kept<(Grant, Timestamp)>,
    refresh: Kept<Grant>,
}

impl Inner {
    /// A name of `parts` times 8 letters that was not given before; nothing here is worth guessing.
    fn draw(&mut self, parts: u64) -> String {
        self.drawn += 1;
        (0..parts).map(|part| ids::scrambled(self.drawn << 8 | part)).collect()
    }
}

impl Logins {
    /// Logs a browser in; the value of its cookie.
    pub(super) fn log_in(&self, account: &'static str, now: Timestamp) -> String {
        let mut inner = lock(&self.inner);
        let (name, form) = (inner.draw(4), inner.draw(4));
        inner.sessions.put(name.clone(), Session { account, form, ends_at: now + SESSION });
        name
    }

    /// Logs a browser out.
    pub(super) fn log_out(&self, name: &str) {
        lock(&self.inner).sessions.remove(name);
    }

    /// The session of a browser.
    pub(super) fn session(&self, name: &str, now: Timestamp) -> Option<Session> {
        lock(&self.inner).sessions.get(name).filter(|session| session.ends_at > now).cloned()
    }

    /// A code for an app.
    pub(super) fn code(&self, grant: Grant, asked: &Asked, now: Timestamp) -> String {
        let mut inner = lock(&self.inner);
        let name = inner.draw(4);
        let (redirect_uri, challenge) = (asked.redirect_uri.clone(), asked.challenge.clone());
        inner.codes.put(name.clone(), Code { grant, redirect_uri, challenge, ends_at: now + CODE });
        name
    }

    /// Trades a code, once, for an access token and a refresh token.
    pub(super) fn trade(
        &self,
        code: &str,
        redirect_uri: &str,
        verifier: Option<&str>,
        now: Timestamp,
    ) -> Option<(String, String)> {
        let mut inner = lock(&self.inner);
        // Whoever brings it wrongly has used it up too.
        let code = inner.codes.remove(code)?;
        if code.ends_at <= now || code.redirect_uri != redirect_uri || !code.is_of(verifier) {
            return None;
        }
        let refresh = inner.draw(5);
        inner.refresh.put(refresh.clone(), code.grant.clone());
        Some((access(&mut inner, code.grant, now), refresh))
    }

    /// The next access token.
    pub(super) fn refresh(&self, token: &str, now: Timestamp) -> Option<String> {
        let mut inner = lock(&self.inner);
        let grant = inner.refresh.get(token)?.clone();
        Some(access(&mut inner, grant, now))
    }

    /// Takes back what the user of `account` allowed, or everybody: codes and tokens are unknown from now on.
    pub(super) fn revoke(&self, account: Option<&str>) {
        let mut inner = lock(&self.inner);
        let stays = |grant: &Grant| account.is_some_and(|account| grant.account != account);
        inner.codes.retain(|code| stays(&code.grant));
        inner.access.retain(|(grant, _)| stays(grant));
        inner.refresh.retain(stays);
    }

    /// What an access token allows.
    pub(in super::super) fn grant(&self, token: &str, now: Timestamp) -> Option<Grant> {
        let inner = lock(&self.inner);
        let (grant, ends_at) = inner.access.get(token)?;
        (*ends_at > now).then(|| grant.clone())
    }
}

/// A signed token (a JWT), as the provider's are.
fn access(inner: &mut Inner, grant: Grant, now: Timestamp) -> String {
    let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = json!({
        "accountId": grant.account,
        "memberId": user_of(grant.account).member_id,
        "clientId": COOLSMS_CLIENT_ID,
        "scope": grant.scopes.join(" "),
        "iat": now.as_second(),
        "exp": (now + ACCESS_TOKEN).as_second(),
        "jti": inner.draw(2),
    });
    let signed = format!("{}.{}", part(&json!({ "alg": "HS256", "typ": "JWT" })), part(&claims));
    let key = hmac::Key::new(hmac::HMAC_SHA256, COOLSMS_CLIENT_SECRET.as_bytes());
    let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(&key, signed.as_bytes())));
    inner.access.put(token.clone(), (grant, now + ACCESS_TOKEN));
    token
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kept::CAPACITY;

    #[test]
    fn only_the_newest_are_kept() {
        let logins = Logins::default();
        let now = Timestamp::UNIX_EPOCH;
        let first = logins.log_in(super::super::ACCOUNT, now);
        let second = logins.log_in(super::super::ACCOUNT, now);
        for _ in 1..CAPACITY {
            logins.log_in(super::super::ACCOUNT, now);
        }
        assert!(logins.session(&first, now).is_none());
        assert!(logins.session(&second, now).is_some());
        assert!(logins.session(&second, now + SESSION).is_none());
        assert_eq!(lock(&logins.inner).sessions.len(), CAPACITY);
    }
}
