//! The messaging web app: people act with their own account at the provider of messages.

mod balance;
mod begin_login;
mod cancel;
mod compose;
mod content;
mod disconnect;
mod drafts;
mod earnings;
mod finish_login;
mod follow;
mod history;
mod release;
mod renewals;
mod send;
mod session;
mod tokens;

pub use balance::ReadBalance;
pub use begin_login::{AppPage, BeginLogin, LoginAim, LoginBegun};
pub use cancel::{CancelSend, CancelSendError};
pub use compose::{
    Compose, ComposedMessage, FormFault, FormField, FormRule, MOST_RECIPIENTS, Measure, TypedMessage, entries,
};
pub use content::SentContent;
pub use disconnect::Disconnect;
pub use drafts::{Draft, Drafts};
pub use earnings::{Earned, Earnings, ReadEarnings};
pub use finish_login::{CameBack, FinishLogin, FinishLoginError, LoginFinished};
pub use follow::FollowSend;
pub use history::{History, HistoryPage, SENDS_A_PAGE, SeenSend};
pub use release::{ReleaseSend, ReleaseSendError};
pub use renewals::Renewals;
pub use send::{FormSent, SendWeb, SendWebError};
pub use session::AppSessions;
pub use tokens::{AccessTokens, CallError};
