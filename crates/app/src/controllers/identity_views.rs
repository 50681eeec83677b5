//! What requests and answers of identity verifications look like.

use bonin_domain::codes::Purpose;
use bonin_domain::identity::{AgeFacts, IdentityVerification};
use bonin_services::identity::CompletedIdentity;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::FieldCode;

/// Starts an identity verification.
#[derive(ToSchema)]
#[expect(dead_code, reason = "read by the description of the API only")]
pub struct StartIdentityBody {
    /// `sign_up`, `find_id` or `reset_password`.
    #[schema(example = "sign_up")]
    pub purpose: String,
    /// With a key: the address of the person for whom the backend calls.
    pub client_address: Option<String>,
}

/// Shows the result of an identity verification.
#[derive(ToSchema)]
#[expect(dead_code, reason = "read by the description of the API only")]
pub struct CompleteIdentityBody {
    /// The token of the start.
    pub token: String,
    /// What the browser SDK gave; with `api` `v1` only, and needed there.
    #[schema(example = "imp_123456789012")]
    pub imp_uid: Option<String>,
    /// Which facts the answer tells: `name`, `over_14`, `over_19`. All where it is missing.
    #[schema(example = json!(["name", "over_19"]))]
    pub facts: Option<Vec<String>>,
}

/// Has a one-time password sent.
#[derive(ToSchema)]
#[expect(dead_code, reason = "read by the description of the API only")]
pub struct RequestOtpBody {
    /// The token of the start.
    pub token: String,
    /// The real name.
    #[schema(example = "홍길동")]
    pub name: String,
    /// A Korean mobile number in the person's name.
    #[schema(example = "010-1234-5678")]
    pub phone_number: String,
    /// The birth date; passed on, not kept.
    #[schema(example = "1990-01-01")]
    pub birth_date: String,
    /// The seventh digit of the resident number, 1 to 8; passed on, not kept.
    #[schema(example = "1")]
    pub gender_digit: String,
    /// `skt`, `kt`, `lgu`, `skt_mvno`, `kt_mvno` or `lgu_mvno`.
    #[schema(example = "skt")]
    pub carrier: String,
    /// With a key: the address of the person for whom the backend calls.
    pub client_address: Option<String>,
}

/// Shows a one-time password.
#[derive(ToSchema)]
#[expect(dead_code, reason = "read by the description of the API only")]
pub struct ConfirmOtpBody {
    /// The token of the start.
    pub token: String,
    /// 6 digits.
    #[schema(example = "123456")]
    pub otp: String,
    /// Which facts the answer tells, as for completing.
    pub facts: Option<Vec<String>>,
}

/// What the browser SDK is set up with.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "api", rename_all = "lowercase")]
pub enum SdkView {
    /// I'mport: `IMP.init(customer_code)`, then `IMP.certification({channelKey, merchant_uid, company, min_age})`.
    V1 {
        /// Where its script is.
        script_url: String,
        /// The merchant.
        customer_code: String,
        /// The channel.
        channel_key: String,
        /// Our order: the window has to be opened under it.
        merchant_uid: String,
        /// The name that the carrier's window shows.
        #[serde(skip_serializing_if = "Option::is_none")]
        company: Option<String>,
        /// The least age that the window asks for. We judge it again.
        #[serde(skip_serializing_if = "Option::is_none")]
        min_age: Option<u8>,
    },
    /// PortOne V2: `PortOne.requestIdentityVerification({storeId, channelKey, identityVerificationId})`.
    V2 {
        /// Where its script is.
        script_url: String,
        /// The store.
        store_id: String,
        /// The channel.
        channel_key: String,
        /// Our order: the window has to be opened under it.
        identity_verification_id: String,
    },
}

/// An identity verification that was started.
#[derive(Serialize, ToSchema)]
pub struct StartedIdentityView {
    /// Its name: 32 lower-case hex digits. Not a secret.
    pub id: String,
    /// The secret that every later call needs: 256 bits.
    pub token: String,
    /// The order id that we issued: 32 hex digits.
    pub merchant_uid: String,
    /// When it runs out.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// What the browser SDK is set up with.
    pub sdk: SdkView,
    /// Our own page for the same purpose. It starts an identity verification of its own.
    pub page_url: String,
    /// The server's clock.
    #[schema(value_type = String, format = DateTime)]
    pub server_time: Timestamp,
}

/// An identity verification as its holder sees it.
#[derive(Serialize, ToSchema)]
pub struct IdentityView {
    /// Its name.
    pub id: String,
    /// `pending`, `completed` or `expired`.
    #[schema(example = "pending")]
    pub status: &'static str,
    /// `sign_up`, `find_id` or `reset_password`.
    #[schema(example = "sign_up")]
    pub purpose: &'static str,
    /// The order id.
    pub merchant_uid: String,
    /// When it runs out.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// The server's clock.
    #[schema(value_type = String, format = DateTime)]
    pub server_time: Timestamp,
}

impl IdentityView {
    /// As it stood at `at`.
    pub fn new(verification: &IdentityVerification, at: Timestamp) -> Self {
        Self {
            id: verification.id.to_string(),
            status: verification.status.as_str(),
            purpose: verification.purpose.as_str(),
            merchant_uid: verification.order.to_string(),
            expires_at: verification.expires_at,
            server_time: at,
        }
    }
}

