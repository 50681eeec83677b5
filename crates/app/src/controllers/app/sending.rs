//! What the pages of sending are made of.

use std::sync::Arc;

use bonin_ports::Entropy;
use bonin_services::messaging::{
    CancelSend, Compose, Drafts, FollowSend, History, ReadEarnings, ReleaseSend, SendWeb,
};

use super::session::AppPages;

/// Use cases and addresses of the pages at `/app/send`, `/app/messages` and `/app/earnings`.
pub struct Sending {
    /// What all pages of the app share.
    pub pages: Arc<AppPages>,
    /// Reads forms.
    pub compose: Compose,
    /// Sends.
    pub send: SendWeb,
    /// Releases what was prepared.
    pub release: ReleaseSend,
    /// Asks what became of sends.
    pub follow: FollowSend,
    /// Takes sends back.
    pub cancel: CancelSend,
    /// What was sent.
    pub history: History,
    /// What it brought.
    pub earnings: ReadEarnings,
    /// Forms that wait for a permission.
    pub drafts: Drafts,
    /// Draws form keys.
    pub entropy: Arc<dyn Entropy>,
    /// CoolSMS's page of settlements.
    pub settlement_url: String,
    /// CoolSMS's page of withdrawals.
    pub withdrawal_url: String,
}
