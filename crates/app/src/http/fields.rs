//! Reading the members of a JSON object one by one, with every fault found and named.

use std::collections::HashSet;
use std::fmt;

use actix_web::web::Query;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::problem::{FieldCode, FieldError, Problem, ProblemCode, Wanted};

/// JSON nested deeper than this is refused (security 40).
const DEEPEST: usize = 16;

/// Repeated and unknown members of an object that are named at the most: their number is the client's.
const MOST_STRANGE: usize = 20;

/// The members of an object that have not been read yet.
pub struct Fields {
    /// What stands before the names in errors: empty for the body, `to[3].` for an object within.
    within: String,
    members: Vec<(String, Json)>,
    errors: Vec<FieldError>,
}

/// A value, as far as requests need it. Unlike other trees of JSON it keeps repeated members, so that they can
/// be refused.
enum Json {
    Null,
    Boolean(bool),
    Number,
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// One item of a list.
pub struct Item<'a> {
    place: String,
    value: Json,
    errors: &'a mut Vec<FieldError>,
}

impl Fields {
    /// Reads a body.
    ///
    /// # Errors
    /// `json_malformed` when it is not JSON or nested too deep, `fields_invalid` when it is no object.
    pub fn parse(body: &[u8]) -> Result<Self, Problem> {
        let malformed = || Problem::new(ProblemCode::JsonMalformed);
        if !body.trim_ascii_start().starts_with(b"{") {
            // Whatever else it is, and however deep, it is no object; it only has to be JSON.
            let _: IgnoredAny = serde_json::from_slice(body).map_err(|_| malformed())?;
            return Err(Problem::new(ProblemCode::FieldsInvalid));
        }
        let value: Json = serde_json::from_slice(body).map_err(|_| malformed())?;
        if value.depth() > DEEPEST {
            return Err(malformed());
        }
        let Json::Object(members) = value else { return Err(malformed()) };
        Ok(Self::new(String::new(), members))
    }

    /// Reads the parameters of an address.
    ///
    /// # Errors
    /// `bad_request` when they are not written like parameters.
    pub fn of_query(query: &str) -> Result<Self, Problem> {
        let pairs = Query::<Vec<(String, String)>>::from_query(query);
        let pairs = pairs.map_err(|_| Problem::new(ProblemCode::BadRequest))?.into_inner();
        let members = pairs.into_iter().map(|(name, value)| (name, Json::Text(value)));
        Ok(Self::new(String::new(), members.collect()))
    }

    fn new(within: String, members: Vec<(String, Json)>) -> Self {
        let (mut seen, mut named) = (HashSet::new(), HashSet::new());
        let repeated = members.iter().filter(|(name, _)| !seen.insert(name) && named.insert(name));
        let errors = repeated.take(MOST_STRANGE).map(|(name, _)| {
            let field = format!("{within}{}", shown(name));
            FieldError::new(field, FieldCode::Repeated)
        });
        Self { errors: errors.collect(), within, members }
    }

    /// Whether a member is there and not read yet.
    pub fn holds(&self, name: &str) -> bool {
        self.members.iter().any(|(member, _)| member == name)
    }

