//! The dispatcher: leases messages, has them sent outside any transaction, and hands every outcome over to be
//! recorded.

use std::sync::Arc;

use bonin_domain::keys::{KeyRing, SealedField};
use bonin_domain::messages::{Attempt, GroupId, Image, LeaseId, MessageId};
use bonin_domain::{TenantId, TestNumbers};
use bonin_ports::{Clock, DispatchOutcome, Entropy, LeasedMessage, Outbox, RepositoryError};
use jiff::Timestamp;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use crate::dispatch::recorder::{Done, record_all};
use crate::dispatch::router::Router;
use crate::dispatch::runs::{Asking, ProviderRuns};
use crate::dispatch::turn::{LEASE, Turn, later};
use crate::dispatch::waiting::{Errand, Waiting};

/// Messages in flight at the most; the rest wait in the outbox.
const IN_FLIGHT: usize = 512;

/// Places that taking over leaves free: a bulk of messages must not make codes wait.
const KEPT_FREE: usize = 192;

/// Messages that are taken over in one go.
const BATCH: usize = 256;

/// What a dispatcher is made of.
pub struct DispatcherParts {
    /// Where messages wait.
    pub outbox: Arc<dyn Outbox>,
    /// Chooses who sends them.
    pub router: Arc<Router>,
    /// The verifications that providers run.
    pub runs: ProviderRuns,
    /// Numbers that no provider hears of.
    pub test_numbers: TestNumbers,
    /// Digits of codes, for providers that draw them.
    pub code_length: u8,
    /// Opens the sealed messages.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Draws leases.
    pub entropy: Arc<dyn Entropy>,
    /// Where calls run: they must outlive the request that caused them.
    pub runtime: Handle,
}

/// Sends messages. Clones share everything.
#[derive(Clone)]
pub struct Dispatcher {
    pub(super) parts: Arc<DispatcherParts>,
    slots: Arc<Semaphore>,
    taking: Arc<tokio::sync::Mutex<()>>,
    done: mpsc::UnboundedSender<Done>,
}

/// A place in flight, reserved before a message is stored, so that the message can be stored under a lease
/// of this process and sent right after the commit without another look at the database.
pub struct Slot {
    dispatcher: Dispatcher,
    lease: LeaseId,
    permit: OwnedSemaphorePermit,
}

impl Slot {
    /// The lease under which the message is to be stored at `now`, and its end.
    pub fn lease(&self, now: Timestamp) -> (LeaseId, Timestamp) {
        (self.lease, later(now, LEASE))
    }

    /// Sends the message that was stored under the lease at `stored_at`; the receiver learns the last attempt
    /// of this turn once that is durable.
    pub fn send(
        self,
        id: MessageId,
        tenant: TenantId,
        waiting: Waiting,
        expires_at: Timestamp,
        stored_at: Timestamp,
    ) -> oneshot::Receiver<Attempt> {
        let (told, outcome) = oneshot::channel();
        let turn = Turn {
            id,
            tenant,
            group: None,
            lease: self.lease,
            ends_at: later(stored_at, LEASE),
            created_at: stored_at,
            due_at: stored_at,
            expires_at,
            interrupted: false,
            before: Vec::new(),
            made: Vec::new(),
        };
        let runtime = self.dispatcher.parts.runtime.clone();
        runtime.spawn(self.dispatcher.run(turn, Some(waiting), self.permit, Some(told)));
        outcome
    }
}

impl Dispatcher {
    /// Starts the recorder; nothing is sent until asked for.
    pub fn new(parts: DispatcherParts) -> Self {
        let (done, outcomes) = mpsc::unbounded_channel();
        parts.runtime.spawn(record_all(parts.outbox.clone(), outcomes));
        let slots = Arc::new(Semaphore::new(IN_FLIGHT));
        Self { parts: Arc::new(parts), slots, taking: Arc::default(), done }
    }

    /// A place in flight, or `None` when all are taken: the message then waits in the outbox.
    pub fn reserve(&self) -> Option<Slot> {
        let permit = self.slots.clone().try_acquire_owned().ok()?;
        Some(Slot { dispatcher: self.clone(), lease: self.draw_lease(), permit })
    }

    fn draw_lease(&self) -> LeaseId {
        LeaseId::draw(self.parts.clock.now(), &mut |bytes: &mut [u8]| self.parts.entropy.fill(bytes))
    }

    /// Takes over messages that nobody sends: their process died, had no place, they are due once more, or
    /// belong to a group. Says how many.
    ///
    /// # Errors
    /// The store's; nothing was taken over then.
    #[tracing::instrument(name = "dispatch.take_over", skip_all)]
    pub async fn take_over(&self) -> Result<usize, RepositoryError> {
        // Two at once would both count the same free places.
        let taking = self.taking.lock().await;
        let free = self.slots.available_permits().saturating_sub(KEPT_FREE).min(BATCH);
        let mut permits = Vec::with_capacity(free);
        while permits.len() < free {
            let Ok(permit) = self.slots.clone().try_acquire_owned() else { break };
            permits.push(permit);
        }
        drop(taking);
        let Ok(limit @ 1..) = u16::try_from(permits.len()) else { return Ok(0) };
        let (lease, now) = (self.draw_lease(), self.parts.clock.now());
        let ends_at = later(now, LEASE);
        let taken = self.parts.outbox.lease(lease, now, ends_at, limit).await?;
        let count = taken.len();
        let mut fresh = Vec::new();
        for (message, permit) in taken.into_iter().zip(permits) {
            let (turn, waiting) = self.turn(message, lease, ends_at);
            match waiting {
                Some(waiting) if self.goes_with_others(&turn, &waiting, now) => {
                    fresh.push((turn, waiting, permit));
                }
                waiting => drop(self.parts.runtime.spawn(self.clone().run(turn, waiting, permit, None))),
            }
        }
        for batch in self.batches(fresh) {
            self.parts.runtime.spawn(self.clone().run_batch(batch));
        }
        Ok(count)
    }

