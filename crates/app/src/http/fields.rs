//! Reading the members of a JSON object one by one, with every fault found and named.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::problem::{FieldCode, FieldError, Problem, ProblemCode};

/// JSON nested deeper than this is refused (security 40).
const DEEPEST: usize = 16;

/// The members of an object that have not been read yet.
pub struct Fields {
    members: Vec<(String, Member)>,
    errors: Vec<FieldError>,
}

/// A member's value, as far as requests need it: all their members are text.
enum Member {
    Null,
    Text(String),
    Other { depth: usize },
}

impl Fields {
    /// Reads a body.
    ///
    /// # Errors
    /// `json_malformed` when it is not JSON or nested too deep, `fields_invalid` when it is no object.
    pub fn parse(body: &[u8]) -> Result<Self, Problem> {
        let object: Object =
            serde_json::from_slice(body).map_err(|_| Problem::new(ProblemCode::JsonMalformed))?;
        let Some(members) = object.0 else { return Err(Problem::new(ProblemCode::FieldsInvalid)) };
        let too_deep = |member: &Member| matches!(member, Member::Other { depth } if *depth > DEEPEST);
        if members.iter().any(|(_, member)| too_deep(member)) {
            return Err(Problem::new(ProblemCode::JsonMalformed));
        }
        let mut errors: Vec<FieldError> = Vec::new();
        for (place, (name, _)) in members.iter().enumerate() {
            let seen_before = members[..place].iter().any(|(earlier, _)| earlier == name);
            if seen_before && !errors.iter().any(|error| &error.field == name) {
                errors.push(FieldError::new(shown(name), FieldCode::Repeated));
            }
        }
        Ok(Self { members, errors })
    }

    /// A member that must be there, read by `parse`.
    pub fn required<T, E: Into<FieldCode>>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        match self.take(name) {
            None => self.refuse(name, FieldCode::Missing),
            Some(Member::Text(text)) => self.parsed(name, parse(&text)),
            Some(Member::Null | Member::Other { .. }) => self.refuse(name, FieldCode::WrongType),
        }
    }

    /// A member that may be missing or null, read by `parse`.
    pub fn optional<T, E: Into<FieldCode>>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        match self.take(name) {
            None | Some(Member::Null) => None,
            Some(Member::Text(text)) => self.parsed(name, parse(&text)),
            Some(Member::Other { .. }) => self.refuse(name, FieldCode::WrongType),
        }
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// Everything that was wrong, and every member that nobody read.
    pub fn finish(mut self) -> Result<(), Problem> {
        for (name, _) in &self.members {
            if !self.errors.iter().any(|error| &error.field == name) {
                self.errors.push(FieldError::new(shown(name), FieldCode::Unknown));
            }
        }
        if self.errors.is_empty() { Ok(()) } else { Err(Problem::fields(self.errors)) }
    }

    /// The first of its name; where a name is repeated, that is an error already.
    fn take(&mut self, name: &str) -> Option<Member> {
        let place = self.members.iter().position(|(member, _)| member == name)?;
        let (_, member) = self.members.swap_remove(place);
        self.members.retain(|(other, _)| other != name);
        Some(member)
    }

    fn parsed<T, E: Into<FieldCode>>(&mut self, name: &str, value: Result<T, E>) -> Option<T> {
        match value {
            Ok(value) => Some(value),
            Err(error) => self.refuse(name, error.into()),
        }
    }

    fn refuse<T>(&mut self, name: &str, code: FieldCode) -> Option<T> {
        self.errors.push(FieldError::new(name, code));
        None
    }
}

/// An unknown name comes from the client: it is cut, and control characters are shown as escapes.
fn shown(name: &str) -> String {
    name.chars().take(64).flat_map(char::escape_default).collect()
}

/// An object with its members in order, repeated ones included; `None` for any other JSON.
struct Object(Option<Vec<(String, Member)>>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("JSON")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    members.push((name, Member::from(value)));
                }
                Ok(Object(Some(members)))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Object, A::Error> {
                while seq.next_element::<serde::de::IgnoredAny>()?.is_some() {}
                Ok(Object(None))
            }

            fn visit_str<E>(self, _: &str) -> Result<Object, E> {
                Ok(Object(None))
            }

            fn visit_bool<E>(self, _: bool) -> Result<Object, E> {
                Ok(Object(None))
            }

            fn visit_i64<E>(self, _: i64) -> Result<Object, E> {
                Ok(Object(None))
            }

            fn visit_u64<E>(self, _: u64) -> Result<Object, E> {
                Ok(Object(None))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Object, E> {
                Ok(Object(None))
            }

            fn visit_unit<E>(self) -> Result<Object, E> {
                Ok(Object(None))
            }
        }
        deserializer.deserialize_any(Members)
    }
}

impl From<Value> for Member {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::String(text) => Self::Text(text),
            other => Self::Other { depth: 1 + depth(&other) },
        }
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(raw: &str) -> Result<String, FieldCode> {
        if raw.contains('\0') { Err(FieldCode::Malformed) } else { Ok(raw.to_owned()) }
    }

    fn problem(body: &str) -> Problem {
        let mut fields = match Fields::parse(body.as_bytes()) {
            Ok(fields) => fields,
            Err(problem) => return problem,
        };
        fields.required("name", text);
        fields.optional("note", text);
        fields.finish().unwrap_err()
    }

    fn faults(body: &str) -> Vec<(String, &'static str)> {
        let rendered = problem(body);
        rendered.errors().iter().map(|error| (error.field.clone(), error.code.as_str())).collect()
    }

    #[test]
    fn a_well_formed_body_is_read() {
        let mut fields = Fields::parse(br#"{"name": "a", "note": null}"#).unwrap();
        assert_eq!(fields.required("name", text).as_deref(), Some("a"));
        assert_eq!(fields.optional("note", text), None);
        assert!(fields.finish().is_ok());
    }

    #[test]
    fn every_fault_is_named() {
        assert_eq!(faults("{}"), [("name".to_owned(), "missing")]);
        assert_eq!(faults(r#"{"name": null}"#), [("name".to_owned(), "wrong_type")]);
        assert_eq!(faults(r#"{"name": ["a"]}"#), [("name".to_owned(), "wrong_type")]);
        assert_eq!(faults(r#"{"name": "a", "name": "b"}"#), [("name".to_owned(), "repeated")]);
        assert_eq!(faults(r#"{"name": "a\u0000"}"#), [("name".to_owned(), "malformed")]);
        assert_eq!(
            faults(r#"{"note": 1, "more": 2}"#),
            [
                ("name".to_owned(), "missing"),
                ("note".to_owned(), "wrong_type"),
                ("more".to_owned(), "unknown")
            ]
        );
    }

    #[test]
    fn what_is_not_an_object_is_refused() {
        for body in ["", "{", "nul", "{\"a\":1}x", "\u{feff}{}", &"[".repeat(100_000)] {
            assert_eq!(problem(body).to_string(), "json_malformed", "{}", &body[..body.len().min(20)]);
        }
        for body in ["[]", "null", "1", "-1", "1.5", "true", "\"a\"", "[{}]"] {
            assert_eq!(problem(body).to_string(), "fields_invalid", "{body}");
        }
        let deep = format!(r#"{{"name": {}{}}}"#, "[".repeat(17), "]".repeat(17));
        assert_eq!(problem(&deep).to_string(), "json_malformed");
    }
}
