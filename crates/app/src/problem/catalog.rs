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
    ReceiptRefused,
    Unavailable,
    Internal,
}

impl ProblemCode {
    /// Every code.
    #[cfg(test)]
    pub const ALL: [Self; 37] = [
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
                "Too many codes were asked for. Try again later.",
                "인증번호 요청이 너무 많습니다. 잠시 후 다시 시도해 주세요.",
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

/// What is wrong with a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldCode {
    Missing,
    Unknown,
    Repeated,
    WrongType,
    Malformed,
    TooLong,
    Unsupported,
    Unassigned,
    CountryNotAllowed,
    NotMobile,
    TooMany,
    Landline,
    InternetPhone,
    SpecialNumber,
    Unencodable,
    SubjectNotTaken,
    TypeMustBeMms,
    NotJpeg,
    ImageTooLarge,
    ZoneMissing,
    TimePast,
    TimeTooFar,
    SenderUnknown,
    ProviderUnknown,
    ProviderUnable,
    NoRoute,
    BrandFirst,
    CodeOnce,
    WarningOnce,
    PlaceholderUnknown,
    Link,
}

impl FieldCode {
    /// Every code.
    #[cfg(test)]
    pub const ALL: [Self; 31] = [
        Self::Missing,
        Self::Unknown,
        Self::Repeated,
        Self::WrongType,
        Self::Malformed,
        Self::TooLong,
        Self::Unsupported,
        Self::Unassigned,
        Self::CountryNotAllowed,
        Self::NotMobile,
        Self::TooMany,
        Self::Landline,
        Self::InternetPhone,
        Self::SpecialNumber,
        Self::Unencodable,
        Self::SubjectNotTaken,
        Self::TypeMustBeMms,
        Self::NotJpeg,
        Self::ImageTooLarge,
        Self::ZoneMissing,
        Self::TimePast,
        Self::TimeTooFar,
        Self::SenderUnknown,
        Self::ProviderUnknown,
        Self::ProviderUnable,
        Self::NoRoute,
        Self::BrandFirst,
        Self::CodeOnce,
        Self::WarningOnce,
        Self::PlaceholderUnknown,
        Self::Link,
    ];

    /// The problem that this is when nothing else is wrong.
    pub fn own_problem(self, field: &str) -> ProblemCode {
        match (field, self) {
            ("code", Self::Missing | Self::WrongType | Self::Malformed) => ProblemCode::CodeMalformed,
            (
                "phone_number",
                Self::Malformed | Self::Unassigned | Self::CountryNotAllowed | Self::NotMobile,
            ) => ProblemCode::PhoneNumberInvalid,
            (_, Self::SenderUnknown) => ProblemCode::SenderUnknown,
            (_, Self::ProviderUnknown) => ProblemCode::ProviderUnknown,
            (_, Self::ProviderUnable) => ProblemCode::ProviderUnable,
            (_, Self::NoRoute) => ProblemCode::NoRoute,
            _ => ProblemCode::FieldsInvalid,
        }
    }

