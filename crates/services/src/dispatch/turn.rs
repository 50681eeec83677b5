//! One process's turn at a message: what is known of it, and what came of the turn.

use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::messages::{
    Attempt, DeliveryState, FailureClass, GroupId, LeaseId, MessageId, ProviderName,
};
use bonin_domain::routing::{Candidate, Reason, RouteChoice};
use bonin_ports::{Accepted, DispatchOutcome, Next, SendError};
use jiff::{SignedDuration, Timestamp};

use crate::dispatch::waiting::Waiting;

/// How long one process has a message to itself: longer than a call, so that a lease that ran out means a
/// process that died or stood still.
pub const LEASE: SignedDuration = SignedDuration::from_secs(10);

/// What must be left of a lease for a call to begin: the whole call and a little more.
const CALL: SignedDuration = SignedDuration::from_secs(6);

/// How long an unclear outcome is left alone before the message goes by another route (security 43).
const UNCLEAR_WAIT: SignedDuration = SignedDuration::from_secs(15);

/// The shortest and the longest wait before a message that nobody took is tried again. Between them it waits once
/// more as long as it is old, so that waits double.
const ROUND: (SignedDuration, SignedDuration) =
    (SignedDuration::from_secs(30), SignedDuration::from_hours(1));

/// Messages of one person and code that may have been sent at the most (security, P4).
const MOST_SENDS: usize = 2;

/// One process's turn at a message.
pub struct Turn {
    pub id: MessageId,
    pub tenant: TenantId,
    pub group: Option<GroupId>,
    pub lease: LeaseId,
    pub ends_at: Timestamp,
    pub created_at: Timestamp,
    /// When it was due for this turn; of an interrupted one, when the dead lease ended.
    pub due_at: Timestamp,
    pub expires_at: Timestamp,
    pub interrupted: bool,
    /// The attempts of earlier turns, oldest first.
    pub before: Vec<Attempt>,
    /// The attempts of this turn, not yet recorded.
    pub made: Vec<Attempt>,
}

/// Why nobody knows whether a provider has a message.
pub struct Doubt {
    /// The attempt whose answer was unclear; `None` when a process died with nothing recorded.
    pub recorded: Option<Attempt>,
    /// When sending may have begun.
    pub since: Timestamp,
}

/// What a provider's answer means for the turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// It was taken: nothing more is sent.
    Taken,
    /// It surely was not taken: the next provider is asked at once.
    NextProvider,
    /// It surely was not taken, and no provider would take it.
    Final,
    /// Nobody knows: nothing is sent for a while.
    Unclear,
}

impl Then {
    /// Whether the provider works, whatever it thinks of this message.
    pub fn provider_is_well(self, failure: Option<FailureClass>) -> bool {
        match self {
            Self::Taken | Self::Final => true,
            Self::Unclear => false,
            Self::NextProvider => !is_providers_own(failure),
        }
    }
}

/// Whether what failed was the provider, or our account there, and not this message.
fn is_providers_own(failure: Option<FailureClass>) -> bool {
    matches!(failure, Some(FailureClass::ProviderDown | FailureClass::Quota | FailureClass::Credentials))
}

impl Turn {
    /// The attempt after which nothing is left to do: its holder lost the lease to another process before it
    /// could record that the provider had taken the message, so that it could not close it.
    pub fn is_settled(&self) -> bool {
        self.before.last().is_some_and(|last| match last.state {
            DeliveryState::Accepted
            | DeliveryState::Sent
            | DeliveryState::Delivered
            | DeliveryState::Expired => true,
            DeliveryState::Queued | DeliveryState::Unknown | DeliveryState::Failed => false,
        })
    }

