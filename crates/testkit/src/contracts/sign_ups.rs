//! Sign-ups: what is stored of those that succeed, and that the others leave no trace.

use std::sync::Arc;

use bonin_domain::accounts::{Account, PersonLink};
use bonin_domain::codes::{ProofDigest, Purpose};
use bonin_domain::identity::IdentityVerification;
use bonin_domain::keys::SealedField;
use bonin_ports::{AccountKey, ProofRefusal, RepositoryError, SignUp, SignedUp};
use jiff::{SignedDuration, Timestamp};

use super::Store;
use super::members::{account, consents, find_identity_proof, identity_proof, now_is, proof, sign_up};
use super::support::{MICROSECOND, find_proof, verify};
use crate::Scene;

/// The sign-up ends so and leaves no trace: no account, no consents, and the proof of the number as it was.
pub(super) async fn assert_refused(store: &Arc<dyn Store>, new: SignUp, expected: SignedUp) {
    let (known, now) = (new.account.clone(), new.now);
    let proof_was = find_proof(store, &known.tenant, Purpose::SignUp, new.proof, now).await;
    let identity = new.identity_proof;
    assert_eq!(sign_up(store, new.clone()).await, expected);
    assert_eq!(now_is(store, &known).await, None, "no account");
    assert_eq!(consents(store, &known).await, [], "no consents");
    let proof_is = find_proof(store, &known.tenant, Purpose::SignUp, new.proof, now).await;
    assert_eq!(proof_is, proof_was, "the proof of the number is as it was");
    if let Some(identity) = identity.filter(|_| !matches!(expected, SignedUp::IdentityProof(_))) {
        let found = find_identity_proof(store, &known.tenant, Purpose::SignUp, identity, now).await;
        assert!(found.is_ok(), "the proof of the identity is still good");
    }
}

/// A sign-up with a consent and a proof of a person of its own, so that a refused one has something to lose.
pub(super) async fn laden(
    store: &Arc<dyn Store>,
    scene: &Scene,
    account: Account,
    proof: ProofDigest,
) -> SignUp {
    let identity = scene.identity().tenant(account.tenant.clone()).at(account.created_at);
    let identity = identity.prove(&**store, &scene.person()).await;
    let consents = vec![scene.consent("service", account.created_at)];
    SignUp { identity_proof: Some(identity), consents, ..scene.sign_up(account, proof) }
}

/// An account is found by id, login id and number as it was opened, with or without a person, and so are its consents.
pub async fn an_account_reads_back_as_it_was_opened(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let tenant = scene.own_tenant();
    let whole = scene.person();
    let people = [
        None,
        Some(whole.clone()),
        Some(PersonLink { ci: None, ..scene.person() }),
        Some(PersonLink { di: None, ..scene.person() }),
    ];
    for person in people {
        let mut builder = scene.another_account().tenant(tenant.clone());
        if let Some(person) = &person {
            builder = builder.person(person);
        }
        let mut new = builder.sign_up(&*store).await;
        if person == Some(whole.clone()) {
            new.account.person = person.clone();
        }
        new.consents = ["privacy", "service"].map(|term| scene.consent(term, scene.at(0))).to_vec();
        let known = new.account.clone();
        let expected = new.consents.clone();
        assert_eq!(sign_up(&store, new).await, SignedUp::Created);
        let keys = [
            AccountKey::Id(known.id),
            AccountKey::Login(known.login_index),
            AccountKey::Phone(known.phone_index),
        ];
        for key in keys {
            assert_eq!(account(&store, &tenant, key).await.as_ref(), Some(&known));
            assert_eq!(account(&store, &scene.another_tenant(), key).await, None);
        }
        let mut history = consents(&store, &known).await;
        history.sort_by_key(|consent| consent.term.clone());
        assert_eq!(history, expected);
        for (field, sealed) in [
            (SealedField::LoginId, &known.login_id),
            (SealedField::Phone, &known.phone),
            (SealedField::Nickname, &known.nickname),
        ] {
            assert!(scene.keys.unseal(&tenant, field, known.id.as_row(), sealed).is_ok(), "{field:?}");
        }
    }
}

