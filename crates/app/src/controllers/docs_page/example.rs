//! Examples of bodies and answers, put together from those of their members.

use serde_json::{Map, Value, json};

use super::shape::Schemas;

/// How deep examples go.
const DEEPEST: usize = 6;

/// Which members an example has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What is always there: the least that a call wants.
    Required,
    /// That, and members of which the description gives an example: what an answer is like.
    Told,
}

/// An example of a schema.
pub fn example(schemas: Schemas<'_>, schema: &Value, extent: Extent) -> Value {
    written(schemas, schema, extent, 0)
}

fn written<'a>(schemas: Schemas<'a>, schema: &'a Value, extent: Extent, depth: usize) -> Value {
    let given = [schema, schemas.resolve(schema)].into_iter().find_map(|schema| schema.get("example"));
    if let Some(example) = given {
        return example.clone();
    }
    if depth > DEEPEST {
        return Value::Null;
    }
    let kinds = schemas.kinds(schema);
    let Some(kind) = kinds.first().map(|kind| schemas.resolve(kind)) else { return Value::Null };
    if let Some(example) = kind.get("example") {
        return example.clone();
    }
    let mut object = Map::new();
    for part in kind["allOf"].as_array().into_iter().flatten() {
        if let Value::Object(members) = written(schemas, part, extent, depth + 1) {
            object.extend(members);
        }
    }
    for (name, property) in kind["properties"].as_object().into_iter().flatten() {
        let required =
            kind["required"].as_array().is_some_and(|names| names.iter().any(|other| other == name));
        if required || (extent == Extent::Told && property.get("example").is_some()) {
            object.insert(name.clone(), written(schemas, property, extent, depth + 1));
        }
    }
    if object.is_empty() { plain(schemas, kind, extent, depth) } else { Value::Object(object) }
}

fn plain<'a>(schemas: Schemas<'a>, schema: &'a Value, extent: Extent, depth: usize) -> Value {
    if let Some(first) = schema["enum"].as_array().and_then(|values| values.first()) {
        return first.clone();
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        kind => kind.as_str(),
    };
    match (kind, schema["format"].as_str()) {
        (Some("array"), _) => json!([written(schemas, &schema["items"], extent, depth + 1)]),
        (Some("string"), Some("date-time")) => json!("2026-12-01T01:00:00Z"),
        (Some("string"), _) => json!("…"),
        (Some("integer" | "number"), _) => schema.get("minimum").cloned().unwrap_or(json!(1)),
        (Some("boolean"), _) => json!(false),
        _ => json!({}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_put_together_from_those_of_members() {
        let schemas =
            json!({"Inner": {"type": "object", "properties": {"c": {"type": "string", "example": "x"}}}});
        let schema = json!({"type": "object", "required": ["a", "b", "d"], "properties": {
            "a": {"type": ["string", "null"], "example": "010-1234-5678"},
            "b": {"type": ["array", "null"], "items": {"$ref": "#/components/schemas/Inner"}},
            "d": {"type": "string", "format": "date-time"},
            "e": {"type": "integer", "example": 7}
        }});
        let schemas = Schemas(&schemas);
        let mut told = json!({"a": "010-1234-5678", "b": [{}], "d": "2026-12-01T01:00:00Z"});
        assert_eq!(example(schemas, &schema, Extent::Required), told);
        told["b"] = json!([{"c": "x"}]);
        told["e"] = json!(7);
        assert_eq!(example(schemas, &schema, Extent::Told), told);
    }
}
