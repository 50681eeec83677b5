//! What becomes of accounts: numbers that change, accounts that close, accounts that come from elsewhere.

use std::sync::Arc;

use bonin_domain::accounts::{Account, PasswordHash, PersonLink, SessionId};
use bonin_domain::codes::{ProofDigest, Purpose};
use bonin_domain::{PhoneNumber, TenantId};
use bonin_ports::{
    AccountKey, AnyProof, PhoneChange, PhoneChanged, ProofRefusal, SessionEnd, SessionRepository, SignUp,
    SignedUp,
};
use jiff::{SignedDuration, Timestamp};

use super::Store;
use super::members::{account, consents, contest, is_live, now_is, sign_up};
use super::support::{MICROSECOND, count, find_proof, race, verify};
use crate::Scene;

async fn change(store: &Arc<dyn Store>, change: PhoneChange) -> PhoneChanged {
    store.change_phone(change).await.expect("the store works")
}

/// A proof of `phone` for changing to it.
async fn new_number(
    store: &Arc<dyn Store>,
    scene: &Scene,
    phone: &PhoneNumber,
    now: Timestamp,
) -> ProofDigest {
    scene.start().purpose(Purpose::ChangePhone).phone(phone.clone()).at(now).prove(&**store).await
}

async fn assert_unchanged(store: &Arc<dyn Store>, scene: &Scene, known: &Account, proof: ProofDigest) {
    assert_eq!(now_is(store, known).await.as_ref(), Some(known));
    let found = find_proof(store, &scene.tenant, Purpose::ChangePhone, proof, scene.at(10)).await;
    assert!(found.is_ok(), "the proof is still good");
}

/// A changed number is the account's and counts as proved now; the old one is free, and a reset that it opened is over.
pub async fn a_changed_number_is_the_accounts(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let before = scene.account().person(&scene.person()).open(&*store).await;
    let session = scene.log_in(&*store, &before, scene.at(1)).await;
    let for_reset = super::members::proof(&store, &scene, Purpose::ResetPassword, scene.at(1)).await;
    let (open, token) = scene.reset(&before, bonin_ports::AnyProof::Phone(for_reset), scene.at(2));
    assert_eq!(store.open_reset(open).await, Ok(Ok(())));
    let phone = scene.another_phone();
    let proof = new_number(&store, &scene, &phone, scene.at(2)).await;
    let request = scene.phone_change(&before, session.session.id, &phone, proof, scene.at(3));
    assert_eq!(change(&store, request.clone()).await, PhoneChanged::Changed);
    let expected = Account {
        phone_index: request.phone_index,
        phone: request.phone.clone(),
        phone_proved_at: scene.at(3),
        ..before.clone()
    };
    assert_eq!(now_is(&store, &before).await.as_ref(), Some(&expected));
    let by_phone = |index| account(&store, &scene.tenant, AccountKey::Phone(index));
    assert_eq!(by_phone(request.phone_index).await, Some(expected));
    assert_eq!(by_phone(before.phone_index).await, None);
    let used = find_proof(&store, &scene.tenant, Purpose::ChangePhone, proof, scene.at(4)).await;
    assert_eq!(used, Err(ProofRefusal::Used));
    let reset = store.find_reset(&scene.tenant, token.digest(), scene.at(4)).await;
    assert_eq!(reset, Ok(None), "a reset that the old number opened is over");
    assert!(is_live(&store, &session, scene.at(4)).await, "the session goes on");
    scene.another_account().phone(scene.phone.clone()).at(scene.at(5)).open(&*store).await;
}

/// A change of number, also to the same one, takes the mark away that another person was seen with the number.
pub async fn a_change_of_number_takes_the_mark_of_another_person_away(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let known = scene.account().person(&scene.person()).open(&*store).await;
    let session = scene.log_in(&*store, &known, scene.at(0)).await.session.id;
    for (second, phone) in [(1, scene.phone.clone()), (2, scene.another_phone())] {
        let now = scene.at(second);
        contest(&store, &scene, &known, now).await;
        assert!(now_is(&store, &known).await.is_some_and(|known| known.phone_contested_at == Some(now)));
        let proof = new_number(&store, &scene, &phone, now).await;
        let request = scene.phone_change(&known, session, &phone, proof, now);
        assert_eq!(change(&store, request).await, PhoneChanged::Changed);
        let changed = now_is(&store, &known).await.expect("it is open");
        assert_eq!((changed.phone_contested_at, changed.phone_proved_at), (None, now));
    }
}

