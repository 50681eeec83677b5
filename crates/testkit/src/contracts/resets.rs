//! Resets of passwords.

use std::sync::Arc;

use bonin_domain::accounts::{Account, PasswordReset, PersonLink, ResetToken};
use bonin_domain::codes::Purpose;
use bonin_domain::identity::IdentityVerification;
use bonin_ports::{AnyProof, FinishReset, OpenReset, ProofRefusal};
use jiff::{SignedDuration, Timestamp};

use super::Store;
use super::members::{find_identity_proof, identity_proof, is_live, now_is, proof, sessions};
use super::support::{MICROSECOND, count, find_proof, race, verify};
use crate::Scene;

const FOR_RESET: Purpose = Purpose::ResetPassword;

async fn open(store: &Arc<dyn Store>, open: OpenReset) -> Result<(), ProofRefusal> {
    store.open_reset(open).await.expect("the store works")
}

/// Opens a reset by a fresh proof of the scene's number.
async fn opened(store: &Arc<dyn Store>, scene: &Scene, account: &Account, now: Timestamp) -> ResetToken {
    let given = proof(store, scene, FOR_RESET, now).await;
    let (request, token) = scene.reset(account, AnyProof::Phone(given), now);
    assert_eq!(open(store, request).await, Ok(()));
    token
}

async fn find(
    store: &Arc<dyn Store>,
    account: &Account,
    token: &ResetToken,
    now: Timestamp,
) -> Option<Account> {
    store.find_reset(&account.tenant, token.digest(), now).await.expect("the store works")
}

async fn finish(store: &Arc<dyn Store>, finish: FinishReset) -> bool {
    store.finish_reset(finish).await.expect("the store works")
}

/// A proof of the account's number, or of its person by CI or DI, opens a reset and is spent.
pub async fn a_proof_of_the_accounts_own_opens_a_reset(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let person = scene.person();
    let known = scene.account().person(&person).open(&*store).await;
    let phone = proof(&store, &scene, FOR_RESET, scene.at(1)).await;
    let mut proofs = vec![AnyProof::Phone(phone)];
    let stranger = scene.person();
    for shown in [
        PersonLink { di: stranger.di, ..person.clone() },
        PersonLink { ci: None, ..person.clone() },
        PersonLink { di: None, ..person },
    ] {
        let given = identity_proof(&store, &scene, FOR_RESET, &shown, scene.at(1)).await;
        proofs.push(AnyProof::Identity(given));
    }
    for proof in proofs {
        let (request, token) = scene.reset(&known, proof, scene.at(2));
        assert_eq!(open(&store, request).await, Ok(()), "{proof:?}");
        assert_eq!(find(&store, &known, &token, scene.at(2)).await.as_ref(), Some(&known));
        assert_eq!(open(&store, scene.reset(&known, proof, scene.at(2)).0).await, Err(ProofRefusal::Used));
        assert_eq!(find(&store, &known, &token, scene.at(2)).await.as_ref(), Some(&known), "it stays open");
    }
    let found = find_proof(&store, &scene.tenant, FOR_RESET, phone, scene.at(2)).await;
    assert_eq!(found, Err(ProofRefusal::Used));
}

/// A proof of another number or person opens nothing and stays good for its own.
pub async fn a_proof_of_somebody_else_opens_no_reset_and_stays_unspent(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let person = scene.person();
    let known = scene.account().person(&person).open(&*store).await;
    let nobody = scene.another_account().open(&*store).await;
    let own = proof(&store, &scene, FOR_RESET, scene.at(1)).await;
    let own_person = identity_proof(&store, &scene, FOR_RESET, &person, scene.at(1)).await;
    let of_another = scene.start().purpose(FOR_RESET).phone(scene.another_phone()).prove(&*store).await;
    let stranger = identity_proof(&store, &scene, FOR_RESET, &scene.person(), scene.at(1)).await;
    let never = scene.another_account().draw();
    let foreign = [
        (&known, AnyProof::Phone(of_another)),
        (&known, AnyProof::Identity(stranger)),
        (&nobody, AnyProof::Phone(own)),
        (&nobody, AnyProof::Identity(own_person)),
        (&never, AnyProof::Phone(own)),
        (&never, AnyProof::Identity(own_person)),
    ];
    for (account, given) in foreign {
        let (request, token) = scene.reset(account, given, scene.at(2));
        assert_eq!(open(&store, request).await, Err(ProofRefusal::Unknown));
        assert_eq!(find(&store, account, &token, scene.at(2)).await, None);
    }
    for given in [own, of_another] {
        assert!(find_proof(&store, &scene.tenant, FOR_RESET, given, scene.at(2)).await.is_ok());
    }
    for given in [own_person, stranger] {
        let found = find_identity_proof(&store, &scene.tenant, FOR_RESET, given, scene.at(2)).await;
        assert!(found.is_ok(), "it is still good");
    }
    let (request, _) = scene.reset(&known, AnyProof::Phone(own), scene.at(2));
    assert_eq!(open(&store, request).await, Ok(()));
}

