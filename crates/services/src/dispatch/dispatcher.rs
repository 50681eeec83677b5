//! The dispatcher: leases messages, calls the provider outside any transaction, records every attempt.

use std::sync::Arc;
use std::time::Duration;

use bonin_domain::TenantId;
use bonin_domain::keys::KeyRing;
use bonin_domain::messages::{
    Attempt, DeliveryState, FailureClass, LeaseId, MessageId, ProviderName, ProviderReference,
};
use bonin_ports::{
    Accepted, Clock, DeliveryReports, DispatchOutcome, Entropy, LeasedMessage, Message, MessageSender, Next,
    Outbox, RepositoryError, SendError, SentMessage,
};
use jiff::{SignedDuration, Timestamp};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use crate::dispatch::recorder::{Done, record_all};
use crate::dispatch::{payload, poll};

/// How long one process has a message to itself: longer than a call, so that a lease that ran out means a
/// process that died or stood still.
const LEASE: SignedDuration = SignedDuration::from_secs(10);

/// What must be left of a lease for a call to begin: the whole call and a little more.
const CALL: SignedDuration = SignedDuration::from_secs(6);

/// How long the provider may take to say whether it has a message.
const LOOK_UP: Duration = Duration::from_secs(3);

/// How long an unclear outcome is left alone before the provider is asked whether it has the message.
const UNCLEAR_WAIT: SignedDuration = SignedDuration::from_secs(15);

/// Messages of one person and code that may be sent at the most (security, P4).
const MOST_SENDS: i16 = 2;

/// Messages in flight at the most; the rest wait in the outbox.
const IN_FLIGHT: usize = 512;

/// Messages that are taken over in one go.
const BATCH: u16 = 64;

/// A provider as the dispatcher uses it.
#[derive(Clone)]
pub struct Provider {
    /// Its name.
    pub name: ProviderName,
    /// Sends.
    pub sender: Arc<dyn MessageSender>,
    /// Tells what became of messages.
    pub reports: Arc<dyn DeliveryReports>,
}

/// What a dispatcher is made of.
pub struct DispatcherParts {
    /// Where messages wait.
    pub outbox: Arc<dyn Outbox>,
    /// Who sends them.
    pub provider: Provider,
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
    parts: Arc<DispatcherParts>,
    slots: Arc<Semaphore>,
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

    /// Sends the message that was stored under the lease at `stored_at`; the receiver learns the outcome once
    /// that is durable.
    pub fn send(
        self,
        id: MessageId,
        tenant: TenantId,
        message: Message,
        expires_at: Timestamp,
        stored_at: Timestamp,
    ) -> oneshot::Receiver<Attempt> {
        let (told, outcome) = oneshot::channel();
        let turn = Turn {
            id,
            tenant,
            lease: self.lease,
            ends_at: later(stored_at, LEASE),
            created_at: stored_at,
            expires_at,
            interrupted: false,
            attempts: Vec::new(),
        };
        let runtime = self.dispatcher.parts.runtime.clone();
        runtime.spawn(self.dispatcher.run(turn, Some(message), self.permit, Some(told)));
        outcome
    }
}

/// One process's turn at a message.
struct Turn {
    id: MessageId,
    tenant: TenantId,
    lease: LeaseId,
    ends_at: Timestamp,
    created_at: Timestamp,
    expires_at: Timestamp,
    interrupted: bool,
    attempts: Vec<Attempt>,
}

impl Dispatcher {
    /// Starts the recorder; nothing is sent until asked for.
    pub fn new(parts: DispatcherParts) -> Self {
        let (done, outcomes) = mpsc::unbounded_channel();
        parts.runtime.spawn(record_all(parts.outbox.clone(), outcomes));
        Self { parts: Arc::new(parts), slots: Arc::new(Semaphore::new(IN_FLIGHT)), done }
    }

    /// A place in flight, or `None` when all are taken: the message then waits in the outbox.
    pub fn reserve(&self) -> Option<Slot> {
        let permit = self.slots.clone().try_acquire_owned().ok()?;
        Some(Slot { dispatcher: self.clone(), lease: self.draw_lease(), permit })
    }

    fn draw_lease(&self) -> LeaseId {
        LeaseId::draw(self.parts.clock.now(), &mut |bytes: &mut [u8]| self.parts.entropy.fill(bytes))
    }

