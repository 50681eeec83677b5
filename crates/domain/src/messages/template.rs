//! Verification texts that a tenant writes (requirements C03, C06).

use crate::codes::Code;
use crate::messages::links::looks_like_a_link;
use crate::messages::text::warning;
use crate::messages::{Brand, Locale, Unencodable, WebOtpDomain, euc_kr_len};

/// A verification text with places for what differs from message to message: `{brand}`, `{code}`, `{warning}`
/// (the phrase that warns not to share the code) and `{minutes}` (the life of the code).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Template {
    text: String,
    parts: Vec<Part>,
}

/// A piece of a template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Part {
    Text(String),
    Brand,
    Code,
    Warning,
    Minutes,
}

/// Why a text is not a template.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TemplateError {
    /// Something else comes first.
    #[error("a template begins with {{brand}} or [{{brand}}]")]
    BrandFirst,
    /// No code, or more than one.
    #[error("a template has {{code}} once, this one has it {0} times")]
    Code(usize),
    /// No warning, or more than one.
    #[error("a template has {{warning}} once, this one has it {0} times")]
    Warning(usize),
    /// A place for something that we do not have.
    #[error("{{{0}}} is none of {{brand}}, {{code}}, {{warning}}, {{minutes}}")]
    UnknownPlaceholder(String),
    /// A brace without its partner.
    #[error("braces come in pairs, around the name of a placeholder")]
    Brace,
    /// Any but a line feed.
    #[error("a template has no control characters but line feeds")]
    Control,
    /// Phones would make a part of it clickable.
    #[error("a template has no link, and nothing that phones take for one, such as a.b")]
    Link,
    /// Not in the carriers' encoding.
    #[error(transparent)]
    Unencodable(#[from] Unencodable),
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// The rule that `text` breaks.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        if text.chars().any(|character| character.is_control() && character != '\n') {
            return Err(TemplateError::Control);
        }
        euc_kr_len(text)?;
        let template = Self { text: text.to_owned(), parts: parts(text)? };
        if !text.starts_with("{brand}") && !text.starts_with("[{brand}]") {
            return Err(TemplateError::BrandFirst);
        }
        match template.count(&Part::Code) {
            1 => {}
            count => return Err(TemplateError::Code(count)),
        }
        match template.count(&Part::Warning) {
            1 => {}
            count => return Err(TemplateError::Warning(count)),
        }
        // As it is sent, because `{brand}.kr` and `{code}.{warning}` become links only then.
        let links = |locale| looks_like_a_link(&template.fill("Bonin", "000000", locale, 3));
        if links(Locale::Ko) || links(Locale::En) {
            return Err(TemplateError::Link);
        }
        Ok(template)
    }

    /// A template that is known to keep the rules.
    pub(super) fn of(parts: Vec<Part>) -> Self {
        let text = parts.iter().map(|part| match part {
            Part::Text(text) => text,
            Part::Brand => "{brand}",
            Part::Code => "{code}",
            Part::Warning => "{warning}",
            Part::Minutes => "{minutes}",
        });
        Self { text: text.collect(), parts }
    }

    /// The template as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Writes the message that carries `code`, which lives `minutes`; with a site, its line comes last.
    pub fn render(
        &self,
        brand: &Brand,
        code: &Code,
        locale: Locale,
        minutes: u16,
        web_otp: Option<&WebOtpDomain>,
    ) -> String {
        let text = self.fill(brand.as_str(), code.reveal(), locale, minutes);
        match web_otp {
            Some(site) => site.add_line(&text, code),
            None => text,
        }
    }

    /// Puts in everything at once: a brand named `{code}` stays what it is.
    fn fill(&self, brand: &str, code: &str, locale: Locale, minutes: u16) -> String {
        let minutes = minutes.to_string();
        let pieces = self.parts.iter().map(|part| match part {
            Part::Text(text) => text,
            Part::Brand => brand,
            Part::Code => code,
            Part::Warning => warning(locale),
            Part::Minutes => &minutes,
        });
        pieces.collect()
    }

    fn count(&self, part: &Part) -> usize {
        self.parts.iter().filter(|other| *other == part).count()
    }
}

