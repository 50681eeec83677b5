use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::accounts::{
    Account, AccountId, PasswordHash, PasswordReset, ResetTokenDigest, SessionId, SessionTokenDigest,
};
use bonin_domain::keys::{AddressIndex, LoginIndex};
use jiff::Timestamp;

use crate::{AnyProof, Notice, ProofRefusal, RepositoryError};

/// A change of password by its owner.
#[derive(Clone, Debug)]
pub struct PasswordChange {
    /// Whose account.
    pub tenant: TenantId,
    /// The account.
    pub account: AccountId,
    /// The hash that the old password was checked against; nothing is changed where it is another by now.
    pub from: PasswordHash,
    /// The new hash.
    pub to: PasswordHash,
    /// The session in which it is changed; it goes on under a new token, all others end.
    pub session: SessionId,
    /// The new token.
    pub token: SessionTokenDigest,
    /// Tells the owner.
    pub notice: Notice,
    /// The present moment.
    pub now: Timestamp,
}

/// A reset that is to be opened.
#[derive(Clone, Debug)]
pub struct OpenReset {
    /// Whose account.
    pub tenant: TenantId,
    /// The account.
    pub account: AccountId,
    /// Proves its number or its person, for resetting the password.
    pub proof: AnyProof,
    /// The reset.
    pub reset: PasswordReset,
    /// The present moment.
    pub now: Timestamp,
}

/// A new password under a reset.
#[derive(Clone, Debug)]
pub struct FinishReset {
    /// Whose account.
    pub tenant: TenantId,
    /// The reset's token.
    pub token: ResetTokenDigest,
    /// The new hash.
    pub password: PasswordHash,
    /// Tells the owner.
    pub notice: Notice,
    /// The present moment.
    pub now: Timestamp,
}

/// Stores passwords' changes and resets. Each method is one transaction.
#[async_trait]
pub trait PasswordRepository: Send + Sync {
    /// Changes a password: other sessions and all resets of the account end, proofs for a reset by its number or person
    /// that were not spent yet count no more, and the owner is told. `false`, with no effect, where the account or the session is
    /// gone or the password is another by now. Being told is capped ([`Notice::MOST`]), the change is not.
    async fn change(&self, change: PasswordChange) -> Result<bool, RepositoryError>;

    /// Spends a proof of the account's own number or person and opens a reset; earlier ones of the account end. A proof of
    /// another number or person is `Unknown` and stays unspent; so is one of a number that by itself opens no reset
    /// ([`Account::phone_opens_reset`]), as the account is in that moment.
    async fn open_reset(&self, open: OpenReset) -> Result<Result<(), ProofRefusal>, RepositoryError>;

    /// The account that a reset is for, while the reset lives.
    async fn find_reset(
        &self,
        tenant: &TenantId,
        token: ResetTokenDigest,
        now: Timestamp,
    ) -> Result<Option<Account>, RepositoryError>;

    /// Sets the password under a reset, once: all sessions and resets of the account end, unspent proofs for a reset
    /// by its number or person count no more, failed log ins of its login id are forgotten, at all addresses and in all,
    /// and the owner is told ([`Notice::MOST`]). `false`, with no effect, where the reset is not live.
    async fn finish_reset(&self, finish: FinishReset) -> Result<bool, RepositoryError>;
}

/// Whether a log in may be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginVerdict {
    /// It may, and is charged.
    Allowed,
    /// Too many failed; nothing is charged and no password may be looked at.
    Wait {
        /// When the next one may be tried.
        until: Timestamp,
    },
}

/// Counts log ins that fail, of login ids that exist and that do not alike (security 27): 10 by login id and
/// address within 15 minutes of the first; 100 by login id in all since its last success, after which each further
/// failure makes the login id wait, 30 seconds at first, twice as long each time, 1 hour at most.
#[async_trait]
pub trait LoginAttemptRepository: Send + Sync {
    /// Charges a log in before its password is looked at. Exact under parallel calls. Without an address, from a backend
    /// that calls for many and names none, only the failures in all count: ten of its people's must not keep out the rest.
    async fn charge(
        &self,
        tenant: &TenantId,
        login: LoginIndex,
        address: Option<AddressIndex>,
        now: Timestamp,
    ) -> Result<LoginVerdict, RepositoryError>;

    /// Forgets the failures of a login id, at this address and in all: its owner was here.
    async fn forgive(
        &self,
        tenant: &TenantId,
        login: LoginIndex,
        address: Option<AddressIndex>,
    ) -> Result<(), RepositoryError>;
}
