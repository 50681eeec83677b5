//! How long the messages of a template become, said before it is saved (requirements C04, C05).

use crate::codes::{Code, CodeLength};
use crate::messages::{
    Brand, Locale, MessageKind, Template, Unencodable, VERIFICATION_TEXT_LIMIT, WebOtpDomain, euc_kr_len,
};

/// What is put into a template, as far as it makes the message longer, and how long it may become.
#[derive(Clone, Copy, Debug)]
pub struct TemplateRules<'a> {
    /// The tenant's brand.
    pub brand: &'a Brand,
    /// The digits of its codes.
    pub code_length: CodeLength,
    /// The language of the template.
    pub locale: Locale,
    /// The life of its codes.
    pub minutes: u16,
    /// The site that may read them.
    pub web_otp: Option<&'a WebOtpDomain>,
    /// Whether a long message, which costs more, may carry a code.
    pub long_allowed: bool,
}

/// What a template's messages are like.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TemplateLint {
    /// The longest message, with a code of zeros.
    pub longest: String,
    /// Its bytes, counted in EUC-KR.
    pub bytes: usize,
    /// As what it is sent.
    pub kind: MessageKind,
}

/// Why a template cannot be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TemplateLintError {
    /// Its messages are too long.
    #[error("the message has up to {bytes} bytes, at most {limit} are allowed")]
    TooLong {
        /// Bytes of the longest message, counted in EUC-KR.
        bytes: usize,
        /// The most that are allowed.
        limit: usize,
    },
    /// What is put in cannot be sent.
    #[error(transparent)]
    Unencodable(#[from] Unencodable),
}

impl Template {
    /// Measures the longest message.
    ///
    /// # Errors
    /// [`TemplateLintError::TooLong`] above [`VERIFICATION_TEXT_LIMIT`], or above the limit of long messages where
    /// those are allowed.
    pub fn lint(&self, rules: &TemplateRules<'_>) -> Result<TemplateLint, TemplateLintError> {
        // Codes of one length are equally long: digits take one byte each.
        let zeros = Code::draw(rules.code_length, &mut |bytes: &mut [u8]| bytes.fill(0));
        let longest = self.render(rules.brand, &zeros, rules.locale, rules.minutes, rules.web_otp);
        let bytes = euc_kr_len(&longest)?;
        let limit = if rules.long_allowed { MessageKind::Lms.text_limit() } else { VERIFICATION_TEXT_LIMIT };
        if bytes > limit {
            return Err(TemplateLintError::TooLong { bytes, limit });
        }
        let kind = if bytes > MessageKind::Sms.text_limit() { MessageKind::Lms } else { MessageKind::Sms };
        Ok(TemplateLint { longest, bytes, kind })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lints a template whose messages have `bytes` bytes.
    fn lint(bytes: usize, long_allowed: bool) -> Result<TemplateLint, TemplateLintError> {
        let brand = Brand::parse("본인").unwrap();
        let rules = TemplateRules {
            brand: &brand,
            code_length: CodeLength::SIX,
            locale: Locale::Ko,
            minutes: 3,
            web_otp: None,
            long_allowed,
        };
        let bare = Template::parse("[{brand}] {code} {warning}").unwrap().lint(&rules)?.bytes;
        Template::parse(&format!("[{{brand}}] {{code}} {{warning}}{}", "!".repeat(bytes - bare)))
            .unwrap()
            .lint(&rules)
    }

    #[test]
    fn eighty_bytes_pass_and_more_only_where_long_messages_are_allowed() {
        let lint_80 = lint(80, false).unwrap();
        assert_eq!((lint_80.bytes, lint_80.kind), (80, MessageKind::Sms));
        assert!(lint_80.longest.starts_with("[본인] 000000 타인에게 알려주지 마세요.!"));
        assert_eq!(lint(81, false), Err(TemplateLintError::TooLong { bytes: 81, limit: 80 }));

        for (bytes, kind) in [(81, MessageKind::Sms), (90, MessageKind::Sms), (91, MessageKind::Lms)] {
            assert_eq!(lint(bytes, true).unwrap().kind, kind, "{bytes}");
        }
        assert_eq!(lint(2_000, true).unwrap().bytes, 2_000);
        assert_eq!(lint(2_001, true), Err(TemplateLintError::TooLong { bytes: 2_001, limit: 2_000 }));
    }

    #[test]
    fn brand_code_minutes_language_and_the_line_for_browsers_count() {
        let template = Template::parse("[{brand}] {code} {minutes} {warning}").unwrap();
        let (short, long) = (Brand::parse("본").unwrap(), Brand::parse(&"가".repeat(10)).unwrap());
        let site = WebOtpDomain::parse("bonin.kr").unwrap();
        let least = TemplateRules {
            brand: &short,
            code_length: CodeLength::SIX,
            locale: Locale::Ko,
            minutes: 3,
            web_otp: None,
            long_allowed: false,
        };
        let bytes = |rules: TemplateRules<'_>| template.lint(&rules).unwrap().bytes;
        let bare = bytes(least);
        assert_eq!(bytes(TemplateRules { brand: &long, ..least }), bare + 18);
        assert_eq!(bytes(TemplateRules { code_length: CodeLength::new(10).unwrap(), ..least }), bare + 4);
        assert_eq!(bytes(TemplateRules { minutes: 10, ..least }), bare + 1);
        assert_eq!(bytes(TemplateRules { locale: Locale::En, ..least }), bare + 3);
        let with_line = template.lint(&TemplateRules { web_otp: Some(&site), ..least }).unwrap();
        assert_eq!(with_line.bytes, bare + "\n@bonin.kr #000000".len());
        assert!(with_line.longest.ends_with("\n@bonin.kr #000000"));
    }
}