    /// Takes over messages that nobody sends: their process died, had no place, or they are due once more.
    /// Says how many.
    ///
    /// # Errors
    /// The store's; nothing was taken over then.
    #[tracing::instrument(name = "dispatch.take_over", skip_all)]
    pub async fn take_over(&self) -> Result<usize, RepositoryError> {
        let mut permits = Vec::new();
        while permits.len() < usize::from(BATCH) {
            let Ok(permit) = self.slots.clone().try_acquire_owned() else { break };
            permits.push(permit);
        }
        let Ok(limit @ 1..) = u16::try_from(permits.len()) else { return Ok(0) };
        let (lease, now) = (self.draw_lease(), self.parts.clock.now());
        let ends_at = later(now, LEASE);
        let taken = self.parts.outbox.lease(lease, now, ends_at, limit).await?;
        let count = taken.len();
        for (message, permit) in taken.into_iter().zip(permits) {
            let LeasedMessage { id, tenant, payload: sealed, created_at, expires_at, interrupted, attempts } =
                message;
            let message = payload::unseal(&self.parts.keys, &tenant, id, &sealed)
                .inspect_err(|error| tracing::error!(message.id = %id, error = %error, "not sent"))
                .ok();
            let turn = Turn { id, tenant, lease, ends_at, created_at, expires_at, interrupted, attempts };
            self.parts.runtime.spawn(self.clone().run(turn, message, permit, None));
        }
        Ok(count)
    }

    /// Waits until nothing is in flight and everything is recorded.
    pub async fn drained(&self) {
        let all = u32::try_from(IN_FLIGHT).unwrap_or(u32::MAX);
        // Closed semaphores do not occur: nothing closes this one.
        let _ = self.slots.acquire_many(all).await;
    }

    async fn run(
        self,
        turn: Turn,
        message: Option<Message>,
        permit: OwnedSemaphorePermit,
        told: Option<oneshot::Sender<Attempt>>,
    ) {
        let Some(outcome) = self.take_turn(&turn, message.as_ref()).await else { return };
        tracing::info!(
            message.id = %turn.id,
            tenant.id = %turn.tenant,
            provider.name = %outcome.attempt.provider,
            attempt.number = outcome.attempt.number,
            attempt.state = outcome.attempt.state.as_str(),
            attempt.failure = outcome.attempt.failure.map(FailureClass::as_str),
            provider.code = outcome.attempt.provider_code.as_deref(),
            duration_ms = outcome.attempt.updated_at.duration_since(outcome.attempt.started_at).as_millis(),
            "a message was handed to its provider"
        );
        // The recorder ends with the last dispatcher, so that somebody listens.
        let _ = self.done.send(Done { outcome, told, permit });
    }

    /// Decides what to do with a message and does it. `None` leaves it to whoever takes the lease next.
    async fn take_turn(&self, turn: &Turn, message: Option<&Message>) -> Option<DispatchOutcome> {
        let Some(message) = message else {
            return Some(self.end(turn, DeliveryState::Failed, FailureClass::Other, "unreadable"));
        };
        if let Some(settled) = turn.settled() {
            return Some(turn.outcome(settled.clone(), Next::Close, None));
        }
        let doubt = turn.doubt();
        let mut unanswered = false;
        if let Some(doubt) = &doubt {
            match self.look_up(turn, doubt, message).await {
                // An answer that was lost, or a process that died between sending and recording.
                LookUp::Found(reference) => return Some(self.found(turn, doubt, reference)),
                LookUp::Absent => {}
                LookUp::NoAnswer => {
                    if let Some(unclear) = &doubt.recorded {
                        return Some(self.still_unclear(turn, unclear));
                    }
                    // A dead process most likely never sent it: losing it is worse than a second one, marked.
                    unanswered = true;
                }
            }
        }
        let unclear = doubt.as_ref().and_then(|doubt| doubt.recorded.as_ref());
        let now = self.parts.clock.now();
        match unclear {
            Some(unclear) if turn.expires_at <= now || unclear.number >= MOST_SENDS => {
                return Some(turn.outcome(unclear.clone(), Next::Close, None));
            }
            None if turn.expires_at <= now && unanswered => {
                return Some(self.end(turn, DeliveryState::Unknown, FailureClass::Unclear, "interrupted"));
            }
            None if turn.expires_at <= now => {
                return Some(self.end(turn, DeliveryState::Expired, FailureClass::TooLate, "expired"));
            }
            _ => {}
        }
        // A process that stood still may wake up with its lease gone: then another one sends.
        if turn.ends_at.duration_since(now) < CALL {
            return None;
        }
        Some(self.send(turn, message, doubt.is_some()).await)
    }

    /// Asks the provider whether it has a message whose fate is in doubt.
    async fn look_up(&self, turn: &Turn, doubt: &Doubt, message: &Message) -> LookUp {
        let until = self.parts.clock.now();
        let sent = SentMessage { message, since: doubt.since, until };
        let asked = self.parts.provider.reports.find(&sent);
        // The lease must outlive the question and a call after it.
        let answer = tokio::time::timeout(LOOK_UP, asked).await;
        let code = match answer {
            Ok(Ok(Some(reference))) => return LookUp::Found(reference),
            Ok(Ok(None)) => return LookUp::Absent,
            Ok(Err(error)) => error.code,
            Err(_) => "timeout".to_owned(),
        };
        tracing::warn!(message.id = %turn.id, provider.code = code, "the provider could not be asked");
        LookUp::NoAnswer
    }

