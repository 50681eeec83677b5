//! How many identity verifications an address starts.

use std::sync::Arc;

use bonin_domain::codes::RuleMode;
use bonin_ports::{IdentityRepository, IdentityStarted, NewIdentity};

use super::Store;
use super::identities::find_as;
use super::support::{MICROSECOND, count, race};
use crate::Scene;

async fn start(store: &Arc<dyn Store>, new: NewIdentity) -> IdentityStarted {
    IdentityRepository::start(&**store, new).await.expect("the store works")
}

/// Ten starts from an address in ten minutes, then it waits until the first has aged, to the microsecond.
pub async fn an_address_starts_ten_identity_verifications_in_ten_minutes(store: Arc<dyn Store>) {
    let scene = Scene::new();
    for second in 0..10 {
        scene.identity().at(scene.at(second)).open(&*store).await;
    }
    for early in [scene.at(10), scene.at(600) - MICROSECOND] {
        let (new, refused) = scene.identity().at(early).draw();
        assert_eq!(start(&store, new).await, IdentityStarted::TooMany { until: scene.at(600) });
        let token = refused.token.digest();
        assert_eq!(find_as(&store, &scene.tenant, &refused, token, early).await, None);
        assert_eq!(store.is_issued(&refused.verification.order).await, Ok(false));
    }
    let elsewhere = format!("{} (elsewhere)", scene.address);
    scene.identity().from_address(&elsewhere).at(scene.at(10)).open(&*store).await;
    scene.identity().at(scene.at(600)).open(&*store).await;
    let (new, _) = scene.identity().at(scene.at(600)).draw();
    assert_eq!(start(&store, new).await, IdentityStarted::TooMany { until: scene.at(601) });
}

/// Thirty starts from an address in an hour.
pub async fn an_address_starts_thirty_identity_verifications_in_an_hour(store: Arc<dyn Store>) {
    let scene = Scene::new();
    for round in 0..3 {
        for _ in 0..10 {
            scene.identity().at(scene.at(600 * round)).open(&*store).await;
        }
    }
    for early in [scene.at(1_800), scene.at(3_600) - MICROSECOND] {
        let (new, _) = scene.identity().at(early).draw();
        assert_eq!(start(&store, new).await, IdentityStarted::TooMany { until: scene.at(3_600) });
    }
    scene.identity().at(scene.at(3_600)).open(&*store).await;
}

/// A rule that is off neither refuses nor counts; one that is only recorded counts and does not refuse.
pub async fn a_rule_for_identity_verifications_that_is_not_applied_refuses_nothing(store: Arc<dyn Store>) {
    let scene = Scene::new();
    for _ in 0..12 {
        scene.identity().limit(RuleMode::Off).open(&*store).await;
    }
    scene.identity().at(scene.at(1)).open(&*store).await;
    for _ in 0..12 {
        scene.identity().limit(RuleMode::Record).at(scene.at(1)).open(&*store).await;
    }
    let (new, _) = scene.identity().at(scene.at(2)).draw();
    assert_eq!(start(&store, new).await, IdentityStarted::TooMany { until: scene.at(601) });
    scene.identity().limit(RuleMode::Off).at(scene.at(2)).open(&*store).await;
}

/// Of 40 concurrent starts from an address ten are allowed.
pub async fn of_40_concurrent_identity_verifications_ten_are_started(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let calls: Vec<_> = (0..40)
        .map(|_| {
            let (store, new) = (Arc::clone(&store), scene.identity().draw().0);
            async move { start(&store, new).await }
        })
        .collect();
    let ended = race(calls).await;
    assert_eq!(count(&ended, |one| *one == IdentityStarted::Created), 10);
    let until = scene.at(600);
    assert_eq!(count(&ended, |one| *one == IdentityStarted::TooMany { until }), 30);
}
