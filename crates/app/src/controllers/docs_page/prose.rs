//! Sentences of the description, in which code stands between backticks.

/// A sentence, in runs of words and of code.
pub struct Prose(Vec<Run>);

/// A piece of a sentence.
pub struct Run {
    /// Whether it is code.
    pub code: bool,
    /// The piece.
    pub text: String,
}

impl Prose {
    /// Reads a sentence; a backtick without a partner stays one.
    pub fn parse(text: &str) -> Self {
        let pieces: Vec<&str> = text.split('`').collect();
        let pairs = pieces.len() % 2 == 1;
        if !pairs {
            return Self(vec![Run { code: false, text: text.to_owned() }]);
        }
        let runs = pieces.iter().enumerate().filter(|(_, piece)| !piece.is_empty());
        Self(runs.map(|(place, piece)| Run { code: place % 2 == 1, text: (*piece).to_owned() }).collect())
    }

    /// Its pieces.
    pub fn runs(&self) -> &[Run] {
        &self.0
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(bool, String)> {
        Prose::parse(text).0.into_iter().map(|run| (run.code, run.text)).collect()
    }

    #[test]
    fn code_stands_between_backticks() {
        let run = |code, text: &str| (code, text.to_owned());
        assert_eq!(
            told("`ko` or `en`."),
            [run(true, "ko"), run(false, " or "), run(true, "en"), run(false, ".")]
        );
        assert_eq!(told("a ` b"), [run(false, "a ` b")]);
        assert!(Prose::parse("").is_empty());
    }
}
