//! Every code a client can meet, with its status and its text. `docs/api.md` holds the same table.

use actix_web::http::StatusCode;
use bonin_domain::messages::Locale;

/// The code of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemCode {
    JsonMalformed,
    FieldsInvalid,
    PhoneNumberInvalid,
    CodeMalformed,
    CodeIncorrect,
    ChecksExhausted,
    VerificationNotFound,
    VerificationExpired,
    VerificationUsed,
    VerificationCancelled,
    ResendTooEarly,
    TooManyRequests,
    TokenMissing,
    KeyUnknown,
    KeyRequired,
    ScopeMissing,
    TooManyBadKeys,
    SenderUnknown,
    ProviderUnknown,
    ProviderUnable,
    NoRoute,
    CeilingReached,
    MessageNotFound,
    MessageGroupNotFound,
    MessageGroupSent,
    IdempotencyKeyReused,
    IdempotencyInFlight,
    BodyTooLarge,
    BodyTimeout,
    UnsupportedMediaType,
    UriTooLong,
    HeadersTooLarge,
    BadRequest,
    NotFound,
    MethodNotAllowed,
    ProofUnknown,
    ProofUsed,
    ProofExpired,
    IdentityProofUnknown,
    IdentityProofUsed,
    IdentityProofExpired,
    IdentityRequired,
    TooYoung,
    PhoneNumberTaken,
    LoginIdTaken,
    PersonTaken,
    ResetRefused,
    ResetExpired,
    LoginRefused,
    TooManyLogins,
    PasswordIncorrect,
    SessionRequired,
    SessionNotFound,
    FormTokenRefused,
    CrossSiteRefused,
    TermRequired,
    IdentityNotOffered,
    IdentityNotFound,
    IdentityExpired,
    IdentityCompleted,
    ImpUidMalformed,
    IdentityResultUnknown,
    IdentityNotCertified,
    IdentityOtherSession,
    IdentityOtherOrder,
    IdentityStale,
    IdentityResultUsed,
    IdentityChannelRefused,
    IdentityIncomplete,
    IdentityUnavailable,
    OtpRefused,
    OtpPersonRefused,
    OtpExhausted,
    OtpNotRequested,
    PermissionEnded,
    PermissionMissing,
    LoginNotFinished,
    ConsentRefused,
    OtherAccount,
    MessagingUnavailable,
    MessagingNotOffered,
    ReceiptRefused,
    Unavailable,
    Internal,
}

impl ProblemCode {
    /// Every code.
    pub const ALL: [Self; 84] = [
        Self::JsonMalformed,
        Self::FieldsInvalid,
        Self::PhoneNumberInvalid,
        Self::CodeMalformed,
        Self::CodeIncorrect,
        Self::ChecksExhausted,
        Self::VerificationNotFound,
        Self::VerificationExpired,
        Self::VerificationUsed,
        Self::VerificationCancelled,
        Self::ResendTooEarly,
        Self::TooManyRequests,
        Self::TokenMissing,
        Self::KeyUnknown,
        Self::KeyRequired,
        Self::ScopeMissing,
        Self::TooManyBadKeys,
        Self::SenderUnknown,
        Self::ProviderUnknown,
        Self::ProviderUnable,
        Self::NoRoute,
        Self::CeilingReached,
        Self::MessageNotFound,
        Self::MessageGroupNotFound,
        Self::MessageGroupSent,
        Self::IdempotencyKeyReused,
        Self::IdempotencyInFlight,
        Self::BodyTooLarge,
        Self::BodyTimeout,
        Self::UnsupportedMediaType,
        Self::UriTooLong,
        Self::HeadersTooLarge,
        Self::BadRequest,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::ProofUnknown,
        Self::ProofUsed,
        Self::ProofExpired,
        Self::IdentityProofUnknown,
        Self::IdentityProofUsed,
        Self::IdentityProofExpired,
        Self::IdentityRequired,
        Self::TooYoung,
        Self::PhoneNumberTaken,
        Self::LoginIdTaken,
        Self::PersonTaken,
        Self::ResetRefused,
        Self::ResetExpired,
        Self::LoginRefused,
        Self::TooManyLogins,
        Self::PasswordIncorrect,
        Self::SessionRequired,
        Self::SessionNotFound,
        Self::FormTokenRefused,
        Self::CrossSiteRefused,
        Self::TermRequired,
        Self::IdentityNotOffered,
        Self::IdentityNotFound,
        Self::IdentityExpired,
        Self::IdentityCompleted,
        Self::ImpUidMalformed,
        Self::IdentityResultUnknown,
        Self::IdentityNotCertified,
        Self::IdentityOtherSession,
        Self::IdentityOtherOrder,
        Self::IdentityStale,
        Self::IdentityResultUsed,
        Self::IdentityChannelRefused,
        Self::IdentityIncomplete,
        Self::IdentityUnavailable,
        Self::OtpRefused,
        Self::OtpPersonRefused,
        Self::OtpExhausted,
        Self::OtpNotRequested,
        Self::PermissionEnded,
        Self::PermissionMissing,
        Self::LoginNotFinished,
        Self::ConsentRefused,
        Self::OtherAccount,
        Self::MessagingUnavailable,
        Self::MessagingNotOffered,
        Self::ReceiptRefused,
        Self::Unavailable,
        Self::Internal,
    ];

