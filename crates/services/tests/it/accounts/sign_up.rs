//! Signing up.

use bonin_domain::accounts::{
    ConsentFault, LoginId, Nickname, Password, PasswordFault, PasswordRule, TermId,
};
use bonin_domain::codes::{Proof, Purpose};
use bonin_domain::identity::{AgeFacts, IdentityProof};
use bonin_domain::keys::SealedField;
use bonin_ports::{
    AccountKey, ConsentRepository as _, Entropy as _, IdentityRepository, ProofRefusal, RepositoryError,
};
use bonin_services::accounts::{SignUpError, SignUpFaults, SignUpPolicy, SignUpRequest, Typed};
use jiff::SignedDuration;

use super::office::{GOOD, Office, agreed};

const ADULT: AgeFacts = AgeFacts { over_14: true, over_19: true };
const TEENAGER: AgeFacts = AgeFacts { over_14: true, over_19: false };
const CHILD: AgeFacts = AgeFacts { over_14: false, over_19: false };

fn password(raw: &str) -> Password {
    Password::parse(raw).expect("well written")
}

fn required() -> SignUpPolicy {
    SignUpPolicy { identity_required: true, keep_person_keys: true, ..SignUpPolicy::default() }
}

/// Why a sign-up was refused; afterwards nobody has joined and the proof is as good as before.
async fn refused(office: &Office, request: SignUpRequest) -> SignUpError {
    let (proof, identity) = (request.proof.clone(), request.identity_proof.clone());
    let login = AccountKey::Login(office.keys.login_index(&request.login_id));
    let before = (office.standing(&proof).await, office.member().await, office.account(login).await);
    let error = office.sign_up.execute(request).await.expect_err("it is refused");
    let after = (office.standing(&proof).await, office.member().await, office.account(login).await);
    assert_eq!(before, after, "a refusal leaves no trace: {error}");
    if let Some(identity) = identity {
        assert_ne!(office.identity_standing(&identity).await, Err(ProofRefusal::Used), "{error}");
    }
    error
}

#[tokio::test]
async fn whoever_proved_a_number_and_agrees_gets_an_account() {
    let office = Office::new();
    let proof = office.proof().await;
    let request = SignUpRequest {
        agreed: vec![agreed("marketing", "1"), agreed("service", "1")],
        ..office.request(&proof)
    };
    let joined = office.sign_up.execute(request).await.unwrap();
    assert_eq!(joined.login_id.as_str(), "whale@example.com");
    assert_eq!(joined.nickname.as_str(), "푸른고래");
    assert_eq!(joined.phone_number, office.scene.phone);
    assert_eq!((joined.created_at, joined.repeated), (office.scene.at(0), false));

    let account = office.member().await.expect("the number has an account");
    assert_eq!(account.id, joined.id);
    assert_eq!(account.phone_proved_at, office.scene.at(0));
    assert_eq!((&account.person, account.phone_contested_at), (&None, None));
    let opened = |field, sealed| {
        let bytes = office.keys.unseal(&account.tenant, field, account.id.as_row(), sealed).unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    };
    assert_eq!(opened(SealedField::Phone, &account.phone), office.scene.phone.e164());
    assert_eq!(opened(SealedField::LoginId, &account.login_id), "whale@example.com");
    assert_eq!(opened(SealedField::Nickname, &account.nickname), "푸른고래");
    assert!(account.password.matches(&password(GOOD)));
    assert_eq!(account.login_index, office.keys.login_index(&joined.login_id));

    let history = office.memory.store.history(&office.scene.tenant, account.id).await.unwrap();
    let said: Vec<_> = history.iter().map(|consent| (consent.term.as_str(), consent.given)).collect();
    assert_eq!(said, [("marketing", true), ("service", true)]);
    assert_eq!(office.standing(&proof).await, Err(ProofRefusal::Used));
}

#[tokio::test]
async fn everything_that_is_wrong_is_named_at_once() {
    let office = Office::new();
    let request = SignUpRequest {
        password: password("whale12"),
        agreed: vec![agreed("marketing", "1"), agreed("marketing", "1"), agreed("ghost", "1")],
        ..office.request(&office.proof().await)
    };
    let SignUpError::Faults(faults) = refused(&office, request).await else { panic!("faults") };
    assert_eq!(faults.password, Some(PasswordFault::TooShort));
    let missing = ConsentFault::Missing(TermId::parse("service").unwrap());
    assert_eq!(faults.consents, [ConsentFault::Repeated(1), ConsentFault::Unknown(2), missing]);
}

