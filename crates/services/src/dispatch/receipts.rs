//! What providers push: authenticated, stored, then read and joined (requirements E02, E03).

use std::collections::BTreeMap;
use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::keys::{KeyRing, SealedField};
use bonin_domain::messages::{ProviderName, ReceiptId};
use bonin_ports::{
    Clock, Entropy, Inbound, NotAuthentic, ReceiptReader, ReceiptRepository, RepositoryError, StoredReceipt,
};
use jiff::SignedDuration;
use zeroize::Zeroizing;

use crate::dispatch::turn::{later, stored_code};

/// How long whoever stored a call has to read it before another process does.
const TURN: SignedDuration = SignedDuration::from_secs(10);

/// Seconds after its arrival at which a receipt is looked at again whose message is not known yet: it may have
/// come before the provider's own answer to us.
const SCHEDULE: [i64; 5] = [1, 5, 15, 60, 600];

/// Calls that are read in one go.
const BATCH: u16 = 100;

/// Takes what providers push to us.
#[derive(Clone)]
pub struct ReceiveReceipts {
    /// Who reads the calls of which provider.
    pub readers: Arc<BTreeMap<ProviderName, Arc<dyn ReceiptReader>>>,
    /// Where calls are stored and joined.
    pub receipts: Arc<dyn ReceiptRepository>,
    /// Seals them meanwhile: they hold numbers.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Draws their names.
    pub entropy: Arc<dyn Entropy>,
}

/// Why a call was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// This provider pushes nothing to us.
    #[error("no such provider")]
    NoSuchProvider,
    /// It is not the provider's.
    #[error(transparent)]
    NotAuthentic(#[from] NotAuthentic),
    /// The store failed; the provider will call again.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl ReceiveReceipts {
    /// Takes one call. It is durable when this returns, and its receipts are joined where they can be.
    ///
    /// # Errors
    /// [`ReceiveError`]; nothing was stored then.
    #[tracing::instrument(name = "receipts.receive", skip_all, fields(provider.name = %provider))]
    pub async fn execute(&self, provider: &ProviderName, call: &Inbound<'_>) -> Result<(), ReceiveError> {
        let reader = self.readers.get(provider).ok_or(ReceiveError::NoSuchProvider)?;
        reader.authenticate(call)?;
        let fill = &mut |bytes: &mut [u8]| self.entropy.fill(bytes);
        let id = ReceiptId::draw(call.at, fill);
        let plaintext = Zeroizing::new(written(call));
        let sealed =
            self.keys.seal(&TenantId::default_tenant(), SealedField::Receipt, id.as_row(), &plaintext, fill);
        let stored = StoredReceipt { id, provider: provider.clone(), call: sealed, received_at: call.at };
        self.receipts.store(stored.clone(), later(call.at, TURN)).await?;
        // It is safe with us: whatever fails from here on is tried again, and no business of the provider's.
        if let Err(error) = self.join(&stored).await {
            tracing::warn!(receipt.id = %id, error = %error, "a receipt could not be joined");
        }
        Ok(())
    }

    /// Reads calls again whose receipts could not be joined; says how many.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "receipts.join", skip_all)]
    pub async fn join_due(&self) -> Result<usize, RepositoryError> {
        let now = self.clock.now();
        let due = self.receipts.lease(now, later(now, TURN), BATCH).await?;
        for stored in &due {
            if let Err(error) = self.join(stored).await {
                tracing::warn!(receipt.id = %stored.id, error = %error, "a receipt could not be joined");
            }
        }
        Ok(due.len())
    }

    /// Joins the receipts of a stored call to their attempts; those without one are looked at again later.
    async fn join(&self, stored: &StoredReceipt) -> Result<(), RepositoryError> {
        let receipts = self.read(stored).inspect_err(|reason| {
            tracing::error!(
                receipt.id = %stored.id, provider.name = %stored.provider, reason,
                "a receipt cannot be read"
            );
        });
        let now = self.clock.now();
        let unknown = match receipts {
            Ok(mut receipts) => {
                for receipt in &mut receipts {
                    receipt.code = receipt.code.as_deref().map(stored_code);
                }
                self.receipts.join(&stored.provider, receipts, now).await?
            }
            Err(_) => 0,
        };
        let again =
            SCHEDULE.iter().map(|&seconds| later(stored.received_at, SignedDuration::from_secs(seconds)));
        let again = again.into_iter().find(|&at| at > now).filter(|_| unknown > 0);
        if unknown > 0 && again.is_none() {
            tracing::warn!(
                receipt.id = %stored.id, provider.name = %stored.provider, receipts = unknown,
                "receipts for messages that we do not know"
            );
        }
        self.receipts.settle(stored.id, again).await
    }

    fn read(&self, stored: &StoredReceipt) -> Result<Vec<bonin_ports::Receipt>, &'static str> {
        let reader = self.readers.get(&stored.provider).ok_or("the provider is not configured any more")?;
        let bytes = self
            .keys
            .unseal(&TenantId::default_tenant(), SealedField::Receipt, stored.id.as_row(), &stored.call)
            .map_err(|_| "its seal does not open")?;
        let mut parts = bytes.splitn(3, |&byte| byte == b'\n');
        let mut line = || parts.next().ok_or("it is damaged");
        let text = |bytes| std::str::from_utf8(bytes).map_err(|_| "it is damaged");
        let (content_type, query, body) = (text(line()?)?, text(line()?)?, line()?);
        let call = Inbound {
            query,
            content_type: Some(content_type).filter(|kind| !kind.is_empty()),
            headers: &[],
            body,
            at: stored.received_at,
        };
        reader.read(&call).map_err(|unreadable| unreadable.0)
    }
}

/// A call as it is stored: the kind of its body, its query, and the body. Neither of the first two can hold a
/// line feed.
fn written(call: &Inbound<'_>) -> Vec<u8> {
    let head = format!("{}\n{}\n", call.content_type.unwrap_or_default(), call.query);
    [head.as_bytes(), call.body].concat()
}
