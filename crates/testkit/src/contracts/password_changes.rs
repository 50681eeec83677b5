//! Changes of passwords by their owners.

use std::sync::Arc;

use bonin_domain::accounts::Account;
use bonin_domain::codes::Purpose;
use bonin_ports::{AnyProof, NewSession, PasswordChange, SessionEnd, SessionRepository};

use super::Store;
use super::members::{find_session, is_live, now_is, proof};
use super::support::{MICROSECOND, find_proof, race};
use crate::Scene;

async fn change(store: &Arc<dyn Store>, change: PasswordChange) -> bool {
    store.change(change).await.expect("the store works")
}

/// A changed password ends other sessions and all resets, and proofs for a reset that were not spent; its own session
/// goes on under a new token, and nobody else's things are touched.
pub async fn a_changed_password_ends_what_the_old_one_opened(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let known = scene.account().open(&*store).await;
    let neighbour = scene.another_account().open(&*store).await;
    let namesake = scene.account().tenant(scene.another_tenant()).open(&*store).await;
    let own = scene.log_in(&*store, &known, scene.at(0)).await;
    let others = [0, 1].map(|second| scene.session(&known, scene.at(second)));
    for (new, _) in &others {
        assert_eq!(SessionRepository::open(&*store, new.clone()).await, Ok(true));
    }
    let untouched = [
        scene.log_in(&*store, &neighbour, scene.at(0)).await,
        scene.log_in(&*store, &namesake, scene.at(0)).await,
    ];
    let spent = proof(&store, &scene, Purpose::ResetPassword, scene.at(1)).await;
    let (open, reset) = scene.reset(&known, AnyProof::Phone(spent), scene.at(1));
    assert_eq!(store.open_reset(open).await, Ok(Ok(())));
    let mut proofs = Vec::new();
    for purpose in Purpose::ALL {
        proofs.push((scene.tenant.clone(), purpose, proof(&store, &scene, purpose, scene.at(1)).await));
    }
    let elsewhere = scene.start().purpose(Purpose::ResetPassword).tenant(scene.another_tenant());
    let elsewhere = elsewhere.prove(&*store).await;
    let of_another = scene.start().purpose(Purpose::ResetPassword).phone(scene.another_phone());
    let of_another = of_another.prove(&*store).await;
    let (request, token) = scene.password_change(&known, own.session.id, scene.at(2));
    let expected = Account { password: request.to.clone(), ..known.clone() };
    assert!(change(&store, request).await);
    assert_eq!(now_is(&store, &known).await, Some(expected));
    assert!(!is_live(&store, &own, scene.at(2)).await, "the old token is dead");
    let goes_on = find_session(&store, &scene.tenant, &token, scene.at(2)).await.expect("the new one lives");
    assert_eq!((goes_on.id, goes_on.expires_at), (own.session.id, own.session.expires_at));
    for (_, other) in &others {
        assert!(!is_live(&store, other, scene.at(2)).await, "other sessions end");
    }
    for session in &untouched {
        assert!(is_live(&store, session, scene.at(2)).await, "other accounts' sessions live");
    }
    assert_eq!(store.find_reset(&scene.tenant, reset.digest(), scene.at(2)).await, Ok(None));
    assert_eq!(store.finish_reset(scene.finish_reset(&known, &reset, scene.at(2))).await, Ok(false));
    for (tenant, purpose, given) in proofs {
        let found = find_proof(&store, &tenant, purpose, given, scene.at(2)).await;
        assert_eq!(found.is_ok(), purpose != Purpose::ResetPassword, "a proof for {purpose}");
        if purpose == Purpose::ResetPassword {
            let (open, _) = scene.reset(&known, AnyProof::Phone(given), scene.at(2));
            assert!(store.open_reset(open).await.expect("the store works").is_err());
        }
    }
    for (tenant, given) in [(scene.another_tenant(), elsewhere), (scene.tenant.clone(), of_another)] {
        let found = find_proof(&store, &tenant, Purpose::ResetPassword, given, scene.at(2)).await;
        assert!(found.is_ok(), "a proof of another number or tenant stays good");
    }
    let later = proof(&store, &scene, Purpose::ResetPassword, scene.at(3)).await;
    let (open, _) = scene.reset(&known, AnyProof::Phone(later), scene.at(3));
    assert_eq!(store.open_reset(open).await, Ok(Ok(())), "a later proof is good");
}

/// Where the password is another by now nothing changes.
pub async fn a_change_from_another_password_has_no_effect(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = scene.account().open(&*store).await;
    let sessions =
        [scene.log_in(&*store, &known, scene.at(0)).await, scene.log_in(&*store, &known, scene.at(0)).await];
    let given = proof(&store, &scene, Purpose::ResetPassword, scene.at(1)).await;
    let (request, token) = scene.password_change(&known, sessions[0].session.id, scene.at(2));
    assert!(!change(&store, PasswordChange { from: scene.password_hash(), ..request.clone() }).await);
    assert!(!change(&store, PasswordChange { tenant: scene.another_tenant(), ..request }).await);
    assert_eq!(now_is(&store, &known).await, Some(known));
    for session in &sessions {
        assert!(is_live(&store, session, scene.at(2)).await);
    }
    assert_eq!(find_session(&store, &scene.tenant, &token, scene.at(2)).await, None);
    assert!(find_proof(&store, &scene.tenant, Purpose::ResetPassword, given, scene.at(2)).await.is_ok());
}

/// A password is changed in a session of its account that lives: neither one that was ended, nor another account's,
/// nor one past its end.
pub async fn a_password_is_changed_in_a_session_only(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = scene.account().open(&*store).await;
    let other = scene.another_account().open(&*store).await;
    let ended = scene.log_in(&*store, &known, scene.at(0)).await.session.id;
    assert_eq!(SessionRepository::end(&*store, &scene.tenant, known.id, SessionEnd::One(ended)).await, Ok(1));
    let foreign = scene.log_in(&*store, &other, scene.at(0)).await;
    let (new, short) = scene.session(&known, scene.at(0));
    let end = scene.at(5);
    let session = bonin_domain::accounts::Session { expires_at: end, ..new.session.clone() };
    assert_eq!(SessionRepository::open(&*store, NewSession { session, ..new }).await, Ok(true));
    let request = |session, now| scene.password_change(&known, session, now).0;
    for session in [ended, foreign.session.id, scene.session(&known, scene.at(0)).1.session.id] {
        assert!(!change(&store, request(session, scene.at(2))).await);
    }
    assert!(!change(&store, request(short.session.id, end)).await);
    assert_eq!(now_is(&store, &known).await.as_ref(), Some(&known));
    assert!(is_live(&store, &foreign, scene.at(2)).await && is_live(&store, &short, scene.at(2)).await);
    assert!(change(&store, request(short.session.id, end - MICROSECOND)).await);
}

/// Of 16 concurrent changes from one password one goes through.
pub async fn of_16_concurrent_password_changes_one_goes_through(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = scene.account().open(&*store).await;
    let session = scene.log_in(&*store, &known, scene.at(0)).await.session.id;
    let calls = (0..16).map(|_| {
        let (store, request) = (Arc::clone(&store), scene.password_change(&known, session, scene.at(1)).0);
        async move {
            let to = request.to.clone();
            change(&store, request).await.then_some(to)
        }
    });
    let ended: Vec<_> = race(calls).await.into_iter().flatten().collect();
    let [password] = &ended[..] else { panic!("one change goes through: {ended:?}") };
    assert_eq!(now_is(&store, &known).await.map(|now| now.password).as_ref(), Some(password));
}