    /// A member that must be there, read by `parse`.
    pub fn required<T, E: Into<FieldCode>>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        match self.take(name) {
            None => self.refuse(name, FieldCode::Missing),
            Some(Json::Text(text)) => self.parsed(name, parse(&text)),
            Some(_) => self.refuse(name, FieldCode::WrongType),
        }
    }

    /// A member that may be missing or null, read by `parse`.
    pub fn optional<T, E: Into<FieldCode>>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        match self.take(name) {
            None | Some(Json::Null) => None,
            Some(Json::Text(text)) => self.parsed(name, parse(&text)),
            Some(_) => self.refuse(name, FieldCode::WrongType),
        }
    }

    /// A yes or no that may be missing or null.
    pub fn optional_boolean(&mut self, name: &'static str) -> Option<bool> {
        match self.take(name) {
            None | Some(Json::Null) => None,
            Some(Json::Boolean(value)) => Some(value),
            Some(_) => self.not_a(name, Wanted::Boolean),
        }
    }

    /// A list that must be there, with at most `most` items; `None` when it or one of them is wrong.
    pub fn required_list<T>(
        &mut self,
        name: &'static str,
        most: usize,
        read: impl FnMut(Item<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        match self.take(name) {
            None => self.refuse(name, FieldCode::Missing),
            Some(Json::List(items)) => self.list(name, items, most, read),
            Some(_) => self.not_a(name, Wanted::List),
        }
    }

    /// A list that may be missing or null, with at most `most` items; `None` when one of them is wrong, too.
    pub fn optional_list<T>(
        &mut self,
        name: &'static str,
        most: usize,
        read: impl FnMut(Item<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        match self.take(name) {
            None | Some(Json::Null) => None,
            Some(Json::List(items)) => self.list(name, items, most, read),
            Some(_) => self.not_a(name, Wanted::List),
        }
    }

    /// Reads all items, so that the faults of each are known. Those of a list that is too long are not looked
    /// at: the answer would be longer than the request.
    fn list<T>(
        &mut self,
        name: &'static str,
        items: Vec<Json>,
        most: usize,
        mut read: impl FnMut(Item<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        if items.len() > most {
            let field = format!("{}{name}", self.within);
            self.errors.push(FieldError::too_many(field, most));
            return None;
        }
        let places = items.into_iter().enumerate();
        let read: Vec<Option<T>> = places
            .map(|(place, value)| {
                let place = format!("{}{name}[{place}]", self.within);
                read(Item { place, value, errors: &mut self.errors })
            })
            .collect();
        read.into_iter().collect()
    }

    /// Notes what was found wrong with a member by somebody who understands more of it.
    pub fn fault(&mut self, error: FieldError) {
        self.errors.push(error);
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// Everything that was wrong, and every member that nobody read.
    pub fn finish(self) -> Result<(), Problem> {
        let errors = self.faults();
        if errors.is_empty() { Ok(()) } else { Err(Problem::fields(errors)) }
    }

    fn faults(mut self) -> Vec<FieldError> {
        let strange = self.members.iter().map(|(name, _)| format!("{}{}", self.within, shown(name)));
        let repeated = |field: &String| self.errors.iter().any(|error| &error.field == field);
        let unknown: Vec<String> = strange.filter(|field| !repeated(field)).take(MOST_STRANGE).collect();
        self.errors.extend(unknown.into_iter().map(|field| FieldError::new(field, FieldCode::Unknown)));
        self.errors
    }

    /// The first of its name; where a name is repeated, that is an error already.
    fn take(&mut self, name: &str) -> Option<Json> {
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
        self.errors.push(FieldError::new(format!("{}{name}", self.within), code));
        None
    }

    fn not_a<T>(&mut self, name: &str, wanted: Wanted) -> Option<T> {
        self.errors.push(FieldError::wanted(format!("{}{name}", self.within), wanted));
        None
    }
}

impl Item<'_> {
    /// An item that is text, read by `parse`.
    pub fn text<T, E: Into<FieldCode>>(self, parse: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        let Self { place, value, errors } = self;
        let read = match value {
            Json::Text(text) => parse(&text).map_err(|error| FieldError::new(place, error.into())),
            _ => Err(FieldError::new(place, FieldCode::WrongType)),
        };
        read.map_err(|error| errors.push(error)).ok()
    }

    /// An item that is an object, whose members `members` reads.
    pub fn object<T>(self, members: impl FnOnce(&mut Fields) -> Option<T>) -> Option<T> {
        let Json::Object(object) = self.value else {
            self.errors.push(FieldError::wanted(self.place, Wanted::Object));
            return None;
        };
        let mut fields = Fields::new(format!("{}.", self.place), object);
        let read = members(&mut fields);
        let mut faults = fields.faults();
        let well = faults.is_empty();
        self.errors.append(&mut faults);
        read.filter(|_| well)
    }

    /// An item that is text, read by `parse`, or an object whose members `members` reads.
    pub fn text_or_object<T, E: Into<FieldCode>>(
        self,
        parse: impl FnOnce(&str) -> Result<T, E>,
        members: impl FnOnce(&mut Fields) -> Option<T>,
    ) -> Option<T> {
        match self.value {
            Json::Object(_) => self.object(members),
            Json::Text(_) => self.text(parse),
            _ => {
                self.errors.push(FieldError::wanted(self.place, Wanted::TextOrObject));
                None
            }
        }
    }
}

/// An unknown name comes from the client: it is cut, and control characters are shown as escapes.
fn shown(name: &str) -> String {
    name.chars().take(64).flat_map(char::escape_default).collect()
}

impl Json {
    fn depth(&self) -> usize {
        match self {
            Self::List(items) => 1 + items.iter().map(Self::depth).max().unwrap_or(0),
            Self::Object(members) => 1 + members.iter().map(|(_, value)| value.depth()).max().unwrap_or(0),
            Self::Null | Self::Boolean(_) | Self::Number | Self::Text(_) => 0,
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Tree;
        impl<'de> Visitor<'de> for Tree {
            type Value = Json;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("JSON")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Json::Object(members))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Json::List(items))
            }

            fn visit_str<E>(self, text: &str) -> Result<Json, E> {
                Ok(Json::Text(text.to_owned()))
            }

            fn visit_string<E>(self, text: String) -> Result<Json, E> {
                Ok(Json::Text(text))
            }

            fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
                Ok(Json::Boolean(value))
            }

            fn visit_i64<E>(self, _: i64) -> Result<Json, E> {
                Ok(Json::Number)
            }

            fn visit_u64<E>(self, _: u64) -> Result<Json, E> {
                Ok(Json::Number)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
                Ok(Json::Number)
            }

            fn visit_unit<E>(self) -> Result<Json, E> {
                Ok(Json::Null)
            }
        }
        deserializer.deserialize_any(Tree)
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

    /// A number and, in an object, a note.
    fn entry(item: Item<'_>) -> Option<String> {
        item.text_or_object(text, |fields| {
            fields.optional("note", text);
            fields.required("to", text)
        })
    }

    fn list_faults(body: &str) -> Vec<(String, &'static str)> {
        let mut fields = Fields::parse(body.as_bytes()).unwrap();
        let read = fields.required_list("to", 3, entry);
        fields.optional_boolean("loud");
        let problem = fields.finish().unwrap_err();
        assert!(read.is_none() || !body.contains("to"), "{body}");
        problem.errors().iter().map(|error| (error.field.clone(), error.code.as_str())).collect()
    }

    #[test]
    fn the_items_of_a_list_are_read_each_with_its_place() {
        let mut fields = Fields::parse(br#"{"to": ["1", {"to": "2", "note": "n"}], "loud": true}"#).unwrap();
        assert_eq!(fields.required_list("to", 3, entry), Some(vec!["1".to_owned(), "2".to_owned()]));
        assert_eq!(fields.optional_boolean("loud"), Some(true));
        assert!(fields.finish().is_ok());

        let named = |field: &str, code| (field.to_owned(), code);
        assert_eq!(list_faults(r#"{"to": "1"}"#), [named("to", "wrong_type")]);
        assert_eq!(
            list_faults(r#"{"to": ["1", 2, null]}"#),
            [named("to[1]", "wrong_type"), named("to[2]", "wrong_type")]
        );
        assert_eq!(
            list_faults(r#"{"to": ["1", {"to": "1", "to": "2", "x": 1, "note": []}]}"#),
            [named("to[1].to", "repeated"), named("to[1].note", "wrong_type"), named("to[1].x", "unknown"),]
        );
        assert_eq!(list_faults(r#"{"to": ["1", "2", "3", 4]}"#), [named("to", "too_many")]);
        assert_eq!(list_faults(r#"{"loud": "yes"}"#), [named("to", "missing"), named("loud", "wrong_type")]);
    }

    #[test]
    fn the_items_of_a_list_may_have_to_be_objects() {
        let body = br#"{"to": [{"to": "1"}, "2", {"to": "3", "x": 1}]}"#;
        let mut fields = Fields::parse(body).unwrap();
        let read = fields.required_list("to", 3, |item| item.object(|fields| fields.required("to", text)));
        assert_eq!(read, None);
        fields.fault(FieldError::new("to[0]", FieldCode::TermUnknown));
        let problem = fields.finish().unwrap_err();
        let told: Vec<_> =
            problem.errors().iter().map(|error| (error.field.as_str(), error.code.as_str())).collect();
        assert_eq!(told, [("to[1]", "wrong_type"), ("to[2].x", "unknown"), ("to[0]", "term_unknown")]);
    }

    #[test]
    fn parameters_of_an_address_are_read_like_members() {
        let mut fields = Fields::of_query("name=a%20b&note=").unwrap();
        assert_eq!(fields.required("name", text).as_deref(), Some("a b"));
        assert_eq!(fields.optional("note", text).as_deref(), Some(""));
        assert!(fields.finish().is_ok());
        let mut fields = Fields::of_query("name=a&name=b&more=1").unwrap();
        fields.required("name", text);
        let faults = fields.finish().unwrap_err();
        let codes: Vec<&str> = faults.errors().iter().map(|error| error.code.as_str()).collect();
        assert_eq!(codes, ["repeated", "unknown"]);
    }
}
