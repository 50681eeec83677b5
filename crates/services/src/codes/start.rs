use std::sync::Arc;

use bonin_domain::accounts::{AccountId, LoginId};
use bonin_domain::codes::{
    ClientToken, DecisionOutcome, Limits, Policy, Purpose, RuleMode, Token, Verification, VerificationId,
};
use bonin_domain::keys::{PhoneIndex, Sealed, SealedField};
use bonin_domain::messages::{Attempt, Locale};
use bonin_domain::{ClientAddress, DestinationRefusal, Destinations, PhoneNumber, TenantId};
use bonin_ports::{
    AccountKey, AccountRepository, ClientOrigin, Clock, Entropy, RepositoryError, Start, Started,
    VerificationRepository,
};
use jiff::Timestamp;
use tokio::sync::oneshot;

use crate::codes::compose::{Composer, Occasion};
use crate::codes::{IdempotentRequest, phone_of};
use crate::dispatch::Dispatcher;

/// Starts a verification: draws a code, stores it with its outbox row, and has it sent.
pub struct StartVerification {
    /// Where verifications are stored.
    pub verifications: Arc<dyn VerificationRepository>,
    /// Who may be told something: those that are asked for an id or a reset.
    pub accounts: Arc<dyn AccountRepository>,
    /// Who sends.
    pub dispatcher: Dispatcher,
    /// Makes code and message.
    pub composer: Arc<Composer>,
    /// The numbers that are sent to.
    pub destinations: Destinations,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Draws ids and tokens.
    pub entropy: Arc<dyn Entropy>,
}

/// What a start needs.
pub struct StartRequest {
    /// Whose verification it becomes.
    pub tenant: TenantId,
    /// The number to prove.
    pub phone_number: PhoneNumber,
    /// What it is for.
    pub purpose: Purpose,
    /// The account whose password is to be reset, where the caller names one.
    pub login_id: Option<LoginId>,
    /// The account of the session in which it is asked for, which some purposes want.
    pub account: Option<AccountId>,
    /// The language of its messages.
    pub locale: Locale,
    /// From an earlier success of the same client.
    pub client_token: Option<ClientToken>,
    /// Where the request comes from.
    pub client: ClientAddress,
    /// Whether starts are counted by that address: not for a backend that calls for many and names none.
    pub counts_address: bool,
    /// The key under which the answer is repeated.
    pub idempotency: Option<IdempotentRequest>,
}

/// A verification that was started, or the repeated answer to an earlier start.
pub struct StartedVerification {
    /// As it stands.
    pub verification: Verification,
    /// The secret that every later call needs.
    pub token: Token,
    /// The number.
    pub phone_number: PhoneNumber,
    /// When the answer was given: now, or when it was first given.
    pub answered_at: Timestamp,
    /// Whether this repeats an earlier answer.
    pub repeated: bool,
    /// Tells the first outcome of sending; `None` when another process may send, or has sent.
    pub first_outcome: Option<oneshot::Receiver<Attempt>>,
}

