//! Sign-ups at the same time, and under one idempotency key.

use std::sync::Arc;

use bonin_domain::codes::Purpose;
use bonin_ports::{AccountRepository, ProofRefusal, RepositoryError, SignUp, SignedUp};
use jiff::SignedDuration;

use super::Store;
use super::members::{consents, identity_proof, now_is, race_sign_ups, sign_up};
use super::sign_ups::{assert_refused, laden};
use super::support::{MICROSECOND, count, find_proof, race};
use crate::Scene;

const RACERS: usize = 16;

/// Of all that ran at once one created its account, and the others ended as `refused` and left no trace.
async fn assert_one_wins(store: &Arc<dyn Store>, sign_ups: Vec<SignUp>, refused: SignedUp) {
    let ended = race_sign_ups(store, sign_ups.clone()).await;
    assert_eq!(count(&ended, |one| *one == SignedUp::Created), 1, "{ended:?}");
    assert_eq!(count(&ended, |one| *one == refused), sign_ups.len() - 1, "{ended:?}");
    let (mut accounts, mut agreed, mut used) = (0, 0, 0);
    for new in &sign_ups {
        accounts += usize::from(now_is(store, &new.account).await.is_some());
        agreed += consents(store, &new.account).await.len();
        let proof = find_proof(store, &new.account.tenant, Purpose::SignUp, new.proof, new.now).await;
        used += usize::from(proof == Err(ProofRefusal::Used));
    }
    assert_eq!((accounts, agreed), (1, 1));
    let shared = sign_ups.windows(2).all(|pair| pair[0].proof == pair[1].proof);
    assert_eq!(used, if shared { sign_ups.len() } else { 1 });
}

/// Of 16 concurrent sign-ups with one number, each with a proof of its own, one creates an account.
pub async fn of_16_concurrent_sign_ups_with_one_number_one_creates(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let mut sign_ups = Vec::new();
    for _ in 0..RACERS {
        let builder = scene.another_account().phone(scene.phone.clone());
        sign_ups.push(laden(&store, &scene, builder.draw(), builder.prove(&*store).await).await);
    }
    assert_one_wins(&store, sign_ups, SignedUp::PhoneTaken).await;
}

/// Of 16 concurrent sign-ups with one login id one creates an account.
pub async fn of_16_concurrent_sign_ups_with_one_login_id_one_creates(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let mut sign_ups = Vec::new();
    for _ in 0..RACERS {
        let builder = scene.account().phone(scene.another_phone());
        sign_ups.push(laden(&store, &scene, builder.draw(), builder.prove(&*store).await).await);
    }
    assert_one_wins(&store, sign_ups, SignedUp::LoginIdTaken).await;
}

/// Of 16 concurrent sign-ups of one person, half of them known by CI alone and half by DI too, one creates an account.
pub async fn of_16_concurrent_sign_ups_of_one_person_one_creates(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let person = scene.person();
    for by_ci in [true, false] {
        // By one key and different others: a lock on a pair of keys would not do.
        let mut sign_ups = Vec::new();
        let shared = scene.person();
        for _ in 0..RACERS {
            let mut known = scene.person();
            if by_ci {
                known.ci = shared.ci;
            } else {
                known.di = shared.di;
            }
            let builder = scene.another_account().person(&known);
            sign_ups.push(laden(&store, &scene, builder.draw(), builder.prove(&*store).await).await);
        }
        assert_one_wins(&store, sign_ups, SignedUp::PersonTaken).await;
    }
    let builder = scene.another_account().person(&person);
    assert_eq!(sign_up(&store, builder.sign_up(&*store).await).await, SignedUp::Created);
}

/// Of 16 concurrent sign-ups with one proof one creates an account.
pub async fn of_16_concurrent_sign_ups_with_one_proof_one_creates(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let proof = scene.account().prove(&*store).await;
    let mut sign_ups = Vec::new();
    for _ in 0..RACERS {
        let account = scene.another_account().phone(scene.phone.clone()).draw();
        sign_ups.push(laden(&store, &scene, account, proof).await);
    }
    assert_one_wins(&store, sign_ups, SignedUp::Proof(ProofRefusal::Used)).await;
}

/// Of 16 concurrent sign-ups with one identity proof one creates an account.
pub async fn of_16_concurrent_sign_ups_with_one_identity_proof_one_creates(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let shared = identity_proof(&store, &scene, Purpose::SignUp, &scene.person(), scene.at(0)).await;
    let mut sign_ups = Vec::new();
    for _ in 0..RACERS {
        let new = scene.another_account().sign_up(&*store).await;
        let consents = vec![scene.consent("service", scene.at(0))];
        sign_ups.push(SignUp { identity_proof: Some(shared), consents, ..new });
    }
    assert_one_wins(&store, sign_ups, SignedUp::IdentityProof(ProofRefusal::Used)).await;
}

