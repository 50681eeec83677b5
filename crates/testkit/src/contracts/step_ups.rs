//! Step-ups: a session whose holder proves the account's number again.

use std::sync::Arc;

use bonin_domain::accounts::{Account, Session};
use bonin_domain::codes::{ProofDigest, Purpose};
use bonin_ports::{ProofRefusal, SessionEnd, StepUp};
use jiff::Timestamp;

use super::Store;
use super::members::{contest, find_session, is_live, now_is, proof};
use super::sessions::{end, log_ins};
use super::support::{MICROSECOND, count, find_proof, race};
use crate::Scene;

async fn step_up(store: &Arc<dyn Store>, step_up: StepUp) -> Result<(), ProofRefusal> {
    store.step_up(step_up).await.expect("the store works")
}

async fn assert_stays_good(store: &Arc<dyn Store>, scene: &Scene, given: ProofDigest, now: Timestamp) {
    let found = find_proof(store, &scene.tenant, Purpose::StepUp, given, now).await;
    assert!(found.is_ok(), "the proof is still good");
}

/// A step-up spends a proof of the account's own number and puts the session under a new token; the old one is dead.
/// The number counts as proved now.
pub async fn a_step_up_puts_the_session_under_a_new_token(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = scene.account().person(&scene.person()).open(&*store).await;
    let opened = log_ins(&store, &scene, &known, &[0, 0]).await;
    let given = proof(&store, &scene, Purpose::StepUp, scene.at(1)).await;
    let (request, token) = scene.step_up(&opened[0].session, given, scene.at(2));
    assert_eq!(step_up(&store, request).await, Ok(()));
    let proved = Account { phone_proved_at: scene.at(2), ..known.clone() };
    assert_eq!(now_is(&store, &known).await, Some(proved));
    assert_eq!(find_session(&store, &scene.tenant, &opened[0].token, scene.at(3)).await, None);
    let found = find_session(&store, &scene.tenant, &token, scene.at(3)).await.expect("the session goes on");
    let expected = Session { stepped_up_at: Some(scene.at(2)), ..opened[0].session.clone() };
    assert_eq!(Session { seen_at: expected.seen_at, ..found }, expected);
    let other = find_session(&store, &scene.tenant, &opened[1].token, scene.at(3)).await;
    assert_eq!(other, Some(opened[1].session.clone()), "the other session stays as it was");
    let (again, _) = scene.step_up(&opened[1].session, given, scene.at(3));
    assert_eq!(step_up(&store, again).await, Err(ProofRefusal::Used));
    assert!(is_live(&store, &opened[1], scene.at(3)).await);
}

/// Where another person was seen with the number, a step-up goes through all the same, but the number counts neither as
/// proved now nor as the owner's.
pub async fn a_step_up_proves_nothing_where_another_person_was_seen_with_the_number(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = scene.account().person(&scene.person()).open(&*store).await;
    let opened = scene.log_in(&*store, &known, scene.at(0)).await;
    contest(&store, &scene, &known, scene.at(1)).await;
    let given = proof(&store, &scene, Purpose::StepUp, scene.at(1)).await;
    let (request, token) = scene.step_up(&opened.session, given, scene.at(2));
    assert_eq!(step_up(&store, request).await, Ok(()));
    let marked = Account { phone_contested_at: Some(scene.at(1)), ..known.clone() };
    assert_eq!(now_is(&store, &known).await, Some(marked));
    assert!(!is_live(&store, &opened, scene.at(3)).await, "the old token is dead");
    let found = find_session(&store, &scene.tenant, &token, scene.at(3)).await;
    assert_eq!(found.expect("the session goes on").stepped_up_at, Some(scene.at(2)));
    let spent = find_proof(&store, &scene.tenant, Purpose::StepUp, given, scene.at(3)).await;
    assert_eq!(spent, Err(ProofRefusal::Used));
}

/// A proof of another number, purpose or tenant steps nothing up and stays good; so does one shown for a session that
/// is gone.
pub async fn a_step_up_wants_a_proof_and_a_session_of_its_own(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let known = scene.account().open(&*store).await;
    let opened = scene.log_in(&*store, &known, scene.at(0)).await;
    let ended = scene.log_in(&*store, &known, scene.at(0)).await;
    assert_eq!(end(&store, &known, SessionEnd::One(ended.session.id)).await, 1);
    let own = proof(&store, &scene, Purpose::StepUp, scene.at(1)).await;
    let of_another = scene.start().purpose(Purpose::StepUp).phone(scene.another_phone());
    let of_another = of_another.prove(&*store).await;
    let elsewhere = scene.start().purpose(Purpose::StepUp).tenant(scene.another_tenant());
    let elsewhere = elsewhere.prove(&*store).await;
    let mut requests = vec![
        scene.step_up(&opened.session, of_another, scene.at(2)),
        scene.step_up(&opened.session, elsewhere, scene.at(2)),
        scene.step_up(&ended.session, own, scene.at(2)),
        scene.step_up(&opened.session, own, opened.session.expires_at),
    ];
    let foreign = Session { tenant: scene.another_tenant(), ..opened.session.clone() };
    requests.push(scene.step_up(&foreign, own, scene.at(2)));
    requests.push(scene.step_up(&foreign, elsewhere, scene.at(2)));
    for purpose in Purpose::ALL.into_iter().filter(|&purpose| purpose != Purpose::StepUp) {
        let given = proof(&store, &scene, purpose, scene.at(1)).await;
        requests.push(scene.step_up(&opened.session, given, scene.at(2)));
    }
    for (request, token) in requests {
        assert_eq!(step_up(&store, request).await, Err(ProofRefusal::Unknown));
        assert_eq!(find_session(&store, &scene.tenant, &token, scene.at(2)).await, None);
    }
    assert_stays_good(&store, &scene, own, scene.at(2)).await;
    assert_stays_good(&store, &scene, of_another, scene.at(2)).await;
    let found = find_session(&store, &scene.tenant, &opened.token, scene.at(2)).await;
    assert_eq!(found, Some(opened.session.clone()));
    let (late, _) = scene.step_up(&opened.session, own, scene.at(601));
    assert_eq!(step_up(&store, late).await, Err(ProofRefusal::Expired));
    let (request, _) = scene.step_up(&opened.session, own, scene.at(601) - MICROSECOND);
    assert_eq!(step_up(&store, request).await, Ok(()));
}

/// Of 16 concurrent step-ups with one proof one goes through, and its token alone is good.
pub async fn of_16_concurrent_step_ups_with_one_proof_one_goes_through(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = scene.account().open(&*store).await;
    let opened = scene.log_in(&*store, &known, scene.at(0)).await;
    let given = proof(&store, &scene, Purpose::StepUp, scene.at(1)).await;
    let step_ups: Vec<_> = (0..16).map(|_| scene.step_up(&opened.session, given, scene.at(2))).collect();
    let calls: Vec<_> = step_ups
        .iter()
        .map(|(request, _)| {
            let (store, request) = (Arc::clone(&store), request.clone());
            async move { step_up(&store, request).await }
        })
        .collect();
    let ended = race(calls).await;
    assert_eq!(count(&ended, Result::is_ok), 1);
    assert_eq!(count(&ended, |one| *one == Err(ProofRefusal::Used)), 15);
    let mut live = 0;
    for (_, token) in &step_ups {
        live += usize::from(find_session(&store, &scene.tenant, token, scene.at(2)).await.is_some());
    }
    assert_eq!(live, 1);
}
