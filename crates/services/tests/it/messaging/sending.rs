//! Sending, releasing, following, cancelling, and what is kept of it.

use std::sync::Arc;

use bonin_domain::Destinations;
use bonin_domain::messages::{DeliveryState, FailureClass, MessageKind, SenderId};
use bonin_domain::messaging::{
    AppScope, Connection, FormKey, SendingLimits, WebMessage, WebSend, WebSendId, WebSendState,
};
use bonin_ports::{
    Entropy as _, GroupRelease, MessagingGroups as _, NewWebSend, WebContent, WebSendBegun, WebSendNews,
    WebSendRepository as _,
};
use bonin_services::messaging::{
    AccessTokens, CallError, CancelSend, CancelSendError, Compose, ComposedMessage, FollowSend, FormSent,
    History, ReadEarnings, ReleaseSend, ReleaseSendError, Renewals, SendWeb, SendWebError, TypedMessage,
};
use bonin_testkit::{InMemoryStore, Scene, key_ring};
use jiff::{SignedDuration, Timestamp};

use super::carrier::{Carrier, Mood};
use super::office::Office;

/// The desk of somebody who may send.
struct Desk {
    office: Office,
    carrier: Arc<Carrier>,
    store: Arc<InMemoryStore>,
    send: SendWeb,
    release: ReleaseSend,
    follow: FollowSend,
    cancel: CancelSend,
    history: History,
    earnings: ReadEarnings,
    compose: Compose,
    connection: Connection,
}

impl Desk {
    async fn new() -> Self {
        let office = Office::new(false);
        let token = office.log_in("first").await;
        let (_, connection) = office.session(&token).await.expect("it works here");
        let (store, carrier) = (office.store.clone(), Arc::new(Carrier::default()));
        let (clock, entropy, keys) = (office.clock.clone(), office.entropy.clone(), Arc::new(key_ring()));
        let tokens = AccessTokens {
            connections: store.clone(),
            oauth: office.people.clone(),
            keys: keys.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            renewals: Renewals::default(),
        };
        let release = ReleaseSend {
            sends: store.clone(),
            groups: carrier.clone(),
            tokens: tokens.clone(),
            clock: clock.clone(),
        };
        Self {
            send: SendWeb {
                sends: store.clone(),
                groups: carrier.clone(),
                account: carrier.clone(),
                tokens: tokens.clone(),
                release: release.clone(),
                limits: SendingLimits::default(),
                keys: keys.clone(),
                clock: clock.clone(),
                entropy,
            },
            follow: FollowSend {
                sends: store.clone(),
                groups: carrier.clone(),
                tokens: tokens.clone(),
                clock: clock.clone(),
            },
            cancel: CancelSend {
                sends: store.clone(),
                groups: carrier.clone(),
                tokens,
                clock: clock.clone(),
            },
            history: History { sends: store.clone(), keys },
            earnings: ReadEarnings { sends: store.clone(), clock: clock.clone() },
            compose: Compose { destinations: Destinations::default(), clock },
            release,
            connection,
            store,
            carrier,
            office,
        }
    }

    /// The connection with more allowed.
    fn with(&self, scope: AppScope) -> Connection {
        Connection { scopes: self.connection.scopes.with(scope), ..self.connection.clone() }
    }

    fn form(&self) -> FormKey {
        FormKey::draw(&mut |bytes| self.office.entropy.fill(bytes))
    }

    fn message(&self, at: &str) -> ComposedMessage {
        let typed = TypedMessage {
            to: "010-1234-5678, 010-2345-6789".to_owned(),
            from: "02-123-4567".to_owned(),
            text: "안녕하세요".to_owned(),
            at: at.to_owned(),
            ..TypedMessage::default()
        };
        self.compose.execute(&typed, None).expect("it works here")
    }

    async fn sent(&self, at: &str) -> WebSend {
        let sent = self.send.execute(&self.connection, &self.form(), &self.message(at)).await;
        let FormSent::New(id) = sent.expect("it works here") else { panic!("a new form") };
        self.seen(id).await
    }

    async fn found(&self, id: WebSendId) -> (WebSend, Vec<WebMessage>) {
        let tenant = &self.connection.tenant;
        self.store.find(tenant, self.connection.id, id).await.expect("it works here").expect("it works here")
    }

    async fn seen(&self, id: WebSendId) -> WebSend {
        self.found(id).await.0
    }

    async fn states(&self, id: WebSendId) -> Vec<DeliveryState> {
        self.found(id).await.1.iter().map(|message| message.state).collect()
    }

    async fn room(&self) -> u32 {
        self.send.room(&self.connection).await.expect("it works here").hour
    }
}