/// Why nothing was started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Some limit stands in the way; which one is in the stored decision, and nobody else's business.
    #[error("too many codes were asked for; try again later")]
    TooMany {
        /// The earliest moment to try again.
        until: Timestamp,
    },
    /// The purpose wants a session, and there is none, or its account is gone.
    #[error("this purpose needs a session")]
    SessionRequired,
    /// A step-up proves the account's own number, and this is another.
    #[error("this is not the account's number")]
    AnotherNumber,
    /// No code is ever sent to this number.
    #[error(transparent)]
    Destination(#[from] DestinationRefusal),
    /// Another request came under the same idempotency key.
    #[error("another request came under this idempotency key")]
    KeyReused,
    /// The store failed; nothing was started.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl StartVerification {
    /// Starts a verification. It is durable, with its outbox row, when this returns; sending goes on beside.
    ///
    /// # Errors
    /// [`StartError`]; nothing was started or sent then.
    #[tracing::instrument(name = "codes.start", skip_all, fields(code.id, code.purpose = %request.purpose))]
    pub async fn execute(&self, request: StartRequest) -> Result<StartedVerification, StartError> {
        let now = self.clock.now();
        let fill = &mut |bytes: &mut [u8]| self.entropy.fill(bytes);
        let id = VerificationId::draw(now, fill);
        let token = Token::draw(fill);
        let keys = &self.composer.keys;
        tracing::Span::current().record("code.id", tracing::field::display(id));

        let phone_index = keys.phone_index(&request.phone_number);
        let withheld = !self.is_concerned(&request, phone_index).await?;

        let slot = self.dispatcher.reserve();
        let occasion = Occasion {
            tenant: &request.tenant,
            id,
            purpose: request.purpose,
            locale: request.locale,
            to: &request.phone_number,
            avoid: Vec::new(),
            running: None,
            withheld,
        };
        let composed = self.composer.compose(occasion, slot.as_ref(), now);
        let idempotency = request.idempotency.as_ref().map(|idempotent| {
            let sealed = self.seal_token(&request.tenant, id, &token);
            idempotent.stored(keys, &request.tenant, &request.client, Some(sealed))
        });
        let phone = request.phone_number.e164().as_bytes();
        let start = Start {
            id,
            token: token.digest(),
            purpose: request.purpose,
            locale: request.locale,
            phone_index,
            phone: keys.seal(&request.tenant, SealedField::Phone, id.as_row(), phone, fill),
            country: request.phone_number.region(),
            destination: self.destinations.judge(&request.phone_number),
            code: composed.code,
            withheld,
            origin: ClientOrigin {
                address: keys.address_index(request.client.address()),
                network: keys.address_index(request.client.network()),
                client_token: request.client_token.as_ref().map(ClientToken::digest),
            },
            policy: self.policy(request.counts_address),
            reservation: composed.reservation,
            idempotency,
            test_number: composed.test_number,
            tenant: request.tenant,
            now,
        };
        let message_id = start.code.message.id;
        let tenant = start.tenant.clone();
        match self.store(start).await? {
            Started::Created(verification) => Ok(StartedVerification {
                first_outcome: slot.map(|slot| {
                    slot.send(message_id, tenant, composed.waiting, verification.expires_at, now)
                }),
                verification,
                token,
                phone_number: request.phone_number,
                answered_at: now,
                repeated: false,
            }),
            Started::Refused(decision) => Err(match decision.outcome {
                DecisionOutcome::Destination(refusal) => StartError::Destination(refusal),
                DecisionOutcome::Refused { until } => StartError::TooMany { until },
                DecisionOutcome::Allowed => {
                    RepositoryError::Internal("refused by an allowing decision".to_owned()).into()
                }
            }),
            Started::Repeated { verification, token } => self.repeat(verification, token.as_ref()),
            Started::KeyReused => Err(StartError::KeyReused),
        }
    }

    /// Whether anybody is to get the code. Where nobody has the number, or not with this login id, everything
    /// but the sending happens all the same, so that the asker cannot tell (security 22, requirement G04).
    async fn is_concerned(&self, request: &StartRequest, phone: PhoneIndex) -> Result<bool, StartError> {
        let find = |key| self.accounts.find(&request.tenant, key);
        match request.purpose {
            Purpose::SignUp => Ok(true),
            Purpose::FindId | Purpose::ResetPassword => {
                let account = find(AccountKey::Phone(phone)).await?;
                let login = request.login_id.as_ref().map(|id| self.composer.keys.login_index(id));
                Ok(account.is_some_and(|account| login.is_none_or(|login| account.login_index == login)))
            }
            Purpose::ChangePhone | Purpose::StepUp => {
                let own = request.account.ok_or(StartError::SessionRequired)?;
                let account = find(AccountKey::Id(own)).await?.ok_or(StartError::SessionRequired)?;
                if request.purpose == Purpose::StepUp && account.phone_index != phone {
                    return Err(StartError::AnotherNumber);
                }
                Ok(true)
            }
        }
    }

    fn policy(&self, counts_address: bool) -> Arc<Policy> {
        let policy = &self.composer.policy;
        if counts_address {
            return policy.clone();
        }
        let limits = Limits { address: RuleMode::Off, ..policy.limits.clone() };
        Arc::new(Policy { limits, ..(**policy).clone() })
    }

    /// Two requests under one idempotency key at once: the loser finds the winner's answer on a second look.
    async fn store(&self, start: Start) -> Result<Started, RepositoryError> {
        if start.idempotency.is_none() {
            return self.verifications.start(start).await;
        }
        match self.verifications.start(start.clone()).await {
            Err(RepositoryError::Conflict) => self.verifications.start(start).await,
            other => other,
        }
    }

    fn seal_token(&self, tenant: &TenantId, id: VerificationId, token: &Token) -> Sealed {
        let fill = &mut |bytes: &mut [u8]| self.entropy.fill(bytes);
        self.composer.keys.seal(tenant, SealedField::Token, id.as_row(), token.reveal().as_bytes(), fill)
    }

    fn repeat(
        &self,
        verification: Verification,
        token: Option<&Sealed>,
    ) -> Result<StartedVerification, StartError> {
        let keys = &self.composer.keys;
        let damaged = || RepositoryError::Internal("the kept token of a repeated answer".to_owned());
        let sealed = token.ok_or_else(damaged)?;
        let bytes = keys
            .unseal(&verification.tenant, SealedField::Token, verification.id.as_row(), sealed)
            .map_err(|_| damaged())?;
        let text = std::str::from_utf8(&bytes).map_err(|_| damaged())?;
        Ok(StartedVerification {
            token: Token::parse(text).map_err(|_| damaged())?,
            phone_number: phone_of(keys, &verification)?,
            answered_at: verification.created_at,
            repeated: true,
            first_outcome: None,
            verification,
        })
    }
}
