//! Accounts: who has one, how they log in, what they agreed to.

mod account;
mod form_token;
mod hash;
mod known_passwords;
mod login_id;
mod nickname;
mod password;
mod session;
mod terms;

pub use account::{
    Account, AccountId, AccountRole, PasswordReset, PasswordResetId, PasswordResetRole, PersonLink,
    ResetToken, ResetTokenDigest, ResetTokenRole,
};
pub use form_token::FormToken;
pub use hash::{HashCost, PasswordHash, UnknownHash};
pub use login_id::{LoginId, LoginIdError};
pub use nickname::{Nickname, NicknameError};
pub use password::{Password, PasswordFault, PasswordLengthError, PasswordRule};
pub use session::{
    Session, SessionId, SessionPolicy, SessionRole, SessionToken, SessionTokenDigest, SessionTokenRole,
};
pub use terms::{
    Agreed, Consent, ConsentFault, Term, TermId, TermNameError, TermVersion, Terms, TermsError, TextHash,
};