/// A number that has another account is not taken from it; in another tenant it is free.
pub async fn a_number_that_has_an_account_is_not_changed_to(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let phone = scene.another_phone();
    let other = scene.another_account().phone(phone.clone()).open(&*store).await;
    let known = scene.account().open(&*store).await;
    let session = scene.log_in(&*store, &known, scene.at(1)).await.session.id;
    let proof = new_number(&store, &scene, &phone, scene.at(2)).await;
    let request = scene.phone_change(&known, session, &phone, proof, scene.at(3));
    assert_eq!(change(&store, request).await, PhoneChanged::PhoneTaken);
    assert_unchanged(&store, &scene, &known, proof).await;
    assert_eq!(now_is(&store, &other).await, Some(other));
    let free = scene.another_phone();
    scene.another_account().phone(free.clone()).tenant(scene.another_tenant()).open(&*store).await;
    let proof = new_number(&store, &scene, &free, scene.at(4)).await;
    let request = scene.phone_change(&known, session, &free, proof, scene.at(5));
    assert_eq!(change(&store, request).await, PhoneChanged::Changed);
}

/// A change wants a proof of the new number, for changing it, that lives.
pub async fn a_changed_number_is_proved(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let known = scene.account().open(&*store).await;
    let session = scene.log_in(&*store, &known, scene.at(0)).await.session.id;
    let phone = scene.another_phone();
    let start = scene.start().phone(phone.clone()).purpose(Purpose::ChangePhone);
    let of_another = new_number(&store, &scene, &scene.another_phone(), scene.at(0)).await;
    let of_another_tenant = start.clone().tenant(scene.another_tenant()).prove(&*store).await;
    let mut foreign = vec![of_another, of_another_tenant];
    for purpose in Purpose::ALL.into_iter().filter(|&purpose| purpose != Purpose::ChangePhone) {
        foreign.push(start.clone().purpose(purpose).prove(&*store).await);
    }
    for proof in foreign {
        let request = scene.phone_change(&known, session, &phone, proof, scene.at(1));
        assert_eq!(change(&store, request).await, PhoneChanged::Proof(ProofRefusal::Unknown));
        assert_eq!(now_is(&store, &known).await.as_ref(), Some(&known));
    }
    assert_unchanged(&store, &scene, &known, of_another).await;
    let holder = start.open(&*store).await;
    let (proof, end) = verify(&store, &scene, &holder, scene.at(1)).await.proof;
    let at = |now| scene.phone_change(&known, session, &phone, proof, now);
    for late in [end, end + MICROSECOND] {
        assert_eq!(change(&store, at(late)).await, PhoneChanged::Proof(ProofRefusal::Expired));
    }
    assert_eq!(now_is(&store, &known).await.as_ref(), Some(&known));
    assert_eq!(change(&store, at(end - MICROSECOND)).await, PhoneChanged::Changed);
    let again = scene.phone_change(&known, session, &phone, proof, end - MICROSECOND);
    assert_eq!(change(&store, again).await, PhoneChanged::Proof(ProofRefusal::Used));
}