    /// Has what is due taken over at once, without anybody waiting for the next look.
    pub fn look_soon(&self) {
        let dispatcher = self.clone();
        self.parts.runtime.spawn(async move {
            if let Err(error) = dispatcher.take_over().await {
                tracing::warn!(error = %error, "the outbox could not be looked at");
            }
        });
    }

    /// Whether a message may share a call with others of its group: nothing about it needs a closer look.
    fn goes_with_others(&self, turn: &Turn, waiting: &Waiting, now: Timestamp) -> bool {
        turn.group.is_some()
            && turn.before.is_empty()
            && !turn.interrupted
            && turn.expires_at > now
            && self.test_number(waiting).is_none()
    }

    fn turn(&self, message: LeasedMessage, lease: LeaseId, ends_at: Timestamp) -> (Turn, Option<Waiting>) {
        let LeasedMessage {
            id,
            tenant,
            payload,
            group,
            created_at,
            due_at,
            expires_at,
            interrupted,
            attempts,
        } = message;
        let waiting = Waiting::unseal(&self.parts.keys, &tenant, id, &payload)
            .inspect_err(|error| tracing::error!(message.id = %id, error = %error, "not sent"))
            .ok();
        let turn = Turn {
            id,
            tenant,
            group,
            lease,
            ends_at,
            created_at,
            due_at,
            expires_at,
            interrupted,
            before: attempts,
            made: Vec::new(),
        };
        (turn, waiting)
    }

    /// Waits until nothing is in flight and everything is recorded.
    pub async fn drained(&self) {
        let all = u32::try_from(IN_FLIGHT).unwrap_or(u32::MAX);
        // Closed semaphores do not occur: nothing closes this one.
        let _ = self.slots.acquire_many(all).await;
    }

    /// Sends one message and hands the outcome over.
    pub(super) async fn run(
        self,
        turn: Turn,
        waiting: Option<Waiting>,
        permit: OwnedSemaphorePermit,
        told: Option<oneshot::Sender<Attempt>>,
    ) {
        let tenant = turn.tenant.clone();
        let waiting = match waiting {
            Some(waiting) => match self.with_images(&turn, waiting).await {
                Ok(waiting) => waiting,
                Err(error) => {
                    // It stays leased; whoever takes it next may read them.
                    tracing::warn!(message.id = %turn.id, error = %error, "its images cannot be read now");
                    return;
                }
            },
            None => None,
        };
        let asking = waiting.as_ref().and_then(|waiting| self.asking(&tenant, waiting));
        if let Some(outcome) = self.take_turn(turn, waiting.as_ref()).await {
            Self::log(&tenant, &outcome);
            // The recorder ends with the last dispatcher, so that somebody listens.
            let _ = self.done.send(Done { outcome, told, permit, asking });
        }
    }

    /// What makes checks wait, where a provider may be asked to run the verification of this message.
    fn asking(&self, tenant: &TenantId, waiting: &Waiting) -> Option<Asking> {
        match &waiting.errand {
            Errand::Code(code) if !code.withheld && self.parts.router.may_be_run(tenant, waiting) => {
                Some(self.parts.runs.asking(code.verification))
            }
            Errand::Code(_) | Errand::Group(_) | Errand::Notice => None,
        }
    }

    /// Has the outcome of a group's message recorded; the place is free afterwards.
    pub(super) fn hand_over(
        &self,
        tenant: &TenantId,
        outcome: DispatchOutcome,
        permit: OwnedSemaphorePermit,
    ) {
        Self::log(tenant, &outcome);
        let _ = self.done.send(Done { outcome, told: None, permit, asking: None });
    }

    fn log(tenant: &TenantId, outcome: &DispatchOutcome) {
        for attempt in &outcome.attempts {
            tracing::info!(
                message.id = %attempt.message,
                tenant.id = %tenant,
                provider.name = %attempt.provider,
                attempt.number = attempt.number,
                attempt.state = attempt.state.as_str(),
                attempt.failure = attempt.failure.map(bonin_domain::messages::FailureClass::as_str),
                provider.code = attempt.provider_code.as_deref(),
                duration_ms = attempt.updated_at.duration_since(attempt.started_at).as_millis(),
                "a message was handed to its provider"
            );
        }
    }

    /// The message with its group's images; `None` when it should have some and they are damaged or gone.
    async fn with_images(
        &self,
        turn: &Turn,
        mut waiting: Waiting,
    ) -> Result<Option<Waiting>, RepositoryError> {
        if waiting.message.kind.has_images()
            && let Some(group) = turn.group
        {
            let Some(images) = self.images(&turn.tenant, group).await? else { return Ok(None) };
            waiting.message.images = images;
        }
        Ok(Some(waiting))
    }

    /// The images of a group; `None` when they are damaged or gone.
    pub(super) async fn images(
        &self,
        tenant: &TenantId,
        group: GroupId,
    ) -> Result<Option<Arc<[Image]>>, RepositoryError> {
        let Some(sealed) = self.parts.outbox.images(group).await? else { return Ok(None) };
        let opened = self.parts.keys.unseal(tenant, SealedField::Images, group.as_row(), &sealed).ok();
        let image = opened.and_then(|bytes| Image::parse(bytes.to_vec()).ok());
        Ok(image.map(|image| [image].into()))
    }
}
