//! One identity verification under way.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use crate::codes::Purpose;
use crate::id::Id;
use crate::opaque::{Digest, Opaque, Role};
use crate::tenant::TenantId;

/// Marks the name of an identity verification.
pub struct IdentityRole;
impl Role for IdentityRole {
    const NAME: &'static str = "IdentityVerification";
}
/// The name of an identity verification.
pub type IdentityId = Id<IdentityRole>;

/// Marks the secret that authorises the holder of an identity verification.
pub struct IdentityTokenRole;
impl Role for IdentityTokenRole {
    const NAME: &'static str = "IdentityToken";
}
/// The secret handed to whoever started an identity verification: what binds a result to that session.
pub type IdentityToken = Opaque<IdentityTokenRole>;
/// What is stored of an [`IdentityToken`].
pub type IdentityTokenDigest = Digest<IdentityTokenRole>;

/// Marks the secret that a completed identity verification yields.
pub struct IdentityProofRole;
impl Role for IdentityProofRole {
    const NAME: &'static str = "IdentityProof";
}
/// What a completed identity verification yields: spent once, for its purpose and tenant, within 10 minutes.
pub type IdentityProof = Opaque<IdentityProofRole>;
/// What is stored of an [`IdentityProof`].
pub type IdentityProofDigest = Digest<IdentityProofRole>;

/// The provider's API that runs an identity verification.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum IdentityApi {
    /// I'mport, now PortOne V1: the browser brings an `imp_uid`.
    #[default]
    V1,
    /// PortOne V2: our own order id names the result.
    V2,
}

impl IdentityApi {
    /// The name used in settings and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V2 => "v2",
        }
    }

    /// Reads the name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::V1, Self::V2].into_iter().find(|api| api.as_str() == name)
    }
}

/// The order id that we give to the provider's window: `merchant_uid` in V1, `identityVerificationId` in V2. 32
/// random hex digits, which every payment company takes (KCP: letters and digits only, at most 40).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct OrderId(String);

/// A text that is no order id of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an order id: 32 lower-case hex digits")]
pub struct OrderIdError;

impl OrderId {
    /// Draws a new one; `fill` writes random bytes.
    pub fn draw(fill: &mut dyn FnMut(&mut [u8])) -> Self {
        let mut random = [0; 16];
        fill(&mut random);
        Self(format!("{:032x}", u128::from_be_bytes(random)))
    }

    /// Reads one.
    ///
    /// # Errors
    /// [`OrderIdError`].
    pub fn parse(raw: &str) -> Result<Self, OrderIdError> {
        let well_formed = raw.len() == 32 && raw.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if well_formed { Ok(Self(raw.to_owned())) } else { Err(OrderIdError) }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The provider's name of a result: `imp_uid` in V1, our order id in V2. 1 to 64 letters, digits, hyphens and
/// underscores, so that nothing in it can lead a path elsewhere (security 38). `Debug` shows nothing of it: it
/// opens a person's data at the provider.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdentityReference(String);

/// A text that cannot be the provider's name of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an imp_uid: 1 to 64 letters, digits, hyphens and underscores")]
pub struct IdentityReferenceError;

impl IdentityReference {
    /// Reads one.
    ///
    /// # Errors
    /// [`IdentityReferenceError`].
    pub fn parse(raw: &str) -> Result<Self, IdentityReferenceError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        let well_formed = (1..=64).contains(&raw.len()) && raw.bytes().all(allowed);
        if well_formed { Ok(Self(raw.to_owned())) } else { Err(IdentityReferenceError) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&OrderId> for IdentityReference {
    fn from(order: &OrderId) -> Self {
        Self(order.0.clone())
    }
}

impl fmt::Debug for IdentityReference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("IdentityReference(…)")
    }
}

/// The state of an identity verification as its holder sees it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum IdentityStatus {
    /// Waits for a result.
    Pending,
    /// A result was accepted.
    Completed,
    /// Its time ran out first.
    Expired,
}

impl IdentityStatus {
    /// The name used on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Completed => "completed",
            Self::Expired => "expired",
        }
    }
}

/// An identity verification as it stands at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityVerification {
    /// Its name.
    pub id: IdentityId,
    /// Whose it is.
    pub tenant: TenantId,
    /// What it is for: signing up, finding an id or resetting a password.
    pub purpose: Purpose,
    /// Which API of the provider runs it.
    pub api: IdentityApi,
    /// The order id that we issued for it.
    pub order: OrderId,
    /// Its state at the moment of reading, expiry included.
    pub status: IdentityStatus,
    /// When it was started.
    pub created_at: Timestamp,
    /// When it runs out.
    pub expires_at: Timestamp,
}

impl IdentityVerification {
    /// How long one may take: people look for their phone, install an app, type a password.
    pub const LIFE: SignedDuration = SignedDuration::from_mins(30);
    /// How old a result may be when it is shown to us (requirement F02).
    pub const RESULT_LIFE: SignedDuration = SignedDuration::from_mins(10);
    /// How far the provider's clock may be off.
    pub const SKEW: SignedDuration = SignedDuration::from_secs(60);
    /// How long the proof that it yields lives.
    pub const PROOF_LIFE: SignedDuration = SignedDuration::from_mins(10);
    /// How many one-time passwords may be tried for one (the provider says nothing of a limit of its own).
    pub const OTP_TRIES: u16 = 5;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_id_is_32_hex_digits() {
        let order = OrderId::draw(&mut |bytes| bytes.fill(0x0a));
        assert_eq!(order.as_str(), "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a");
        assert_eq!(OrderId::parse(order.as_str()), Ok(order));
        for bad in ["", "0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A", "0a", &"0".repeat(33)] {
            assert_eq!(OrderId::parse(bad), Err(OrderIdError), "{bad}");
        }
    }

    #[test]
    fn what_could_lead_a_path_elsewhere_is_no_reference() {
        assert_eq!(IdentityReference::parse("imp_123456789012").unwrap().as_str(), "imp_123456789012");
        for bad in ["", "..", "../users", "a/b", "a%2fb", "a?b", "a b", "a\0", "imp_가", &"a".repeat(65)] {
            assert_eq!(IdentityReference::parse(bad), Err(IdentityReferenceError), "{bad:?}");
        }
        assert_eq!(format!("{:?}", IdentityReference::parse("imp_1").unwrap()), "IdentityReference(…)");
    }
}