/// A change wants a session of the account that lives: neither one that was ended, nor another account's, nor one
/// past its end.
pub async fn a_number_is_changed_in_a_session_only(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = scene.account().open(&*store).await;
    let other = scene.another_account().open(&*store).await;
    let (new, unopened) = scene.session(&known, scene.at(0));
    let end = scene.at(5);
    let short = bonin_domain::accounts::Session { expires_at: end, ..new.session.clone() };
    let short = bonin_ports::NewSession { session: short, ..new };
    let ended = scene.log_in(&*store, &known, scene.at(0)).await.session.id;
    assert_eq!(SessionRepository::end(&*store, &scene.tenant, known.id, SessionEnd::One(ended)).await, Ok(1));
    let foreign = scene.log_in(&*store, &other, scene.at(0)).await.session.id;
    let phone = scene.another_phone();
    let proof = new_number(&store, &scene, &phone, scene.at(1)).await;
    let request = |session: SessionId, now| scene.phone_change(&known, session, &phone, proof, now);
    for session in [unopened.session.id, ended, foreign] {
        assert_eq!(change(&store, request(session, scene.at(2))).await, PhoneChanged::Gone);
    }
    let session = short.session.id;
    assert_eq!(SessionRepository::open(&*store, short).await, Ok(true));
    assert_eq!(change(&store, request(session, end)).await, PhoneChanged::Gone);
    let elsewhere = PhoneChange { tenant: scene.another_tenant(), ..request(session, scene.at(4)) };
    assert_eq!(change(&store, elsewhere).await, PhoneChanged::Gone);
    assert_unchanged(&store, &scene, &known, proof).await;
    assert_eq!(change(&store, request(session, end - MICROSECOND)).await, PhoneChanged::Changed);
}

/// Of 15 accounts that change to one number at once, beside a sign-up with it, one gets it.
pub async fn of_16_who_want_one_number_at_once_one_gets_it(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let mut calls: Vec<std::pin::Pin<Box<dyn Future<Output = bool> + Send>>> = Vec::new();
    let new = scene.account().sign_up(&*store).await;
    let signing_up = Arc::clone(&store);
    calls.push(Box::pin(async move {
        match sign_up(&signing_up, new).await {
            SignedUp::Created => true,
            SignedUp::PhoneTaken => false,
            other => panic!("the number is free or taken: {other:?}"),
        }
    }));
    let mut accounts = Vec::new();
    for _ in 1..16 {
        let known = scene.another_account().open(&*store).await;
        let session = scene.log_in(&*store, &known, scene.at(0)).await.session.id;
        let proof = new_number(&store, &scene, &scene.phone, scene.at(0)).await;
        let request = scene.phone_change(&known, session, &scene.phone, proof, scene.at(1));
        accounts.push(known);
        let store = Arc::clone(&store);
        calls.push(Box::pin(async move {
            match change(&store, request).await {
                PhoneChanged::Changed => true,
                PhoneChanged::PhoneTaken => false,
                other => panic!("the number is free or taken: {other:?}"),
            }
        }));
    }
    assert_eq!(count(&race(calls).await, |won| *won), 1);
    let holder = account(&store, &scene.tenant, AccountKey::Phone(scene.phone_index())).await;
    assert!(holder.is_some());
    let mut moved = 0;
    for known in accounts {
        moved += usize::from(now_is(&store, &known).await.is_some_and(|now| now != known));
    }
    assert!(moved <= 1, "{moved} accounts have changed");
}

async fn close(store: &Arc<dyn Store>, tenant: &TenantId, known: &Account, now: Timestamp) -> bool {
    store.close(tenant, known.id, &known.password, now).await.expect("the store works")
}

/// A closed account is gone with its sessions and resets, and its number, login id and person are free at once.
pub async fn a_closed_account_is_gone(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let person = scene.person();
    let builder = scene.account().person(&person);
    let known = builder.open(&*store).await;
    let session = scene.log_in(&*store, &known, scene.at(1)).await;
    let given = super::members::proof(&store, &scene, Purpose::ResetPassword, scene.at(1)).await;
    let (open, reset) = scene.reset(&known, AnyProof::Phone(given), scene.at(1));
    assert_eq!(store.open_reset(open).await, Ok(Ok(())));
    assert!(close(&store, &scene.tenant, &known, scene.at(2)).await);
    let keys = [
        AccountKey::Id(known.id),
        AccountKey::Login(known.login_index),
        AccountKey::Phone(known.phone_index),
    ];
    for key in keys {
        assert_eq!(account(&store, &scene.tenant, key).await, None);
    }
    assert!(!is_live(&store, &session, scene.at(3)).await);
    assert_eq!(super::members::sessions(&store, &known, scene.at(3)).await, []);
    assert_eq!(store.find_reset(&scene.tenant, reset.digest(), scene.at(3)).await, Ok(None));
    assert_eq!(store.finish_reset(scene.finish_reset(&known, &reset, scene.at(3))).await, Ok(false));
    assert_eq!(SessionRepository::open(&*store, scene.session(&known, scene.at(3)).0).await, Ok(false));
    assert!(!close(&store, &scene.tenant, &known, scene.at(3)).await, "it is closed once");
    let new = builder.at(scene.at(4)).sign_up(&*store).await;
    let again = new.account.clone();
    assert_eq!(sign_up(&store, new).await, SignedUp::Created);
    assert_eq!(consents(&store, &again).await, [], "it takes over nothing");
    for key in [AccountKey::Login(known.login_index), AccountKey::Phone(known.phone_index)] {
        assert_eq!(account(&store, &scene.tenant, key).await.as_ref(), Some(&again));
    }
}

