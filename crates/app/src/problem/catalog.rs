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
    Unavailable,
    Internal,
}

impl ProblemCode {
    /// Every code.
    #[cfg(test)]
    pub const ALL: [Self; 26] = [
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
}

impl FieldCode {
    /// Every code.
    #[cfg(test)]
    pub const ALL: [Self; 10] = [
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
    ];

    /// The problem that this is when nothing else is wrong.
    pub fn own_problem(self, field: &str) -> ProblemCode {
        match (field, self) {
            ("code", Self::Missing | Self::WrongType | Self::Malformed) => ProblemCode::CodeMalformed,
            (
                "phone_number",
                Self::Malformed | Self::Unassigned | Self::CountryNotAllowed | Self::NotMobile,
            ) => ProblemCode::PhoneNumberInvalid,
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
                "belongs to a country that no code is sent to",
                "발송하지 않는 국가의 번호입니다.",
            ),
            Self::NotMobile => ("not_mobile", "is not a mobile number", "휴대폰 번호가 아닙니다."),
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
