//! The token that forms and scripts of a browser session show beside its cookie (security 33).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

use crate::opaque::{Opaque, Role};

/// Bound to one session: another site that makes the browser send the cookie cannot know it. Written as 43
/// characters. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct FormToken([u8; 32]);

impl FormToken {
    /// The form token of a session: an HMAC under the session's token, so nothing more is stored.
    pub fn of<R: Role>(session: &Opaque<R>) -> Self {
        Self(*session.derive(b"form token"))
    }

    /// The text form, for the page of the session.
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Whether `shown` is this token; takes the same time for each wrong one.
    pub fn matches(&self, shown: &str) -> bool {
        // An HMAC comparison: both sides are digested under a key that only the session's holder knows.
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let tag = hmac::sign(&key, shown.as_bytes());
        hmac::verify(&key, self.reveal().as_bytes(), tag.as_ref()).is_ok()
    }
}

impl fmt::Debug for FormToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("FormToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::SessionToken;

    #[test]
    fn a_form_token_belongs_to_one_session() {
        let session = |byte: u8| SessionToken::draw(&mut |bytes| bytes.fill(byte));
        let token = FormToken::of(&session(1));
        assert!(token.matches(&FormToken::of(&session(1)).reveal()));
        assert!(!token.matches(&FormToken::of(&session(2)).reveal()));
        assert!(!token.matches(""));
        assert_ne!(token.reveal(), session(1).reveal());
        assert_eq!(format!("{token:?}"), "FormToken(…)");
    }
}
