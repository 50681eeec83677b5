//! What can be wrong with a member. `docs/api.md` holds the same table.

use bonin_domain::messages::Locale;

use super::ProblemCode;

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
    TooShort,
    PasswordComposition,
    PasswordCommon,
    PasswordContext,
    TermUnknown,
    TermOutdated,
    TermMissing,
    CenturyMismatch,
    NotOwn,
    PasswordUnchanged,
    Backwards,
    SpanTooLong,
}

impl FieldCode {
    /// Every code.
    pub const ALL: [Self; 43] = [
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
        Self::TooShort,
        Self::PasswordComposition,
        Self::PasswordCommon,
        Self::PasswordContext,
        Self::TermUnknown,
        Self::TermOutdated,
        Self::TermMissing,
        Self::CenturyMismatch,
        Self::NotOwn,
        Self::PasswordUnchanged,
        Self::Backwards,
        Self::SpanTooLong,
    ];

    /// The problem that this is when nothing else is wrong.
    pub fn own_problem(self, field: &str) -> ProblemCode {
        match (field, self) {
            ("code" | "verifyCode", Self::Missing | Self::WrongType | Self::Malformed) => {
                ProblemCode::CodeMalformed
            }
            (
                "phone_number" | "phoneNumber",
                Self::Malformed | Self::Unassigned | Self::CountryNotAllowed | Self::NotMobile,
            ) => ProblemCode::PhoneNumberInvalid,
            ("imp_uid", Self::WrongType | Self::Malformed) => ProblemCode::ImpUidMalformed,
            (_, Self::SenderUnknown) => ProblemCode::SenderUnknown,
            (_, Self::ProviderUnknown) => ProblemCode::ProviderUnknown,
            (_, Self::ProviderUnable) => ProblemCode::ProviderUnable,
            (_, Self::NoRoute) => ProblemCode::NoRoute,
            _ => ProblemCode::FieldsInvalid,
        }
    }

    #[expect(clippy::too_many_lines, reason = "a table")]
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
            Self::TooShort => ("too_short", "is too short", "너무 짧습니다."),
            Self::PasswordComposition => (
                "password_composition",
                "needs letters and digits, both, and nothing else",
                "영문자와 숫자를 모두 포함해 영문자와 숫자로만 만들어 주세요.",
            ),
            Self::PasswordCommon => (
                "password_common",
                "is among the passwords that are tried first",
                "너무 흔한 비밀번호입니다. 다른 비밀번호를 사용해 주세요.",
            ),
            Self::PasswordContext => (
                "password_context",
                "is built around the login id, nickname, number or service name",
                "아이디·닉네임·휴대폰 번호·서비스 이름이 들어간 비밀번호는 사용할 수 없습니다.",
            ),
            Self::TermUnknown => ("term_unknown", "names no term in force", "없는 약관입니다."),
            Self::TermOutdated => (
                "term_outdated",
                "is not the current version",
                "약관이 변경되었습니다. 새 약관을 확인해 주세요.",
            ),
            Self::TermMissing => ("term_missing", "lacks a required term", "필수 약관에 동의해 주세요."),
            Self::PasswordUnchanged => (
                "password_unchanged",
                "is the password that the account has already",
                "지금 사용하는 비밀번호와 같습니다. 다른 비밀번호를 입력해 주세요.",
            ),
            Self::Backwards => (
                "backwards",
                "makes a span that ends before it begins",
                "끝나는 시각이 시작하는 시각보다 뒤여야 합니다.",
            ),
            Self::SpanTooLong => (
                "span_too_long",
                "makes a span of more than 92 days, or 366 hours by the hour",
                "기간이 너무 깁니다. 92일까지, 시간별로는 366시간까지 볼 수 있습니다.",
            ),
            Self::NotOwn => {
                ("not_own", "is not the account's own number", "회원 정보의 휴대폰 번호가 아닙니다.")
            }
            Self::CenturyMismatch => {
                ("century_mismatch", "does not fit the birth date", "생년월일과 맞지 않습니다.")
            }
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