    #[expect(clippy::too_many_lines, reason = "a table")]
    fn entry(self) -> (&'static str, u16, &'static str, &'static str) {
        match self {
            Self::JsonMalformed => {
                ("json_malformed", 400, "The body is not valid JSON.", "본문이 올바른 JSON이 아닙니다.")
            }
            Self::FieldsInvalid => {
                ("fields_invalid", 422, "Some fields are not valid.", "올바르지 않은 항목이 있습니다.")
            }
            Self::PhoneNumberInvalid => (
                "phone_number_invalid",
                422,
                "No code can be sent to this phone number.",
                "이 번호로는 인증번호를 보낼 수 없습니다.",
            ),
            Self::CodeMalformed => (
                "code_malformed",
                422,
                "This cannot be a code. The check was not counted.",
                "인증번호 형식이 아닙니다. 확인 횟수는 줄지 않았습니다.",
            ),
            Self::CodeIncorrect => {
                ("code_incorrect", 422, "The code is not right.", "인증번호가 일치하지 않습니다.")
            }
            Self::ChecksExhausted => (
                "checks_exhausted",
                429,
                "Too many wrong codes. Start again later.",
                "인증번호를 여러 번 잘못 입력했습니다. 잠시 후 처음부터 다시 시도해 주세요.",
            ),
            Self::VerificationNotFound => (
                "verification_not_found",
                404,
                "There is no such verification.",
                "인증 요청을 찾을 수 없습니다.",
            ),
            Self::VerificationExpired => (
                "verification_expired",
                410,
                "The verification has expired.",
                "인증 시간이 지났습니다. 처음부터 다시 시도해 주세요.",
            ),
            Self::VerificationUsed => {
                ("verification_used", 410, "The verification was used already.", "이미 완료된 인증입니다.")
            }
            Self::VerificationCancelled => {
                ("verification_cancelled", 410, "The verification was cancelled.", "취소된 인증입니다.")
            }
            Self::ResendTooEarly => (
                "resend_too_early",
                429,
                "A code was sent a moment ago. Wait before asking for another.",
                "방금 인증번호를 보냈습니다. 잠시 후 다시 요청해 주세요.",
            ),
            Self::TooManyRequests => (
                "too_many_requests",
                429,
                "Too many requests. Try again later.",
                "요청이 너무 많습니다. 잠시 후 다시 시도해 주세요.",
            ),
            Self::TokenMissing => (
                "token_missing",
                401,
                "The Verification-Token header is missing.",
                "Verification-Token 헤더가 필요합니다.",
            ),
            Self::KeyUnknown => ("key_unknown", 401, "The API key is not known.", "알 수 없는 API 키입니다."),
            Self::KeyRequired => {
                ("key_required", 401, "This call needs an API key.", "API 키가 필요한 요청입니다.")
            }
            Self::ScopeMissing => (
                "scope_missing",
                403,
                "The API key may not do this.",
                "이 API 키에는 필요한 권한이 없습니다.",
            ),
            Self::TooManyBadKeys => (
                "too_many_bad_keys",
                429,
                "Too many wrong API keys came from this address. Try again later.",
                "이 주소에서 잘못된 API 키를 여러 번 보냈습니다. 잠시 후 다시 시도해 주세요.",
            ),
            Self::SenderUnknown => (
                "sender_unknown",
                422,
                "This sender is not registered with any provider.",
                "등록되지 않은 발신번호입니다.",
            ),
            Self::ProviderUnknown => {
                ("provider_unknown", 422, "There is no such provider.", "설정에 없는 제공자입니다.")
            }
            Self::ProviderUnable => (
                "provider_unable",
                422,
                "This provider cannot carry these messages.",
                "이 제공자로는 보낼 수 없는 메시지입니다.",
            ),
            Self::NoRoute => (
                "no_route",
                422,
                "No provider can carry these messages.",
                "이 메시지를 보낼 수 있는 제공자가 없습니다.",
            ),
            Self::CeilingReached => (
                "ceiling_reached",
                429,
                "With these messages the day would cost more than it may.",
                "이 메시지까지 보내면 하루 비용 상한을 넘습니다.",
            ),
            Self::MessageNotFound => {
                ("message_not_found", 404, "There is no such message.", "메시지를 찾을 수 없습니다.")
            }
            Self::MessageGroupNotFound => (
                "message_group_not_found",
                404,
                "There is no such group of messages.",
                "메시지 그룹을 찾을 수 없습니다.",
            ),
            Self::MessageGroupSent => (
                "message_group_sent",
                409,
                "The messages are on their way and cannot be cancelled any more.",
                "이미 발송이 시작되어 취소할 수 없습니다.",
            ),
            Self::IdempotencyKeyReused => (
                "idempotency_key_reused",
                422,
                "Another request was made with this Idempotency-Key.",
                "이 Idempotency-Key는 다른 요청에 사용되었습니다.",
            ),
            Self::IdempotencyInFlight => (
                "idempotency_in_flight",
                409,
                "The first request with this Idempotency-Key is still being answered.",
                "같은 Idempotency-Key의 요청을 처리하고 있습니다.",
            ),
            Self::BodyTooLarge => ("body_too_large", 413, "The body is too large.", "본문이 너무 큽니다."),
            Self::BodyTimeout => {
                ("body_timeout", 408, "The body did not arrive in time.", "본문이 제때 도착하지 않았습니다.")
            }
            Self::UnsupportedMediaType => (
                "unsupported_media_type",
                415,
                "The body must be application/json.",
                "본문은 application/json 형식이어야 합니다.",
            ),
            Self::UriTooLong => ("uri_too_long", 414, "The address is too long.", "주소가 너무 깁니다."),
            Self::HeadersTooLarge => {
                ("headers_too_large", 431, "The headers are too large.", "헤더가 너무 큽니다.")
            }
            Self::BadRequest => {
                ("bad_request", 400, "The request cannot be understood.", "요청을 이해할 수 없습니다.")
            }
            Self::ReceiptRefused => (
                "receipt_refused",
                401,
                "The receipt does not come from the provider.",
                "제공자가 보낸 결과 통지가 아닙니다.",
            ),
            Self::ProofUnknown => (
                "proof_unknown",
                422,
                "The proof is not known, or counts for something else.",
                "본인 확인 내역을 찾을 수 없습니다. 인증을 처음부터 다시 진행해 주세요.",
            ),
            Self::ProofUsed => (
                "proof_used",
                410,
                "The proof was used already.",
                "이미 사용한 인증입니다. 인증을 처음부터 다시 진행해 주세요.",
            ),
            Self::ProofExpired => (
                "proof_expired",
                410,
                "The proof has expired.",
                "인증 후 10분이 지났습니다. 인증을 처음부터 다시 진행해 주세요.",
            ),
            Self::IdentityProofUnknown => (
                "identity_proof_unknown",
                422,
                "The proof of identity is not known, or counts for something else.",
                "본인확인 내역을 찾을 수 없습니다. 본인확인을 처음부터 다시 진행해 주세요.",
            ),
            Self::IdentityProofUsed => (
                "identity_proof_used",
                410,
                "The proof of identity was used already.",
                "이미 사용한 본인확인입니다. 처음부터 다시 진행해 주세요.",
            ),
            Self::IdentityProofExpired => (
                "identity_proof_expired",
                410,
                "The proof of identity has expired.",
                "본인확인 후 10분이 지났습니다. 처음부터 다시 진행해 주세요.",
            ),
            Self::IdentityRequired => {
                ("identity_required", 403, "This needs an identity verification.", "본인확인이 필요합니다.")
            }
            Self::TooYoung => (
                "too_young",
                403,
                "The person is too young for this service.",
                "이용할 수 있는 나이가 아닙니다.",
            ),
            Self::PhoneNumberTaken => (
                "phone_number_taken",
                409,
                "This phone number has an account. Find its login id instead.",
                "이미 가입한 휴대폰 번호입니다. 아이디 찾기를 이용해 주세요.",
            ),
            Self::LoginIdTaken => (
                "login_id_taken",
                409,
                "This login id is in use. Choose another.",
                "이미 사용 중인 아이디입니다. 다른 아이디를 입력해 주세요.",
            ),
            Self::PersonTaken => (
                "person_taken",
                409,
                "This person has an account. Find its login id instead.",
                "이미 가입한 회원입니다. 아이디 찾기를 이용해 주세요.",
            ),
            Self::ResetRefused => (
                "reset_refused",
                422,
                "The login id does not belong to what was proved.",
                "아이디와 인증 정보가 일치하지 않습니다.",
            ),
            Self::ResetExpired => (
                "reset_expired",
                410,
                "The reset is over. Start again.",
                "비밀번호 재설정 시간이 지났습니다. 처음부터 다시 진행해 주세요.",
            ),
            Self::LoginRefused => (
                "login_refused",
                401,
                "Login id or password is not right.",
                "아이디 또는 비밀번호가 올바르지 않습니다.",
            ),
            Self::TooManyLogins => (
                "too_many_logins",
                429,
                "Too many failed log ins. Try again later.",
                "로그인에 여러 번 실패했습니다. 잠시 후 다시 시도해 주세요.",
            ),
            Self::PasswordIncorrect => {
                ("password_incorrect", 422, "The password is not right.", "비밀번호가 올바르지 않습니다.")
            }
            Self::SessionRequired => ("session_required", 401, "Log in first.", "로그인이 필요합니다."),
            Self::SessionNotFound => {
                ("session_not_found", 404, "There is no such session.", "로그인 기록을 찾을 수 없습니다.")
            }
            Self::FormTokenRefused => (
                "form_token_refused",
                403,
                "The Form-Token header is missing or not this session's.",
                "요청을 확인할 수 없습니다. 페이지를 새로 고친 뒤 다시 시도해 주세요.",
            ),
            Self::CrossSiteRefused => (
                "cross_site_refused",
                403,
                "Another site may not make this request.",
                "다른 사이트에서 보낸 요청은 처리하지 않습니다.",
            ),
            Self::TermRequired => (
                "term_required",
                409,
                "Nobody can have an account without this term. Close the account instead.",
                "필수 약관은 동의를 철회할 수 없습니다. 철회하려면 탈퇴해 주세요.",
            ),
            Self::IdentityNotOffered => (
                "identity_not_offered",
                404,
                "This server verifies no identities.",
                "본인확인을 제공하지 않는 서버입니다.",
            ),
            Self::IdentityNotFound => (
                "identity_not_found",
                404,
                "There is no such identity verification.",
                "본인확인 요청을 찾을 수 없습니다.",
            ),
            Self::IdentityExpired => (
                "identity_expired",
                410,
                "The identity verification has expired.",
                "본인확인 시간이 지났습니다. 처음부터 다시 진행해 주세요.",
            ),
            Self::IdentityCompleted => (
                "identity_completed",
                410,
                "The identity verification was completed already.",
                "이미 완료된 본인확인입니다.",
            ),
            Self::ImpUidMalformed => {
                ("imp_uid_malformed", 422, "This cannot be an imp_uid.", "imp_uid 형식이 아닙니다.")
            }
            Self::IdentityResultUnknown => (
                "identity_result_unknown",
                422,
                "The provider knows no such result.",
                "본인확인 결과를 찾을 수 없습니다.",
            ),
            Self::IdentityNotCertified => (
                "identity_not_certified",
                422,
                "The person did not complete the verification.",
                "본인확인이 완료되지 않았습니다. 다시 시도해 주세요.",
            ),
            Self::IdentityOtherSession => (
                "identity_other_session",
                409,
                "The result belongs to somebody else's verification.",
                "다른 사람의 본인확인 결과입니다.",
            ),
            Self::IdentityOtherOrder => (
                "identity_other_order",
                422,
                "The result belongs to another order.",
                "이 요청으로 진행한 본인확인이 아닙니다.",
            ),
            Self::IdentityStale => (
                "identity_stale",
                410,
                "The result is older than 10 minutes. Verify again.",
                "본인확인 후 10분이 지났습니다. 다시 진행해 주세요.",
            ),
            Self::IdentityResultUsed => (
                "identity_result_used",
                409,
                "The result was used already.",
                "이미 사용한 본인확인 결과입니다.",
            ),
            Self::IdentityChannelRefused => (
                "identity_channel_refused",
                422,
                "Results of this channel do not count.",
                "사용할 수 없는 본인확인 채널입니다.",
            ),
            Self::IdentityIncomplete => (
                "identity_incomplete",
                502,
                "The provider did not tell what it is contracted to tell.",
                "본인확인 기관에서 필요한 정보를 받지 못했습니다. 고객센터에 문의해 주세요.",
            ),
            Self::IdentityUnavailable => (
                "identity_unavailable",
                503,
                "The identity provider gave no answer. Try again in a moment.",
                "본인확인 기관이 응답하지 않습니다. 잠시 후 다시 시도해 주세요.",
            ),
            Self::OtpRefused => (
                "otp_refused",
                422,
                "The one-time password is not right, or too old.",
                "인증번호가 올바르지 않거나 입력 시간이 지났습니다.",
            ),
            Self::OtpPersonRefused => (
                "otp_person_refused",
                422,
                "The carrier does not know this person.",
                "입력한 정보가 통신사에 등록된 정보와 일치하지 않습니다.",
            ),
            Self::OtpExhausted => (
                "otp_exhausted",
                429,
                "Too many one-time passwords. Start again.",
                "인증번호 확인 횟수를 넘었습니다. 처음부터 다시 진행해 주세요.",
            ),
            Self::OtpNotRequested => (
                "otp_not_requested",
                409,
                "No one-time password was requested.",
                "인증번호를 먼저 요청해 주세요.",
            ),
            Self::PermissionEnded => (
                "permission_ended",
                403,
                "The permission at CoolSMS has ended. Log in again.",
                "CoolSMS 연결이 끊어졌습니다. 다시 로그인해 주세요.",
            ),
            Self::PermissionMissing => (
                "permission_missing",
                403,
                "You have not allowed this at CoolSMS yet.",
                "CoolSMS에서 아직 허용하지 않은 기능입니다.",
            ),
            Self::LoginNotFinished => (
                "login_not_finished",
                400,
                "The log in at CoolSMS was not finished. Start again.",
                "CoolSMS 로그인을 마치지 못했습니다. 다시 시작해 주세요.",
            ),
            Self::ConsentRefused => (
                "consent_refused",
                403,
                "The permission was refused at CoolSMS.",
                "CoolSMS에서 허용하지 않았습니다.",
            ),
            Self::OtherAccount => (
                "other_account",
                409,
                "The permission came from another CoolSMS account.",
                "연결된 계정과 다른 CoolSMS 계정입니다.",
            ),
            Self::MessagingUnavailable => (
                "messaging_unavailable",
                503,
                "CoolSMS gave no usable answer. Try again in a moment.",
                "CoolSMS가 응답하지 않습니다. 잠시 후 다시 시도해 주세요.",
            ),
            Self::MessagingNotOffered => (
                "messaging_not_offered",
                404,
                "This server has no messaging app.",
                "메시지 앱을 제공하지 않는 서버입니다.",
            ),
            Self::NotFound => ("not_found", 404, "There is nothing here.", "찾을 수 없는 주소입니다."),
            Self::MethodNotAllowed => (
                "method_not_allowed",
                405,
                "This address does not take this method.",
                "이 주소에서 지원하지 않는 메서드입니다.",
            ),
            Self::Unavailable => (
                "unavailable",
                503,
                "The service is busy. Nothing was done; try again shortly.",
                "요청이 몰려 처리하지 못했습니다. 잠시 후 다시 시도해 주세요.",
            ),
            Self::Internal => (
                "internal",
                500,
                "Something went wrong on our side.",
                "서버에 문제가 생겼습니다. 잠시 후 다시 시도해 주세요.",
            ),
        }
    }

    /// The code as clients compare it.
    pub fn as_str(self) -> &'static str {
        self.entry().0
    }

    /// The HTTP status.
    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.entry().1).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// One sentence for people.
    pub fn title(self, locale: Locale) -> &'static str {
        match locale {
            Locale::En => self.entry().2,
            Locale::Ko => self.entry().3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::FieldCode;

    #[test]
    fn the_documentation_lists_every_code_with_its_status() {
        let table = include_str!("../../../../docs/api.md");
        for code in ProblemCode::ALL {
            let row = format!("| `{}` | {} |", code.as_str(), code.status().as_u16());
            assert!(table.contains(&row), "docs/api.md lacks {row}");
        }
        for code in FieldCode::ALL {
            assert!(
                table.contains(&format!("| `{}` |", code.as_str())),
                "docs/api.md lacks {}",
                code.as_str()
            );
        }
    }
}