    /// Whether a provider may have the message although nobody said so.
    pub fn doubt(&self) -> Option<Doubt> {
        // What others surely did not take since then settles nothing.
        match self.before.iter().rev().find(|attempt| attempt.state == DeliveryState::Unknown) {
            Some(unclear) => Some(Doubt { recorded: Some(unclear.clone()), since: unclear.started_at }),
            None if self.interrupted => {
                // The dead process had it for a whole lease before it became due again.
                let since = self.due_at.checked_sub(LEASE).unwrap_or(self.created_at);
                Some(Doubt { recorded: None, since: since.max(self.created_at) })
            }
            None => None,
        }
    }

    /// Whether an earlier attempt may have reached the phone: then so is every later one a possible duplicate.
    pub fn may_be_out(&self) -> bool {
        self.interrupted
            || self.before.iter().any(|of| of.state == DeliveryState::Unknown || of.possible_duplicate)
    }

    /// Whether as many messages as one person may get may be out already.
    pub fn is_spent(&self) -> bool {
        self.before.iter().filter(|attempt| attempt.state == DeliveryState::Unknown).count() >= MOST_SENDS
    }

    /// Whether the provider surely did not take it before, so that it is not asked at `now`. Of a message that is
    /// tried again, one that was out of order then is asked once more in a later round.
    pub fn was_refused_by(&self, provider: &ProviderName, waiting: &Waiting, now: Timestamp) -> bool {
        self.failures_of(provider).any(|attempt| {
            !waiting.is_tried_again()
                || !is_providers_own(attempt.failure)
                || now < self.next_round(attempt.updated_at)
        })
    }

    /// Whether some provider of `route` may still take it in a later round.
    pub fn may_yet_go(&self, route: &RouteChoice, waiting: &Waiting) -> bool {
        let able = |candidate: &&Candidate| candidate.reason != Reason::Unable;
        let refused = |candidate: &Candidate| {
            self.failures_of(&candidate.provider).any(|attempt| !is_providers_own(attempt.failure))
        };
        waiting.is_tried_again() && route.candidates.iter().filter(able).any(|of| !refused(of))
    }

    fn failures_of<'a>(&'a self, provider: &'a ProviderName) -> impl Iterator<Item = &'a Attempt> {
        let attempts = self.before.iter().chain(&self.made);
        attempts.filter(move |of| of.provider == *provider && of.state == DeliveryState::Failed)
    }

    /// When the round after the one at `now` begins. It follows from the age alone, so that every process that
    /// ever has the message agrees, whatever became of the others.
    fn next_round(&self, now: Timestamp) -> Timestamp {
        let (shortest, longest) = ROUND;
        later(now, now.duration_since(self.created_at).clamp(shortest, longest))
    }

    /// Whether enough of the lease is left for a call. A process that stood still may wake up with its lease
    /// gone: then another one sends.
    pub fn has_time(&self, now: Timestamp) -> bool {
        self.ends_at.duration_since(now) >= CALL
    }

    /// The next attempt, begun at `started_at`.
    pub fn attempt(
        &self,
        provider: &ProviderName,
        waiting: Option<&Waiting>,
        started_at: Timestamp,
    ) -> Attempt {
        let last = self.made.last().or(self.before.last());
        Attempt {
            message: self.id,
            number: last.map_or(1, |last| last.number + 1),
            provider: provider.clone(),
            state: DeliveryState::Queued,
            failure: None,
            provider_code: None,
            reference: None,
            possible_duplicate: false,
            country: waiting.and_then(|waiting| waiting.message.to.region()),
            price: None,
            event: None,
            route: None,
            started_at,
            accepted_at: started_at,
            updated_at: started_at,
        }
    }

