use std::sync::Arc;

use bonin_domain::accounts::{Term, Terms};
use bonin_domain::messages::Locale;
use bonin_ports::Clock;

/// Shows what people are asked to agree to.
pub struct ListTerms {
    /// All terms, of all times.
    pub terms: Arc<Terms>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl ListTerms {
    /// The current version of each term, in `locale` where it is there; required ones first.
    pub fn execute(&self, locale: Locale) -> Vec<&Term> {
        self.terms.current(locale, self.clock.now())
    }
}
