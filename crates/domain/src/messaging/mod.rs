//! The messaging web app: people who log in with their own account at a provider of messages, and what they send with
//! it. Their messages are no verifications and none of the deployment's own: they go and are paid for by their account.

mod connection;
mod limits;
mod scope;
mod sending;
mod settlement;

pub use connection::{
    AppSession, AppSessionId, AppSessionToken, AppSessionTokenDigest, BrowserDigest, BrowserSecret,
    Connection, ConnectionId, ConnectionState, LoginState, LoginStateDigest, OAuthLoginId, ProviderTokens,
};
pub use limits::{EarlierSend, EarlierSends, SendingLimits, SendingRoom};
pub use scope::{AppScope, AppScopes, UnknownAppScope};
pub use sending::{
    FormKey, FormKeyDigest, GroupFigures, WebMessage, WebMessageId, WebSend, WebSendId, WebSendState,
};
pub use settlement::next_settlement;
