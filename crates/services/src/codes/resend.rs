use std::sync::Arc;

use bonin_domain::codes::{Token, Verification, VerificationId};
use bonin_domain::messages::ProviderName;
use bonin_domain::{ClientAddress, PhoneNumber, TenantId};
use bonin_ports::{Clock, Holder, Outbox, RepositoryError, Resend, Resent, VerificationRepository};
use jiff::Timestamp;

use crate::codes::compose::{Composer, Occasion};
use crate::codes::{IdempotentRequest, phone_of};
use crate::dispatch::Dispatcher;

/// Sends another code for a verification that is under way; its checks stay as they are.
pub struct ResendCode {
    /// Where verifications are stored.
    pub verifications: Arc<dyn VerificationRepository>,
    /// Tells who was asked to send the earlier codes.
    pub outbox: Arc<dyn Outbox>,
    /// Who sends.
    pub dispatcher: Dispatcher,
    /// Makes code and message.
    pub composer: Arc<Composer>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// A verification after a resend, or the repeated answer to an earlier one.
pub struct ResentCode {
    /// As it stands.
    pub verification: Verification,
    /// The number.
    pub phone_number: PhoneNumber,
    /// When the answer was given: now, or when it was first given.
    pub answered_at: Timestamp,
    /// Whether this repeats an earlier answer.
    pub repeated: bool,
}

/// Why nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum ResendError {
    /// Too early under some rule; `resend_at` of the verification says when.
    #[error("a code was sent a moment ago; wait before asking for another")]
    TooEarly(Box<Verification>),
    /// The verification is over, see [`Verification::ended`].
    #[error("the verification is over")]
    Over(Box<Verification>),
    /// No such verification, or another token.
    #[error("no such verification")]
    NotFound,
    /// Another request came under the same idempotency key.
    #[error("another request came under this idempotency key")]
    KeyReused,
    /// The store failed; nothing was sent.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl ResendCode {
    /// Sends another code.
    ///
    /// # Errors
    /// [`ResendError`]; nothing was sent or changed then.
    #[tracing::instrument(name = "codes.resend", skip_all, fields(code.id = %id))]
    pub async fn execute(
        &self,
        tenant: &TenantId,
        id: VerificationId,
        token: &Token,
        client: &ClientAddress,
        idempotency: Option<&IdempotentRequest>,
    ) -> Result<ResentCode, ResendError> {
        let now = self.clock.now();
        let keys = &self.composer.keys;
        let found = self.verifications.find(tenant, id, Holder::Token(token.digest()), now).await?;
        let found = found.ok_or(ResendError::NotFound)?;
        let phone_number = phone_of(keys, &found)?;

        let slot = self.dispatcher.reserve();
        let occasion = Occasion {
            tenant,
            id,
            purpose: found.purpose,
            locale: found.locale,
            to: &phone_number,
            avoid: self.asked_before(tenant, id).await?,
            running: found.run_by.clone(),
            withheld: found.withheld,
        };
        let composed = self.composer.compose(occasion, slot.as_ref(), now);
        let message_id = composed.code.message.id;
        let resend = Resend {
            tenant: tenant.clone(),
            id,
            token: token.digest(),
            phone_index: keys.phone_index(&phone_number),
            code: composed.code,
            policy: self.composer.policy.clone(),
            reservation: composed.reservation,
            idempotency: idempotency.map(|request| request.stored(keys, tenant, client, None)),
            test_number: composed.test_number,
            now,
        };
        let outcome = match self.verifications.resend(resend.clone()).await {
            // Two requests under one idempotency key at once: the loser finds the winner's answer.
            Err(RepositoryError::Conflict) if resend.idempotency.is_some() => {
                self.verifications.resend(resend).await?
            }
            other => other?,
        };
        match outcome {
            Resent::Sent(verification) => {
                if let Some(slot) = slot {
                    slot.send(message_id, tenant.clone(), composed.waiting, verification.expires_at, now);
                }
                Ok(ResentCode { verification, phone_number, answered_at: now, repeated: false })
            }
            Resent::Repeated(verification) => Ok(ResentCode {
                answered_at: verification.created_at,
                verification,
                phone_number,
                repeated: true,
            }),
            Resent::TooEarly(verification) => Err(ResendError::TooEarly(Box::new(verification))),
            Resent::Over(verification) => Err(ResendError::Over(Box::new(verification))),
            Resent::KeyReused => Err(ResendError::KeyReused),
            Resent::NotFound => Err(ResendError::NotFound),
        }
    }

    /// The providers of the earlier codes: none of them led to success (requirement D10).
    async fn asked_before(
        &self,
        tenant: &TenantId,
        id: VerificationId,
    ) -> Result<Vec<ProviderName>, RepositoryError> {
        let mut asked: Vec<ProviderName> = Vec::new();
        for message in self.outbox.messages(tenant, id).await? {
            if let Some(last) = message.attempts.last()
                && !asked.contains(&last.provider)
            {
                asked.push(last.provider.clone());
            }
        }
        Ok(asked)
    }
}
