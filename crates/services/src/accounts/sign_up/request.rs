use bonin_domain::accounts::{
    AccountId, Agreed, ConsentFault, LoginId, Nickname, Password, PasswordFault, PasswordRule,
};
use bonin_domain::codes::Proof;
use bonin_domain::identity::{AgeFacts, IdentityProof};
use bonin_domain::{ClientAddress, PhoneNumber, TenantId};
use bonin_ports::{ProofRefusal, RepositoryError};
use jiff::Timestamp;

use crate::accounts::HashingBusy;
use crate::codes::IdempotentRequest;

/// What a deployment asks of people who sign up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct SignUpPolicy {
    /// Which passwords are taken.
    pub password_rule: PasswordRule,
    /// Whether an identity proof is needed.
    pub identity_required: bool,
    /// Whether a person may have one account only (requirement F04).
    pub one_per_person: bool,
    /// The least age, if anybody is asked: 14 or 19.
    pub least_age: Option<u8>,
    /// Whether the account keeps who its person is (security 39).
    pub keep_person_keys: bool,
}

/// What a sign-up needs.
pub struct SignUpRequest {
    /// Whose member the person becomes.
    pub tenant: TenantId,
    /// Proves the number, for signing up.
    pub proof: Proof,
    /// Proves the person, for signing up.
    pub identity_proof: Option<IdentityProof>,
    /// The login id.
    pub login_id: LoginId,
    /// The password.
    pub password: Password,
    /// What the account is called.
    pub nickname: Nickname,
    /// What the person agrees to.
    pub agreed: Vec<Agreed>,
    /// Where the request comes from.
    pub client: ClientAddress,
    /// The key under which the answer is repeated. Its request says nothing of the password: a digest that is stored
    /// must not help to guess it. A repetition is told by the account's own hash instead.
    pub idempotency: Option<IdempotentRequest>,
}

/// What a person typed, as far as it could be read.
#[derive(Clone, Copy, Default)]
pub struct Typed<'a> {
    /// The login id.
    pub login_id: Option<&'a LoginId>,
    /// The password.
    pub password: Option<&'a Password>,
    /// The nickname.
    pub nickname: Option<&'a Nickname>,
    /// The consents.
    pub agreed: Option<&'a [Agreed]>,
}

/// Everything that is wrong with what a person typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignUpFaults {
    /// What is wrong with the password.
    pub password: Option<PasswordFault>,
    /// What is wrong with the consents.
    pub consents: Vec<ConsentFault>,
}

/// A fresh account, or the repeated answer to an earlier sign-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAccount {
    /// Its name.
    pub id: AccountId,
    /// The login id.
    pub login_id: LoginId,
    /// What it is called.
    pub nickname: Nickname,
    /// The number.
    pub phone_number: PhoneNumber,
    /// When it was opened, which is when the answer was first given.
    pub created_at: Timestamp,
    /// Whether this repeats an earlier answer.
    pub repeated: bool,
}

/// Why nobody was signed up. No account was stored. What tells whether the login id is free is charged to the proof of
/// the number, which is good for five such refusals; else the proofs stay as they were.
#[derive(Debug, thiserror::Error)]
pub enum SignUpError {
    /// The password or the consents will not do.
    #[error("the password or the consents will not do")]
    Faults(SignUpFaults),
    /// The proof of the number is not taken.
    #[error("the proof of the number: {0}")]
    Proof(ProofRefusal),
    /// The proof of the identity is not taken.
    #[error("the proof of the identity: {0}")]
    IdentityProof(ProofRefusal),
    /// An identity proof is needed.
    #[error("an identity proof is needed")]
    IdentityRequired,
    /// The person is younger than this service takes.
    #[error("the person is too young")]
    TooYoung,
    /// The number has an account.
    #[error("the number has an account")]
    PhoneTaken,
    /// The login id has an account.
    #[error("the login id has an account")]
    LoginIdTaken,
    /// The person has an account.
    #[error("the person has an account")]
    PersonTaken,
    /// Another request came under the same idempotency key.
    #[error("another request came under this idempotency key")]
    KeyReused,
    /// So many passwords wait already; the same call may be made again in a second.
    #[error(transparent)]
    Busy(#[from] HashingBusy),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl SignUpPolicy {
    /// Whether nobody joins without an identity proof: persons cannot be told apart, nor ages known, without one.
    pub(super) fn needs_identity(self) -> bool {
        self.identity_required || self.one_per_person || self.least_age.is_some()
    }

    /// Whether somebody of this age may join.
    pub(super) fn takes(self, age: AgeFacts) -> bool {
        match self.least_age {
            None => true,
            Some(..=14) => age.over_14,
            Some(_) => age.over_19,
        }
    }
}

impl SignUpFaults {
    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.password.is_none() && self.consents.is_empty()
    }
}
