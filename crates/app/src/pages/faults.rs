//! What is wrong with a form that is shown again.

/// Faults, each at its field.
#[derive(Debug, Default)]
pub struct Faults(Vec<(&'static str, String)>);

impl Faults {
    /// Notes a fault; the first of a field counts.
    pub fn add(&mut self, field: &'static str, text: impl Into<String>) {
        if self.of(field).is_none() {
            self.0.push((field, text.into()));
        }
    }

    /// What is wrong with a field.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| *other == field).map(|(_, text)| text.as_str())
    }

    /// All of them, in the order in which they were noted: field, text.
    pub fn all(&self) -> &[(&'static str, String)] {
        &self.0
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_has_one_fault() {
        let mut faults = Faults::default();
        assert!(faults.is_empty());
        faults.add("name", "first");
        faults.add("name", "second");
        faults.add("code", "third".to_owned());
        assert_eq!(
            (faults.of("name"), faults.of("code"), faults.of("text")),
            (Some("first"), Some("third"), None)
        );
        assert_eq!(faults.all().len(), 2);
    }
}
