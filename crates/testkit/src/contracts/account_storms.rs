//! Much at once: whatever is asked of accounts in parallel ends, one way or the other.

use std::pin::Pin;
use std::sync::Arc;

use bonin_domain::codes::Purpose;
use bonin_ports::{AnyProof, IdentityResult, PhoneChanged, SessionEnd, SessionRepository, SignUp, SignedUp};

use super::Store;
use super::members::{is_live, now_is, proof, race_sign_ups};
use super::support::{count, find_proof, lease, race, turn};
use crate::Scene;

type Call = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Concurrent sign-ups that want each other's numbers, login ids and people all end, and nothing is had twice.
pub async fn concurrent_sign_ups_that_share_subjects_crosswise_all_end(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let phones = [scene.another_phone(), scene.another_phone(), scene.another_phone()];
    let logins = [0, 1, 2].map(|place| format!("{place}.{}@example.com", phones[0].e164().replace('+', "")));
    let people = [scene.person(), scene.person(), scene.person()];
    let mut sign_ups = Vec::new();
    for place in 0..27 {
        let (phone, login, person) = (&phones[place % 3], &logins[place / 3 % 3], &people[place / 9]);
        let builder = scene.account().phone(phone.clone()).login(login).person(person);
        sign_ups.push(builder.sign_up(&*store).await);
    }
    let ended = race_sign_ups(&store, sign_ups.clone()).await;
    let refused = [SignedUp::PhoneTaken, SignedUp::LoginIdTaken, SignedUp::PersonTaken];
    let created = count(&ended, |one| *one == SignedUp::Created);
    assert!((1..=3).contains(&created), "{ended:?}");
    assert_eq!(count(&ended, |one| refused.contains(one)), 27 - created, "{ended:?}");
    let mut opened = Vec::new();
    for SignUp { account, proof, now, .. } in sign_ups {
        let is_open = now_is(&store, &account).await.is_some();
        let spent = find_proof(&store, &scene.tenant, Purpose::SignUp, proof, now).await.is_err();
        assert_eq!(is_open, spent, "a proof is spent where its account is there");
        opened.extend(is_open.then_some(account));
    }
    assert_eq!(opened.len(), created);
    for (place, one) in opened.iter().enumerate() {
        for other in &opened[..place] {
            let shared = one.phone_index == other.phone_index || one.login_index == other.login_index;
            assert!(!shared && one.person.as_ref().map(|p| p.ci) != other.person.as_ref().map(|p| p.ci));
        }
    }
}

/// Everything that can be done to one account, done at once: all of it ends, and the account is of one piece.
pub async fn concurrent_deeds_on_one_account_all_end(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    for _ in 0..6 {
        let (old, new) = (scene.another_phone(), scene.another_phone());
        let owner = scene.person();
        let known = scene.another_account().phone(old.clone()).person(&owner).open(&*store).await;
        let start = scene.start().phone(old);
        let session = scene.log_in(&*store, &known, scene.at(0)).await;
        let mut reset = Vec::new();
        for _ in 0..2 {
            let given = start.clone().purpose(Purpose::ResetPassword).prove(&*store).await;
            reset.push(scene.reset(&known, AnyProof::Phone(given), scene.at(1)));
        }
        let (second, _) = reset.remove(1);
        let (first, token) = reset.remove(0);
        assert_eq!(store.open_reset(first).await, Ok(Ok(())));
        let stepped = start.clone().purpose(Purpose::StepUp).prove(&*store).await;
        let moving = scene.start().phone(new.clone()).purpose(Purpose::ChangePhone).prove(&*store).await;
        let holder = scene.identity().open(&*store).await;
        let result = scene.result(&holder, &scene.person(), scene.at(2));
        let contesting = IdentityResult { phone_index: Some(known.phone_index), ..result };
        let finish = scene.finish_reset(&known, &token, scene.at(2));
        let (change, _) = scene.password_change(&known, session.session.id, scene.at(2));
        let passwords = [known.password.clone(), finish.password.clone(), change.to.clone()];
        let moved = scene.phone_change(&known, session.session.id, &new, moving, scene.at(2));
        let (step_up, _) = scene.step_up(&session.session, stepped, scene.at(2));
        let (log_in, logged_in) = scene.session(&known, scene.at(2));
        let (tenant, id, kept) = (scene.tenant.clone(), known.id, session.session.id);
        let stores: [Arc<dyn Store>; 8] = std::array::from_fn(|_| Arc::clone(&store));
        let [s0, s1, s2, s3, s4, s5, s6, s7] = stores;
        let calls: Vec<Call> = vec![
            Box::pin(async move { assert!(s0.finish_reset(finish).await.is_ok()) }),
            Box::pin(async move { assert!(s1.change(change).await.is_ok()) }),
            Box::pin(async move { assert!(s2.open_reset(second).await.is_ok()) }),
            Box::pin(async move {
                let ended = s3.change_phone(moved).await;
                assert!(matches!(ended, Ok(PhoneChanged::Changed | PhoneChanged::Gone)), "{ended:?}");
            }),
            Box::pin(async move { assert!(s4.step_up(step_up).await.is_ok()) }),
            Box::pin(async move { assert!(SessionRepository::open(&*s5, log_in).await.is_ok()) }),
            Box::pin(async move {
                assert!(SessionRepository::end(&*s6, &tenant, id, SessionEnd::Others(kept)).await.is_ok());
            }),
            Box::pin(async move { assert!(s7.complete(contesting).await.is_ok()) }),
        ];
        race(calls).await;
        let now = now_is(&store, &known).await.expect("nobody closed it");
        assert!(passwords[1..].contains(&now.password), "the reset or the change set the password");
        assert!(!is_live(&store, &logged_in, scene.at(2)).await, "the old password keeps nobody logged in");
        assert!(
            store.close(&scene.tenant, now.id, &now.password, scene.at(3)).await.expect("the store works")
        );
    }
}

/// Of 16 who change one password at once, or finish one reset, one tells the owner.
pub async fn of_16_concurrent_deeds_one_tells_the_owner(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let known = scene.account().open(&*store).await;
    let session = scene.log_in(&*store, &known, scene.at(0)).await.session.id;
    let changes: Vec<_> = (0..16).map(|_| scene.password_change(&known, session, scene.at(1)).0).collect();
    let own: Vec<_> = changes.iter().map(|change| change.notice.message.id).collect();
    let calls = changes.into_iter().map(|change| {
        let store = Arc::clone(&store);
        async move { store.change(change).await.expect("the store works") }
    });
    assert_eq!(count(&race(calls).await, |done| *done), 1);
    assert_eq!(lease(&store, scene.lease(), scene.at(1), scene.at(60), &own).await.len(), 1);
    let given = proof(&store, &scene, Purpose::ResetPassword, scene.at(2)).await;
    let (open, token) = scene.reset(&known, AnyProof::Phone(given), scene.at(2));
    assert_eq!(store.open_reset(open).await, Ok(Ok(())));
    let finishes: Vec<_> = (0..16).map(|_| scene.finish_reset(&known, &token, scene.at(3))).collect();
    let own: Vec<_> = finishes.iter().map(|finish| finish.notice.message.id).collect();
    let calls = finishes.into_iter().map(|finish| {
        let store = Arc::clone(&store);
        async move { store.finish_reset(finish).await.expect("the store works") }
    });
    assert_eq!(count(&race(calls).await, |done| *done), 1);
    assert_eq!(lease(&store, scene.lease(), scene.at(3), scene.at(60), &own).await.len(), 1);
}
