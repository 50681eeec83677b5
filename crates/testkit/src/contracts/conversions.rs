//! Conversions: which codes led to success.

use std::sync::Arc;

use bonin_domain::Region;
use bonin_domain::messages::{Attempt, DeliveryState, ProviderName};
use bonin_ports::SentCode;
use jiff::Timestamp;

use super::Store;
use super::groups::{created, group};
use super::support::{
    MICROSECOND, attempt, cancelled, closing, miss, record, report, resend, seen, tell, verify,
};
use crate::{Holder, Scene, StartBuilder};

/// Opens a verification whose message Sens took three seconds later.
async fn sent(store: &Arc<dyn Store>, scene: &Scene, start: StartBuilder<'_>) -> Holder {
    let holder = start.open(&**store).await;
    let at = seen(store, &holder, scene.at(0)).await.created_at + THREE_SECONDS;
    record(store, closing(scene.lease(), attempt(holder.message, DeliveryState::Accepted, at))).await;
    holder
}

const THREE_SECONDS: jiff::SignedDuration = jiff::SignedDuration::from_secs(3);

async fn recent(store: &Arc<dyn Store>, limit: u16, now: Timestamp) -> Vec<SentCode> {
    store.recent(limit, now).await.expect("the store works")
}

/// A code of Sens to Korea, taken at this second.
fn code(scene: &Scene, second: i64, converted: bool) -> SentCode {
    let provider = ProviderName::parse("sens").expect("a provider's name");
    SentCode { provider, country: Some(Region::KR), at: scene.at(second), converted }
}

/// A code converts when its verification succeeds by it, and keeps the moment at which it was taken.
pub async fn a_code_converts_when_its_verification_succeeds(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let holder = sent(&store, &scene, scene.start()).await;
    assert_eq!(recent(&store, 10, scene.at(4)).await, []);
    tell(&store, report(&holder, DeliveryState::Delivered, None), scene.at(9)).await;
    verify(&store, &scene, &holder, scene.at(10)).await;
    assert_eq!(recent(&store, 10, scene.at(11)).await, [code(&scene, 3, true)]);
    let abroad = scene.start().at(scene.at(20)).open(&*store).await;
    let taken = Attempt {
        provider: ProviderName::parse("nexmo").expect("a provider's name"),
        country: None,
        ..attempt(abroad.message, DeliveryState::Accepted, scene.at(21))
    };
    record(&store, closing(scene.lease(), taken.clone())).await;
    verify(&store, &scene, &abroad, scene.at(30)).await;
    let abroad = SentCode { provider: taken.provider, country: None, ..code(&scene, 21, true) };
    assert_eq!(recent(&store, 10, scene.at(31)).await, [abroad, code(&scene, 3, true)]);
}

/// A code whose verification was cancelled, locked or ran out did not convert; one that is still open is not
/// decided, to the microsecond.
pub async fn a_code_that_led_nowhere_is_missed(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let given_up = sent(&store, &scene, scene.start()).await;
    cancelled(&store, &given_up, scene.at(5)).await;
    let locked = sent(&store, &scene, scene.start().at(scene.at(1))).await;
    miss(&store, &scene, &locked, scene.at(5), 5).await;
    sent(&store, &scene, scene.start().at(scene.at(2))).await;
    let mut expected = vec![code(&scene, 4, false), code(&scene, 3, false)];
    assert_eq!(recent(&store, 10, scene.at(182) - MICROSECOND).await, expected);
    expected.insert(0, code(&scene, 5, false));
    assert_eq!(recent(&store, 10, scene.at(182)).await, expected);
}

/// A code after which another was asked for did not convert, decided at once, and a success is the last one's.
pub async fn a_success_is_the_last_codes(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let holder = sent(&store, &scene, scene.start()).await;
    let again = scene.resend(&holder, "222222", scene.at(60));
    let second = again.code.message.id;
    resend(&store, again).await;
    record(&store, closing(scene.lease(), attempt(second, DeliveryState::Accepted, scene.at(61)))).await;
    let first = code(&scene, 3, false);
    assert_eq!(recent(&store, 10, scene.at(62)).await, std::slice::from_ref(&first));
    verify(&store, &scene, &holder, scene.at(63)).await;
    assert_eq!(recent(&store, 10, scene.at(64)).await, [code(&scene, 61, true), first]);
}

/// The newest decided codes come first, as many as asked for, however many newer ones are open.
pub async fn the_newest_decided_codes_come_first(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let mut expected = Vec::new();
    for second in [0, 1, 2, 3] {
        let holder = sent(&store, &scene, scene.start().at(scene.at(second))).await;
        verify(&store, &scene, &holder, scene.at(second)).await;
        expected.insert(0, code(&scene, second + 3, true));
    }
    for second in [10, 11, 12] {
        sent(&store, &scene, scene.start().at(scene.at(second))).await;
    }
    for limit in [2, 10] {
        let length = usize::from(limit).min(4);
        assert_eq!(recent(&store, limit, scene.at(20)).await, expected[..length]);
    }
}

/// Only codes that a provider took are learned from, also where they failed on the way: none that waits, that was refused or may not have been
/// taken, none to a number for tests, and no message of a group.
pub async fn only_codes_that_a_provider_took_are_learned_from(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let now = scene.at(9_000);
    scene.start().open(&*store).await;
    for state in [DeliveryState::Failed, DeliveryState::Unknown, DeliveryState::Expired] {
        let holder = scene.start().open(&*store).await;
        let not_taken = Attempt { reference: None, ..attempt(holder.message, state, scene.at(1)) };
        record(&store, closing(scene.lease(), not_taken)).await;
    }
    let tested = sent(&store, &scene, scene.start().test_number()).await;
    verify(&store, &scene, &tested, scene.at(5)).await;
    let own = created(&store, &group(&scene, 1, scene.at(0))).await;
    record(&store, closing(scene.lease(), attempt(own[0], DeliveryState::Delivered, scene.at(1)))).await;
    assert_eq!(recent(&store, 10, now).await, []);
    for (second, state) in
        [(9, DeliveryState::Failed), (10, DeliveryState::Sent), (11, DeliveryState::Delivered)]
    {
        let holder = sent(&store, &scene, scene.start().at(scene.at(second))).await;
        tell(&store, report(&holder, state, None), scene.at(second + 9)).await;
    }
    let expected = [14, 13, 12].map(|second| code(&scene, second, false));
    assert_eq!(recent(&store, 10, now).await, expected);
}
