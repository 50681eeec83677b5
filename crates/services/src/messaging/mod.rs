//! The messaging web app: people act with their own account at the provider of messages.

mod cancel;
mod compose;
mod content;
mod drafts;
mod earnings;
mod follow;
mod history;
mod release;
mod send;
mod balance;
mod begin_login;
mod disconnect;
mod finish_login;
mod session;
mod tokens;

pub use cancel::{CancelSend, CancelSendError};
pub use compose::{
    Compose, ComposedMessage, FormFault, FormField, FormRule, MOST_RECIPIENTS, Measure, TypedMessage, entries,
};
pub use content::SentContent;
pub use drafts::Drafts;
pub use earnings::{Earned, Earnings, ReadEarnings};
pub use follow::FollowSend;
pub use history::{History, HistoryPage, SENDS_A_PAGE, SeenSend};
pub use release::{ReleaseSend, ReleaseSendError};
pub use send::{SendWeb, SendWebError};
pub use balance::ReadBalance;
pub use begin_login::{AppPage, BeginLogin, LoginAim, LoginBegun};
pub use disconnect::Disconnect;
pub use finish_login::{CameBack, FinishLogin, FinishLoginError, LoginFinished};
pub use session::AppSessions;
pub use tokens::{AccessTokens, CallError};