#[tokio::test]
async fn a_form_is_sent_once_and_kept_with_what_was_written() {
    let desk = Desk::new().await;
    let (form, message) = (desk.form(), desk.message(""));
    let sent = desk.send.execute(&desk.connection, &form, &message).await.unwrap();
    let FormSent::New(first) = sent else { panic!("a new form") };
    let other = ComposedMessage { text: "다른 글".to_owned(), ..message.clone() };
    for again in [&message, &other] {
        let told = desk.send.execute(&desk.connection, &form, again).await.unwrap();
        assert_eq!(told, FormSent::Before(first), "nothing of it is sent, and that is said");
    }
    assert_eq!((desk.carrier.prepared(), desk.carrier.released().len()), (1, 1));
    let seen = desk.history.find(&desk.connection, first).await.unwrap().unwrap();
    assert_eq!((seen.send.state, seen.send.kind, seen.send.size), (WebSendState::Sent, MessageKind::Sms, 2));
    assert_eq!((seen.content.text.as_str(), seen.content.from.as_str()), ("안녕하세요", "021234567"));
    let to: Vec<&str> = seen.messages.iter().map(|(_, number)| number.e164()).collect();
    assert_eq!(to, ["+821012345678", "+821023456789"], "in the order of the form");
    assert_eq!(seen.content.first.e164(), to[0]);
    assert_eq!(desk.states(first).await, [DeliveryState::Accepted; 2]);
    assert_eq!(desk.room().await, 28);
}

#[tokio::test]
async fn an_unclear_release_is_done_once_more_and_then_by_hand() {
    let desk = Desk::new().await;
    for moods in [[Mood::Mute, Mood::Mute], [Mood::Mute, Mood::Away], [Mood::Away, Mood::Mute]] {
        let id = desk.prepared().await;
        desk.carrier.is(&moods);
        assert!(desk.release.execute(&desk.connection, id).await.is_err());
        assert_eq!(desk.seen(id).await.state, WebSendState::Unclear, "{moods:?}");
        let cancelled = desk.cancel.execute(&desk.connection, id).await;
        assert!(matches!(cancelled, Err(CancelSendError::TooLate)), "it may have been sent");
        desk.release.execute(&desk.connection, id).await.unwrap();
        assert_eq!(desk.seen(id).await.state, WebSendState::Sent);
    }
    // One lost answer alone is nothing that anybody sees.
    let id = desk.prepared().await;
    desk.carrier.is(&[Mood::Mute]);
    desk.release.execute(&desk.connection, id).await.unwrap();
    assert_eq!(desk.seen(id).await.state, WebSendState::Sent);
}

#[tokio::test]
async fn a_refusal_after_an_unclear_release_says_nothing_of_it() {
    let desk = Desk::new().await;
    let id = desk.prepared().await;
    desk.carrier.is(&[Mood::Mute, Mood::Poor, Mood::Poor]);
    for _ in 0..2 {
        assert!(desk.release.execute(&desk.connection, id).await.is_err());
        assert_eq!((desk.seen(id).await.state, desk.room().await), (WebSendState::Unclear, 28));
    }
    desk.release.execute(&desk.connection, id).await.unwrap();
    assert_eq!(desk.seen(id).await.state, WebSendState::Sent);
    // The group's own word is one.
    let id = desk.prepared().await;
    desk.carrier.is(&[Mood::Mute, Mood::Mute]);
    assert!(desk.release.execute(&desk.connection, id).await.is_err());
    let reads = desk.with(AppScope::ReadMessages);
    desk.carrier.tell(GroupRelease::Unknown);
    desk.follow.execute(&reads, &desk.seen(id).await).await.unwrap();
    assert_eq!(desk.seen(id).await.state, WebSendState::Unclear, "an unknown state says nothing");
    desk.office.clock.advance(SignedDuration::from_secs(3));
    desk.carrier.tell(GroupRelease::Ended);
    desk.follow.execute(&reads, &desk.seen(id).await).await.unwrap();
    assert_eq!(desk.seen(id).await.state, WebSendState::Refused);
}

#[tokio::test]
async fn what_surely_was_not_released_waits_again() {
    let desk = Desk::new().await;
    let id = desk.prepared().await;
    desk.carrier.is(&[Mood::Away, Mood::Away]);
    assert!(desk.release.execute(&desk.connection, id).await.is_err());
    assert_eq!(desk.seen(id).await.state, WebSendState::Prepared);
    assert_eq!(desk.states(id).await, [DeliveryState::Queued; 2]);
    desk.cancel.execute(&desk.connection, id).await.unwrap();
    assert_eq!(desk.room().await, 30);
}

