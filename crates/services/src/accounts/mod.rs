//! Accounts: signing up, logging in, finding an id, resetting a password, and what goes with them.

mod change_password;
mod change_phone;
mod close;
mod consents;
mod hashing;
mod import;
mod log_in;
mod look_up;
mod me;
mod new_password;
mod notices;
mod opened;
mod password_check;
mod passwords;
mod reset_finish;
mod reset_open;
mod session;
mod sessions;
mod sign_up;
mod step_up;
mod terms;

pub use change_password::{ChangePassword, ChangePasswordError};
pub use change_phone::{ChangePhone, ChangePhoneError};
pub use close::{CloseAccount, CloseAccountError};
pub use consents::{
    ConsentState, ConsentsSeen, GaveConsent, GiveConsent, GiveConsentError, ReadConsents, WithdrawConsent,
    WithdrawConsentError,
};
pub use hashing::{Hashing, HashingBusy, HashingPlace};
pub use import::{ImportAccounts, ImportedAccount};
pub use log_in::{LogIn, LogInError, LogInRequest};
pub use look_up::{FoundAccount, LookUpAccounts, LookUpError};
pub use me::{OwnAccount, ReadAccount};
pub use new_password::NewPasswords;
pub use notices::{Notices, Told};
pub use password_check::{PasswordCheck, PasswordCheckError};
pub use passwords::judge_new_password;
pub use reset_finish::{FinishPasswordReset, FinishResetError};
pub use reset_open::{OpenPasswordReset, OpenResetError, OpenedReset};
pub use session::{FindSession, OpenSession, idle_end};
pub use sessions::{EndSessions, ListSessions, ListedSession};
pub use sign_up::{NewAccount, SignUp, SignUpError, SignUpFaults, SignUpPolicy, SignUpRequest, Typed};
pub use step_up::{StepUpError, StepUpSession};
pub use terms::ListTerms;
