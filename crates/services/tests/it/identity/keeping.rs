//! What is kept of a person, and what is not.

use bonin_domain::accounts::{Account, AccountId, HashCost, LoginId, Password, PasswordHash, PersonLink};
use bonin_domain::codes::Purpose;
use bonin_domain::identity::PersonKey;
use bonin_domain::keys::SealedField;
use bonin_domain::{PhoneNumber, Region};
use bonin_ports::{AccountImport as _, AccountKey, AccountRepository};
use bonin_services::identity::IdentifiedNote;

use super::support::{Desk, reference};

#[tokio::test]
async fn keys_are_kept_sealed_and_as_indexes() {
    let desk = Desk::new();
    let started = desk.started().await;
    desk.provider.knows(desk.certified(&started, "imp_1"));
    let proof = desk.completes(&started, "imp_1").await.expect("it is believed").proof;
    let proved = desk.proved(Purpose::SignUp, &proof).await.expect("it is live");
    let key = |raw: &str| PersonKey::parse(raw).expect("a key");
    assert_eq!(proved.ci, Some(desk.keys.ci_index(&key("CI/of+Hong=="))));
    assert_eq!(proved.di, Some(desk.keys.di_index("danal", &key("DI/of+Hong=="))));
    let note = IdentifiedNote::unseal(&desk.keys, &desk.tenant, proved.id, &proved.identified).unwrap();
    assert_eq!(note.ci, Some(key("CI/of+Hong==")));
    assert_eq!(note.di, Some(key("DI/of+Hong==")));
    assert_eq!(note.reference, Some(reference("imp_1")));
}

#[tokio::test]
async fn where_keys_are_not_kept_there_are_neither_seals_nor_indexes() {
    let desk = Desk::with(|rules| rules.keep_person_keys = false);
    let started = desk.started().await;
    desk.provider.knows(desk.certified(&started, "imp_1"));
    let proof = desk.completes(&started, "imp_1").await.expect("it is believed").proof;
    let proved = desk.proved(Purpose::SignUp, &proof).await.expect("it is live");
    assert_eq!((proved.ci, proved.di), (None, None));
    let note = IdentifiedNote::unseal(&desk.keys, &desk.tenant, proved.id, &proved.identified).unwrap();
    assert_eq!((note.ci, note.di, note.reference), (None, None, None));
    assert_eq!(note.name.reveal(), "홍길동");
}

#[tokio::test]
async fn a_result_without_keys_kept_still_works_once() {
    let desk = Desk::with(|rules| rules.keep_person_keys = false);
    let (first, second) = (desk.started().await, desk.started().await);
    desk.provider.knows(desk.certified(&first, "imp_1"));
    desk.completes(&first, "imp_1").await.expect("it is believed");
    assert!(desk.completes(&second, "imp_1").await.is_err());
    assert!(desk.is_used("imp_1").await);
}

#[tokio::test]
async fn neither_name_nor_token_nor_proof_shows_in_debug_output() {
    let desk = Desk::new();
    let started = desk.started().await;
    desk.provider.knows(desk.certified(&started, "imp_1"));
    let shown_start = format!("{started:?}");
    let completed = desk.completes(&started, "imp_1").await.expect("it is believed");
    let shown = format!("{completed:?} {shown_start}");
    for secret in ["홍길동", &completed.proof.reveal(), &started.token.reveal(), "imp_1", "CI/of"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

/// An account of the person's number that belongs to somebody else; its name.
async fn account_of_another_person(desk: &Desk) -> AccountId {
    let fill = &mut |bytes: &mut [u8]| bytes.fill(9);
    let id = AccountId::draw(desk.now(), fill);
    let phone = PhoneNumber::parse("010-1234-5678", Region::KR).expect("a number");
    let login_id = LoginId::parse("minsu@example.com").expect("a login id");
    let cost = HashCost { memory_kib: 8, passes: 1, lanes: 1 };
    let password = Password::parse("a password of nobody").expect("a password");
    let seal = |field| desk.keys.seal(&desk.tenant, field, id.as_row(), b"x", &mut |b| b.fill(1));
    let other = PersonKey::parse("CI/of+somebody+else==").expect("a key");
    let account = Account {
        id,
        tenant: desk.tenant.clone(),
        login_index: desk.keys.login_index(&login_id),
        login_id: seal(SealedField::LoginId),
        phone_index: desk.keys.phone_index(&phone),
        phone: seal(SealedField::Phone),
        nickname: seal(SealedField::Nickname),
        password: PasswordHash::compute(&password, cost, fill),
        phone_proved_at: desk.now(),
        phone_contested_at: None,
        person: Some(PersonLink {
            ci: Some(desk.keys.ci_index(&other)),
            di: None,
            keys: None,
            at: desk.now(),
        }),
        created_at: desk.now(),
    };
    assert!(desk.store.import(vec![account]).await.expect("the memory works").is_empty());
    id
}

#[tokio::test]
async fn an_account_of_the_number_that_belongs_to_another_person_is_marked_where_keys_are_kept() {
    for keep in [true, false] {
        let desk = Desk::with(|rules| rules.keep_person_keys = keep);
        let id = account_of_another_person(&desk).await;
        let started = desk.started().await;
        desk.provider.knows(desk.certified(&started, "imp_1"));
        desk.completes(&started, "imp_1").await.expect("it is believed");
        let account = AccountRepository::find(&*desk.store, &desk.tenant, AccountKey::Id(id)).await;
        let account = account.expect("the memory works").expect("it is there");
        assert_eq!(account.phone_contested_at.is_some(), keep);
    }
}
