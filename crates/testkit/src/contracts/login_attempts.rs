//! Log ins that fail: counted by login id and address, and by login id in all.

use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::accounts::LoginId;
use bonin_domain::keys::LoginIndex;
use bonin_ports::{LoginAttemptRepository, LoginVerdict};
use jiff::{SignedDuration, Timestamp};

use super::Store;
use super::support::{MICROSECOND, count, race};
use crate::Scene;

const WINDOW: i64 = 15 * 60;

/// The login id of an account of the scene, or of nobody.
fn login(scene: &Scene) -> LoginIndex {
    let name = format!("nobody-{}@example.com", scene.another_phone().e164().trim_start_matches('+'));
    scene.keys.login_index(&LoginId::parse(&name).expect("a login id"))
}

/// Charges a log in; the empty address is none.
async fn charge(
    store: &Arc<dyn Store>,
    scene: &Scene,
    tenant: &TenantId,
    login: LoginIndex,
    address: &str,
    now: Timestamp,
) -> LoginVerdict {
    let address = (!address.is_empty()).then(|| scene.keys.address_index(address));
    let verdict = LoginAttemptRepository::charge(&**store, tenant, login, address, now);
    verdict.await.expect("the store works")
}

async fn forgive(store: &Arc<dyn Store>, scene: &Scene, tenant: &TenantId, login: LoginIndex, address: &str) {
    let address = (!address.is_empty()).then(|| scene.keys.address_index(address));
    store.forgive(tenant, login, address).await.expect("the store works");
}

/// Charges `times` log ins that are allowed.
async fn allowed(
    store: &Arc<dyn Store>,
    scene: &Scene,
    login: LoginIndex,
    address: &str,
    now: Timestamp,
    times: usize,
) {
    for _ in 0..times {
        let verdict = charge(store, scene, &scene.tenant, login, address, now).await;
        assert_eq!(verdict, LoginVerdict::Allowed);
    }
}

/// A hundred log ins from ten addresses of their own, all allowed.
async fn hundred(store: &Arc<dyn Store>, scene: &Scene, login: LoginIndex, now: Timestamp) {
    for place in 0..10 {
        allowed(store, scene, login, &format!("{} ({place})", scene.address), now, 10).await;
    }
}

/// Ten log ins by one login id from one address are allowed; then it waits until 15 minutes after the first, to the
/// microsecond, and waiting costs nothing. An account and nobody's login id are treated alike.
pub async fn ten_log_ins_from_an_address_wait_for_its_window(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = scene.account().open(&*store).await;
    for login in [known.login_index, login(&scene)] {
        let here = &scene.address;
        allowed(&store, &scene, login, here, scene.at(0), 1).await;
        allowed(&store, &scene, login, here, scene.at(10), 9).await;
        let until = scene.at(WINDOW);
        for now in [scene.at(10), scene.at(500), until - MICROSECOND] {
            for _ in 0..3 {
                let verdict = charge(&store, &scene, &scene.tenant, login, here, now).await;
                assert_eq!(verdict, LoginVerdict::Wait { until });
            }
        }
        allowed(&store, &scene, login, here, until, 10).await;
        let verdict = charge(&store, &scene, &scene.tenant, login, here, until).await;
        assert_eq!(verdict, LoginVerdict::Wait { until: scene.at(2 * WINDOW) });
    }
}

/// Log ins without an address wait for none; the hundred in all counts them.
pub async fn log_ins_without_an_address_count_in_all_alone(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let login = login(&scene);
    allowed(&store, &scene, login, "", scene.at(0), 100).await;
    allowed(&store, &scene, login, "", scene.at(1), 1).await;
    let wait = charge(&store, &scene, &scene.tenant, login, "", scene.at(2)).await;
    assert_eq!(wait, LoginVerdict::Wait { until: scene.at(31) });
    forgive(&store, &scene, &scene.tenant, login, "").await;
    allowed(&store, &scene, login, "", scene.at(2), 100).await;
}

/// Another address, login id or tenant has ten log ins of its own.
pub async fn each_login_id_and_address_has_log_ins_of_its_own(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (first, second) = (login(&scene), login(&scene));
    let elsewhere = format!("{} (elsewhere)", scene.address);
    allowed(&store, &scene, first, &scene.address, scene.at(0), 10).await;
    let full = charge(&store, &scene, &scene.tenant, first, &scene.address, scene.at(1)).await;
    assert_eq!(full, LoginVerdict::Wait { until: scene.at(WINDOW) });
    allowed(&store, &scene, first, &elsewhere, scene.at(1), 10).await;
    allowed(&store, &scene, second, &scene.address, scene.at(1), 10).await;
    for _ in 0..10 {
        let tenant = scene.another_tenant();
        let verdict = charge(&store, &scene, &tenant, first, &scene.address, scene.at(1)).await;
        assert_eq!(verdict, LoginVerdict::Allowed);
    }
}

