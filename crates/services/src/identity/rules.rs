use bonin_domain::codes::{Purpose, RuleMode};
use bonin_domain::identity::{IdentityApi, JudgedBy};

/// How identities are verified here.
#[derive(Clone, Debug)]
pub struct IdentityRules {
    /// The provider's API that runs them.
    pub api: IdentityApi,
    /// What is asked of results. The least age counts for signing up only.
    pub judged_by: JudgedBy,
    /// Whether CI, DI and the provider's name of the result are kept, sealed and as indexes (security 39).
    pub keep_person_keys: bool,
    /// Whether results are erased at the provider after use.
    pub erase_results: bool,
    /// Whether starts are counted by address.
    pub address_limit: RuleMode,
    /// Whether one-time passwords are counted by number.
    pub number_limit: RuleMode,
}

impl IdentityRules {
    /// What is asked of a result for this purpose: who has an account already was old enough for it.
    pub(super) fn judged_by(&self, purpose: Purpose) -> JudgedBy {
        let least_age = self.judged_by.least_age.filter(|_| purpose == Purpose::SignUp);
        JudgedBy { least_age, ..self.judged_by.clone() }
    }
}
