//! Collecting everything that is wrong while values are read.

/// One thing that is wrong or missing, by the name under which it is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The environment variable.
    pub name: String,
    /// What is wrong with it.
    pub what: String,
}

/// Collects complaints while values are read.
pub(super) struct Reader {
    pub(super) complaints: Vec<Complaint>,
}

impl Reader {
    pub(super) fn complain(&mut self, name: &str, what: impl Into<String>) {
        self.complaints.push(Complaint { name: format!("BONIN__{name}"), what: what.into() });
    }

    pub(super) fn read<T, E: std::fmt::Display>(&mut self, name: &str, value: Result<T, E>) -> Option<T> {
        value.map_err(|error| self.complain(name, error.to_string())).ok()
    }
}

/// A value that is set to something; an empty environment variable counts as unset.
pub(super) fn filled(value: Option<&String>) -> Option<String> {
    value.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}
