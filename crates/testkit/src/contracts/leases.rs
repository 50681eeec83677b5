//! Leases: who may send a message, and until when.

use std::collections::HashSet;
use std::sync::Arc;

use bonin_domain::keys::SealedField;
use bonin_domain::messages::MessageId;
use bonin_ports::Outbox;

use super::Store;
use super::support::{MICROSECOND, ids, lease, race, resend, turn};
use crate::{Holder, Scene};

/// Opens a verification a second, each for a phone of its own.
async fn waiting(store: &Arc<dyn Store>, scene: &Scene, messages: i64) -> Vec<Holder> {
    let mut holders = Vec::new();
    for second in 0..messages {
        let start = scene.start().phone(scene.another_phone()).at(scene.at(second));
        holders.push(start.open(&**store).await);
    }
    holders
}

/// A message that waits is leased as it was put in.
pub async fn a_waiting_message_is_leased_as_it_was_put_in(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let tenant = scene.another_tenant();
    let holder = scene.start().tenant(tenant.clone()).open(&*store).await;
    let own = [holder.message];
    assert_eq!(lease(&store, scene.lease(), scene.at(0) - MICROSECOND, scene.at(30), &own).await, []);
    let leased = lease(&store, scene.lease(), scene.at(0), scene.at(30), &own).await;
    let [message] = &leased[..] else {
        panic!("one message waits: {leased:?}");
    };
    assert_eq!((&message.tenant, message.group), (&tenant, None));
    assert_eq!((message.created_at, message.expires_at), (scene.at(0), scene.at(180)));
    assert!(!message.interrupted);
    assert_eq!(message.attempts, []);
    let row = message.id.as_row();
    let text = scene.keys.unseal(&tenant, SealedField::Message, row, &message.payload);
    assert_eq!(&**text.expect("the message opens"), b"[Bonin] 123456");
}

/// A leased message is not leased again before the lease ends; then it is, as interrupted.
pub async fn a_lease_ends_when_it_says_and_not_before(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let holder = scene.start().open(&*store).await;
    let own = [holder.message];
    let first = lease(&store, scene.lease(), scene.at(0), scene.at(30), &own).await;
    assert_eq!(ids(&first), own);
    for early in [scene.at(0), scene.at(30) - MICROSECOND] {
        assert_eq!(lease(&store, scene.lease(), early, scene.at(60), &own).await, []);
    }
    let second = lease(&store, scene.lease(), scene.at(30), scene.at(60), &own).await;
    assert_eq!(ids(&second), own);
    assert!(second[0].interrupted && !first[0].interrupted);
    assert_eq!(lease(&store, scene.lease(), scene.at(59), scene.at(90), &own).await, []);
}

/// A message that its start leased is left to that process until the lease ends; then it is interrupted.
pub async fn a_message_leased_at_its_start_is_left_alone(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let holder = scene.start().leased(scene.lease(), scene.at(30)).open(&*store).await;
    let mut request = scene.resend(&holder, "222222", scene.at(0));
    request.code.message.lease = Some((scene.lease(), scene.at(40)));
    let own = [holder.message, request.code.message.id];
    resend(&store, request).await;
    for (now, expected) in
        [(scene.at(30) - MICROSECOND, &own[..0]), (scene.at(30), &own[..1]), (scene.at(40), &own[1..])]
    {
        let leased = lease(&store, scene.lease(), now, scene.at(90), &own).await;
        assert_eq!(ids(&leased), expected);
        assert!(leased.iter().all(|message| message.interrupted));
    }
}

/// A lease takes the oldest messages, no more than its limit.
pub async fn a_lease_takes_the_oldest_messages_up_to_its_limit(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let waiting: Vec<MessageId> =
        waiting(&store, &scene, 5).await.iter().map(|holder| holder.message).collect();
    let mut taken = Vec::new();
    for (limit, expected) in [(2, 2), (2, 4), (2, 5), (2, 5)] {
        let leased = Outbox::lease(&*store, scene.lease(), scene.at(5), scene.at(35), limit).await;
        taken.extend(ids(&leased.expect("the store works")));
        assert_eq!(taken, waiting[..expected]);
    }
}

/// Concurrent processes get every waiting message, and none twice.
pub async fn concurrent_leases_are_disjoint_and_leave_nothing(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let own: HashSet<MessageId> =
        waiting(&store, &scene, 60).await.iter().map(|holder| holder.message).collect();
    let calls: Vec<_> = (0..8)
        .map(|_| {
            let (store, lease) = (Arc::clone(&store), scene.lease());
            let (now, until) = (scene.at(60), scene.at(90));
            async move {
                let mut taken = Vec::new();
                // Bounded, so that a store that gives messages again and again fails and does not hang.
                for _ in 0..60 {
                    let leased = Outbox::lease(&*store, lease, now, until, 5).await.expect("the store works");
                    if leased.is_empty() {
                        break;
                    }
                    taken.extend(ids(&leased));
                }
                taken
            }
        })
        .collect();
    let mut taken: Vec<MessageId> = race(calls).await.into_iter().flatten().collect();
    // A process may pass over what another is about to take, and end early.
    let rest = Outbox::lease(&*store, scene.lease(), scene.at(60), scene.at(90), 100).await;
    taken.extend(ids(&rest.expect("the store works")));
    taken.retain(|id| own.contains(id));
    assert_eq!(taken.len(), 60, "no message is leased twice");
    assert_eq!(taken.into_iter().collect::<HashSet<_>>(), own);
}

/// A message whose code died is leased all the same, so that its end is recorded.
pub async fn a_message_whose_code_died_is_leased_all_the_same(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let holder = scene.start().open(&*store).await;
    let leased = lease(&store, scene.lease(), scene.at(180), scene.at(210), &[holder.message]).await;
    assert_eq!(ids(&leased), [holder.message]);
    assert_eq!(leased[0].expires_at, scene.at(180));
}
