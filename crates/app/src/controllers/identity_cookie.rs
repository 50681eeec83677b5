//! The cookie that ties a browser to the identity verification that it started.

use actix_web::http::header::HeaderMap;
use bonin_domain::identity::{IdentityId, IdentityToken, IdentityVerification};
use bonin_services::identity::StartedIdentity;

use crate::http::cookies::{self, Life};

const NAME: &str = "__Host-bonin-identity";

/// As long as an identity verification lives.
const LIFE: Life = Life::Seconds(IdentityVerification::LIFE.as_secs());

/// The header that hands a fresh identity verification to the browser.
pub fn set(started: &StartedIdentity) -> (&'static str, String) {
    let (id, token) = (started.verification.id, started.token.reveal());
    cookies::set(NAME, &format!("{id}.{token}"), LIFE)
}

/// The header that takes it away.
pub fn clear() -> (&'static str, String) {
    cookies::clear(NAME)
}

/// The identity verification that the browser holds; `None` without the cookie, with two of them, or with one that
/// we did not write.
pub fn held(headers: &HeaderMap) -> Option<(IdentityId, IdentityToken)> {
    let (id, token) = cookies::value(headers, NAME)?.split_once('.')?;
    Some((id.parse().ok()?, IdentityToken::parse(token).ok()?))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{COOKIE, HeaderValue};
    use bonin_domain::TenantId;
    use bonin_domain::codes::Purpose;
    use bonin_domain::identity::{IdentityApi, IdentityStatus, OrderId};
    use jiff::Timestamp;

    use super::*;

    fn started() -> StartedIdentity {
        let fill = &mut |bytes: &mut [u8]| bytes.fill(7);
        StartedIdentity {
            verification: IdentityVerification {
                id: IdentityId::draw(Timestamp::UNIX_EPOCH, fill),
                tenant: TenantId::default_tenant(),
                purpose: Purpose::SignUp,
                api: IdentityApi::V1,
                order: OrderId::draw(fill),
                status: IdentityStatus::Pending,
                created_at: Timestamp::UNIX_EPOCH,
                expires_at: Timestamp::UNIX_EPOCH,
            },
            token: IdentityToken::draw(fill),
        }
    }

    fn read(lines: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(COOKIE, HeaderValue::from_str(line).unwrap());
        }
        held(&headers).map(|(id, token)| format!("{id}.{}", token.reveal()))
    }

    #[test]
    fn what_was_set_is_read() {
        let (_, set) = set(&started());
        let pair = set.split(';').next().unwrap();
        let value = pair.split_once('=').unwrap().1;
        assert_eq!(read(&[&format!("theme=dark; {pair}; lang=ko")]).as_deref(), Some(value));
        assert!(set.ends_with("; Max-Age=1800"), "{set}");
    }

    #[test]
    fn nothing_else_is_an_identity_verification() {
        let (_, set) = set(&started());
        let pair = set.split(';').next().unwrap();
        assert_eq!(read(&[]), None);
        assert_eq!(read(&["theme=dark"]), None);
        assert_eq!(read(&[&format!("x{pair}")]), None);
        assert_eq!(read(&[&format!("{pair}x")]), None);
        assert_eq!(read(&[&format!("{NAME}=")]), None);
        assert_eq!(read(&[&format!("{NAME}=../x.y")]), None);
        assert_eq!(read(&[pair, pair]), None, "which of the two is meant cannot be told");
    }
}