/// A sign-up spends the proof of the number and that of the person.
pub async fn a_sign_up_spends_its_proofs(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let builder = scene.account();
    let first = laden(&store, &scene, builder.draw(), builder.prove(&*store).await).await;
    assert_eq!(sign_up(&store, first.clone()).await, SignedUp::Created);
    let used = find_proof(&store, &scene.tenant, Purpose::SignUp, first.proof, scene.at(1)).await;
    assert_eq!(used, Err(ProofRefusal::Used));
    let identity = first.identity_proof.expect("it was shown");
    let used = find_identity_proof(&store, &scene.tenant, Purpose::SignUp, identity, scene.at(1)).await;
    assert_eq!(used, Err(ProofRefusal::Used));
    let again = SignUp { account: builder.draw(), identity_proof: None, ..first.clone() };
    assert_refused(&store, again, SignedUp::Proof(ProofRefusal::Used)).await;
    let other = scene.another_account().sign_up(&*store).await;
    let again = SignUp { identity_proof: first.identity_proof, ..other };
    assert_refused(&store, again, SignedUp::IdentityProof(ProofRefusal::Used)).await;
}

/// The proof of the number counts up to its end and no longer.
pub async fn a_sign_up_wants_a_proof_that_lives(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    for (left, good) in [(MICROSECOND, false), (SignedDuration::ZERO, false), (-MICROSECOND, true)] {
        let holder = scene.start().open(&*store).await;
        let (proof, end) = verify(&store, &scene, &holder, scene.at(1)).await.proof;
        let new = SignUp { now: end + left, ..scene.sign_up(scene.account().draw(), proof) };
        if good {
            assert_eq!(sign_up(&store, new).await, SignedUp::Created);
        } else {
            assert_refused(&store, new, SignedUp::Proof(ProofRefusal::Expired)).await;
        }
    }
}

/// The proof of the person counts up to its end and no longer.
pub async fn a_sign_up_wants_an_identity_proof_that_lives(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let identity = identity_proof(&store, &scene, Purpose::SignUp, &scene.person(), scene.at(0)).await;
    let end = scene.at(0) + IdentityVerification::PROOF_LIFE;
    for (left, good) in [(MICROSECOND, false), (SignedDuration::ZERO, false), (-MICROSECOND, true)] {
        let builder = scene.another_account().at(end + left);
        let new = SignUp { identity_proof: Some(identity), ..builder.sign_up(&*store).await };
        if good {
            assert_eq!(sign_up(&store, new).await, SignedUp::Created);
        } else {
            assert_refused(&store, new, SignedUp::IdentityProof(ProofRefusal::Expired)).await;
        }
    }
}

/// A proof for another purpose, tenant or number is unknown, and so is one that was never given.
pub async fn a_sign_up_wants_a_proof_of_its_own(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let never_given = {
        let holder = scene.start().open(&*store).await;
        scene.check(&holder, Scene::RIGHT, scene.at(0)).proof.0
    };
    let mut foreign = vec![never_given];
    for purpose in Purpose::ALL.into_iter().filter(|&purpose| purpose != Purpose::SignUp) {
        foreign.push(proof(&store, &scene, purpose, scene.at(0)).await);
    }
    foreign.push(scene.start().tenant(scene.another_tenant()).prove(&*store).await);
    let of_another_number = scene.start().phone(scene.another_phone()).prove(&*store).await;
    foreign.push(of_another_number);
    for proof in foreign {
        let new = laden(&store, &scene, scene.account().draw(), proof).await;
        assert_refused(&store, new, SignedUp::Proof(ProofRefusal::Unknown)).await;
    }
    let still = find_proof(&store, &scene.tenant, Purpose::SignUp, of_another_number, scene.at(1)).await;
    assert!(still.is_ok(), "its own number can still use it");
}

/// An identity proof for another purpose or tenant is unknown, and so is one that was never given.
pub async fn a_sign_up_wants_an_identity_proof_of_its_own(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let person = scene.person();
    let never_given = scene.result(&scene.identity().draw().1, &person, scene.at(0)).proof.0;
    let mut foreign = vec![never_given];
    for purpose in [Purpose::FindId, Purpose::ResetPassword] {
        foreign.push(identity_proof(&store, &scene, purpose, &person, scene.at(0)).await);
    }
    foreign.push(scene.identity().tenant(scene.another_tenant()).prove(&*store, &person).await);
    for identity in foreign {
        let new = scene.another_account().sign_up(&*store).await;
        let new = SignUp { identity_proof: Some(identity), ..new };
        assert_refused(&store, new, SignedUp::IdentityProof(ProofRefusal::Unknown)).await;
    }
}

