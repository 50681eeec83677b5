use std::sync::Arc;

use bonin_domain::messaging::{AppScope, Connection, WebSendId, WebSendState};
use bonin_ports::{Clock, MessagingError, MessagingGroups, RepositoryError, WebSendNews, WebSendRepository};
use jiff::{SignedDuration, Timestamp};

use super::{AccessTokens, CallError};

/// Our clock and the provider's are not further apart.
const CLOCKS: SignedDuration = SignedDuration::from_mins(1);

/// Takes back what was not sent yet: a send for later, or one that was prepared and never released.
pub struct CancelSend {
    /// Where sends are stored.
    pub sends: Arc<dyn WebSendRepository>,
    /// Takes releases back.
    pub groups: Arc<dyn MessagingGroups>,
    /// Calls for people.
    pub tokens: AccessTokens,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Why it was not taken back.
#[derive(Debug, thiserror::Error)]
pub enum CancelSendError {
    /// The connection has no such send.
    #[error("there is no such send")]
    NotFound,
    /// It has gone, or was taken back already; of one that is still scheduled here, only the provider knows which.
    #[error("this send can no longer be taken back")]
    TooLate,
    /// The provider refused to take it back: it still goes at its time.
    #[error("the provider does not take this send back ({code})")]
    NotCancelled {
        /// The provider's own code.
        code: String,
    },
    /// The provider could not be asked, or did not answer: it may be tried again.
    #[error(transparent)]
    Call(CallError),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl CancelSend {
    /// Takes a send back; its messages count no more.
    ///
    /// # Errors
    /// [`CancelSendError`].
    #[tracing::instrument(name = "messaging.cancel", skip_all)]
    pub async fn execute(&self, connection: &Connection, id: WebSendId) -> Result<(), CancelSendError> {
        let tenant = &connection.tenant;
        let found = self.sends.find(tenant, connection.id, id).await?;
        let (send, _) = found.ok_or(CancelSendError::NotFound)?;
        match (send.state, &send.group) {
            // Nobody but a release makes more of it, and that one looks again.
            (WebSendState::Prepared, _) => {}
            (WebSendState::Scheduled, Some(group)) => {
                let cancel = |access| async move { self.groups.cancel(&access, group).await };
                let is_ahead = |at: Timestamp| at.duration_since(self.clock.now()) >= CLOCKS;
                match self.tokens.call(connection, AppScope::SendMessages, cancel).await {
                    Ok(true) => {}
                    // Surely before its time nothing goes: it was taken back before, and the answer was lost.
                    Ok(false) if send.scheduled_at.is_some_and(is_ahead) => {}
                    Ok(false) => return Err(CancelSendError::TooLate),
                    Err(CallError::Provider(MessagingError::Refused { code, .. })) => {
                        return Err(CancelSendError::NotCancelled { code });
                    }
                    Err(CallError::Repository(error)) => return Err(error.into()),
                    Err(error) => return Err(CancelSendError::Call(error)),
                }
            }
            _ => return Err(CancelSendError::TooLate),
        }
        self.sends.note(tenant, id, WebSendNews::Cancelled, self.clock.now()).await?;
        // A release that came first has the last word.
        let now = self.sends.find(tenant, connection.id, id).await?;
        match now {
            Some((send, _)) if send.state == WebSendState::Cancelled => Ok(()),
            _ => Err(CancelSendError::TooLate),
        }
    }
}
