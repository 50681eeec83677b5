//! The description as the page tells it: groups of calls, each with what goes in and what comes out.

use serde_json::Value;

use super::curl::Call;
use super::example::{Extent, example};
use super::prose::Prose;
use super::shape::{Member, Schemas};
use crate::controllers::openapi::security;

const METHODS: [(&str, &str); 4] = [("post", "POST"), ("get", "GET"), ("put", "PUT"), ("delete", "DELETE")];

/// All calls, in the order of the description.
pub struct Reference {
    /// The version of the server.
    pub version: String,
    /// The calls.
    pub calls: Vec<Operation>,
}

/// One call.
pub struct Operation {
    /// The tag of its group.
    pub tag: String,
    /// Its place on the page: `post-v1-verifications-id-check`.
    pub anchor: String,
    /// `POST`.
    pub method: &'static str,
    /// `/v1/verifications/{id}/check`.
    pub path: String,
    /// What it does.
    pub text: Prose,
    /// Who may call it.
    pub wanted: Wanted,
    /// Parameters in path, query and headers.
    pub parameters: Vec<Parameter>,
    /// The members of the body; none without a body.
    pub body: Vec<Member>,
    /// The answers of a success.
    pub answers: Vec<Answer>,
    /// The statuses of its problems.
    pub problems: Vec<u16>,
    call: Call,
}

/// Who may call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Everybody.
    Nothing,
    /// A key with this scope.
    Key(String),
    /// Whoever is logged in.
    Session,
}

/// A parameter, and where it stands.
pub struct Parameter {
    /// `path`, `query` or `header`.
    pub place: String,
    /// What it is.
    pub member: Member,
}

/// The answer of a success.
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its members; none without a body.
    pub members: Vec<Member>,
    /// An example, as JSON.
    pub example: String,
}

impl Reference {
    /// Reads the description, as `/openapi.json` has it.
    pub fn read(document: &Value) -> Self {
        let schemas = Schemas(&document["components"]["schemas"]);
        let paths = document["paths"].as_object();
        let calls = paths.into_iter().flatten().flat_map(|(path, item)| {
            METHODS.iter().filter_map(move |(name, method)| {
                item.get(name).map(|operation| Operation::read(schemas, method, path, operation))
            })
        });
        let version = document["info"]["version"].as_str().unwrap_or_default().to_owned();
        Self { version, calls: calls.collect() }
    }

    /// The calls of a group.
    pub fn group(&self, tag: &str) -> Vec<&Operation> {
        self.calls.iter().filter(|call| call.tag == tag).collect()
    }
}

impl Operation {
    fn read(schemas: Schemas<'_>, method: &'static str, path: &str, operation: &Value) -> Self {
        let text = |name: &str| operation[name].as_str().unwrap_or_default();
        let parameters = operation["parameters"].as_array();
        let parameters: Vec<Parameter> =
            parameters.into_iter().flatten().map(|parameter| Parameter::read(schemas, parameter)).collect();
        let body = operation.pointer("/requestBody/content/application~1json/schema");
        let wanted = Wanted::read(&operation["security"]);
        let headers = parameters.iter().filter(|it| it.place == "header" && it.member.required);
        let call = Call {
            method,
            path: path.to_owned(),
            bearer: match wanted {
                Wanted::Nothing => None,
                Wanted::Key(_) => Some("KEY"),
                Wanted::Session => Some("SESSION"),
            },
            headers: headers.map(|parameter| parameter.member.name.clone()).collect(),
            body: body.map(|schema| example(schemas, schema, Extent::Required)),
        };
        let (answers, problems) = answers(schemas, &operation["responses"]);
        Self {
            tag: operation["tags"][0].as_str().unwrap_or_default().to_owned(),
            anchor: anchor(method, path),
            method,
            path: path.to_owned(),
            text: Prose::parse(format!("{} {}", text("summary"), text("description")).trim()),
            wanted,
            parameters,
            body: body.map(|schema| schemas.members(schema)).unwrap_or_default(),
            answers,
            problems,
            call,
        }
    }

    /// The path in the contents, where all begin alike.
    pub fn short_path(&self) -> &str {
        self.path.strip_prefix("/v1").unwrap_or(&self.path)
    }

    /// The call as a `curl` line for the server at `address`.
    pub fn curl(&self, address: &str) -> String {
        self.call.line(address)
    }

    /// The colour of its method.
    pub fn badge(&self) -> &'static str {
        match self.method {
            "POST" => "badge-good",
            "PUT" => "badge-warn",
            "DELETE" => "badge-bad",
            _ => "badge-info",
        }
    }

    /// The scope of the key that it wants.
    pub fn scope(&self) -> Option<&str> {
        match &self.wanted {
            Wanted::Key(scope) => Some(scope),
            Wanted::Session | Wanted::Nothing => None,
        }
    }

    /// Whether it is for whoever is logged in.
    pub fn in_session(&self) -> bool {
        self.wanted == Wanted::Session
    }
}

impl Wanted {
    fn read(security: &Value) -> Self {
        let ways = || security.as_array().into_iter().flatten().filter_map(Value::as_object);
        if ways().any(serde_json::Map::is_empty) {
            return Self::Nothing;
        }
        let key = ways().find_map(|way| way.get(security::KEY));
        if let Some(scope) = key.and_then(|scopes| scopes[0].as_str()) {
            return Self::Key(scope.to_owned());
        }
        if ways().any(|way| way.contains_key(security::SESSION)) { Self::Session } else { Self::Nothing }
    }
}

impl Parameter {
    fn read(schemas: Schemas<'_>, parameter: &Value) -> Self {
        let name = parameter["name"].as_str().unwrap_or_default();
        let member = schemas.member(name, &parameter["schema"], parameter["required"] == true);
        let text = Prose::parse(parameter["description"].as_str().unwrap_or_default());
        let place = parameter["in"].as_str().unwrap_or_default().to_owned();
        Self { place, member: Member { text, ..member } }
    }
}

fn answers(schemas: Schemas<'_>, responses: &Value) -> (Vec<Answer>, Vec<u16>) {
    let mut answers = Vec::new();
    let mut problems = Vec::new();
    for (status, response) in responses.as_object().into_iter().flatten() {
        let Ok(status) = status.parse::<u16>() else { continue };
        if status >= 400 {
            problems.push(status);
            continue;
        }
        let schema = response.pointer("/content/application~1json/schema");
        let example = schema.map(|schema| example(schemas, schema, Extent::Told));
        answers.push(Answer {
            status,
            members: schema.map(|schema| schemas.members(schema)).unwrap_or_default(),
            example: example
                .map(|value| serde_json::to_string_pretty(&value).unwrap_or_default())
                .unwrap_or_default(),
        });
    }
    (answers, problems)
}

fn anchor(method: &str, path: &str) -> String {
    let words = path.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(method.to_lowercase(), |anchor, word| format!("{anchor}-{word}"))
}