    fn entry(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Missing => ("missing", "is missing", "필수 항목입니다."),
            Self::Unknown => ("unknown", "is not a member of this request", "이 요청에 없는 항목입니다."),
            Self::Repeated => ("repeated", "is given more than once", "두 번 이상 보냈습니다."),
            Self::WrongType => ("wrong_type", "must be a string", "문자열이어야 합니다."),
            Self::Malformed => ("malformed", "is not written as it should be", "형식이 올바르지 않습니다."),
            Self::TooLong => ("too_long", "is too long", "너무 깁니다."),
            Self::Unsupported => {
                ("unsupported", "is not one of the allowed values", "지원하지 않는 값입니다.")
            }
            Self::Unassigned => {
                ("unassigned", "is not an assigned phone number", "존재하지 않는 번호입니다.")
            }
            Self::CountryNotAllowed => (
                "country_not_allowed",
                "belongs to a country that no message is sent to",
                "발송하지 않는 국가의 번호입니다.",
            ),
            Self::NotMobile => ("not_mobile", "is not a mobile number", "휴대폰 번호가 아닙니다."),
            Self::TooMany => ("too_many", "has too many items", "개수가 너무 많습니다."),
            Self::Landline => {
                ("landline", "is a landline, not a mobile number", "유선전화 번호에는 보낼 수 없습니다.")
            }
            Self::InternetPhone => (
                "internet_phone",
                "is an internet telephone, not a mobile number",
                "인터넷전화 번호에는 보낼 수 없습니다.",
            ),
            Self::SpecialNumber => (
                "special_number",
                "is a toll-free, premium or service number",
                "수신자부담·유료·서비스 번호에는 보낼 수 없습니다.",
            ),
            Self::Unencodable => (
                "unencodable",
                "holds a character that text messages do not have",
                "문자 메시지로 보낼 수 없는 글자가 있습니다.",
            ),
            Self::SubjectNotTaken => (
                "subject_not_taken",
                "is taken by lms and mms only; set type to lms, mms or auto",
                "제목은 LMS와 MMS에만 넣을 수 있습니다. type을 lms, mms, auto 중 하나로 지정해 주세요.",
            ),
            Self::TypeMustBeMms => (
                "type_must_be_mms",
                "must be mms or auto, since there is an image",
                "이미지가 있으면 type은 mms나 auto여야 합니다.",
            ),
            Self::NotJpeg => ("not_jpeg", "is not a JPEG in base64", "base64로 쓴 JPEG이 아닙니다."),
            Self::ImageTooLarge => (
                "image_too_large",
                "is over 200000 bytes or 1500 x 1440 pixels",
                "이미지는 200,000바이트, 1500×1440 픽셀 이하여야 합니다.",
            ),
            Self::ZoneMissing => (
                "zone_missing",
                "says no time zone; write 2026-12-01T10:00:00+09:00 or 2026-12-01T10:00:00[Asia/Seoul]",
                "시간대가 없습니다. 2026-12-01T10:00:00+09:00 또는                  2026-12-01T10:00:00[Asia/Seoul]처럼 써 주세요.",
            ),
            Self::TimePast => ("time_past", "is not in the future", "이미 지난 시각입니다."),
            Self::TimeTooFar => {
                ("time_too_far", "is more than 184 days ahead", "184일 이내의 시각이어야 합니다.")
            }
            Self::SenderUnknown => {
                ("sender_unknown", "is not registered with any provider", "등록되지 않은 발신번호입니다.")
            }
            Self::ProviderUnknown => {
                ("provider_unknown", "is not a provider of this server", "설정에 없는 제공자입니다.")
            }
            Self::ProviderUnable => {
                ("provider_unable", "cannot carry such a message", "이 메시지를 보낼 수 없는 제공자입니다.")
            }
            Self::NoRoute => (
                "no_route",
                "gets a message that no provider can carry",
                "이 메시지를 보낼 수 있는 제공자가 없습니다.",
            ),
            Self::BrandFirst => (
                "brand_first",
                "must begin with {brand} or [{brand}]",
                "{brand}나 [{brand}]로 시작해야 합니다.",
            ),
            Self::CodeOnce => ("code_once", "must have {code} once", "{code}가 한 번 있어야 합니다."),
            Self::WarningOnce => {
                ("warning_once", "must have {warning} once", "{warning}이 한 번 있어야 합니다.")
            }
            Self::PlaceholderUnknown => (
                "placeholder_unknown",
                "has braces around something else than brand, code, warning or minutes",
                "중괄호 안에는 brand, code, warning, minutes만 쓸 수 있습니다.",
            ),
            Self::Link => (
                "link",
                "has a link, or what phones take for one",
                "링크나 휴대폰이 링크로 여기는 글이 있습니다.",
            ),
        }
    }

    /// The code as clients compare it.
    pub fn as_str(self) -> &'static str {
        self.entry().0
    }

    /// What follows the member's name.
    pub fn message(self, locale: Locale) -> &'static str {
        match locale {
            Locale::En => self.entry().1,
            Locale::Ko => self.entry().2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