#[tokio::test]
async fn faults_come_before_any_look_at_the_proof() {
    let office = Office::new();
    let proof = Proof::draw(&mut |bytes| office.entropy.fill(bytes));
    let request = SignUpRequest { agreed: Vec::new(), ..office.request(&proof) };
    assert!(matches!(refused(&office, request).await, SignUpError::Faults(_)));
}

#[tokio::test]
async fn a_required_term_twice_does_not_stand_for_two_and_an_old_one_for_none() {
    let office = Office::new();
    let twice = vec![agreed("service", "1"), agreed("service", "1")];
    let request = SignUpRequest { agreed: twice, ..office.request(&office.proof().await) };
    let SignUpError::Faults(faults) = refused(&office, request).await else { panic!("faults") };
    assert_eq!(faults.consents, [ConsentFault::Repeated(1)]);

    office.pass(SignedDuration::from_hours(24));
    let request = office.request(&office.proof().await);
    let SignUpError::Faults(faults) = refused(&office, request).await else { panic!("faults") };
    assert_eq!(faults.consents, [ConsentFault::Outdated(0)]);
}

#[tokio::test]
async fn any_part_of_what_was_typed_is_judged_alone() {
    let office = Office::new();
    let judge = |typed| office.sign_up.judge(&office.scene.tenant, typed);
    assert!(judge(Typed::default()).is_empty());
    let (login_id, nickname) =
        (LoginId::parse("whale.song@example.com").unwrap(), Nickname::parse("a").unwrap());
    let built = password("whale.song1");
    let typed = Typed { password: Some(&built), nickname: Some(&nickname), ..Typed::default() };
    assert!(judge(typed).is_empty());
    let faults = judge(Typed { login_id: Some(&login_id), ..typed });
    assert_eq!(faults, SignUpFaults { password: Some(PasswordFault::Context), consents: Vec::new() });
    let faults = judge(Typed { agreed: Some(&[]), ..Typed::default() });
    assert_eq!((faults.password, faults.consents.len()), (None, 1));
}

#[tokio::test]
async fn the_rule_for_passwords_is_the_one_that_is_set() {
    let rule = PasswordRule::SixToSixteen;
    let office = Office::with_policy(SignUpPolicy { password_rule: rule, ..SignUpPolicy::default() });
    let proof = office.proof().await;
    let SignUpError::Faults(faults) = refused(&office, office.request(&proof)).await else {
        panic!("faults")
    };
    assert_eq!(faults.password, Some(PasswordFault::TooLong));
    let request = SignUpRequest { password: password("xk9vuelo43"), ..office.request(&proof) };
    assert!(office.sign_up.execute(request).await.is_ok());
}

#[tokio::test]
async fn a_password_is_not_built_around_the_number_that_was_proved() {
    let office = Office::new();
    let national = format!("0{}", &office.scene.phone.e164()[3..]);
    let request = SignUpRequest {
        password: password(&format!("me{national}")),
        ..office.request(&office.proof().await)
    };
    let SignUpError::Faults(faults) = refused(&office, request).await else { panic!("faults") };
    assert_eq!(faults.password, Some(PasswordFault::Context));
}

#[tokio::test]
async fn only_a_live_proof_for_signing_up_opens_an_account() {
    let office = Office::new();
    let unknown = Proof::draw(&mut |bytes| office.entropy.fill(bytes));
    let elsewhere = office.proof_of(&office.scene.another_phone(), Purpose::FindId).await;
    for proof in [&unknown, &elsewhere] {
        let error = refused(&office, office.request(proof)).await;
        assert!(matches!(error, SignUpError::Proof(ProofRefusal::Unknown)), "{error}");
    }
    let proof = office.proof().await;
    let neighbours = SignUpRequest { tenant: office.scene.another_tenant(), ..office.request(&proof) };
    let error = refused(&office, neighbours).await;
    assert!(matches!(error, SignUpError::Proof(ProofRefusal::Unknown)), "{error}");

    office.pass(SignedDuration::from_mins(10));
    let error = refused(&office, office.request(&proof)).await;
    assert!(matches!(error, SignUpError::Proof(ProofRefusal::Expired)), "{error}");
}

