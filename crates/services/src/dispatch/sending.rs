//! One message: whether it is sent at all, by whom, and what follows.

use std::time::Duration;

use bonin_domain::messages::{Attempt, DeliveryState, FailureClass, ProviderName, ProviderReference};
use bonin_domain::{TestNumber, TestOutcome};
use bonin_ports::{Accepted, DispatchOutcome, SendError, SentMessage, VerifyProvider, VerifyRequest};
use futures_util::future::join_all;

use crate::dispatch::dispatcher::Dispatcher;
use crate::dispatch::poll;
use crate::dispatch::providers::{Carrier, Provider};
use crate::dispatch::turn::{Doubt, Then, Turn};
use crate::dispatch::waiting::{CodeErrand, Errand, Waiting};

/// How long providers may take to say whether they have a message.
const LOOK_UP: Duration = Duration::from_secs(3);

/// How long a provider may take to end a verification that another one replaces.
const CANCEL: Duration = Duration::from_secs(1);

/// The name under which a message is recorded where no provider is configured.
const NOBODY: &str = "none";

fn named(name: &'static str) -> ProviderName {
    ProviderName::parse(name).expect("a constant that is a name")
}

enum LookUp {
    Found(ProviderName, ProviderReference),
    Absent,
    NoAnswer,
}

impl Dispatcher {
    /// Decides what to do with a message and does it. `None` leaves it to whoever takes the lease next.
    pub(super) async fn take_turn(
        &self,
        mut turn: Turn,
        waiting: Option<&Waiting>,
    ) -> Option<DispatchOutcome> {
        let Some(waiting) = waiting else {
            let nobody = turn.attempt(&self.somebody(), None, self.parts.clock.now());
            turn.end(nobody, DeliveryState::Failed, FailureClass::Other, "unreadable");
            return Some(turn.close());
        };
        if turn.is_settled() || waiting.is_withheld() {
            return Some(turn.close());
        }
        if let Some(test) = self.test_number(waiting) {
            return Some(self.aside(turn, waiting, test));
        }
        let doubt = turn.doubt();
        let mut unanswered = false;
        if let Some(doubt) = &doubt {
            match self.look_up(&turn, doubt, waiting).await {
                // An answer that was lost, or a process that died between sending and recording.
                LookUp::Found(name, reference) => {
                    return Some(self.found(turn, waiting, doubt, &name, reference));
                }
                LookUp::Absent => {}
                LookUp::NoAnswer => unanswered = true,
            }
        }
        let now = self.parts.clock.now();
        let unclear = doubt.as_ref().and_then(|doubt| doubt.recorded.as_ref());
        if turn.is_spent() {
            return Some(turn.close());
        }
        if turn.expires_at <= now {
            if unclear.is_none() {
                let provider = self.first_choice(&turn, waiting);
                let late = turn.attempt(&provider, Some(waiting), now);
                // An interrupted one may have been sent; nobody will ever know.
                let (state, failure, code) = if unanswered {
                    (DeliveryState::Unknown, FailureClass::Unclear, "interrupted")
                } else {
                    (DeliveryState::Expired, FailureClass::TooLate, "expired")
                };
                turn.end(late, state, failure, code);
            }
            return Some(turn.close());
        }
        if !turn.has_time(now) {
            return None;
        }
        // A provider that may have it is asked again only when it surely says that it does not. A dead process
        // most likely never sent: losing its message is worse than a second one, marked.
        let closed_to = unclear.filter(|_| unanswered).map(|unclear| unclear.provider.clone());
        let avoid: Vec<ProviderName> = unclear.map(|unclear| unclear.provider.clone()).into_iter().collect();
        let possible_duplicate = turn.may_be_out();
        Some(self.send(turn, waiting, &avoid, closed_to.as_ref(), possible_duplicate).await)
    }

