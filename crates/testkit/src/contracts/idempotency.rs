//! Idempotency keys: the same request is answered again for a day, another is refused.

use std::sync::Arc;

use bonin_domain::codes::{RuleMode, Verification, Window};
use bonin_domain::keys::SealedField;
use bonin_ports::{RepositoryError, Resent, Started};
use jiff::SignedDuration;

use super::Store;
use super::support::{
    MICROSECOND, assert_created, count, history, miss, race, refused, resend, resent, seen, try_start, verify,
};
use crate::Scene;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A repeated start gets the first answer as it stood, with its token, and sends and counts nothing.
pub async fn a_repeated_start_gets_its_first_answer(store: Arc<dyn Store>) {
    let scene = Scene::new().with_policy(|policy| {
        policy.limits.resend = RuleMode::Off;
        policy.limits.number_windows = vec![Window::secs(600, 2)];
    });
    let builder = scene.start().idempotency(scene.idempotency("k", "r"));
    let (start, holder) = builder.draw();
    let Ok(Started::Created(first)) = try_start(&store, start).await else {
        panic!("the first start is allowed");
    };
    miss(&store, &scene, &holder, scene.at(1), 2).await;
    resent(&store, &scene, &holder, "222222", scene.at(2)).await;
    verify(&store, &scene, &holder, scene.at(3)).await;
    for at in [scene.at(4), scene.at(0) + DAY - MICROSECOND] {
        let (again, unused) = builder.clone().at(at).draw();
        let Ok(Started::Repeated { verification, token }) = try_start(&store, again).await else {
            panic!("the same request under the same key is repeated");
        };
        assert_eq!(verification, first);
        let token = token.expect("the answer has a token");
        let token = scene.keys.unseal(&scene.tenant, SealedField::Token, first.id.as_row(), &token);
        assert_eq!(&**token.expect("the token opens"), holder.token.reveal().as_bytes());
        assert_eq!(history(&store, &scene.tenant, unused.id).await, []);
    }
    let messages = history(&store, &scene.tenant, holder.id).await;
    assert_eq!(messages.len(), 2);
}

/// Another request under a used key is refused and creates nothing.
pub async fn another_request_under_a_used_key_is_refused(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let holder = scene.start().idempotency(scene.idempotency("k", "r")).open(&*store).await;
    let before = seen(&store, &holder, scene.at(1)).await;
    let other = scene.start().idempotency(scene.idempotency("k", "another")).at(scene.at(1));
    let (start, unused) = other.draw();
    assert_eq!(try_start(&store, start).await, Ok(Started::KeyReused));
    assert_eq!(history(&store, &scene.tenant, unused.id).await, []);
    let mut request = scene.resend(&holder, "222222", scene.at(60));
    request.idempotency = Some(scene.idempotency("k", "a resend"));
    assert_eq!(resend(&store, request).await, Resent::KeyReused);
    assert_eq!(seen(&store, &holder, scene.at(1)).await, before);
    assert_created(&scene.start().idempotency(scene.idempotency("another", "r")).run(&*store).await);
}

/// A key is forgotten after a day: the next request under it is a new one, and is remembered in its turn.
pub async fn a_key_is_forgotten_after_a_day(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let first = scene.start().idempotency(scene.idempotency("k", "r")).open(&*store).await;
    let later = scene.at(0) + DAY + MICROSECOND;
    let second = scene.start().idempotency(scene.idempotency("k", "another")).at(later);
    let holder = second.open(&*store).await;
    assert_ne!(holder.id, first.id);
    let Started::Repeated { verification, .. } = second.run(&*store).await else {
        panic!("the key holds the second answer now");
    };
    assert_eq!(verification.id, holder.id);
}

/// A refused start leaves its key free: the same request is judged anew.
pub async fn a_refused_start_leaves_its_key_free(store: Arc<dyn Store>) {
    let scene = Scene::new().with_policy(|policy| {
        policy.limits.number_windows = vec![Window::secs(600, 1)];
    });
    scene.start().open(&*store).await;
    let builder = scene.start().idempotency(scene.idempotency("k", "r"));
    refused(builder.clone().at(scene.at(1)).run(&*store).await);
    refused(builder.clone().at(scene.at(2)).run(&*store).await);
    assert_created(&builder.at(scene.at(600)).run(&*store).await);
}

/// Of eight concurrent starts under one key one creates; the others get its answer, or a conflict and its
/// answer when they try again.
pub async fn of_eight_concurrent_starts_under_one_key_one_creates(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let builder = scene.start().idempotency(scene.idempotency("k", "r"));
    let starts: Vec<_> = (0..8).map(|_| builder.draw()).collect();
    let calls = starts.into_iter().map(|(start, _)| {
        let store = Arc::clone(&store);
        async move {
            match try_start(&store, start.clone()).await {
                Err(RepositoryError::Conflict) => try_start(&store, start).await,
                outcome => outcome,
            }
        }
    });
    let outcomes = race(calls).await;
    let created: Vec<&Verification> = outcomes
        .iter()
        .filter_map(|one| match one {
            Ok(Started::Created(verification)) => Some(verification),
            _ => None,
        })
        .collect();
    assert_eq!(created.len(), 1, "{outcomes:?}");
    let same = count(
        &outcomes,
        |one| matches!(one, Ok(Started::Repeated { verification, .. }) if verification == created[0]),
    );
    assert_eq!(same, 7, "{outcomes:?}");
}

/// A repeated resend gets its first answer, sends nothing and is not too early.
pub async fn a_repeated_resend_gets_its_first_answer(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let holder = scene.start().open(&*store).await;
    miss(&store, &scene, &holder, scene.at(1), 1).await;
    let keyed = |request: &str, at: i64| {
        let mut resend = scene.resend(&holder, "222222", scene.at(at));
        resend.idempotency = Some(scene.idempotency("k", request));
        resend
    };
    // One that was too early leaves its key free.
    assert!(matches!(resend(&store, keyed("r", 59)).await, Resent::TooEarly(_)));
    let Resent::Sent(first) = resend(&store, keyed("r", 60)).await else {
        panic!("the resend is allowed");
    };
    verify(&store, &scene, &holder, scene.at(61)).await;
    for at in [62, 1_000] {
        let Resent::Repeated(verification) = resend(&store, keyed("r", at)).await else {
            panic!("the same request under the same key is repeated");
        };
        // Its `created_at` is left open: the port names the moment of the answer there.
        let repeated = Verification { created_at: first.created_at, ..verification };
        assert_eq!(repeated, first);
    }
    assert_eq!(resend(&store, keyed("another", 62)).await, Resent::KeyReused);
    let messages = history(&store, &scene.tenant, holder.id).await;
    assert_eq!(messages.len(), 2);
}