/// After a hundred failures from wherever, each further one makes the login id wait, from everywhere: 30 seconds, then
/// twice as long each time, an hour at most. Waiting costs nothing.
pub async fn after_a_hundred_failures_the_waits_grow_up_to_an_hour(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let tried = login(&scene);
    hundred(&store, &scene, tried, scene.at(0)).await;
    let mut now = scene.at(1);
    for (place, wait) in (0..).zip([30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600]) {
        let here = format!("{} (further {place})", scene.address);
        allowed(&store, &scene, tried, &here, now, 1).await;
        let until = now + SignedDuration::from_secs(wait);
        for early in [now, until - MICROSECOND] {
            for address in [&here, &format!("{here}, beside")] {
                let verdict = charge(&store, &scene, &scene.tenant, tried, address, early).await;
                assert_eq!(verdict, LoginVerdict::Wait { until }, "after {} failures", 101 + place);
            }
        }
        // One that its address holds back as well waits for the later of the two.
        let full = Some(scene.at(WINDOW)).filter(|end| now < *end);
        let address = format!("{} (0)", scene.address);
        let verdict = charge(&store, &scene, &scene.tenant, tried, &address, now).await;
        assert_eq!(verdict, LoginVerdict::Wait { until: until.max(full.unwrap_or(until)) });
        now = until;
    }
    allowed(&store, &scene, login(&scene), &scene.address, scene.at(2), 10).await;
    let other = charge(&store, &scene, &scene.another_tenant(), tried, &scene.address, scene.at(2)).await;
    assert_eq!(other, LoginVerdict::Allowed, "a tenant's own");
}

/// A success forgets the failures at its address and in all, and those alone.
pub async fn a_success_forgets_the_failures_of_its_address_and_in_all(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (tried, other) = (login(&scene), login(&scene));
    let elsewhere = format!("{} (elsewhere)", scene.address);
    for (login, address) in [(tried, &scene.address), (tried, &elsewhere), (other, &scene.address)] {
        allowed(&store, &scene, login, address, scene.at(0), 10).await;
    }
    forgive(&store, &scene, &scene.another_tenant(), tried, &scene.address).await;
    let wait = LoginVerdict::Wait { until: scene.at(WINDOW) };
    assert_eq!(charge(&store, &scene, &scene.tenant, tried, &scene.address, scene.at(1)).await, wait);
    forgive(&store, &scene, &scene.tenant, tried, &scene.address).await;
    assert_eq!(charge(&store, &scene, &scene.tenant, tried, &elsewhere, scene.at(1)).await, wait);
    assert_eq!(charge(&store, &scene, &scene.tenant, other, &scene.address, scene.at(1)).await, wait);
    allowed(&store, &scene, tried, &scene.address, scene.at(1), 10).await;
    let later = LoginVerdict::Wait { until: scene.at(1 + WINDOW) };
    assert_eq!(charge(&store, &scene, &scene.tenant, tried, &scene.address, scene.at(2)).await, later);
    let guessed = login(&scene);
    hundred(&store, &scene, guessed, scene.at(0)).await;
    allowed(&store, &scene, guessed, &scene.address, scene.at(1), 1).await;
    let wait = charge(&store, &scene, &scene.tenant, guessed, &elsewhere, scene.at(2)).await;
    assert_eq!(wait, LoginVerdict::Wait { until: scene.at(31) });
    forgive(&store, &scene, &scene.tenant, guessed, &scene.address).await;
    allowed(&store, &scene, guessed, &elsewhere, scene.at(2), 10).await;
}

/// Of 40 concurrent log ins from one address ten are allowed.
pub async fn of_40_concurrent_log_ins_from_an_address_ten_are_allowed(store: Arc<dyn Store>) {
    let scene = Arc::new(Scene::new());
    let tried = login(&scene);
    let calls = (0..40).map(|_| {
        let (store, scene) = (Arc::clone(&store), Arc::clone(&scene));
        async move { charge(&store, &scene, &scene.tenant, tried, &scene.address, scene.at(0)).await }
    });
    let ended = race(calls).await;
    assert_eq!(count(&ended, |one| *one == LoginVerdict::Allowed), 10);
    assert_eq!(count(&ended, |one| *one == LoginVerdict::Wait { until: scene.at(WINDOW) }), 30);
}

/// Of 40 concurrent log ins from many addresses, where 90 failed before, eleven are allowed: ten, and the one that
/// makes the others wait.
pub async fn of_40_concurrent_log_ins_from_everywhere_eleven_are_allowed(store: Arc<dyn Store>) {
    let scene = Arc::new(Scene::new());
    let tried = login(&scene);
    for place in 0..9 {
        allowed(&store, &scene, tried, &format!("{} ({place})", scene.address), scene.at(0), 10).await;
    }
    let calls = (0..40).map(|place| {
        let (store, scene) = (Arc::clone(&store), Arc::clone(&scene));
        async move {
            let address = format!("{} (racer {place})", scene.address);
            charge(&store, &scene, &scene.tenant, tried, &address, scene.at(1)).await
        }
    });
    let ended = race(calls).await;
    assert_eq!(count(&ended, |one| *one == LoginVerdict::Allowed), 11);
    assert_eq!(count(&ended, |one| *one == LoginVerdict::Wait { until: scene.at(31) }), 29);
}