#[tokio::test]
async fn a_proof_opens_one_account() {
    let office = Office::new();
    let proof = office.proof().await;
    office.sign_up.execute(office.request(&proof)).await.unwrap();
    let login_id = LoginId::parse("another@example.com").unwrap();
    let error = refused(&office, SignUpRequest { login_id, ..office.request(&proof) }).await;
    assert!(matches!(error, SignUpError::Proof(ProofRefusal::Used)), "{error}");
}

#[tokio::test]
async fn signing_up_over_a_member_changes_nothing_of_that_member() {
    let office = Office::new();
    let member = office.join().await;
    // The number was proved anew, as whoever has it now can do.
    let proof = office.proof().await;
    let request = SignUpRequest {
        login_id: LoginId::parse("taker@example.com").unwrap(),
        password: password("another long password"),
        nickname: Nickname::parse("남").unwrap(),
        ..office.request(&proof)
    };
    assert!(matches!(refused(&office, request).await, SignUpError::PhoneTaken));
    assert_eq!(office.member().await, Some(member));
}

#[tokio::test]
async fn a_login_id_belongs_to_one_member_whatever_its_case() {
    let office = Office::new();
    office.join().await;
    let proof = office.proof_of(&office.scene.another_phone(), Purpose::SignUp).await;
    let login_id = LoginId::parse("Whale@Example.com").unwrap();
    let request = SignUpRequest { login_id, ..office.request(&proof) };
    assert!(matches!(refused(&office, request).await, SignUpError::LoginIdTaken));
    // Nothing was lost: with another login id the same proof will do.
    let login_id = LoginId::parse("whale2@example.com").unwrap();
    assert!(office.sign_up.execute(SignUpRequest { login_id, ..office.request(&proof) }).await.is_ok());
}

