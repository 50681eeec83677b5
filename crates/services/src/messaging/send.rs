use std::sync::Arc;

use bonin_domain::keys::{KeyRing, SealedField};
use bonin_domain::messages::FailureClass;
use bonin_domain::messaging::{
    AppScope, Connection, ConnectionState, FormKey, SendingLimits, SendingRoom, WebMessageId, WebSendId,
};
use bonin_ports::{
    Clock, Entropy, MessagingAccount, MessagingError, MessagingGroups, NewWebMessage, NewWebSend,
    PreparedGroup, RepositoryError, WebContent, WebSendBegun, WebSendNews, WebSendRepository,
};
use jiff::Timestamp;

use super::release::{ReleaseSend, ReleaseSendError};
use super::{AccessTokens, CallError, ComposedMessage, SentContent};

/// Sends what somebody wrote, with their own account.
///
/// Nothing is sent twice: a form counts once, and what the provider has prepared is released by its name
/// ([`ReleaseSend`]), which does nothing more when it is done again.
pub struct SendWeb {
    /// Where sends are stored.
    pub sends: Arc<dyn WebSendRepository>,
    /// Prepares groups.
    pub groups: Arc<dyn MessagingGroups>,
    /// Stores images.
    pub account: Arc<dyn MessagingAccount>,
    /// Calls for people.
    pub tokens: AccessTokens,
    /// Releases groups.
    pub release: ReleaseSend,
    /// How much a connection may send.
    pub limits: SendingLimits,
    /// Seals numbers and texts.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Draws names.
    pub entropy: Arc<dyn Entropy>,
}

/// What a form became.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormSent {
    /// This send.
    New(WebSendId),
    /// Nothing: it was sent before, as this send.
    Before(WebSendId),
}

/// Why nothing was sent, and nothing was charged, or nobody knows.
#[derive(Debug, thiserror::Error)]
pub enum SendWebError {
    /// The connection may not send so many now. The form may be sent again later.
    #[error("that many messages may not be sent now")]
    TooMany {
        /// What it may send.
        room: SendingRoom,
        /// When more may be sent.
        until: Timestamp,
    },
    /// The person has not allowed this yet: nothing was stored.
    #[error("the person has not allowed {}", .0.as_str())]
    ScopeMissing(AppScope),
    /// The permission ended: the person has to log in again.
    #[error("the permission has ended")]
    Ended,
    /// The store failed. Whether the send was stored is not known; the same form finds out.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    /// The store failed after it took the send, which may have been sent: what is known of it is there under its name.
    #[error("what became of a send could not be noted")]
    NotNoted {
        /// Its name.
        id: WebSendId,
        /// What the store says.
        #[source]
        cause: RepositoryError,
    },
}

impl SendWeb {
    /// Stores the send, has the provider prepare it and releases it. What became of it is noted: a send that the provider
    /// refuses is there, too, with its reason. The same form again sends nothing, whatever stands in it.
    ///
    /// # Errors
    /// [`SendWebError`].
    #[tracing::instrument(name = "messaging.send", skip_all)]
    pub async fn execute(
        &self,
        connection: &Connection,
        form: &FormKey,
        message: &ComposedMessage,
    ) -> Result<FormSent, SendWebError> {
        allowed(connection, message)?;
        let new = self.new_send(connection, form, message);
        let id = new.id;
        match self.sends.begin(new).await? {
            WebSendBegun::Stored => {}
            WebSendBegun::Repeated(first) => return Ok(FormSent::Before(first)),
            WebSendBegun::TooMany { room, until } => return Err(SendWebError::TooMany { room, until }),
        }
        match self.bring(connection, id, message).await {
            Ok(()) => Ok(FormSent::New(id)),
            Err(SendWebError::Repository(cause)) => {
                tracing::error!(send.id = %id, error = %cause, "what became of a send was not noted");
                Err(SendWebError::NotNoted { id, cause })
            }
            Err(other) => Err(other),
        }
    }

    /// Has the provider prepare a send that is stored, and releases it.
    async fn bring(
        &self,
        connection: &Connection,
        id: WebSendId,
        message: &ComposedMessage,
    ) -> Result<(), SendWebError> {
        let news = match self.prepare(connection, message).await {
            Ok(prepared) => WebSendNews::Prepared { group: prepared.group, messages: prepared.messages },
            Err(CallError::Repository(error)) => return Err(error.into()),
            Err(CallError::Ended) => {
                self.note(connection, id, refused(&CallError::Ended)).await?;
                return Err(SendWebError::Ended);
            }
            Err(error) => {
                tracing::info!(send.id = %id, error = %error, "nothing was sent");
                self.note(connection, id, refused(&error)).await?;
                return Ok(());
            }
        };
        let whole_refusal = refusal_of_all(&news);
        self.note(connection, id, news).await?;
        if let Some(refusal) = whole_refusal {
            self.note(connection, id, refusal).await?;
            return Ok(());
        }
        match self.release.execute(connection, id).await {
            // How far it came is in the store, and the page of the send says what can be done.
            Ok(())
            | Err(ReleaseSendError::NotFound | ReleaseSendError::Overdue | ReleaseSendError::Call(_)) => {
                Ok(())
            }
            Err(ReleaseSendError::Repository(error)) => Err(error.into()),
        }
    }

