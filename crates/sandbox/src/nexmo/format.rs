//! JSON or XML, as the path says.

use std::fmt::Write as _;

use actix_web::http::StatusCode;
use serde_json::Value;

use crate::answer::Answer;

/// The format of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Xml,
}

impl Format {
    /// The one that the path names.
    pub(super) fn of(name: &str) -> Self {
        if name == "xml" { Self::Xml } else { Self::Json }
    }

    /// Writes `body`; `root` is the name of the XML document's root.
    pub(super) fn answer(self, status: StatusCode, root: &str, body: &Value) -> Answer {
        match self {
            Self::Json => Answer::json(status, body),
            Self::Xml => xml(status, &element(root, body)),
        }
    }
}

/// An XML document.
pub(super) fn xml(status: StatusCode, document: &str) -> Answer {
    let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{document}");
    Answer::text(status, "text/xml; charset=utf-8", text)
}

/// An element with a text.
pub(super) fn leaf(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", escaped(text))
}

/// An element whose children are the members of `value`; the items of a list have their list's name without `s`.
fn element(name: &str, value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let children: String = members.iter().map(|(name, value)| element(name, value)).collect();
            format!("<{name}>{children}</{name}>")
        }
        Value::Array(items) => {
            let item_name = name.strip_suffix('s').unwrap_or(name);
            let children: String = items.iter().map(|item| element(item_name, item)).collect();
            format!("<{name}>{children}</{name}>")
        }
        Value::String(text) => leaf(name, text),
        Value::Null | Value::Bool(_) | Value::Number(_) => leaf(name, &value.to_string()),
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // XML 1.0 has no way to write other control characters.
            control if control.is_control() => {
                // Writing to a string does not fail.
                let _ = if matches!(control, '\t' | '\n' | '\r') {
                    write!(out, "&#{};", u32::from(control))
                } else {
                    Ok(())
                };
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn xml_has_the_members_as_elements() {
        let body = json!({ "a": "1 < 2 & 3\n\u{1}", "checks": [{ "code": "1" }, { "code": "2" }], "n": 7 });
        assert_eq!(
            element("root", &body),
            "<root><a>1 &lt; 2 &amp; 3&#10;</a><checks><check><code>1</code></check><check><code>2</code>\
             </check></checks><n>7</n></root>"
        );
    }
}
