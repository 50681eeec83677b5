//! From the errors of templates to problems.

use bonin_domain::messages::{MessageKind, TemplateError, TemplateLintError, VERIFICATION_TEXT_LIMIT};
use bonin_services::templates::SaveTemplateError;

use super::{Detail, FieldCode, FieldError, Measured, Problem};

impl Problem {
    /// What a tenant is told whose text was not saved.
    pub fn of_template(error: &SaveTemplateError) -> Self {
        let text = match error {
            SaveTemplateError::Template(error) => written(error),
            SaveTemplateError::Lint(error) => measured(error),
            SaveTemplateError::Repository(cause) => return Self::from(cause),
        };
        Self::fields(vec![text])
    }
}

fn written(error: &TemplateError) -> FieldError {
    let code = match error {
        TemplateError::BrandFirst => FieldCode::BrandFirst,
        TemplateError::Code(_) => FieldCode::CodeOnce,
        TemplateError::Warning(_) => FieldCode::WarningOnce,
        TemplateError::UnknownPlaceholder(_) | TemplateError::Brace => FieldCode::PlaceholderUnknown,
        TemplateError::Control => FieldCode::Malformed,
        TemplateError::Link => FieldCode::Link,
        TemplateError::Unencodable(_) => FieldCode::Unencodable,
    };
    let fault = FieldError::new("text", code);
    match error {
        TemplateError::Unencodable(culprit) => fault.with(Detail::Character(culprit.0)),
        _ => fault,
    }
}

fn measured(error: &TemplateLintError) -> FieldError {
    match *error {
        TemplateLintError::TooLong { bytes, limit } => {
            let short = limit == VERIFICATION_TEXT_LIMIT;
            let of = if short { Measured::Verification } else { Measured::Text(MessageKind::Lms) };
            FieldError::new("text", FieldCode::TooLong).with(Detail::Bytes { bytes, limit, of })
        }
        TemplateLintError::Unencodable(culprit) => {
            FieldError::new("text", FieldCode::Unencodable).with(Detail::Character(culprit.0))
        }
    }
}

#[cfg(test)]
mod tests {
    use bonin_domain::messages::{Locale, Template};

    use super::*;

    #[test]
    fn a_text_that_is_no_template_says_which_rule_it_breaks() {
        let code = |text: &str| written(&Template::parse(text).unwrap_err()).code.as_str();
        assert_eq!(code("{code} {warning}"), "brand_first");
        assert_eq!(code("{brand} {warning}"), "code_once");
        assert_eq!(code("{brand} {code}"), "warning_once");
        assert_eq!(code("{brand} {code} {warning} {name}"), "placeholder_unknown");
        assert_eq!(code("{brand} {code} {warning} a.kr"), "link");
        assert_eq!(code("{brand} {code} {warning} 😀"), "unencodable");
    }

    #[test]
    fn one_that_is_too_long_says_by_how_much() {
        let error = measured(&TemplateLintError::TooLong { bytes: 95, limit: 80 });
        let message = error.detail.unwrap().message(Locale::En);
        assert_eq!(message, "has 95 bytes, a verification message takes 80");
        let error = measured(&TemplateLintError::TooLong { bytes: 2_001, limit: 2_000 });
        assert_eq!(error.detail.unwrap().message(Locale::En), "has 2001 bytes, lms takes 2000");
    }
}
