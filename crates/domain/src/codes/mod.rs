//! Codes and the verifications they belong to.

mod code;
mod limits;
mod policy;
mod purpose;
mod verification;

pub use code::{Code, CodeError, CodeLength};
pub use limits::{
    Decision, DecisionOutcome, Finding, History, Limits, Rule, RuleMode, Window, budget_day, next_budget_day,
    next_resend,
};
pub use policy::{Lifetime, Policy, PolicyError};
pub use purpose::{Purpose, UnknownPurpose};
pub use verification::{
    ClientToken, ClientTokenDigest, ClientTokenRole, Ended, Proof, ProofDigest, ProofRole, Status, Token,
    TokenDigest, TokenRole, Verification, VerificationId, VerificationRole,
};
