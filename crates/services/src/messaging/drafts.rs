use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::keys::{KeyRing, SealedField};
use bonin_domain::messaging::AppSessionId;
use bonin_ports::{AppSessionRepository, Entropy, RepositoryError};
use zeroize::Zeroizing;

use super::TypedMessage;

/// What stands between the fields; no field of a form holds it.
const BETWEEN: &str = "\0";

/// A form that is kept. Its image is not: only that there was one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// What was typed.
    pub typed: TypedMessage,
    /// Whether an image was chosen: without it, it would be another message.
    pub had_image: bool,
}

impl Draft {
    fn write(&self) -> Zeroizing<String> {
        let TypedMessage { to, from, subject, text, at } = &self.typed;
        let had_image = if self.had_image { "1" } else { "" };
        let fields = [to, from, subject, text, at, had_image].map(|field| field.replace(BETWEEN, ""));
        Zeroizing::new(fields.join(BETWEEN))
    }

    /// Of an earlier version's drafts nobody knows whether there was an image.
    fn read(written: &str) -> Option<Self> {
        let fields: Vec<&str> = written.split(BETWEEN).collect();
        let ([to, from, subject, text, at] | [to, from, subject, text, at, _]) = fields[..] else {
            return None;
        };
        let typed = TypedMessage {
            to: to.to_owned(),
            from: from.to_owned(),
            subject: subject.to_owned(),
            text: text.to_owned(),
            at: at.to_owned(),
        };
        Some(Self { typed, had_image: fields.get(5) == Some(&"1") })
    }
}

/// Keeps the form that somebody was filling in when a permission was asked for on the way.
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
        draft: &Draft,
    ) -> Result<(), RepositoryError> {
        let plaintext = draft.write();
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
    ) -> Result<Option<Draft>, RepositoryError> {
        let Some(sealed) = self.sessions.draft(tenant, session).await? else { return Ok(None) };
        let opened = self.keys.unseal(tenant, SealedField::Draft, session.as_row(), &sealed);
        let Some(written) = opened.ok().and_then(|bytes| String::from_utf8(bytes.to_vec()).ok()) else {
            tracing::warn!("a draft does not open");
            return Ok(None);
        };
        Ok(Draft::read(&written))
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
            Some(draft) => self.keep(tenant, to, &draft).await,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_knows_whether_there_was_an_image() {
        let text = |text: &str| TypedMessage { text: text.to_owned(), ..TypedMessage::default() };
        for had_image in [true, false] {
            let draft = Draft { typed: text("사진과\n함께"), had_image };
            assert_eq!(Draft::read(&draft.write()), Some(draft));
        }
        let earlier = Draft { typed: text("전에 쓴 글"), had_image: false };
        assert_eq!(Draft::read("\0\0\0전에 쓴 글\0"), Some(earlier), "five fields are of an earlier version");
        assert_eq!(Draft::read("\0\0\0"), None);
    }
}