#[tokio::test]
async fn a_time_that_is_long_over_is_not_kept_late() {
    let desk = Desk::new().await;
    let id = desk.prepared_for(Some(desk.office.now())).await;
    desk.office.clock.advance(WebSend::RELEASED_FOR + SignedDuration::from_secs(1));
    let refused = desk.release.execute(&desk.connection, id).await;
    assert!(matches!(refused, Err(ReleaseSendError::Overdue)));
    assert!(desk.carrier.released().is_empty());
    desk.cancel.execute(&desk.connection, id).await.unwrap();
}

#[tokio::test]
async fn what_was_to_go_at_once_is_not_hoarded_for_later() {
    let desk = Desk::new().await;
    let (early, late) = (desk.prepared().await, desk.prepared().await);
    desk.office.clock.advance(WebSend::RELEASED_FOR);
    desk.release.execute(&desk.connection, early).await.unwrap();
    assert_eq!(desk.seen(early).await.state, WebSendState::Sent);
    desk.office.clock.advance(SignedDuration::from_secs(1));
    let refused = desk.release.execute(&desk.connection, late).await;
    assert!(matches!(refused, Err(ReleaseSendError::Overdue)));
    assert_eq!((desk.seen(late).await.state, desk.carrier.released().len()), (WebSendState::Prepared, 1));
}

#[tokio::test]
async fn an_unclear_send_that_was_to_go_at_once_can_be_asked_about_later() {
    let desk = Desk::new().await;
    let id = desk.prepared().await;
    desk.carrier.is(&[Mood::Mute, Mood::Mute]);
    assert!(desk.release.execute(&desk.connection, id).await.is_err());
    desk.office.clock.advance(SignedDuration::from_hours(1));
    desk.release.execute(&desk.connection, id).await.unwrap();
    assert_eq!(desk.seen(id).await.state, WebSendState::Sent);
}

#[tokio::test]
async fn a_cancel_shortly_before_its_time_does_not_take_what_went_for_cancelled() {
    let desk = Desk::new().await;
    let (first, second) = (desk.sent("2026-11-21T12:00").await, desk.sent("2026-11-21T12:00").await);
    // The provider's clock is ahead of ours.
    desk.carrier.go();
    desk.office.clock.advance(SignedDuration::from_mins(3 * 60 - 1));
    desk.cancel.execute(&desk.connection, first.id).await.unwrap();
    desk.office.clock.advance(SignedDuration::from_secs(1));
    let late = desk.cancel.execute(&desk.connection, second.id).await;
    assert!(matches!(late, Err(CancelSendError::TooLate)));
    assert_eq!(desk.seen(second.id).await.state, WebSendState::Scheduled);
}

#[tokio::test]
async fn a_cancel_whose_answer_was_lost_is_done_and_a_refused_one_is_not() {
    let desk = Desk::new().await;
    let send = desk.sent("2026-11-21T12:00").await;
    desk.carrier.is(&[Mood::Poor, Mood::Mute]);
    let refused = desk.cancel.execute(&desk.connection, send.id).await;
    assert!(matches!(refused, Err(CancelSendError::NotCancelled { .. })));
    let lost = desk.cancel.execute(&desk.connection, send.id).await;
    assert!(matches!(lost, Err(CancelSendError::Call(_))));
    assert_eq!(desk.seen(send.id).await.state, WebSendState::Scheduled);
    desk.cancel.execute(&desk.connection, send.id).await.unwrap();
    assert_eq!(desk.seen(send.id).await.state, WebSendState::Cancelled);
}

#[tokio::test]
async fn a_group_that_ended_at_its_time_was_refused() {
    let desk = Desk::new().await;
    let send = desk.sent("2026-11-21T12:00").await;
    desk.office.clock.advance(SignedDuration::from_hours(4));
    desk.carrier.tell(GroupRelease::Ended);
    desk.follow.execute(&desk.with(AppScope::ReadMessages), &send).await.unwrap();
    assert_eq!(desk.seen(send.id).await.state, WebSendState::Refused);
}

impl Desk {
    /// A send that a process left behind between preparing and releasing it: it has its row, and the group's name.
    async fn prepared(&self) -> WebSendId {
        self.prepared_for(None).await
    }

