use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::accounts::{
    AccountId, PasswordHash, Session, SessionId, SessionPolicy, SessionTokenDigest,
};
use bonin_domain::codes::ProofDigest;
use jiff::Timestamp;

use crate::{ProofRefusal, RepositoryError};

/// A session that is to be opened.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// The session.
    pub session: Session,
    /// What is stored of its token.
    pub token: SessionTokenDigest,
    /// The hash that the password was checked against: where it is another by now, nobody logs in.
    pub password: PasswordHash,
    /// What replaces that hash, where it is outdated.
    pub replacement: Option<PasswordHash>,
    /// How many may be open.
    pub policy: SessionPolicy,
}

/// Which sessions end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionEnd {
    /// This one.
    One(SessionId),
    /// All but this one.
    Others(SessionId),
}

/// A step-up: the holder of a session proves the account's number again.
#[derive(Clone, Debug)]
pub struct StepUp {
    /// Whose session.
    pub tenant: TenantId,
    /// The session.
    pub session: SessionId,
    /// Proves the account's number, for a step-up.
    pub proof: ProofDigest,
    /// Its new token.
    pub token: SessionTokenDigest,
    /// The present moment.
    pub now: Timestamp,
}

/// Stores sessions. Each method is one transaction. A session that was idle or lived too long is over.
#[async_trait]
pub trait SessionRepository: Send + Sync {
    /// Opens a session and replaces an outdated hash; beyond `policy.most` the one used longest ago ends. `false`, with
    /// no effect, where the account is gone or its password is another by now.
    async fn open(&self, new: NewSession) -> Result<bool, RepositoryError>;

    /// The live session of a token; notes its use once a minute ([`SessionPolicy::NOTED_EVERY`]).
    async fn find(
        &self,
        tenant: &TenantId,
        token: SessionTokenDigest,
        policy: SessionPolicy,
        now: Timestamp,
    ) -> Result<Option<Session>, RepositoryError>;

    /// The live sessions of an account, the one used last first.
    async fn list(
        &self,
        tenant: &TenantId,
        account: AccountId,
        policy: SessionPolicy,
        now: Timestamp,
    ) -> Result<Vec<Session>, RepositoryError>;

    /// Ends sessions of an account; how many were ended. Those of other accounts are not there.
    async fn end(
        &self,
        tenant: &TenantId,
        account: AccountId,
        which: SessionEnd,
    ) -> Result<usize, RepositoryError>;

    /// Spends a proof of the account's own number and puts the session under a new token. The number counts as proved
    /// now, unless another person was seen with it
    /// ([`Account::phone_contested_at`](bonin_domain::accounts::Account)): then it is nobody's proof of being the owner,
    /// and mark and moment stay as they are. A proof of another number is `Unknown` and stays unspent; so is any where
    /// the session is gone.
    async fn step_up(&self, step_up: StepUp) -> Result<Result<(), ProofRefusal>, RepositoryError>;
}
