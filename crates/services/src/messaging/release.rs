use std::sync::Arc;

use bonin_domain::messaging::{AppScope, Connection, GroupFigures, WebSend, WebSendId, WebSendState};
use bonin_ports::{Clock, MessagingError, MessagingGroups, RepositoryError, WebSendNews, WebSendRepository};
use jiff::Timestamp;

use super::{AccessTokens, CallError};

/// Releases what the provider has prepared: at the end of sending, and again where the provider's answer did not come
/// or our process ended on the way.
#[derive(Clone)]
pub struct ReleaseSend {
    /// Where sends are stored.
    pub sends: Arc<dyn WebSendRepository>,
    /// Releases groups.
    pub groups: Arc<dyn MessagingGroups>,
    /// Calls for people.
    pub tokens: AccessTokens,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Why it is not known to be released.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseSendError {
    /// The connection has no such send.
    #[error("there is no such send")]
    NotFound,
    /// The provider could not be asked, did not answer, or refused what an earlier release may have done already: it can be
    /// released again.
    #[error(transparent)]
    Call(CallError),
    /// Its time is long over: it is not released any more ([`WebSend::is_overdue`]). An unclear one may have been sent.
    #[error("the time of this send is over")]
    Overdue,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl ReleaseSend {
    /// Releases a send that is prepared or unclear, and notes what came of it; any other stays as it is. An unclear answer
    /// is asked for once more at once. Where surely nothing was released, the send is prepared again.
    ///
    /// # Errors
    /// [`ReleaseSendError`]. A refusal of a first release is none: it is noted.
    #[tracing::instrument(name = "messaging.release", skip_all)]
    pub async fn execute(&self, connection: &Connection, id: WebSendId) -> Result<(), ReleaseSendError> {
        let send = self.find(connection, id).await?;
        if send.group.is_none() || !matches!(send.state, WebSendState::Prepared | WebSendState::Unclear) {
            return Ok(());
        }
        if send.is_overdue(self.clock.now()) {
            return Err(ReleaseSendError::Overdue);
        }
        // Noted before it is done: from here on it may have been sent, whatever becomes of us. One that was let go
        // meanwhile stays so, and is not released.
        self.note(connection, id, released(WebSendState::Unclear, None)).await?;
        let send = self.find(connection, id).await?;
        let (WebSendState::Unclear, Some(group)) = (send.state, &send.group) else { return Ok(()) };
        match self.release(connection, group, send.scheduled_at).await {
            Ok(figures) => {
                let is_later = send.scheduled_at.is_some_and(|at| at > self.clock.now());
                let state = if is_later { WebSendState::Scheduled } else { WebSendState::Sent };
                let figures = Some(figures).filter(|figures| *figures != GroupFigures::default());
                Ok(self.note(connection, id, released(state, figures)).await?)
            }
            Err(CallError::Provider(MessagingError::Refused { class, code })) => {
                let refusal = WebSendNews::Refused { class, code: code.clone() };
                self.note(connection, id, refusal).await?;
                if self.find(connection, id).await?.state == WebSendState::Unclear {
                    tracing::warn!(send.id = %id, provider.code = code, "a release after an unclear one is refused");
                    let refused = MessagingError::Refused { class, code };
                    return Err(ReleaseSendError::Call(CallError::Provider(refused)));
                }
                Ok(())
            }
            Err(error @ CallError::Provider(MessagingError::Unclear { .. })) => {
                tracing::warn!(send.id = %id, error = %error, "it is not known whether a send was released");
                Err(ReleaseSendError::Call(error))
            }
            // All others say that nothing was done.
            Err(error) => {
                tracing::warn!(send.id = %id, error = %error, "a send was not released");
                self.note(connection, id, WebSendNews::Unreleased).await?;
                match error {
                    CallError::Repository(error) => Err(error.into()),
                    error => Err(ReleaseSendError::Call(error)),
                }
            }
        }
    }

    async fn release(
        &self,
        connection: &Connection,
        group: &str,
        at: Option<Timestamp>,
    ) -> Result<GroupFigures, CallError> {
        let release = |access| async move { self.groups.release(&access, group, at).await };
        let first = self.tokens.call(connection, AppScope::SendMessages, release).await;
        let Err(CallError::Provider(MessagingError::Unclear { .. } | MessagingError::Unavailable { .. })) =
            first
        else {
            return first;
        };
        let second = self.tokens.call(connection, AppScope::SendMessages, release).await;
        match (first, second) {
            // Whatever kept the second one from it, the first may have done it.
            (unclear @ Err(CallError::Provider(MessagingError::Unclear { .. })), Err(_)) => unclear,
            (_, second) => second,
        }
    }

    async fn find(&self, connection: &Connection, id: WebSendId) -> Result<WebSend, ReleaseSendError> {
        let found = self.sends.find(&connection.tenant, connection.id, id).await?;
        found.map(|(send, _)| send).ok_or(ReleaseSendError::NotFound)
    }

    async fn note(
        &self,
        connection: &Connection,
        id: WebSendId,
        news: WebSendNews,
    ) -> Result<(), RepositoryError> {
        self.sends.note(&connection.tenant, id, news, self.clock.now()).await
    }
}

fn released(state: WebSendState, figures: Option<GroupFigures>) -> WebSendNews {
    WebSendNews::Released { state, figures }
}