fn parts(text: &str) -> Result<Vec<Part>, TemplateError> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        let (name, after) = from
            .strip_prefix('{')
            .and_then(|inner| inner.split_once('}'))
            .filter(|(name, _)| !name.contains('{'))
            .ok_or(TemplateError::Brace)?;
        if !before.is_empty() {
            parts.push(Part::Text(before.to_owned()));
        }
        parts.push(match name {
            "brand" => Part::Brand,
            "code" => Part::Code,
            "warning" => Part::Warning,
            "minutes" => Part::Minutes,
            _ => return Err(TemplateError::UnknownPlaceholder(name.to_owned())),
        });
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::CodeLength;
    use proptest::prelude::*;

    fn code() -> Code {
        Code::parse("012345", CodeLength::SIX).unwrap()
    }

    #[test]
    fn a_template_is_filled_in_and_the_line_for_browsers_comes_last() {
        let template = Template::parse("[{brand}] {code} ({minutes}분)\n{warning}").unwrap();
        let (brand, site) = (Brand::parse("본인").unwrap(), WebOtpDomain::parse("bonin.kr").unwrap());
        assert_eq!(
            template.render(&brand, &code(), Locale::Ko, 3, None),
            "[본인] 012345 (3분)\n타인에게 알려주지 마세요."
        );
        assert_eq!(
            template.render(&brand, &code(), Locale::En, 10, Some(&site)),
            "[본인] 012345 (10분)\nDo not share it with anyone.\n@bonin.kr #012345"
        );
    }

    #[test]
    fn what_is_filled_in_is_not_read_again() {
        let template = Template::parse("{brand} {code} {warning}").unwrap();
        let brand = Brand::parse("{code}{x").unwrap();
        let text = template.render(&brand, &code(), Locale::Ko, 3, None);
        assert_eq!(text, "{code}{x 012345 타인에게 알려주지 마세요.");
    }

    #[test]
    fn each_rule_is_named_when_it_is_broken() {
        let unknown = |name: &str| TemplateError::UnknownPlaceholder(name.to_owned());
        for (text, error) in [
            ("", TemplateError::BrandFirst),
            ("인증번호 {code} {warning} {brand}", TemplateError::BrandFirst),
            (" {brand} {code} {warning}", TemplateError::BrandFirst),
            ("[{brand} {code} {warning}", TemplateError::BrandFirst),
            ("{brand} {warning}", TemplateError::Code(0)),
            ("{brand} {code} {code} {warning}", TemplateError::Code(2)),
            ("{brand} {code}", TemplateError::Warning(0)),
            ("{brand} {code} {warning} {warning}", TemplateError::Warning(2)),
            ("{brand} {code} {warning} {name}", unknown("name")),
            ("{brand} {code} {warning} {Code}", unknown("Code")),
            ("{brand} {code} {warning} {}", unknown("")),
            ("{brand} {code} {warning} {", TemplateError::Brace),
            ("{brand} {code} {warning} }", TemplateError::Brace),
            ("{brand} {{code}} {warning}", TemplateError::Brace),
            ("{brand} {code}\r\n{warning}", TemplateError::Control),
            ("{brand} {code}\t{warning}", TemplateError::Control),
            ("{brand} {code} {warning} 😀", TemplateError::Unencodable(Unencodable('😀'))),
            ("{brand} {code} {warning} bonin.kr에서", TemplateError::Link),
            ("{brand}.kr {code} {warning}", TemplateError::Link),
            ("{brand} {code}.{warning}", TemplateError::Link),
        ] {
            assert_eq!(Template::parse(text), Err(error), "{text:?}");
        }
        let message = unknown("name").to_string();
        assert_eq!(message, "{name} is none of {brand}, {code}, {warning}, {minutes}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

        #[test]
        fn whatever_is_accepted_names_the_brand_first_and_carries_code_and_warning(
            pieces in proptest::collection::vec(
                prop_oneof![
                    "[ a-z가-힣\\[\\]{}.\\n]{0,6}",
                    Just("{code}".to_owned()),
                    Just("{warning}".to_owned()),
                    Just("{minutes}".to_owned()),
                ],
                0..7,
            ),
        ) {
            let text = format!("[{{brand}}]{}", pieces.concat());
            if let Ok(template) = Template::parse(&text) {
                prop_assert_eq!(&Template::of(template.parts.clone()).text, &text);
                let brand = Brand::parse("Bonin").unwrap();
                for locale in [Locale::Ko, Locale::En] {
                    let sent = template.render(&brand, &code(), locale, 3, None);
                    prop_assert!(sent.starts_with("[Bonin]"), "{}", sent);
                    prop_assert_eq!(sent.matches("012345").count(), 1);
                    prop_assert_eq!(sent.matches(warning(locale)).count(), 1);
                    prop_assert!(euc_kr_len(&sent).is_ok());
                }
            }
        }
    }
}
