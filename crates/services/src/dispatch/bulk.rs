//! Many messages of one group, in as few calls as the provider takes.

use std::collections::HashMap;
use std::sync::Arc;

use bonin_domain::messages::Attempt;
use bonin_ports::{Accepted, BatchLimit, BulkSender, Message, SendError};
use futures_util::{StreamExt as _, stream};
use tokio::sync::OwnedSemaphorePermit;

use crate::dispatch::dispatcher::Dispatcher;
use crate::dispatch::sending::{failure_of, taken};
use crate::dispatch::turn::{Then, Turn};
use crate::dispatch::waiting::Waiting;

/// Messages of one batch that go by themselves at the same time.
const SINGLY: usize = 8;

/// Text and subject of a message.
type Words = (Arc<str>, Option<String>);

/// One message of a batch.
pub(super) type Member = (Turn, Waiting, OwnedSemaphorePermit);

impl Dispatcher {
    /// Parts messages into batches that one call may take: of one group, kind, country and plan, and as many as the
    /// provider that comes first takes.
    pub(super) fn batches(&self, fresh: Vec<Member>) -> Vec<Vec<Member>> {
        let mut alike: Vec<Vec<Member>> = Vec::new();
        for member in fresh {
            let place = alike.iter().position(|batch| self.go_together(&batch[0], &member));
            match place {
                Some(place) => alike[place].push(member),
                None => alike.push(vec![member]),
            }
        }
        let mut batches = Vec::new();
        for members in alike {
            let limit = members.first().and_then(|(turn, waiting, _)| self.first_limit(turn, waiting));
            batches.extend(parted(members, limit));
        }
        batches
    }

    /// Whether the same provider may take two messages in one call.
    fn go_together(&self, one: &Member, other: &Member) -> bool {
        let (to, other_to) = (&one.1.message.to, &other.1.message.to);
        one.0.group == other.0.group
            && one.1.message.kind == other.1.message.kind
            && to.country_code() == other_to.country_code()
            && self.parts.router.share_a_plan(&one.0.tenant, &one.1, &other.1)
    }

    /// What one call of the provider that comes first takes.
    fn first_limit(&self, turn: &Turn, waiting: &Waiting) -> Option<BatchLimit> {
        let choice = self.parts.router.choose(&turn.tenant, waiting, &[]);
        let first = choice.usable().next()?;
        Some(self.parts.router.provider(first)?.bulk.as_ref()?.batch_limit())
    }

    /// Sends a batch: the first provider takes what it takes, the rest goes to the next.
    pub(super) async fn run_batch(self, mut batch: Vec<Member>) {
        let Some((first, waiting, _)) = batch.first() else { return };
        let tenant = first.tenant.clone();
        if waiting.message.kind.has_images() {
            // The single way says what is wrong.
            let Some(images) = self.fetch_images(first).await else { return self.run_singly(batch) };
            for (_, waiting, _) in &mut batch {
                waiting.message.images = Arc::clone(&images);
            }
        }
        let Some((first, waiting, _)) = batch.first() else { return };
        let router = &self.parts.router;
        let choice = router.choose(&first.tenant, waiting, &[]);
        for name in choice.usable() {
            let Some(provider) = router.provider(name) else { continue };
            let Some(bulk) = &provider.bulk else { return self.run_singly(batch) };
            let mut left = Vec::new();
            for mut part in parted(batch, Some(bulk.batch_limit())) {
                let now = self.parts.clock.now();
                if !part.iter().all(|(turn, ..)| turn.has_time(now)) {
                    for (turn, _, permit) in part {
                        self.hand_over(&tenant, turn.again(now), permit);
                    }
                    continue;
                }
                if !router.admit(name) {
                    left.append(&mut part);
                    continue;
                }
                let started: Vec<Attempt> =
                    part.iter().map(|(turn, waiting, _)| turn.attempt(name, Some(waiting), now)).collect();
                let answers = send_many(&**bulk, &part).await;
                let now = self.parts.clock.now();
                let mut well = true;
                for (((mut turn, waiting, permit), started), answer) in
                    part.into_iter().zip(started).zip(answers)
                {
                    let answer = answer.map(|accepted| provider.priced(accepted, waiting.message.kind));
                    let failure = failure_of(&answer);
                    let then = turn.note(started, &choice, answer, now);
                    well &= then.provider_is_well(failure);
                    match then {
                        Then::Taken => self.hand_over(&tenant, taken(turn, provider), permit),
                        Then::NextProvider => left.push((turn, waiting, permit)),
                        Then::Final => self.hand_over(&tenant, turn.close(), permit),
                        Then::Unclear => self.hand_over(&tenant, turn.again_while_alive(now), permit),
                    }
                }
                router.answered(name, well);
            }
            batch = left;
            if batch.is_empty() {
                return;
            }
        }
        let now = self.parts.clock.now();
        for (mut turn, waiting, permit) in batch {
            turn.end_unasked(&choice, &waiting, now);
            self.hand_over(&tenant, turn.close(), permit);
        }
    }

