//! What answers look like.

use bonin_domain::PhoneNumber;
use bonin_domain::codes::{Status, Verification};
use bonin_domain::messages::Locale;
use bonin_services::codes::Delivery;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::message_views::AttemptView;

/// A verification as its holder sees it. Times are UTC.
#[derive(Serialize, ToSchema)]
pub struct VerificationView {
    /// The verification's name: 32 lower-case hex digits. Not a secret.
    #[schema(example = "019aa3f2c1d07c4e8f3a5b6c7d8e9f00")]
    pub id: String,
    /// `pending`, `verified`, `expired`, `cancelled` or `locked`.
    #[schema(example = "pending")]
    pub status: &'static str,
    /// `sign_up`, `find_id`, `reset_password`, `change_phone` or `step_up`.
    #[schema(example = "sign_up")]
    pub purpose: &'static str,
    /// The number, masked.
    #[schema(example = "+8210****9876")]
    pub phone_number: String,
    /// The language of its messages: `ko` or `en`.
    #[schema(example = "ko")]
    pub locale: &'static str,
    /// Checks that may still be made, over all its codes.
    #[schema(example = 5)]
    pub checks_left: u16,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// The earliest moment for a resend, under all rules, as of the last send.
    #[schema(value_type = String, format = DateTime)]
    pub resend_at: Timestamp,
    /// Until when no check is made, while locked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub lock_until: Option<Timestamp>,
    /// The server's clock, by which all times here are meant.
    #[schema(value_type = String, format = DateTime)]
    pub server_time: Timestamp,
    /// How the latest message fares.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<DeliveryView>,
    /// With a key: every provider that was asked, over all messages, oldest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts: Option<Vec<AttemptView>>,
}

impl VerificationView {
    /// A verification as it stood at `at`.
    pub fn new(verification: &Verification, phone_number: &PhoneNumber, at: Timestamp) -> Self {
        Self {
            id: verification.id.to_string(),
            status: verification.status.as_str(),
            purpose: verification.purpose.as_str(),
            phone_number: phone_number.masked(),
            locale: verification.locale.as_str(),
            checks_left: verification.checks_left,
            expires_at: verification.expires_at,
            resend_at: verification.resend_at,
            lock_until: (verification.status == Status::Locked).then_some(verification.expires_at),
            server_time: at,
            delivery: None,
            attempts: None,
        }
    }
}

/// How a message fares.
#[derive(Serialize, ToSchema)]
pub struct DeliveryView {
    /// `queued`, `accepted`, `sent`, `delivered`, `failed`, `expired` or `unknown`.
    #[schema(example = "accepted")]
    pub status: &'static str,
    /// Who was asked last; missing while the message waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "sens")]
    pub provider: Option<String>,
    /// Why it failed or is unknown, in one of twelve classes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "unreachable")]
    pub failure: Option<&'static str>,
    /// The same for people, in the language of `Accept-Language`: Korean or English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_text: Option<&'static str>,
    /// Whether it may have reached the phone twice: an answer of the provider was lost, and the message was
    /// sent again.
    pub possible_duplicate: bool,
    /// When this state was reached.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl DeliveryView {
    /// How a message fares, its failure told in `locale`.
    pub fn new(delivery: Delivery, locale: Locale) -> Self {
        Self {
            failure_text: delivery.failure.map(|class| class.text(locale)),
            status: delivery.state.as_str(),
            provider: delivery.provider.map(|provider| provider.as_str().to_owned()),
            failure: delivery.failure.map(bonin_domain::messages::FailureClass::as_str),
            possible_duplicate: delivery.possible_duplicate,
            updated_at: delivery.updated_at,
        }
    }
}

/// A verification that was started.
#[derive(Serialize, ToSchema)]
pub struct StartedView {
    /// The secret that every later call for this verification needs: 256 bits.
    #[schema(example = "3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    pub token: String,
    /// The verification.
    #[serde(flatten)]
    pub verification: VerificationView,
}

/// A success.
#[derive(Serialize, ToSchema)]
pub struct VerifiedView {
    /// The verification's name.
    pub id: String,
    /// `verified`.
    #[schema(example = "verified")]
    pub status: &'static str,
    /// What it was for, and what the proof is good for.
    #[schema(example = "sign_up")]
    pub purpose: &'static str,
    /// Spent once, by the call that it entitles to: 256 bits.
    pub proof: String,
    /// When the proof dies.
    #[schema(value_type = String, format = DateTime)]
    pub proof_expires_at: Timestamp,
    /// To be sent with this client's next start for the same number: 256 bits.
    pub client_token: String,
    /// When the client token dies.
    #[schema(value_type = String, format = DateTime)]
    pub client_token_expires_at: Timestamp,
    /// Checks that were left.
    pub checks_left: u16,
    /// When the verification would have ended.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// As of the last send.
    #[schema(value_type = String, format = DateTime)]
    pub resend_at: Timestamp,
    /// The server's clock.
    #[schema(value_type = String, format = DateTime)]
    pub server_time: Timestamp,
}

/// An error (RFC 9457).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what problem.rs writes")]
pub struct ProblemView {
    /// `/problems/<code>`.
    #[schema(example = "/problems/code_incorrect")]
    r#type: String,
    /// One sentence, in the language of `Accept-Language`: Korean or English.
    title: String,
    /// The HTTP status.
    #[schema(example = 422)]
    status: u16,
    /// The stable code.
    #[schema(example = "code_incorrect")]
    code: String,
    /// The request, as in the logs and in the `X-Request-Id` header.
    request_id: String,
    /// The members that are wrong.
    errors: Option<Vec<FieldErrorView>>,
    /// The server's clock.
    #[schema(format = DateTime)]
    server_time: Option<String>,
    /// Where the verification is known.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// Where the verification is known.
    #[schema(format = DateTime)]
    resend_at: Option<String>,
    /// Where the verification is known.
    checks_left: Option<u16>,
    /// While locked.
    #[schema(format = DateTime)]
    lock_until: Option<String>,
    /// When it makes sense to try again.
    #[schema(format = DateTime)]
    retry_at: Option<String>,
}

/// What is wrong with one member.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what problem.rs writes")]
pub struct FieldErrorView {
    /// The member or header.
    #[schema(example = "phone_number")]
    field: String,
    /// The stable code.
    #[schema(example = "malformed")]
    code: String,
    /// For people.
    message: String,
}

/// The body of a start.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the controller reads member by member")]
pub struct StartBody {
    /// The number, as people write it.
    #[schema(example = "010-1234-9876")]
    phone_number: String,
    /// What the verification is for: `sign_up`, `find_id` or `reset_password`; in a session also `change_phone` or
    /// `step_up`.
    #[schema(example = "sign_up")]
    purpose: String,
    /// The language of the message: `ko` (default) or `en`.
    #[schema(example = "ko")]
    locale: Option<String>,
    /// The account, for `reset_password`: its mail address. Where the number is not this account's, no code is sent.
    login_id: Option<String>,
    /// From an earlier success with the same number.
    client_token: Option<String>,
}

/// The body of a resend.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the controller reads member by member")]
pub struct ResendBody {
    /// From the start.
    token: String,
}

/// The body of a check.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the controller reads member by member")]
pub struct CheckBody {
    /// From the start.
    token: String,
    /// As the person typed it; spaces, hyphens and full-width digits are fine.
    #[schema(example = "012345")]
    code: String,
}
