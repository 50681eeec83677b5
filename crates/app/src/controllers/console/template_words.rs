//! What is wrong with a text of a tenant, in words, and where.

use bonin_domain::messages::{TemplateError, TemplateLintError, Unencodable, VERIFICATION_TEXT_LIMIT};
use bonin_services::templates::SaveTemplateError;

use crate::pages::Frame;
use crate::problem::Problem;

/// What is wrong with `text`.
///
/// # Errors
/// The store's failure, which is nobody's fault who wrote the text.
pub fn fault(frame: &Frame, error: &SaveTemplateError, text: &str) -> Result<String, Problem> {
    match error {
        SaveTemplateError::Template(error) => Ok(written(frame, error, text)),
        SaveTemplateError::Lint(TemplateLintError::TooLong { bytes, limit }) => Ok(say(
            frame,
            format!("메시지가 {bytes}바이트예요. {limit}바이트까지 보낼 수 있어요."),
            format!("The message has {bytes} bytes, at most {limit} can be sent."),
        )),
        SaveTemplateError::Lint(TemplateLintError::Unencodable(culprit)) => {
            Ok(unencodable(frame, *culprit, text))
        }
        SaveTemplateError::Repository(cause) => Err(Problem::from(cause)),
    }
}

/// A text whose messages are long ones, which nobody allowed.
pub fn too_long(frame: &Frame, bytes: usize) -> String {
    let limit = VERIFICATION_TEXT_LIMIT;
    say(
        frame,
        format!(
            "가장 긴 메시지가 {bytes}바이트라서 단문({limit}바이트)을 넘어요. 줄이거나 장문을 허용해 주세요."
        ),
        format!("The longest message has {bytes} bytes, over {limit}. Shorten it, or allow long messages."),
    )
}

fn written(frame: &Frame, error: &TemplateError, text: &str) -> String {
    match error {
        TemplateError::BrandFirst => say(
            frame,
            "맨 앞에 {brand} 또는 [{brand}]가 있어야 해요.",
            "The text begins with {brand} or [{brand}].",
        ),
        TemplateError::Code(count) => say(
            frame,
            format!("{{code}}는 한 번만 있어야 해요. 지금은 {count}번 있어요."),
            format!("{{code}} stands there once, not {count} times."),
        ),
        TemplateError::Warning(count) => say(
            frame,
            format!("{{warning}}은 한 번만 있어야 해요. 지금은 {count}번 있어요."),
            format!("{{warning}} stands there once, not {count} times."),
        ),
        TemplateError::UnknownPlaceholder(name) => {
            let (ko, en) = place(text, text.find(&format!("{{{name}}}")));
            say(
                frame,
                format!(
                    "{{{name}}}라는 자리는 없어요{ko}. {{brand}}, {{code}}, {{warning}}, {{minutes}}만 쓸 수 있어요."
                ),
                format!("There is no {{{name}}}{en}, only {{brand}}, {{code}}, {{warning}} and {{minutes}}."),
            )
        }
        TemplateError::Brace => {
            let (ko, en) = place(text, lone_brace(text));
            say(frame, format!("짝이 맞지 않는 중괄호가 있어요{ko}."), format!("A brace has no partner{en}."))
        }
        TemplateError::Control => {
            let control = |character: char| character.is_control() && character != '\n';
            let (ko, en) = place(text, text.find(control));
            say(
                frame,
                format!("줄바꿈이 아닌 제어 문자가 있어요{ko}."),
                format!("There is a control character other than a line feed{en}."),
            )
        }
        TemplateError::Link => say(
            frame,
            "링크나, 휴대폰이 링크로 알아보는 부분(예: a.b)이 있어요.",
            "There is a link, or something that phones take for one, such as a.b.",
        ),
        TemplateError::Unencodable(culprit) => unencodable(frame, *culprit, text),
    }
}

fn unencodable(frame: &Frame, Unencodable(culprit): Unencodable, text: &str) -> String {
    let (ko, en) = place(text, text.find(culprit));
    say(
        frame,
        format!("문자 메시지로 보낼 수 없는 글자가 있어요: {culprit}{ko}"),
        format!("Text messages do not have the character {culprit}{en}."),
    )
}

/// The first brace that has no partner.
fn lone_brace(text: &str) -> Option<usize> {
    let mut open = None;
    for (at, character) in text.char_indices() {
        match (character, open) {
            ('{', None) => open = Some(at),
            ('}', Some(_)) => open = None,
            ('{', Some(first)) => return Some(first),
            ('}', None) => return Some(at),
            _ => {}
        }
    }
    open
}

/// Where a byte of the text is for those who read it; nothing where it is not known.
fn place(text: &str, at: Option<usize>) -> (String, String) {
    let Some(before) = at.and_then(|at| text.get(..at)) else { return Default::default() };
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (format!(" ({line}번째 줄 {column}번째 글자)"), format!(" (line {line}, character {column})"))
}

fn say(frame: &Frame, ko: impl Into<String>, en: impl Into<String>) -> String {
    if frame.korean() { ko.into() } else { en.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_told_where_it_stands() {
        let text = "{brand} {code}\n둘째 😀";
        assert_eq!(place(text, text.find('😀')).0, " (2번째 줄 4번째 글자)");
        assert_eq!(place(text, None), (String::new(), String::new()));
        assert_eq!(lone_brace("{brand} {code"), Some(8));
        assert_eq!(lone_brace("{brand} code}"), Some(12));
        assert_eq!(lone_brace("{{brand}"), Some(0));
        assert_eq!(lone_brace("{brand}"), None);
    }
}