/// A reset wants a proof for resetting that lives, of its own tenant.
pub async fn a_reset_wants_a_proof_for_it_that_lives(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let person = scene.person();
    let known = scene.account().person(&person).open(&*store).await;
    let mut foreign = Vec::new();
    for purpose in Purpose::ALL.into_iter().filter(|&purpose| purpose != FOR_RESET) {
        foreign.push(AnyProof::Phone(proof(&store, &scene, purpose, scene.at(1)).await));
    }
    for purpose in [Purpose::SignUp, Purpose::FindId] {
        foreign.push(AnyProof::Identity(identity_proof(&store, &scene, purpose, &person, scene.at(1)).await));
    }
    let start = scene.start().purpose(FOR_RESET).tenant(scene.another_tenant());
    foreign.push(AnyProof::Phone(start.prove(&*store).await));
    let start = scene.identity().purpose(FOR_RESET).tenant(scene.another_tenant());
    foreign.push(AnyProof::Identity(start.prove(&*store, &person).await));
    for given in foreign {
        let (request, token) = scene.reset(&known, given, scene.at(2));
        assert_eq!(open(&store, request).await, Err(ProofRefusal::Unknown));
        assert_eq!(find(&store, &known, &token, scene.at(2)).await, None);
    }
    let holder = scene.start().purpose(FOR_RESET).open(&*store).await;
    let (phone, phone_end) = verify(&store, &scene, &holder, scene.at(1)).await.proof;
    let identity = identity_proof(&store, &scene, FOR_RESET, &person, scene.at(0)).await;
    let identity_end = scene.at(0) + IdentityVerification::PROOF_LIFE;
    for (given, end) in [(AnyProof::Phone(phone), phone_end), (AnyProof::Identity(identity), identity_end)] {
        for (left, good) in [(MICROSECOND, false), (SignedDuration::ZERO, false), (-MICROSECOND, true)] {
            let (request, _) = scene.reset(&known, given, end + left);
            let refused = open(&store, request).await.err();
            assert_eq!(refused, (!good).then_some(ProofRefusal::Expired), "{left} from its end");
        }
    }
}

/// A new reset ends the earlier one of its account, and nobody else's.
pub async fn a_new_reset_ends_the_earlier_one(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = scene.account().open(&*store).await;
    let phone = scene.another_phone();
    let neighbour = scene.another_account().phone(phone.clone()).open(&*store).await;
    let given = scene.start().purpose(FOR_RESET).phone(phone).prove(&*store).await;
    let (request, others) = scene.reset(&neighbour, AnyProof::Phone(given), scene.at(1));
    assert_eq!(open(&store, request).await, Ok(()));
    let first = opened(&store, &scene, &known, scene.at(1)).await;
    let second = opened(&store, &scene, &known, scene.at(2)).await;
    assert_eq!(find(&store, &known, &first, scene.at(3)).await, None);
    assert!(!finish(&store, scene.finish_reset(&known, &first, scene.at(3))).await);
    assert_eq!(find(&store, &known, &second, scene.at(3)).await, Some(known));
    assert_eq!(find(&store, &neighbour, &others, scene.at(3)).await, Some(neighbour));
}

/// A reset lives up to its end and no longer, within its tenant.
pub async fn a_reset_dies_at_its_end_and_not_before(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = scene.account().open(&*store).await;
    let token = opened(&store, &scene, &known, scene.at(1)).await;
    let end = scene.at(1) + PasswordReset::LIFE;
    let namesake = Account { tenant: scene.another_tenant(), ..known.clone() };
    assert_eq!(find(&store, &namesake, &token, scene.at(2)).await, None);
    assert!(!finish(&store, scene.finish_reset(&namesake, &token, scene.at(2))).await);
    for late in [end, end + MICROSECOND] {
        assert_eq!(find(&store, &known, &token, late).await, None);
        assert!(!finish(&store, scene.finish_reset(&known, &token, late)).await);
    }
    assert_eq!(now_is(&store, &known).await.as_ref(), Some(&known));
    let last = end - MICROSECOND;
    assert_eq!(find(&store, &known, &token, last).await.as_ref(), Some(&known));
    assert!(finish(&store, scene.finish_reset(&known, &token, last)).await);
}