/// A number that has an account opens no other, and its account stays as it is.
pub async fn a_number_opens_one_account(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let first = scene.account().open(&*store).await;
    let builder = scene.another_account().phone(scene.phone.clone());
    let second = laden(&store, &scene, builder.draw(), builder.prove(&*store).await).await;
    assert_refused(&store, second, SignedUp::PhoneTaken).await;
    assert_eq!(now_is(&store, &first).await, Some(first));
}

/// A login id that has an account opens no other, and its account stays as it is.
pub async fn a_login_id_opens_one_account(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let first = scene.account().open(&*store).await;
    let builder = scene.account().phone(scene.another_phone());
    let second = laden(&store, &scene, builder.draw(), builder.prove(&*store).await).await;
    assert_refused(&store, second, SignedUp::LoginIdTaken).await;
    assert_eq!(now_is(&store, &first).await, Some(first));
}

/// Where that is asked for, a person, known by CI or DI, opens one account; nobody in particular opens many.
pub async fn a_person_opens_one_account_where_that_is_asked_for(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let person = scene.person();
    scene.another_account().person(&person).open(&*store).await;
    let same_ci = PersonLink { di: scene.person().di, ..person.clone() };
    let alike_by_di = PersonLink { ci: scene.person().ci, ..person.clone() };
    let ci_alone = PersonLink { di: None, ..person.clone() };
    let di_alone = PersonLink { ci: None, ..person.clone() };
    for known in [&person, &same_ci, &alike_by_di, &ci_alone, &di_alone] {
        let builder = scene.another_account().person(known);
        let new = laden(&store, &scene, builder.draw(), builder.prove(&*store).await).await;
        assert_refused(&store, new.clone(), SignedUp::PersonTaken).await;
        let allowed = SignUp { one_per_person: false, ..new };
        assert_eq!(sign_up(&store, allowed).await, SignedUp::Created);
    }
    // Two people without a CI, or two accounts without a person, have nothing in common.
    for strangers in [None, Some(PersonLink { ci: None, ..scene.person() })] {
        for _ in 0..2 {
            let fresh = strangers.clone().map(|stranger| PersonLink { di: scene.person().di, ..stranger });
            let builder = match &fresh {
                Some(fresh) => scene.another_account().person(fresh),
                None => scene.another_account(),
            };
            assert_eq!(sign_up(&store, builder.sign_up(&*store).await).await, SignedUp::Created);
        }
    }
}

/// The number, login id and person of an account are free in another tenant.
pub async fn another_tenant_has_accounts_of_its_own(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let person = scene.person();
    let here = scene.account().person(&person).open(&*store).await;
    let builder = scene.account().person(&person).tenant(scene.another_tenant());
    let new = builder.sign_up(&*store).await;
    let there = new.account.clone();
    assert_eq!((here.phone_index, here.login_index), (there.phone_index, there.login_index));
    assert_eq!(sign_up(&store, new).await, SignedUp::Created);
    for known in [here, there] {
        let by_phone = AccountKey::Phone(known.phone_index);
        assert_eq!(account(&store, &known.tenant, by_phone).await, Some(known));
    }
}

/// An id that exists is a conflict, which leaves the proof as it was and the account of that name too.
pub async fn an_account_under_an_id_that_exists_is_a_conflict(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let first = scene.account().open(&*store).await;
    let mut again = scene.another_account().sign_up(&*store).await;
    again.account.id = first.id;
    let (proof, now): (_, Timestamp) = (again.proof, again.now);
    let ended = bonin_ports::AccountRepository::sign_up(&*store, again).await;
    assert_eq!(ended, Err(RepositoryError::Conflict));
    assert_eq!(now_is(&store, &first).await, Some(first));
    assert!(find_proof(&store, &scene.tenant, Purpose::SignUp, proof, now).await.is_ok());
}
