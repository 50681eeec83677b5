use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::keys::{KeyRing, SealedField};
use bonin_domain::messaging::AppSessionId;
use bonin_ports::{AppSessionRepository, Entropy, RepositoryError};
use zeroize::Zeroizing;

use super::TypedMessage;

/// What stands between the fields; no field of a form holds it.
const BETWEEN: &str = "\0";

/// Keeps the form that somebody was filling in when a permission was asked for on the way. Its image is not kept.
#[derive(Clone)]
pub struct Drafts {
    /// Where drafts are stored, with the session.
    pub sessions: Arc<dyn AppSessionRepository>,
    /// Seals them.
    pub keys: Arc<KeyRing>,
    /// Draws nonces.
    pub entropy: Arc<dyn Entropy>,
}

impl Drafts {
    /// Keeps a form in place of an earlier one.
    ///
    /// # Errors
    /// The store's.
    pub async fn keep(
        &self,
        tenant: &TenantId,
        session: AppSessionId,
        typed: &TypedMessage,
    ) -> Result<(), RepositoryError> {
        let TypedMessage { to, from, subject, text, at } = typed;
        let plaintext = Zeroizing::new(
            [to, from, subject, text, at].map(|field| field.replace(BETWEEN, "")).join(BETWEEN),
        );
        let fill = &mut |bytes: &mut [u8]| self.entropy.fill(bytes);
        let sealed = self.keys.seal(tenant, SealedField::Draft, session.as_row(), plaintext.as_bytes(), fill);
        self.sessions.keep_draft(tenant, session, Some(sealed)).await
    }

    /// The form that was kept.
    ///
    /// # Errors
    /// The store's. A draft that does not open is none: it is only a comfort.
    pub async fn find(
        &self,
        tenant: &TenantId,
        session: AppSessionId,
    ) -> Result<Option<TypedMessage>, RepositoryError> {
        let Some(sealed) = self.sessions.draft(tenant, session).await? else { return Ok(None) };
        let opened = self.keys.unseal(tenant, SealedField::Draft, session.as_row(), &sealed);
        let Some(text) = opened.ok().and_then(|bytes| String::from_utf8(bytes.to_vec()).ok()) else {
            tracing::warn!("a draft does not open");
            return Ok(None);
        };
        let fields: Vec<&str> = text.split(BETWEEN).collect();
        let [to, from, subject, text, at] = fields[..] else { return Ok(None) };
        Ok(Some(TypedMessage {
            to: to.to_owned(),
            from: from.to_owned(),
            subject: subject.to_owned(),
            text: text.to_owned(),
            at: at.to_owned(),
        }))
    }

    /// Takes a draft along to the session that follows: logging in once more opens a new one.
    ///
    /// # Errors
    /// The store's.
    pub async fn carry(
        &self,
        tenant: &TenantId,
        from: AppSessionId,
        to: AppSessionId,
    ) -> Result<(), RepositoryError> {
        match self.find(tenant, from).await? {
            Some(typed) => self.keep(tenant, to, &typed).await,
            None => Ok(()),
        }
    }

    /// Forgets it.
    ///
    /// # Errors
    /// The store's.
    pub async fn forget(&self, tenant: &TenantId, session: AppSessionId) -> Result<(), RepositoryError> {
        self.sessions.keep_draft(tenant, session, None).await
    }
}