#[tokio::test]
async fn a_proof_is_good_for_five_taken_login_ids() {
    for (taken, works) in [(4, true), (5, false)] {
        let office = Office::new();
        office.join().await;
        let proof = office.proof_of(&office.scene.another_phone(), Purpose::SignUp).await;
        for _ in 0..taken {
            let error = office.sign_up.execute(office.request(&proof)).await.unwrap_err();
            assert!(matches!(error, SignUpError::LoginIdTaken), "{error}");
        }
        let login_id = LoginId::parse("whale2@example.com").unwrap();
        match office.sign_up.execute(SignUpRequest { login_id, ..office.request(&proof) }).await {
            Ok(_) => assert!(works, "somebody joined after {taken}"),
            Err(SignUpError::Proof(ProofRefusal::Used)) => assert!(!works, "after {taken}"),
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn a_login_id_that_is_taken_at_the_last_moment_is_charged_alike() {
    let office = Office::new();
    let login_id = |place: usize| LoginId::parse(&format!("whale{place}@example.com")).unwrap();
    let proof = office.proof_of(&office.scene.another_phone(), Purpose::SignUp).await;
    for place in 0..5 {
        let rival = office.scene.another_account().login(login_id(place).as_str());
        office.memory.comes_first(rival.sign_up(&*office.memory.store).await);
        let request = SignUpRequest { login_id: login_id(place), ..office.request(&proof) };
        let error = office.sign_up.execute(request).await.unwrap_err();
        assert!(matches!(error, SignUpError::LoginIdTaken), "{error}");
    }
    assert_eq!(office.memory.sign_ups(), 5, "the look before found none of them");
    assert_eq!(office.standing(&proof).await, Err(ProofRefusal::Used));
}

#[tokio::test]
async fn a_person_who_has_an_account_tries_out_no_more_login_ids_than_anybody() {
    let office = Office::with_policy(SignUpPolicy { one_per_person: true, ..required() });
    let person = office.scene.person();
    let identity = office.identity_proof(Some(&person), ADULT).await;
    let first = SignUpRequest { identity_proof: Some(identity), ..office.request(&office.proof().await) };
    office.sign_up.execute(first).await.unwrap();
    let proof = office.proof_of(&office.scene.another_phone(), Purpose::SignUp).await;
    let identity = office.identity_proof(Some(&person), ADULT).await;
    for place in 0..6 {
        let request = SignUpRequest {
            identity_proof: Some(identity.clone()),
            login_id: LoginId::parse(&format!("whale{place}@example.com")).unwrap(),
            ..office.request(&proof)
        };
        let error = office.sign_up.execute(request).await.unwrap_err();
        let used = matches!(error, SignUpError::Proof(ProofRefusal::Used));
        assert!(used == (place == 5) && (used || matches!(error, SignUpError::PersonTaken)), "{error}");
    }
    assert_eq!(office.identity_standing(&identity).await, Ok(()), "the charge is the number's");
}

#[tokio::test]
async fn of_parallel_sign_ups_one_succeeds() {
    let office = Office::new();
    let (one, other) = (office.proof().await, office.proof().await);
    let renamed = |name: &str| LoginId::parse(name).unwrap();
    let (first, second, third) = tokio::join!(
        office.sign_up.execute(office.request(&one)),
        office.sign_up.execute(SignUpRequest { login_id: renamed("a@b.kr"), ..office.request(&one) }),
        office.sign_up.execute(SignUpRequest { login_id: renamed("c@d.kr"), ..office.request(&other) }),
    );
    let all = [first, second, third];
    assert_eq!(all.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    for error in all.into_iter().filter_map(Result::err) {
        assert!(matches!(error, SignUpError::PhoneTaken | SignUpError::Proof(ProofRefusal::Used)), "{error}");
    }
}

#[tokio::test]
async fn the_loser_of_a_race_looks_a_second_time_and_no_third() {
    let office = Office::new();
    let proof = office.proof().await;
    office.memory.fails(&[RepositoryError::Conflict]);
    assert!(office.sign_up.execute(office.request(&proof)).await.is_ok());

    let office = Office::new();
    let proof = office.proof().await;
    office.memory.fails(&[RepositoryError::Conflict, RepositoryError::Conflict]);
    let error = refused(&office, office.request(&proof)).await;
    assert!(matches!(error, SignUpError::Repository(RepositoryError::Conflict)), "{error}");
    assert_eq!(office.memory.sign_ups(), 2);
}

#[tokio::test]
async fn a_store_that_fails_stores_nobody() {
    let office = Office::new();
    let proof = office.proof().await;
    office.memory.fails(&[RepositoryError::Unavailable]);
    let error = refused(&office, office.request(&proof)).await;
    assert!(matches!(error, SignUpError::Repository(RepositoryError::Unavailable)), "{error}");
    assert!(office.sign_up.execute(office.request(&proof)).await.is_ok());
}

#[tokio::test]
async fn leaving_early_stores_no_member() {
    let office = Office::new();
    let proof = office.proof().await;
    assert_eq!(office.member().await, None);
    assert_eq!(office.standing(&proof).await, Ok(()));
    assert_eq!(office.memory.sign_ups(), 0);
}

#[tokio::test]
async fn where_an_identity_is_needed_nobody_joins_without_a_live_proof_of_one() {
    for policy in [
        required(),
        SignUpPolicy { one_per_person: true, ..SignUpPolicy::default() },
        SignUpPolicy { least_age: Some(14), ..SignUpPolicy::default() },
    ] {
        let office = Office::with_policy(policy);
        let error = refused(&office, office.request(&office.proof().await)).await;
        assert!(matches!(error, SignUpError::IdentityRequired), "{error}");
    }
    let office = Office::with_policy(required());
    let proof = office.proof().await;
    let with = |identity| SignUpRequest { identity_proof: Some(identity), ..office.request(&proof) };
    let unknown = IdentityProof::draw(&mut |bytes| office.entropy.fill(bytes));
    let error = refused(&office, with(unknown)).await;
    assert!(matches!(error, SignUpError::IdentityProof(ProofRefusal::Unknown)), "{error}");

    let old = office.identity_proof(Some(&office.scene.person()), ADULT).await;
    office.pass(SignedDuration::from_mins(10));
    let proof = office.proof().await;
    let error = refused(&office, SignUpRequest { identity_proof: Some(old), ..office.request(&proof) }).await;
    assert!(matches!(error, SignUpError::IdentityProof(ProofRefusal::Expired)), "{error}");
}

#[tokio::test]
async fn an_account_keeps_who_its_person_is() {
    let office = Office::new();
    let person = office.scene.person();
    let identity = office.identity_proof(Some(&person), ADULT).await;
    let proof = office.proof().await;
    let request = SignUpRequest { identity_proof: Some(identity.clone()), ..office.request(&proof) };
    office.sign_up.execute(request).await.unwrap();

    let account = office.member().await.unwrap();
    let link = account.person.expect("the person is kept");
    assert_eq!((link.ci, link.di), (person.ci, person.di));
    assert_eq!(link.at, office.scene.at(-60));
    let sealed = link.keys.expect("the keys are kept");
    let field = SealedField::PersonKeys;
    let keys = office.keys.unseal(&account.tenant, field, account.id.as_row(), &sealed).unwrap();
    assert_eq!(&**keys, b"danal\nci\ndi\nimp_1");
    assert_eq!(office.identity_standing(&identity).await, Err(ProofRefusal::Used));
    assert_eq!(office.standing(&proof).await, Err(ProofRefusal::Used));
}

#[tokio::test]
async fn where_no_keys_are_kept_nothing_of_the_person_is() {
    let forgetful = SignUpPolicy { identity_required: true, ..SignUpPolicy::default() };
    let office = Office::with_policy(forgetful);
    let person = office.scene.person();
    let identity = office.identity_proof(Some(&person), ADULT).await;
    let request = SignUpRequest { identity_proof: Some(identity), ..office.request(&office.proof().await) };
    office.sign_up.execute(request).await.unwrap();
    assert_eq!(office.member().await.unwrap().person, None);

    // The result was noted without keys, and the setting changed meanwhile.
    let office = Office::new();
    let identity = office.identity_proof(None, ADULT).await;
    let request = SignUpRequest { identity_proof: Some(identity), ..office.request(&office.proof().await) };
    office.sign_up.execute(request).await.unwrap();
    assert_eq!(office.member().await.unwrap().person, None);
}

#[tokio::test]
async fn a_person_has_one_account_where_that_is_set() {
    for (one_per_person, expected) in [(true, true), (false, false)] {
        let office = Office::with_policy(SignUpPolicy { one_per_person, ..required() });
        let person = office.scene.person();
        let first = office.identity_proof(Some(&person), ADULT).await;
        let request = SignUpRequest { identity_proof: Some(first), ..office.request(&office.proof().await) };
        office.sign_up.execute(request).await.unwrap();

        let proof = office.proof_of(&office.scene.another_phone(), Purpose::SignUp).await;
        let again = SignUpRequest {
            identity_proof: Some(office.identity_proof(Some(&person), ADULT).await),
            login_id: LoginId::parse("second@example.com").unwrap(),
            ..office.request(&proof)
        };
        let outcome = office.sign_up.execute(again).await;
        assert_eq!(matches!(outcome, Err(SignUpError::PersonTaken)), expected);
        assert_eq!(office.standing(&proof).await.is_ok(), expected, "a refusal spends nothing");
    }
}

#[tokio::test]
async fn who_is_too_young_does_not_join() {
    let cases = [
        (None, CHILD, true),
        (Some(14), CHILD, false),
        (Some(14), TEENAGER, true),
        (Some(19), TEENAGER, false),
        (Some(19), ADULT, true),
    ];
    for (least_age, age, taken) in cases {
        let office = Office::with_policy(SignUpPolicy { least_age, ..required() });
        let identity = office.identity_proof(Some(&office.scene.person()), age).await;
        let proof = office.proof().await;
        let request = SignUpRequest { identity_proof: Some(identity), ..office.request(&proof) };
        if taken {
            assert!(office.sign_up.execute(request).await.is_ok(), "{least_age:?} {age:?}");
        } else {
            assert!(
                matches!(refused(&office, request).await, SignUpError::TooYoung),
                "{least_age:?} {age:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_note_that_cannot_be_read_is_no_identity() {
    let office = Office::new();
    let person = office.scene.person();
    let holder = office.scene.identity().open(&*office.memory.store).await;
    let mut result = office.scene.result(&holder, &person, office.scene.at(0));
    let identity = IdentityProof::draw(&mut |bytes| office.entropy.fill(bytes));
    result.proof.0 = identity.digest();
    IdentityRepository::complete(&*office.memory.store, result).await.unwrap();
    let request = SignUpRequest { identity_proof: Some(identity), ..office.request(&office.proof().await) };
    let error = refused(&office, request).await;
    assert!(matches!(error, SignUpError::Repository(RepositoryError::Internal(_))), "{error}");
}

#[tokio::test]
async fn neither_requests_nor_errors_show_what_was_typed() {
    let office = Office::new();
    let proof = office.proof().await;
    office.join().await;
    let error = refused(&office, office.request(&proof)).await;
    let shown = format!("{error} {error:?} {:?}", office.request(&proof).password);
    for secret in [GOOD, "whale@example.com", "푸른고래", office.scene.phone.e164(), &proof.reveal()] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
