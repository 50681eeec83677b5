//! The members of a schema, as a list that people can read: members within members stand under their dotted name.

use std::cmp::Reverse;

use serde_json::Value;

use super::prose::Prose;

/// How deep members are told; no schema is deeper, and one that holds itself ends here.
const DEEPEST: usize = 4;

/// A member of a body or an answer, or a parameter.
pub struct Member {
    /// `delivery.status`, `messages[].to`.
    pub name: String,
    /// `string`, `date-time`, `object[]`.
    pub kind: String,
    /// Whether it is always there.
    pub required: bool,
    /// What it is.
    pub text: Prose,
    /// Its limits: `≥ 1`, `a | b`.
    pub rules: Vec<String>,
    /// How deep it stands: 0 to 3.
    pub depth: usize,
    /// Of which kind of its object it is, where there are several: `api: v1`.
    pub only: Option<String>,
}

/// The schemas of a description.
#[derive(Clone, Copy)]
pub struct Schemas<'a>(pub &'a Value);

impl<'a> Schemas<'a> {
    /// The schema itself, where `schema` only names it.
    pub fn resolve(self, schema: &'a Value) -> &'a Value {
        let name = schema["$ref"].as_str().and_then(|address| address.rsplit('/').next());
        name.map_or(schema, |name| &self.0[name])
    }

    /// What `schema` may be: itself, or each of its kinds but nothing.
    pub fn kinds(self, schema: &'a Value) -> Vec<&'a Value> {
        let resolved = self.resolve(schema);
        match resolved["oneOf"].as_array() {
            Some(kinds) => kinds
                .iter()
                .filter(|kind| kind["type"] != "null")
                .flat_map(
                    |kind| if self.resolve(kind)["oneOf"].is_array() { self.kinds(kind) } else { vec![kind] },
                )
                .collect(),
            None => vec![resolved],
        }
    }

    /// All members, those that are always there first.
    pub fn members(self, schema: &'a Value) -> Vec<Member> {
        let mut members = Vec::new();
        self.gather(schema, "", 0, None, &mut members);
        members
    }

    fn gather(
        self,
        schema: &'a Value,
        prefix: &str,
        depth: usize,
        only: Option<&str>,
        into: &mut Vec<Member>,
    ) {
        if depth >= DEEPEST {
            return;
        }
        let kinds = self.kinds(schema);
        for kind in &kinds {
            let kind = self.resolve(kind);
            for part in kind["allOf"].as_array().into_iter().flatten() {
                self.gather(part, prefix, depth, only, into);
            }
            let told = (kinds.len() > 1).then(|| told_apart(kind)).flatten();
            let only = told.as_deref().or(only);
            let Some(properties) = kind["properties"].as_object() else { continue };
            let mut properties: Vec<_> = properties.iter().collect();
            properties.sort_by_key(|(name, _)| Reverse(is_required(kind, name)));
            for (own, property) in properties {
                let name = format!("{prefix}{own}");
                let member = self.member(&name, property, is_required(kind, own));
                let array = member.kind.ends_with("[]");
                into.push(Member { depth, only: only.map(str::to_owned), ..member });
                let (within, mark) =
                    if array { (&self.item_of(property)["items"], "[]") } else { (property, "") };
                self.gather(within, &format!("{name}{mark}."), depth + 1, None, into);
            }
        }
    }

    /// One member or parameter.
    pub fn member(self, name: &str, schema: &'a Value, required: bool) -> Member {
        let kinds = self.kinds(schema);
        let text =
            [schema].into_iter().chain(kinds.iter().copied()).find_map(|kind| kind["description"].as_str());
        let kind = kinds.first().map_or_else(String::new, |kind| self.kind(kind));
        Member {
            name: name.to_owned(),
            kind,
            required,
            text: Prose::parse(text.unwrap_or_default()),
            rules: kinds.first().map(|kind| rules(self.resolve(kind))).unwrap_or_default(),
            depth: 0,
            only: None,
        }
    }

    fn item_of(self, property: &'a Value) -> &'a Value {
        self.kinds(property).first().map_or(property, |kind| self.resolve(kind))
    }

    fn kind(self, schema: &'a Value) -> String {
        let schema = self.resolve(schema);
        let kind = match &schema["type"] {
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
            kind => kind.as_str(),
        };
        match (kind.unwrap_or("object"), schema["format"].as_str()) {
            ("array", _) => {
                let item =
                    self.kinds(&schema["items"]).first().map_or_else(String::new, |item| self.kind(item));
                format!("{item}[]")
            }
            ("string", Some(format)) => format.to_owned(),
            (kind, _) => kind.to_owned(),
        }
    }
}

fn is_required(schema: &Value, name: &str) -> bool {
    schema["required"].as_array().into_iter().flatten().any(|other| other == name)
}

/// The member with one value only, by which a kind is told from the others.
fn told_apart(kind: &Value) -> Option<String> {
    let properties = kind["properties"].as_object()?;
    properties.iter().find_map(|(name, property)| match property["enum"].as_array()?.as_slice() {
        [Value::String(value)] => Some(format!("{name}: {value}")),
        _ => None,
    })
}

fn rules(schema: &Value) -> Vec<String> {
    let number = |name: &str, sign: &str| Some(format!("{sign} {}", schema[name].as_f64()?));
    let length = |name: &str, sign: &str| Some(format!("length {sign} {}", schema[name].as_u64()?));
    let values = |name: &str| {
        let values: Vec<&str> = schema[name].as_array()?.iter().filter_map(Value::as_str).collect();
        Some(values.join(" | "))
    };
    [
        // That a count is not negative goes without saying.
        number("minimum", "≥").filter(|_| schema["minimum"] != 0),
        number("maximum", "≤"),
        length("minLength", "≥"),
        length("maxLength", "≤"),
        schema["pattern"].as_str().map(str::to_owned),
        values("enum"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_within_members_stand_under_their_dotted_name() {
        let schemas = json!({
            "Inner": {"type": "object", "required": ["b"], "properties": {
                "b": {"type": "integer", "minimum": 1, "maximum": 5},
                "itself": {"$ref": "#/components/schemas/Inner"}
            }}
        });
        let schema = json!({"type": "object", "required": ["z"], "properties": {
            "a": {"oneOf": [{"$ref": "#/components/schemas/Inner", "description": "Perhaps."}, {"type": "null"}]},
            "list": {"type": ["array", "null"], "items": {"$ref": "#/components/schemas/Inner"}},
            "z": {"type": "string", "format": "date-time"}
        }});
        let members = Schemas(&schemas).members(&schema);
        let of = |name: &str| members.iter().find(|member| member.name == name).unwrap();
        assert_eq!(members[0].name, "z");
        assert_eq!((of("z").kind.as_str(), of("z").required), ("date-time", true));
        assert_eq!(
            (of("a").kind.as_str(), of("a").required, of("a").text.runs()[0].text.as_str()),
            ("object", false, "Perhaps.")
        );
        assert_eq!(of("list").kind, "object[]");
        let inner = of("list[].b");
        assert_eq!((inner.required, inner.depth, inner.rules.join(",")), (true, 1, "≥ 1,≤ 5".to_owned()));
        assert!(members.iter().all(|member| member.depth < DEEPEST));
    }
}