    async fn fetch_images(&self, turn: &Turn) -> Option<Arc<[bonin_domain::messages::Image]>> {
        self.images(&turn.tenant, turn.group?).await.ok()?
    }

    /// Sends each message by itself, a few at a time: a provider that takes one a call throttles a crowd, and
    /// would seem out of order to the codes that go by it.
    fn run_singly(&self, batch: Vec<Member>) {
        let turns: Vec<_> = batch.into_iter().map(|member| self.clone().run_in_time(member)).collect();
        let all = stream::iter(turns).buffer_unordered(SINGLY).collect::<Vec<()>>();
        self.parts.runtime.spawn(async move { drop(all.await) });
    }

    /// Sends a message, or puts it off where its lease is too short by now.
    async fn run_in_time(self, (turn, waiting, permit): Member) {
        let now = self.parts.clock.now();
        if turn.has_time(now) {
            self.run(turn, Some(waiting), permit, None).await;
        } else {
            let tenant = turn.tenant.clone();
            self.hand_over(&tenant, turn.again(now), permit);
        }
    }
}

/// Messages parted so that one call takes each part; without a limit they stay together.
fn parted(members: Vec<Member>, limit: Option<BatchLimit>) -> Vec<Vec<Member>> {
    let Some(limit) = limit else { return vec![members] };
    let mut parts: Vec<Vec<Member>> = Vec::new();
    // The part that is being filled, by text and subject where these must be the same.
    let mut open: HashMap<Option<Words>, usize> = HashMap::new();
    for member in members {
        let Message { text, subject, .. } = &member.1.message;
        let key = limit.one_text.then(|| (Arc::clone(text), subject.clone()));
        let place = open.get(&key).copied().filter(|&place| parts[place].len() < limit.messages);
        let place = place.unwrap_or_else(|| {
            parts.push(Vec::new());
            open.insert(key, parts.len() - 1);
            parts.len() - 1
        });
        parts[place].push(member);
    }
    parts
}

/// One call; where it failed as a whole, it failed for each message.
async fn send_many(bulk: &dyn BulkSender, part: &[Member]) -> Vec<Result<Accepted, SendError>> {
    let messages: Vec<Message> = part.iter().map(|(_, waiting, _)| waiting.message.clone()).collect();
    match bulk.send_many(&messages).await {
        Ok(mut answers) => {
            // An adapter that forgets one leaves its fate open.
            answers.resize_with(messages.len(), || {
                Err(SendError::Unclear { code: "no_verdict".to_owned(), cause: "no verdict".into() })
            });
            answers
        }
        Err(error) => messages.iter().map(|_| Err(same(&error))).collect(),
    }
}

/// The error again, its cause as text.
fn same(error: &SendError) -> SendError {
    match error {
        SendError::Refused { class, code } => SendError::Refused { class: *class, code: code.clone() },
        SendError::Unauthorized { code } => SendError::Unauthorized { code: code.clone() },
        SendError::Unavailable { class, code, cause } => {
            SendError::Unavailable { class: *class, code: code.clone(), cause: cause.to_string().into() }
        }
        SendError::Unclear { code, cause } => {
            SendError::Unclear { code: code.clone(), cause: cause.to_string().into() }
        }
    }
}