    fn found(&self, turn: &Turn, doubt: &Doubt, reference: ProviderReference) -> DispatchOutcome {
        let now = self.parts.clock.now();
        let attempt = Attempt {
            state: DeliveryState::Accepted,
            failure: None,
            provider_code: None,
            reference: Some(reference),
            updated_at: now,
            ..doubt.recorded.clone().unwrap_or_else(|| self.attempt(turn, doubt.since))
        };
        turn.outcome(attempt, Next::Close, poll::due(now, 0))
    }

    /// Nothing new is known: asked again while the code lives, left as it is afterwards.
    fn still_unclear(&self, turn: &Turn, unclear: &Attempt) -> DispatchOutcome {
        turn.outcome(unclear.clone(), self.again_while_alive(turn), None)
    }

    fn again_while_alive(&self, turn: &Turn) -> Next {
        let again = later(self.parts.clock.now(), UNCLEAR_WAIT);
        if again < turn.expires_at { Next::Again(again) } else { Next::Close }
    }

    /// Ends a message that no provider is asked for any more.
    fn end(&self, turn: &Turn, state: DeliveryState, failure: FailureClass, code: &str) -> DispatchOutcome {
        let attempt = Attempt {
            state,
            failure: Some(failure),
            provider_code: Some(code.to_owned()),
            ..self.attempt(turn, self.parts.clock.now())
        };
        turn.outcome(attempt, Next::Close, None)
    }

    /// Calls the provider once.
    async fn send(&self, turn: &Turn, message: &Message, possible_duplicate: bool) -> DispatchOutcome {
        let started = Attempt { possible_duplicate, ..self.attempt(turn, self.parts.clock.now()) };
        let answer = self.parts.provider.sender.send(message).await;
        let updated_at = self.parts.clock.now();
        let ended = |state, failure, code: String| Attempt {
            state,
            failure,
            provider_code: Some(code.chars().take(40).collect()),
            updated_at,
            ..started.clone()
        };
        let failed = |class, code| (ended(DeliveryState::Failed, Some(class), code), Next::Close, None);
        let (attempt, next, poll_at) = match answer {
            Ok(Accepted { reference, code }) => {
                let accepted = ended(DeliveryState::Accepted, None, code);
                let accepted = Attempt { reference: Some(reference), ..accepted };
                (accepted, Next::Close, poll::due(updated_at, 0))
            }
            Err(SendError::Refused { class, code }) => failed(class, code),
            Err(SendError::Unauthorized { code }) => failed(FailureClass::Credentials, code),
            Err(SendError::Unavailable { class, code, cause }) => {
                tracing::warn!(message.id = %turn.id, error = %cause, "the provider is unavailable");
                failed(class, code)
            }
            Err(SendError::Unclear { code, cause }) => {
                tracing::warn!(message.id = %turn.id, error = %cause, "the provider's answer is unclear");
                let unclear = ended(DeliveryState::Unknown, Some(FailureClass::Unclear), code);
                (unclear, self.again_while_alive(turn), None)
            }
        };
        turn.outcome(attempt, next, poll_at)
    }

    /// The next attempt of a message, begun at `started_at`.
    fn attempt(&self, turn: &Turn, started_at: Timestamp) -> Attempt {
        Attempt {
            message: turn.id,
            number: turn.attempts.last().map_or(1, |last| last.number + 1),
            provider: self.parts.provider.name.clone(),
            state: DeliveryState::Queued,
            failure: None,
            provider_code: None,
            reference: None,
            possible_duplicate: false,
            started_at,
            updated_at: started_at,
        }
    }
}

/// Why nobody knows whether the provider has a message.
struct Doubt {
    /// The attempt whose answer was unclear; `None` when a process died with nothing recorded.
    recorded: Option<Attempt>,
    /// When sending may have begun.
    since: Timestamp,
}

enum LookUp {
    Found(ProviderReference),
    Absent,
    NoAnswer,
}

impl Turn {
    /// The attempt after which nothing is left to do: its holder lost the lease to another process before it
    /// could record that the provider had taken the message, so that it could not close it.
    fn settled(&self) -> Option<&Attempt> {
        self.attempts.last().filter(|last| match last.state {
            DeliveryState::Accepted
            | DeliveryState::Sent
            | DeliveryState::Delivered
            | DeliveryState::Expired => true,
            DeliveryState::Queued | DeliveryState::Unknown | DeliveryState::Failed => false,
        })
    }

    fn doubt(&self) -> Option<Doubt> {
        match self.attempts.last() {
            Some(last) if last.state == DeliveryState::Unknown => {
                Some(Doubt { recorded: Some(last.clone()), since: last.started_at })
            }
            _ if self.interrupted => Some(Doubt { recorded: None, since: self.created_at }),
            _ => None,
        }
    }

    fn outcome(&self, attempt: Attempt, next: Next, poll_at: Option<Timestamp>) -> DispatchOutcome {
        DispatchOutcome { lease: self.lease, attempt, next, poll_at }
    }
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}
