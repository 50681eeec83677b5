//! Lists that are an array in a file and comma-separated text in the environment.

use serde::{Deserialize, Deserializer};

/// A list of words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List(pub Vec<String>);

impl<'de> Deserialize<'de> for List {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Array(Vec<String>),
            Text(String),
        }
        let words = match Written::deserialize(deserializer)? {
            Written::Array(words) => words,
            Written::Text(text) => text.split(',').map(str::to_owned).collect(),
        };
        let words = words.into_iter().map(|word| word.trim().to_owned());
        Ok(Self(words.filter(|word| !word.is_empty()).collect()))
    }
}