    async fn prepared_for(&self, scheduled_at: Option<Timestamp>) -> WebSendId {
        let new = Scene::new().web_send(&self.connection, 2, self.office.now());
        let new = NewWebSend { scheduled_at, ..new };
        let (id, tenant) = (new.id, self.connection.tenant.clone());
        assert_eq!(self.store.begin(new).await.expect("it works here"), WebSendBegun::Stored);
        let message = self.message("");
        let content = WebContent {
            from: message.from.clone(),
            kind: message.kind,
            subject: None,
            text: message.text.clone(),
            image: None,
        };
        let group = self
            .carrier
            .prepare(&"token".to_owned().into(), &content, &message.to)
            .await
            .expect("it works here");
        let news = WebSendNews::Prepared { group: group.group, messages: group.messages };
        self.store.note(&tenant, id, news, self.office.now()).await.expect("it works here");
        assert_eq!(self.seen(id).await.state, WebSendState::Prepared);
        id
    }
}

#[tokio::test]
async fn what_was_let_go_is_never_released() {
    let desk = Desk::new().await;
    let id = desk.prepared().await;
    desk.cancel.execute(&desk.connection, id).await.unwrap();
    desk.release.execute(&desk.connection, id).await.unwrap();
    assert_eq!(desk.seen(id).await.state, WebSendState::Cancelled);
    assert!(desk.carrier.released().is_empty());
    assert_eq!(desk.room().await, 30);
}

#[tokio::test]
async fn what_is_refused_has_its_reason_and_counts_for_nothing() {
    let desk = Desk::new().await;
    for (mood, class, code) in [
        (Mood::Poor, FailureClass::Quota, "402"),
        (Mood::Strict, FailureClass::Sender, "1062"),
        (Mood::Away, FailureClass::ProviderDown, "503"),
        (Mood::Mute, FailureClass::ProviderDown, "500"),
    ] {
        desk.carrier.is(&[mood]);
        let send = desk.sent("").await;
        assert_eq!((send.state, send.failure), (WebSendState::Refused, Some(class)), "{mood:?}");
        assert_eq!(send.provider_code.as_deref(), Some(code), "{mood:?}");
        assert_eq!(desk.states(send.id).await, [DeliveryState::Failed; 2]);
    }
    assert!(desk.carrier.released().is_empty());
    assert_eq!(desk.room().await, 30);
}

#[tokio::test]
async fn what_is_not_allowed_is_asked_for_before_anything_is_stored() {
    let desk = Desk::new().await;
    let mut message = desk.message("");
    let jpeg =
        [&[0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 80, 0, 100][..], &[1, 1, 0x11, 0, 0xff, 0xd9]].concat();
    message.image = Some(bonin_domain::messages::Image::parse(jpeg).unwrap());
    message.kind = MessageKind::Mms;
    let refused = desk.send.execute(&desk.connection, &desk.form(), &message).await;
    assert!(matches!(refused, Err(SendWebError::ScopeMissing(AppScope::StoreFiles))));
    assert_eq!((desk.carrier.images(), desk.room().await), (0, 30));
    let allowed = desk.with(AppScope::StoreFiles);
    desk.send.execute(&allowed, &desk.form(), &message).await.unwrap();
    assert_eq!((desk.carrier.images(), desk.carrier.released().len()), (1, 1));
}

#[tokio::test]
async fn a_send_for_later_is_cancelled_or_goes_at_its_time() {
    let desk = Desk::new().await;
    let (first, second) = (desk.sent("2026-11-21T12:00").await, desk.sent("2026-11-21T12:00").await);
    let noon = "2026-11-21T03:00:00Z".parse().unwrap();
    assert_eq!((first.state, first.scheduled_at), (WebSendState::Scheduled, Some(noon)));
    assert_eq!(desk.carrier.released(), [Some(noon); 2]);
    desk.cancel.execute(&desk.connection, first.id).await.unwrap();
    assert_eq!((desk.seen(first.id).await.state, desk.room().await), (WebSendState::Cancelled, 28));
    desk.carrier.go();
    desk.office.clock.advance(SignedDuration::from_hours(3));
    let late = desk.cancel.execute(&desk.connection, second.id).await;
    assert!(matches!(late, Err(CancelSendError::TooLate)));
    let reads = desk.with(AppScope::ReadMessages);
    assert!(desk.follow.execute(&reads, &second).await.unwrap());
    assert_eq!(desk.seen(second.id).await.state, WebSendState::Sent);
}