/// A repeated sign-up gets the account that the first made, as it is by now, and opens nothing.
pub async fn a_repeated_sign_up_gets_its_account(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let first = SignUp {
        idempotency: Some(scene.idempotency("sign-up", "same")),
        ..scene.account().sign_up(&*store).await
    };
    assert_eq!(sign_up(&store, first.clone()).await, SignedUp::Created);
    let session = scene.log_in(&*store, &first.account, scene.at(1)).await.session.id;
    let (change, _) = scene.password_change(&first.account, session, scene.at(2));
    assert_eq!(store.change(change.clone()).await, Ok(true));
    // Drawn anew, as a client's second try is.
    let again = SignUp { account: scene.account().draw(), now: scene.at(3), ..first.clone() };
    let SignedUp::Repeated(known) = sign_up(&store, again.clone()).await else {
        panic!("the account is repeated")
    };
    assert_eq!((known.id, &known.password), (first.account.id, &change.to));
    assert_eq!(Some(*known), now_is(&store, &first.account).await);
    assert_eq!(now_is(&store, &again.account).await, None);
}

/// Another request under a sign-up's key is refused and leaves no trace.
pub async fn another_request_under_a_sign_ups_key_is_refused(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let first = scene.account().sign_up(&*store).await;
    let first = SignUp { idempotency: Some(scene.idempotency("sign-up", "one")), ..first };
    assert_eq!(sign_up(&store, first).await, SignedUp::Created);
    let builder = scene.another_account();
    let other = laden(&store, &scene, builder.draw(), builder.prove(&*store).await).await;
    let other = SignUp { idempotency: Some(scene.idempotency("sign-up", "another")), ..other };
    assert_refused(&store, other, SignedUp::KeyReused).await;
}

/// A sign-up's key is forgotten after a day: the request is then judged anew.
pub async fn a_sign_ups_key_is_forgotten_after_a_day(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let first = scene.account().sign_up(&*store).await;
    let first = SignUp { idempotency: Some(scene.idempotency("sign-up", "same")), ..first };
    assert_eq!(sign_up(&store, first.clone()).await, SignedUp::Created);
    let day = scene.at(0) + SignedDuration::from_hours(24);
    let late = |now| SignUp { now, ..first.clone() };
    assert!(matches!(sign_up(&store, late(day - MICROSECOND)).await, SignedUp::Repeated(_)));
    let builder = scene.another_account().at(day);
    let other = SignUp { idempotency: first.idempotency.clone(), ..builder.sign_up(&*store).await };
    assert_eq!(sign_up(&store, other).await, SignedUp::Created);
}

/// A refused sign-up leaves its key free.
pub async fn a_refused_sign_up_leaves_its_key_free(store: Arc<dyn Store>) {
    let scene = Scene::new();
    scene.account().open(&*store).await;
    let key = Some(scene.idempotency("sign-up", "one"));
    let taken = scene.another_account().phone(scene.phone.clone()).sign_up(&*store).await;
    assert_refused(&store, SignUp { idempotency: key, ..taken }, SignedUp::PhoneTaken).await;
    let other = scene.another_account().sign_up(&*store).await;
    let other = SignUp { idempotency: Some(scene.idempotency("sign-up", "another")), ..other };
    assert_eq!(sign_up(&store, other).await, SignedUp::Created);
}

/// Of 8 concurrent sign-ups under one key one creates its account; the others are told of it, at once or when they try
/// again after a conflict.
pub async fn of_eight_concurrent_sign_ups_under_one_key_one_creates(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let proof = scene.account().prove(&*store).await;
    let key = scene.idempotency("sign-up", "same");
    let sign_ups: Vec<_> = (0..8)
        .map(|_| SignUp { idempotency: Some(key.clone()), ..scene.sign_up(scene.account().draw(), proof) })
        .collect();
    let calls = sign_ups.clone().into_iter().map(|new| {
        let store = Arc::clone(&store);
        async move {
            match AccountRepository::sign_up(&*store, new.clone()).await {
                Err(RepositoryError::Conflict) => sign_up(&store, new).await,
                ended => ended.expect("the store works"),
            }
        }
    });
    let ended = race(calls).await;
    assert_eq!(count(&ended, |one| *one == SignedUp::Created), 1, "{ended:?}");
    let mut opened = Vec::new();
    for new in &sign_ups {
        opened.extend(now_is(&store, &new.account).await);
    }
    let [account] = &opened[..] else { panic!("one account is there: {opened:?}") };
    let told = |one: &SignedUp| matches!(one, SignedUp::Repeated(known) if **known == *account);
    assert_eq!(count(&ended, told), 7, "{ended:?}");
}