/// A sign-up that is repeated after its account was closed does not bring the account back.
pub async fn a_closed_account_is_not_repeated(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let new = scene.account().sign_up(&*store).await;
    let new = SignUp { idempotency: Some(scene.idempotency("sign-up", "same")), ..new };
    assert_eq!(sign_up(&store, new.clone()).await, SignedUp::Created);
    assert!(close(&store, &scene.tenant, &new.account, scene.at(1)).await);
    let again = SignUp { now: scene.at(2), ..new };
    assert_eq!(sign_up(&store, again).await, SignedUp::Proof(ProofRefusal::Used));
}

/// An account is closed by its present password alone, within its tenant, and by one of 16 who try at once.
pub async fn an_account_is_closed_by_its_present_password(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = scene.account().open(&*store).await;
    let session = scene.log_in(&*store, &known, scene.at(1)).await;
    let stale = Account { password: scene.password_hash(), ..known.clone() };
    assert!(!close(&store, &scene.tenant, &stale, scene.at(2)).await);
    assert!(!close(&store, &scene.another_tenant(), &known, scene.at(2)).await);
    assert_eq!(now_is(&store, &known).await.as_ref(), Some(&known));
    assert!(is_live(&store, &session, scene.at(2)).await);
    let calls = (0..16).map(|_| {
        let (store, known, now) = (Arc::clone(&store), known.clone(), scene.at(3));
        async move { close(&store, &known.tenant, &known, now).await }
    });
    assert_eq!(count(&race(calls).await, |closed| *closed), 1);
}

/// Imported accounts are there as they were; those whose number or login id is taken, before or within the import, are
/// skipped and told.
pub async fn imported_accounts_are_as_they_were(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let old = scene.account().open(&*store).await;
    let bcrypt = "$2b$04$abcdefghijklmnopqrstuuVh9yRJwHRa3pBVkVbKsWbbfpjmLCnEW";
    let bcrypt = PasswordHash::parse(bcrypt).expect("a bcrypt hash");
    let person = PersonLink { keys: None, ..scene.person() };
    let fresh = Account {
        phone_contested_at: Some(scene.at(-5)),
        phone_proved_at: scene.at(0) - SignedDuration::from_hours(24 * 400),
        created_at: scene.at(0) - SignedDuration::from_hours(24 * 800),
        person: Some(person.clone()),
        ..scene.another_account().password(bcrypt).draw()
    };
    let taken_phone = scene.another_account().phone(scene.phone.clone()).draw();
    let taken_login = scene.account().phone(scene.another_phone()).draw();
    let doubled = Account { phone_index: fresh.phone_index, ..scene.another_account().draw() };
    let same_person = Account { person: Some(person), ..scene.another_account().draw() };
    let elsewhere = scene.account().tenant(scene.another_tenant()).draw();
    let accounts = [taken_phone, fresh, doubled, same_person, taken_login, elsewhere];
    assert_eq!(store.import(accounts.to_vec()).await, Ok(vec![0, 2, 4]));
    for (place, known) in accounts.iter().enumerate() {
        let expected = [1, 3, 5].contains(&place).then_some(known);
        assert_eq!(now_is(&store, known).await.as_ref(), expected, "at place {place}");
    }
    assert_eq!(now_is(&store, &old).await, Some(old));
    assert_eq!(store.import(accounts.to_vec()).await, Ok((0..6).collect()), "nobody comes twice");
}
