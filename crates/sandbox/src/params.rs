//! Query strings, each parameter at most once.

use actix_web::web::Query;

use crate::numbers;
use crate::problem::Problem;

/// The parameters of a query string, decoded.
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    /// Reads a query string that may hold anything; providers ignore what they do not know.
    pub(crate) fn lenient(query: &str) -> Self {
        Self(Query::<Vec<(String, String)>>::from_query(query).map(Query::into_inner).unwrap_or_default())
    }

    /// Reads a query string of our own calls: a misspelt or repeated parameter is an error, not a surprise.
    pub(crate) fn strict(query: &str, known: &[&str]) -> Result<Self, Problem> {
        let params = Self::lenient(query);
        for (index, (name, _)) in params.0.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                return Err(Problem::field(name, "unknown", "is not a parameter of this call"));
            }
            if params.0[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(Problem::field(name, "repeated", "is given twice"));
            }
        }
        Ok(params)
    }

    /// The value of `name`; an empty one counts as absent.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        (!value.is_empty()).then_some(value.as_str())
    }

    /// The phone number in `name`, as E.164.
    pub(crate) fn number(&self, name: &str) -> Result<Option<String>, Problem> {
        self.get(name)
            .map(|raw| {
                numbers::parse(raw)
                    .ok_or_else(|| Problem::field(name, "number_malformed", "is not a phone number"))
            })
            .transpose()
    }
}
