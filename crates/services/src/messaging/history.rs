use std::sync::Arc;

use bonin_domain::PhoneNumber;
use bonin_domain::keys::KeyRing;
use bonin_domain::messages::{FailureClass, SenderId};
use bonin_domain::messaging::{Connection, WebMessage, WebSend, WebSendId};
use bonin_ports::{RepositoryError, WebSendRepository};

use super::ComposedMessage;
use super::content::{SentContent, recipient};

/// Sends of one page.
pub const SENDS_A_PAGE: u16 = 20;

/// What a person sent with the app.
pub struct History {
    /// Where sends are stored.
    pub sends: Arc<dyn WebSendRepository>,
    /// Opens what is sealed.
    pub keys: Arc<KeyRing>,
}

/// A page of sends, newest first.
pub struct HistoryPage {
    /// The sends, each with what stands in it.
    pub sends: Vec<(WebSend, SentContent)>,
    /// What the next page begins after; `None` on the last one.
    pub next: Option<WebSendId>,
}

/// A send with its messages.
pub struct SeenSend {
    /// The send.
    pub send: WebSend,
    /// What stands in it.
    pub content: SentContent,
    /// Its messages and their recipients, in the order of the form.
    pub messages: Vec<(WebMessage, PhoneNumber)>,
}

impl SeenSend {
    /// Whether `message` is the one that was sent, as far as that is stored: of its image only that there was one.
    pub fn says(&self, message: &ComposedMessage) -> bool {
        let (send, content) = (&self.send, &self.content);
        (send.kind, send.scheduled_at) == (message.kind, message.scheduled_at)
            && (&content.from, &content.subject, &content.text)
                == (&message.from, &message.subject, &message.text)
            && self.messages.iter().map(|(_, to)| to).eq(&message.to)
    }
}

impl History {
    /// A page of the connection's sends: those before `before`.
    ///
    /// # Errors
    /// The store's, also where a row does not open.
    pub async fn page(
        &self,
        connection: &Connection,
        before: Option<WebSendId>,
    ) -> Result<HistoryPage, RepositoryError> {
        let tenant = &connection.tenant;
        // One more than is shown says whether there is another page.
        let mut found = self.sends.list(tenant, connection.id, before, SENDS_A_PAGE + 1).await?;
        let is_more = found.len() > usize::from(SENDS_A_PAGE);
        found.truncate(usize::from(SENDS_A_PAGE));
        let next = found.last().filter(|_| is_more).map(|send| send.id);
        let opened = found.into_iter().map(|send| {
            let content = SentContent::unseal(&self.keys, tenant, send.id, &send.content)?;
            Ok((send, content))
        });
        Ok(HistoryPage { sends: opened.collect::<Result<_, RepositoryError>>()?, next })
    }

    /// The sender of the connection's newest send that was not refused for it.
    ///
    /// # Errors
    /// The store's, also where a row does not open.
    pub async fn last_sender(&self, connection: &Connection) -> Result<Option<SenderId>, RepositoryError> {
        let newest = self.sends.list(&connection.tenant, connection.id, None, SENDS_A_PAGE).await?;
        let newest = newest.into_iter().find(|send| send.failure != Some(FailureClass::Sender));
        let opened =
            newest.map(|send| SentContent::unseal(&self.keys, &connection.tenant, send.id, &send.content));
        Ok(opened.transpose()?.map(|content| content.from))
    }

    /// One of the connection's sends.
    ///
    /// # Errors
    /// The store's, also where a row does not open.
    pub async fn find(
        &self,
        connection: &Connection,
        id: WebSendId,
    ) -> Result<Option<SeenSend>, RepositoryError> {
        let tenant = &connection.tenant;
        let Some((send, messages)) = self.sends.find(tenant, connection.id, id).await? else {
            return Ok(None);
        };
        let content = SentContent::unseal(&self.keys, tenant, send.id, &send.content)?;
        let opened = messages.into_iter().map(|message| {
            let number = recipient(&self.keys, tenant, &message)?;
            Ok((message, number))
        });
        let messages = opened.collect::<Result<_, RepositoryError>>()?;
        Ok(Some(SeenSend { send, content, messages }))
    }
}