/// A finished reset sets the password once, and ends all sessions and resets and the unspent proofs of number and person.
pub async fn a_finished_reset_ends_what_the_old_password_opened(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let (person, other_person) = (scene.person(), scene.person());
    let known = scene.account().person(&person).open(&*store).await;
    let neighbour = scene.another_account().open(&*store).await;
    let session = scene.log_in(&*store, &known, scene.at(0)).await;
    let untouched = scene.log_in(&*store, &neighbour, scene.at(0)).await;
    let token = opened(&store, &scene, &known, scene.at(1)).await;
    let unspent = proof(&store, &scene, FOR_RESET, scene.at(2)).await;
    let for_another = proof(&store, &scene, Purpose::FindId, scene.at(2)).await;
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for shown in [PersonLink { di: None, ..person.clone() }, PersonLink { ci: None, ..person.clone() }] {
        own.push(identity_proof(&store, &scene, FOR_RESET, &shown, scene.at(2)).await);
    }
    for (purpose, shown) in [(Purpose::FindId, &person), (FOR_RESET, &other_person)] {
        others.push((purpose, identity_proof(&store, &scene, purpose, shown, scene.at(2)).await));
    }
    let request = scene.finish_reset(&known, &token, scene.at(3));
    assert!(finish(&store, request.clone()).await);
    let expected = Account { password: request.password, ..known.clone() };
    assert_eq!(now_is(&store, &known).await.as_ref(), Some(&expected));
    assert!(!is_live(&store, &session, scene.at(3)).await);
    assert_eq!(sessions(&store, &known, scene.at(3)).await, [], "nobody is logged in by it");
    assert!(is_live(&store, &untouched, scene.at(3)).await);
    assert_eq!(find(&store, &known, &token, scene.at(3)).await, None);
    assert!(!finish(&store, scene.finish_reset(&known, &token, scene.at(3))).await, "it works once");
    assert!(find_proof(&store, &scene.tenant, FOR_RESET, unspent, scene.at(3)).await.is_err());
    let (request, _) = scene.reset(&known, AnyProof::Phone(unspent), scene.at(3));
    assert!(open(&store, request).await.is_err(), "a proof from before opens no other reset");
    assert!(find_proof(&store, &scene.tenant, Purpose::FindId, for_another, scene.at(3)).await.is_ok());
    for void in own {
        let (request, _) = scene.reset(&known, AnyProof::Identity(void), scene.at(3));
        assert_eq!(open(&store, request).await, Err(ProofRefusal::Used), "nor does one of the person");
    }
    for (purpose, kept) in others {
        let found = find_identity_proof(&store, &scene.tenant, purpose, kept, scene.at(3)).await;
        assert!(found.is_ok(), "another person's or purpose's stays: {purpose}");
    }
    assert_eq!(now_is(&store, &known).await, Some(expected));
}

/// Of 16 concurrent tries to finish one reset one sets its password.
pub async fn of_16_who_finish_a_reset_at_once_one_sets_the_password(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = scene.account().open(&*store).await;
    let token = opened(&store, &scene, &known, scene.at(1)).await;
    let calls = (0..16).map(|_| {
        let (store, request) = (Arc::clone(&store), scene.finish_reset(&known, &token, scene.at(2)));
        async move {
            let password = request.password.clone();
            finish(&store, request).await.then_some(password)
        }
    });
    let ended: Vec<_> = race(calls).await.into_iter().flatten().collect();
    let [password] = &ended[..] else { panic!("one sets its password: {ended:?}") };
    assert_eq!(now_is(&store, &known).await.map(|now| now.password).as_ref(), Some(password));
}

/// Of 16 concurrent tries with one proof one opens a reset; of 16 with a proof each one reset stays open.
pub async fn of_16_who_open_a_reset_at_once_one_is_left(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let known = scene.account().open(&*store).await;
    let shared = proof(&store, &scene, FOR_RESET, scene.at(1)).await;
    let mut own = Vec::new();
    for _ in 0..16 {
        own.push(proof(&store, &scene, FOR_RESET, scene.at(1)).await);
    }
    for (proofs, good) in [(vec![shared; 16], 1), (own, 16)] {
        let resets: Vec<_> =
            proofs.iter().map(|given| scene.reset(&known, AnyProof::Phone(*given), scene.at(2))).collect();
        let calls = resets.iter().map(|(request, _)| {
            let (store, request) = (Arc::clone(&store), request.clone());
            async move { open(&store, request).await }
        });
        let calls: Vec<_> = calls.collect();
        assert_eq!(count(&race(calls).await, Result::is_ok), good);
        let mut live = 0;
        for (_, token) in &resets {
            live += usize::from(find(&store, &known, token, scene.at(2)).await.is_some());
        }
        assert_eq!(live, 1);
    }
}