    /// Notes an attempt that a provider answered at `now`, and says what follows.
    pub fn note(
        &mut self,
        started: Attempt,
        route: &Arc<RouteChoice>,
        answer: Result<Accepted, SendError>,
        now: Timestamp,
    ) -> Then {
        let (state, failure, code, then) = match &answer {
            Ok(accepted) => (DeliveryState::Accepted, None, &accepted.code, Then::Taken),
            Err(SendError::Refused { class, code }) => {
                // What is wrong with the number is wrong with it everywhere.
                let hopeless = *class == FailureClass::InvalidNumber;
                let then = if hopeless { Then::Final } else { Then::NextProvider };
                (DeliveryState::Failed, Some(*class), code, then)
            }
            Err(SendError::Unauthorized { code }) => {
                (DeliveryState::Failed, Some(FailureClass::Credentials), code, Then::NextProvider)
            }
            Err(SendError::Unavailable { class, code, cause }) => {
                tracing::warn!(message.id = %self.id, error = %cause, "a provider is unavailable");
                (DeliveryState::Failed, Some(*class), code, Then::NextProvider)
            }
            Err(SendError::Unclear { code, cause }) => {
                tracing::warn!(message.id = %self.id, error = %cause, "a provider's answer is unclear");
                (DeliveryState::Unknown, Some(FailureClass::Unclear), code, Then::Unclear)
            }
        };
        let provider_code = Some(stored_code(code));
        let (reference, price) = answer.map_or((None, None), |taken| (Some(taken.reference), taken.price));
        let route = Some(Arc::clone(route));
        self.made.push(Attempt {
            state,
            failure,
            provider_code,
            reference,
            price,
            route,
            accepted_at: now,
            updated_at: now,
            ..started
        });
        then
    }

    /// Notes that no provider is asked any more.
    pub fn end(&mut self, attempt: Attempt, state: DeliveryState, failure: FailureClass, code: &str) {
        let (failure, provider_code) = (Some(failure), Some(code.to_owned()));
        self.made.push(Attempt { state, failure, provider_code, ..attempt });
    }

    /// Notes that no provider of `route` could be asked, unless one was.
    pub fn end_unasked(&mut self, route: &Arc<RouteChoice>, waiting: &Waiting, now: Timestamp) {
        // A plan has at least one provider.
        let Some(first) = route.candidates.first().filter(|_| self.made.is_empty()) else { return };
        let nobody = self.attempt(&first.provider, Some(waiting), now);
        let nobody = Attempt { route: Some(Arc::clone(route)), ..nobody };
        self.end(nobody, DeliveryState::Failed, FailureClass::ProviderDown, "no_provider");
    }

    /// The turn ends, and with it the sending.
    pub fn close(self) -> DispatchOutcome {
        self.outcome(Next::Close, None)
    }

    /// The turn ends with a message that was taken; `poll_at` is when to ask what became of it.
    pub fn close_and_poll(self, poll_at: Option<Timestamp>) -> DispatchOutcome {
        self.outcome(Next::Close, poll_at)
    }

    /// The turn ends; the message is due again at `at`.
    pub fn again(self, at: Timestamp) -> DispatchOutcome {
        self.outcome(Next::Again(at), None)
    }

    /// The turn ends without knowing: looked at again after a while, as long as the code lives.
    pub fn again_while_alive(self, now: Timestamp) -> DispatchOutcome {
        let at = later(now, UNCLEAR_WAIT);
        if at < self.expires_at { self.again(at) } else { self.close() }
    }

    /// The turn ends with nobody having taken the message: it is due again in the next round. At its end it is due
    /// too, for the last record and so that its text is erased.
    pub fn again_in_a_round(self, now: Timestamp) -> DispatchOutcome {
        let at = self.next_round(now).min(self.expires_at);
        if now < at { self.again(at) } else { self.close() }
    }

    fn outcome(self, next: Next, poll_at: Option<Timestamp>) -> DispatchOutcome {
        DispatchOutcome {
            lease: self.lease,
            message: self.id,
            attempts: self.made,
            next,
            poll_at,
            runs_verification: false,
        }
    }
}

/// A provider's code as it is stored: at most 40 bytes, nothing but what can be shown.
pub fn stored_code(code: &str) -> String {
    let mut stored = String::new();
    for character in code.chars().filter(|character| !character.is_control()) {
        if stored.len() + character.len_utf8() > 40 {
            break;
        }
        stored.push(character);
    }
    stored
}

/// `at`, and a while later.
pub fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}