    /// Asks one provider after the other until one takes the message or nobody knows.
    async fn send(
        &self,
        mut turn: Turn,
        waiting: &Waiting,
        avoid: &[ProviderName],
        closed_to: Option<&ProviderName>,
        possible_duplicate: bool,
    ) -> DispatchOutcome {
        let router = &self.parts.router;
        let choice = router.choose(&turn.tenant, waiting, avoid);
        for name in choice.usable() {
            let now = self.parts.clock.now();
            if turn.was_refused_by(name, waiting, now) || closed_to == Some(name) {
                continue;
            }
            if turn.expires_at <= now {
                // The code died meanwhile.
                break;
            }
            if !turn.has_time(now) {
                // The rest of the providers have their turn under a new lease.
                return turn.again(now);
            }
            let Some(provider) = router.provider(name).filter(|_| router.admit(name)) else { continue };
            let started = Attempt { possible_duplicate, ..turn.attempt(name, Some(waiting), now) };
            let answer = self.call(provider, &turn, waiting).await;
            let failure = failure_of(&answer);
            let now = self.parts.clock.now();
            let then = turn.note(started, &choice, answer, now);
            router.answered(name, then.provider_is_well(failure));
            match then {
                Then::Taken => return taken(turn, provider),
                Then::NextProvider => {}
                Then::Final => return turn.close(),
                Then::Unclear => return turn.again_while_alive(now),
            }
        }
        let now = self.parts.clock.now();
        if closed_to.is_some() {
            // Nobody else took it, and one may have it: looked at again while the code lives.
            return if waiting.is_tried_again() {
                turn.again_in_a_round(now)
            } else {
                turn.again_while_alive(now)
            };
        }
        if turn.expires_at > now && turn.may_yet_go(&choice, waiting) {
            return turn.again_in_a_round(now);
        }
        turn.end_unasked(&choice, waiting, now);
        turn.close()
    }

    /// Calls one provider once.
    async fn call(&self, provider: &Provider, turn: &Turn, waiting: &Waiting) -> Result<Accepted, SendError> {
        let answer = match (&provider.carrier, &waiting.errand) {
            (Carrier::Sender(sender), _) => sender.send(&waiting.message).await,
            (Carrier::Verify(verifier), Errand::Code(code)) => {
                self.request(provider, &**verifier, turn, waiting, code).await
            }
            (Carrier::Verify(_), Errand::Group(_) | Errand::Notice) => {
                Err(SendError::Refused { class: FailureClass::Content, code: "not_a_code".to_owned() })
            }
        };
        answer.map(|accepted| provider.priced(accepted, waiting.message.kind))
    }

    /// Has a provider run the verification.
    async fn request(
        &self,
        provider: &Provider,
        verifier: &dyn VerifyProvider,
        turn: &Turn,
        waiting: &Waiting,
        code: &CodeErrand,
    ) -> Result<Accepted, SendError> {
        if let Some((name, running)) = &code.running
            && *name == provider.name
        {
            // It runs one verification a number: the earlier one gives way.
            let cancelled = tokio::time::timeout(CANCEL, verifier.cancel(running)).await;
            tracing::info!(message.id = %turn.id, cancelled = matches!(cancelled, Ok(Ok(true))), "replaced");
        }
        let request = VerifyRequest {
            to: waiting.message.to.clone(),
            brand: code.brand.clone(),
            locale: code.locale,
            code_length: self.parts.code_length,
            life: turn.expires_at.duration_since(self.parts.clock.now()),
        };
        verifier.request(&request).await
    }

    /// Asks whether a message whose fate is in doubt is known: the provider that was asked, or, where nothing
    /// was recorded, each that may have been.
    async fn look_up(&self, turn: &Turn, doubt: &Doubt, waiting: &Waiting) -> LookUp {
        let router = &self.parts.router;
        let until = self.parts.clock.now();
        let asked: Vec<ProviderName> = if let Some(unclear) = &doubt.recorded {
            vec![unclear.provider.clone()]
        } else {
            let choice = router.choose(&turn.tenant, waiting, &[]);
            let not_refused = |name: &&ProviderName| !turn.was_refused_by(name, waiting, until);
            choice.usable().filter(not_refused).cloned().collect()
        };
        let sent = SentMessage { message: &waiting.message, since: doubt.since, until };
        let questions = asked.iter().map(|name| {
            let sent = &sent;
            async move {
                let Some(reports) = router.provider(name).and_then(|provider| provider.reports.as_ref())
                else {
                    return LookUp::NoAnswer;
                };
                // The lease must outlive the question and a call after it.
                let code = match tokio::time::timeout(LOOK_UP, reports.find(sent)).await {
                    Ok(Ok(Some(reference))) => return LookUp::Found(name.clone(), reference),
                    Ok(Ok(None)) => return LookUp::Absent,
                    Ok(Err(error)) => error.code,
                    Err(_) => "timeout".to_owned(),
                };
                tracing::warn!(
                    message.id = %turn.id, provider.name = %name, provider.code = code,
                    "the provider could not be asked"
                );
                LookUp::NoAnswer
            }
        });
        let questions: Vec<_> = questions.collect();
        let mut answers = join_all(questions).await;
        if let Some(found) = answers.iter().position(|answer| matches!(answer, LookUp::Found(..))) {
            return answers.swap_remove(found);
        }
        let absent = !answers.is_empty() && answers.iter().all(|answer| matches!(answer, LookUp::Absent));
        if absent { LookUp::Absent } else { LookUp::NoAnswer }
    }