#[tokio::test]
async fn a_send_is_followed_every_three_seconds_until_all_is_known() {
    let desk = Desk::new().await;
    let send = desk.sent("").await;
    let missing = desk.follow.execute(&desk.connection, &send).await;
    assert!(matches!(missing, Err(CallError::ScopeMissing(AppScope::ReadMessages))));
    let reads = desk.with(AppScope::ReadMessages);
    assert!(desk.follow.execute(&reads, &send).await.unwrap());
    let seen = desk.seen(send.id).await;
    assert_eq!((seen.figures.delivered, seen.figures.earned().to_string()), (2, "4".to_owned()));
    assert_eq!(desk.states(send.id).await, [DeliveryState::Delivered; 2]);
    assert!(!desk.follow.execute(&reads, &seen).await.unwrap(), "all is known");
    let open = WebSend { followed_at: Some(desk.office.now()), ..send };
    assert!(!desk.follow.execute(&reads, &open).await.unwrap(), "too soon");
    desk.office.clock.advance(SignedDuration::from_secs(3));
    assert!(desk.follow.execute(&reads, &open).await.unwrap());
    assert_eq!(desk.carrier.follows(), 2);
}

#[tokio::test]
async fn what_was_taken_back_at_the_providers_own_site_is_cancelled_here() {
    let desk = Desk::new().await;
    let send = desk.sent("2026-11-21T12:00").await;
    let group = send.group.clone().unwrap();
    desk.carrier.cancel(&"token".to_owned().into(), &group).await.unwrap();
    desk.follow.execute(&desk.with(AppScope::ReadMessages), &send).await.unwrap();
    assert_eq!(desk.seen(send.id).await.state, WebSendState::Cancelled);
}

#[tokio::test]
async fn earnings_add_up_what_arrived_since_the_last_settlement() {
    let desk = Desk::new().await;
    let reads = desk.with(AppScope::ReadMessages);
    for _ in 0..2 {
        let send = desk.sent("").await;
        desk.follow.execute(&reads, &send).await.unwrap();
    }
    desk.sent("").await;
    let earnings = desk.earnings.execute(&desk.connection).await.unwrap();
    assert_eq!((earnings.since.delivered, earnings.since.amount.to_string()), (4, "8".to_owned()));
    assert_eq!((earnings.kept, earnings.open), (earnings.since, 1));
    desk.sent("2026-11-21T12:00").await;
    let opens = async |hours| {
        desk.office.clock.advance(SignedDuration::from_hours(hours));
        desk.earnings.execute(&desk.connection).await.unwrap().open
    };
    assert_eq!(opens(0).await, 1, "what is to go later has no results yet");
    assert_eq!([opens(3).await, opens(69).await, opens(3).await], [2, 1, 0], "nobody asks after three days");
    assert_eq!(earnings.next_settlement.to_string(), "2026-12-10T02:00:00Z");
    assert_eq!(earnings.kinds[0], (MessageKind::Sms, earnings.since));
    desk.office.clock.advance(SignedDuration::from_hours(24 * 17));
    let later = desk.earnings.execute(&desk.connection).await.unwrap();
    assert_eq!((later.since.delivered, later.kept.delivered), (0, 4));
}

#[tokio::test]
async fn pages_of_history_follow_each_other() {
    let desk = Desk::new().await;
    let mut ids = Vec::new();
    for _ in 0..25 {
        desk.office.clock.advance(SignedDuration::from_mins(5));
        ids.push(desk.sent("").await.id);
    }
    ids.reverse();
    let first = desk.history.page(&desk.connection, None).await.unwrap();
    let second = desk.history.page(&desk.connection, first.next).await.unwrap();
    assert_eq!((first.sends.len(), second.sends.len(), second.next), (20, 5, None));
    let seen: Vec<_> = first.sends.iter().chain(&second.sends).map(|(send, _)| send.id).collect();
    assert_eq!(seen, ids);
}

#[tokio::test]
async fn a_sender_that_was_refused_is_not_the_one_used_last() {
    let desk = Desk::new().await;
    let last = async || desk.history.last_sender(&desk.connection).await.unwrap();
    let bad = ComposedMessage { from: SenderId::parse("02-999-8888").unwrap(), ..desk.message("") };
    for is_first in [true, false] {
        desk.carrier.is(&[Mood::Strict]);
        desk.send.execute(&desk.connection, &desk.form(), &bad).await.unwrap();
        if is_first {
            assert_eq!(last().await, None, "there is no good one yet");
            desk.office.clock.advance(SignedDuration::from_secs(1));
            desk.sent("").await;
            desk.office.clock.advance(SignedDuration::from_secs(1));
        }
    }
    assert_eq!(last().await, Some(SenderId::parse("02-123-4567").unwrap()));
    // What was refused for another reason says nothing against its sender.
    desk.carrier.is(&[Mood::Poor]);
    desk.office.clock.advance(SignedDuration::from_secs(1));
    desk.send.execute(&desk.connection, &desk.form(), &bad).await.unwrap();
    assert_eq!(last().await, Some(bad.from));
}