/// A one-time password that is on its way.
#[derive(Serialize, ToSchema)]
pub struct OtpRequestedView {
    /// `pending`.
    #[schema(example = "pending")]
    pub status: &'static str,
    /// The server's clock.
    #[schema(value_type = String, format = DateTime)]
    pub server_time: Timestamp,
}

/// An identity that was verified.
#[derive(Serialize, ToSchema)]
pub struct CompletedIdentityView {
    /// `completed`.
    #[schema(example = "completed")]
    pub status: &'static str,
    /// Spent once, by the call that it entitles to: 256 bits.
    pub identity_proof: String,
    /// When the proof dies.
    #[schema(value_type = String, format = DateTime)]
    pub identity_proof_expires_at: Timestamp,
    /// The real name, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "홍길동")]
    pub name: Option<String>,
    /// The facts of the age that were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<AgeView>,
    /// The server's clock.
    #[schema(value_type = String, format = DateTime)]
    pub server_time: Timestamp,
}

/// What is told of an age. The birth date is not kept.
#[derive(Serialize, ToSchema)]
pub struct AgeView {
    /// Whether of full age 14.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over_14: Option<bool>,
    /// Whether 19, by full age or by year, as the server counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over_19: Option<bool>,
}

/// One fact of a person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fact {
    Name,
    Over14,
    Over19,
}

impl Fact {
    /// Every fact.
    pub const ALL: [Self; 3] = [Self::Name, Self::Over14, Self::Over19];

    /// Reads a fact's name.
    ///
    /// # Errors
    /// `unsupported`.
    pub fn parse(text: &str) -> Result<Self, FieldCode> {
        match text {
            "name" => Ok(Self::Name),
            "over_14" => Ok(Self::Over14),
            "over_19" => Ok(Self::Over19),
            _ => Err(FieldCode::Unsupported),
        }
    }
}

impl CompletedIdentityView {
    /// A success, with the facts that were asked for.
    pub fn new(completed: &CompletedIdentity, facts: &[Fact]) -> Self {
        let asked = |fact: Fact| facts.contains(&fact);
        let AgeFacts { over_14, over_19 } = completed.age;
        let age = asked(Fact::Over14) || asked(Fact::Over19);
        Self {
            status: "completed",
            identity_proof: completed.proof.reveal(),
            identity_proof_expires_at: completed.proof_expires_at,
            name: asked(Fact::Name).then(|| completed.name.reveal().to_owned()),
            age: age.then(|| AgeView {
                over_14: asked(Fact::Over14).then_some(over_14),
                over_19: asked(Fact::Over19).then_some(over_19),
            }),
            server_time: completed.at,
        }
    }
}

/// Reads the purpose of an identity verification.
///
/// # Errors
/// `unsupported` for what names no purpose, or one that a session opens.
pub fn purpose(text: &str) -> Result<Purpose, FieldCode> {
    let purpose: Purpose = text.parse()?;
    if purpose.wants_session() { Err(FieldCode::Unsupported) } else { Ok(purpose) }
}

#[cfg(test)]
mod tests {
    use bonin_domain::identity::{IdentityProof, PersonName};
    use serde_json::{Value, json};

    use super::*;

    fn told(facts: &[Fact]) -> Value {
        let completed = CompletedIdentity {
            proof: IdentityProof::draw(&mut |bytes| bytes.fill(0)),
            proof_expires_at: Timestamp::UNIX_EPOCH,
            name: PersonName::parse("홍길동").unwrap(),
            age: AgeFacts { over_14: true, over_19: false },
            at: Timestamp::UNIX_EPOCH,
            erasing: None,
        };
        let mut view = serde_json::to_value(CompletedIdentityView::new(&completed, facts)).unwrap();
        for common in ["status", "identity_proof", "identity_proof_expires_at", "server_time"] {
            assert!(view.as_object_mut().unwrap().remove(common).is_some(), "{common}");
        }
        view
    }

    #[test]
    fn only_the_facts_that_were_asked_for_are_told() {
        assert_eq!(told(&Fact::ALL), json!({"name": "홍길동", "age": {"over_14": true, "over_19": false}}));
        assert_eq!(told(&[Fact::Over19]), json!({"age": {"over_19": false}}));
        assert_eq!(told(&[Fact::Name, Fact::Name]), json!({"name": "홍길동"}));
        assert_eq!(told(&[]), json!({}));
    }

    #[test]
    fn only_some_purposes_are_opened_by_an_identity() {
        assert_eq!(purpose("find_id"), Ok(Purpose::FindId));
        for wrong in ["step_up", "change_phone", "", "SIGN_UP"] {
            assert_eq!(purpose(wrong), Err(FieldCode::Unsupported), "{wrong}");
        }
    }

    #[test]
    fn the_sdk_is_told_which_api_it_is() {
        let sdk = SdkView::V2 {
            script_url: "https://cdn.example/sdk.js".to_owned(),
            store_id: "store".to_owned(),
            channel_key: "channel".to_owned(),
            identity_verification_id: "0".repeat(32),
        };
        assert_eq!(serde_json::to_value(sdk).unwrap()["api"], "v2");
    }
}