    fn found(
        &self,
        mut turn: Turn,
        waiting: &Waiting,
        doubt: &Doubt,
        name: &ProviderName,
        reference: ProviderReference,
    ) -> DispatchOutcome {
        let now = self.parts.clock.now();
        let known = doubt.recorded.clone();
        let attempt = known.unwrap_or_else(|| turn.attempt(name, Some(waiting), doubt.since));
        let provider = self.parts.router.provider(name);
        turn.made.push(Attempt {
            state: DeliveryState::Accepted,
            failure: None,
            provider_code: None,
            reference: Some(reference),
            price: provider.and_then(|provider| provider.price(waiting.message.kind)),
            accepted_at: now,
            updated_at: now,
            ..attempt
        });
        turn.close_and_poll(poll::due(now, 0))
    }

    /// The test number that a message goes to. One that ended while the message waited still counts for the
    /// message with its code: that code is known to everybody, and must not reach a phone.
    pub(super) fn test_number(&self, waiting: &Waiting) -> Option<&TestNumber> {
        let now = self.parts.clock.now();
        let live = |test: &&TestNumber| test.until > now || waiting.message.text.contains(test.code.reveal());
        self.parts.test_numbers.listed(&waiting.message.to).filter(live)
    }

    /// Keeps a message to a test number away from every provider (requirement I05).
    fn aside(&self, mut turn: Turn, waiting: &Waiting, test: &TestNumber) -> DispatchOutcome {
        let name = named(Attempt::TEST_NUMBERS);
        let attempt = turn.attempt(&name, Some(waiting), self.parts.clock.now());
        let (state, failure) = match test.outcome {
            TestOutcome::Delivered => (DeliveryState::Delivered, None),
            TestOutcome::Failed => (DeliveryState::Failed, Some(FailureClass::Other)),
        };
        let provider_code = Some("test_number".to_owned());
        turn.made.push(Attempt { state, failure, provider_code, ..attempt });
        turn.close()
    }

    /// Whom a message that nobody is asked to send is recorded under.
    fn first_choice(&self, turn: &Turn, waiting: &Waiting) -> ProviderName {
        let choice = self.parts.router.choose(&turn.tenant, waiting, &[]);
        choice.candidates.first().map_or_else(|| self.somebody(), |first| first.provider.clone())
    }

    fn somebody(&self) -> ProviderName {
        let first = self.parts.router.providers().iter().next();
        first.map_or_else(|| named(NOBODY), |provider| provider.name.clone())
    }
}

/// The class of a failed answer.
pub(super) fn failure_of(answer: &Result<Accepted, SendError>) -> Option<FailureClass> {
    match answer {
        Ok(_) => None,
        Err(SendError::Refused { class, .. } | SendError::Unavailable { class, .. }) => Some(*class),
        Err(SendError::Unauthorized { .. }) => Some(FailureClass::Credentials),
        Err(SendError::Unclear { .. }) => Some(FailureClass::Unclear),
    }
}

/// A turn whose message `provider` took.
pub(super) fn taken(turn: Turn, provider: &Provider) -> DispatchOutcome {
    let accepted_at = turn.made.last().map(|attempt| attempt.accepted_at);
    let poll_at = accepted_at.filter(|_| provider.reports.is_some()).and_then(|at| poll::due(at, 0));
    DispatchOutcome {
        runs_verification: matches!(provider.carrier, Carrier::Verify(_)),
        ..turn.close_and_poll(poll_at)
    }
}
