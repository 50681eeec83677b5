//! What is kept of a person, and what is not.

use bonin_domain::codes::Purpose;
use bonin_domain::identity::PersonKey;
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