    /// What the connection may still send now.
    ///
    /// # Errors
    /// The store's.
    pub async fn room(&self, connection: &Connection) -> Result<SendingRoom, RepositoryError> {
        self.sends.room(&connection.tenant, connection.id, self.limits, self.clock.now()).await
    }

    fn new_send(&self, connection: &Connection, form: &FormKey, message: &ComposedMessage) -> NewWebSend {
        let (now, tenant) = (self.clock.now(), &connection.tenant);
        let fill = &mut |bytes: &mut [u8]| self.entropy.fill(bytes);
        let id = WebSendId::draw(now, fill);
        let content = SentContent {
            from: message.from.clone(),
            first: message.to[0].clone(),
            subject: message.subject.clone(),
            text: message.text.clone(),
        };
        let mut ids: Vec<WebMessageId> = message.to.iter().map(|_| WebMessageId::draw(now, fill)).collect();
        // They ascend in the order of recipients.
        ids.sort_by_key(WebMessageId::as_uuid);
        let messages = ids.into_iter().zip(&message.to).map(|(id, to)| {
            let phone = self.keys.seal(tenant, SealedField::Phone, id.as_row(), to.e164().as_bytes(), fill);
            NewWebMessage { id, phone }
        });
        let messages = messages.collect();
        NewWebSend {
            id,
            tenant: tenant.clone(),
            connection: connection.id,
            form: form.digest(),
            kind: message.kind,
            content: content.seal(&self.keys, tenant, id, fill),
            messages,
            scheduled_at: message.scheduled_at,
            limits: self.limits,
            now,
        }
    }

    /// What is prepared costs nothing until it is released: after any fault here, nothing was sent.
    async fn prepare(
        &self,
        connection: &Connection,
        message: &ComposedMessage,
    ) -> Result<PreparedGroup, CallError> {
        let image = match &message.image {
            None => None,
            Some(image) => {
                let store = |access| async move { self.account.store_image(&access, image).await };
                Some(self.tokens.call(connection, AppScope::StoreFiles, store).await?)
            }
        };
        let content = &WebContent {
            from: message.from.clone(),
            kind: message.kind,
            subject: message.subject.clone(),
            text: message.text.clone(),
            image,
        };
        let prepare = |access| async move { self.groups.prepare(&access, content, &message.to).await };
        self.tokens.call(connection, AppScope::SendMessages, prepare).await
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

/// Looked at before anything is stored: who has to allow something first sends the form again afterwards.
fn allowed(connection: &Connection, message: &ComposedMessage) -> Result<(), SendWebError> {
    if connection.state != ConnectionState::Live {
        return Err(SendWebError::Ended);
    }
    let images = message.image.as_ref().map(|_| AppScope::StoreFiles);
    let missing = [Some(AppScope::SendMessages), images].into_iter().flatten();
    match missing.into_iter().find(|scope| !connection.scopes.holds(*scope)) {
        Some(scope) => Err(SendWebError::ScopeMissing(scope)),
        None => Ok(()),
    }
}

/// What is noted of a send that could not be prepared.
fn refused(error: &CallError) -> WebSendNews {
    let (class, code) = match error {
        CallError::ScopeMissing(scope) => (FailureClass::Credentials, scope.as_str().to_owned()),
        CallError::Ended => (FailureClass::Credentials, "ended".to_owned()),
        CallError::AppRefused { code } | CallError::Provider(MessagingError::Unauthorized { code }) => {
            (FailureClass::Credentials, code.clone())
        }
        CallError::Unrenewed(_) => (FailureClass::ProviderDown, "refresh".to_owned()),
        CallError::Provider(MessagingError::Refused { class, code }) => (*class, code.clone()),
        CallError::Provider(
            MessagingError::Unavailable { code, .. } | MessagingError::Unclear { code, .. },
        ) => (FailureClass::ProviderDown, code.clone()),
        CallError::Repository(_) => (FailureClass::Other, "store".to_owned()),
    };
    WebSendNews::Refused { class, code }
}

/// A group in which every message was refused is refused, by the reason of its first.
fn refusal_of_all(news: &WebSendNews) -> Option<WebSendNews> {
    let WebSendNews::Prepared { messages, .. } = news else { return None };
    let refusals: Option<Vec<_>> = messages.iter().map(|message| message.refusal.clone()).collect();
    let (class, code) = refusals?.into_iter().next()?;
    Some(WebSendNews::Refused { class, code })
}
