//! Results that are not believed: each leaves nothing behind, and the person may try again.

use std::sync::Arc;

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::codes::Purpose;
use bonin_domain::identity::{
    IdentityId, IdentityProofDigest, IdentityRecord, IdentityRefusal, IdentityTokenDigest,
    IdentityVerification, OrderId,
};
use bonin_ports::{
    IdentityCompleted, IdentityProved, IdentityRepository, IdentityResult, IdentityStarted, NewIdentity,
    ProofRefusal, RepositoryError,
};
use bonin_services::identity::{Accept, CompleteIdentity, CompleteIdentityError, StartedIdentity};
use bonin_testkit::InMemoryStore;
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};

use super::support::{Desk, Trouble, reference};

/// What becomes of a result that was changed.
async fn refusal(change: impl FnOnce(&mut IdentityRecord, &StartedIdentity)) -> IdentityRefusal {
    let desk = Desk::with(|rules| {
        rules.judged_by.least_age = Some(14);
        rules.judged_by.providers = vec!["danal".to_owned()];
        rules.erase_results = true;
    });
    let started = desk.started().await;
    desk.pass(60);
    let sound = desk.certified(&started, "imp_1");
    let mut record = sound.clone();
    change(&mut record, &started);
    desk.provider.answers("imp_1", record);
    let refused = desk.completes(&started, "imp_1").await;
    desk.nothing_was_stored(&started, "imp_1").await;
    assert_eq!(desk.erase.execute().await, Ok(0), "nothing is to be erased");
    let Err(CompleteIdentityError::Refused(refusal)) = refused else { panic!("it is refused: {refused:?}") };
    // The fault was the result's alone.
    desk.provider.answers("imp_1", sound);
    desk.completes(&started, "imp_1").await.expect("a sound result is believed");
    refusal
}

#[tokio::test]
async fn what_the_person_did_not_finish_is_refused() {
    let refused = refusal(|record, _| {
        *record = IdentityRecord {
            certified: false,
            certified_at: None,
            name: None,
            birthday: None,
            ci: None,
            di: None,
            ..record.clone()
        };
    });
    assert_eq!(refused.await, IdentityRefusal::NotCertified);
}

#[tokio::test]
async fn personal_data_without_certification_is_refused() {
    assert_eq!(refusal(|record, _| record.certified = false).await, IdentityRefusal::NotCertified);
}

#[tokio::test]
async fn a_result_for_no_order_or_a_foreign_one_is_refused() {
    assert_eq!(refusal(|record, _| record.order = None).await, IdentityRefusal::OtherOrder);
    let foreign = OrderId::parse(&"0".repeat(32)).unwrap();
    assert_eq!(refusal(|record, _| record.order = Some(foreign)).await, IdentityRefusal::OtherOrder);
}

#[tokio::test]
async fn a_result_of_another_name_than_asked_for_is_refused() {
    let refused = refusal(|record, _| record.reference = reference("imp_2"));
    assert_eq!(refused.await, IdentityRefusal::OtherResult);
}

#[tokio::test]
async fn old_results_and_results_from_the_future_are_refused() {
    let before = |record: &mut IdentityRecord, started: &StartedIdentity| {
        record.certified_at = Some(started.verification.created_at - SignedDuration::from_mins(2));
    };
    assert_eq!(refusal(before).await, IdentityRefusal::Stale);
    let ahead = |record: &mut IdentityRecord, started: &StartedIdentity| {
        record.certified_at = Some(started.verification.created_at + SignedDuration::from_mins(5));
    };
    assert_eq!(refusal(ahead).await, IdentityRefusal::Stale);
    assert_eq!(refusal(|record, _| record.certified_at = None).await, IdentityRefusal::Stale);
}

#[tokio::test]
async fn channels_that_are_not_ours_are_refused() {
    assert_eq!(refusal(|record, _| record.test_channel = true).await, IdentityRefusal::Channel);
    assert_eq!(refusal(|record, _| record.provider = "kcp_v2".into()).await, IdentityRefusal::Channel);
}

#[tokio::test]
async fn a_result_without_what_was_contracted_is_refused() {
    assert_eq!(refusal(|record, _| record.name = None).await, IdentityRefusal::Incomplete);
    assert_eq!(refusal(|record, _| record.birthday = None).await, IdentityRefusal::Incomplete);
    let keyless = |record: &mut IdentityRecord, _: &StartedIdentity| (record.ci, record.di) = (None, None);
    assert_eq!(refusal(keyless).await, IdentityRefusal::Incomplete);
}

#[tokio::test]
async fn who_is_too_young_is_refused_at_sign_up() {
    let child = |record: &mut IdentityRecord, _: &StartedIdentity| record.birthday = Some(date(2020, 1, 1));
    assert_eq!(refusal(child).await, IdentityRefusal::TooYoung);
}

#[tokio::test]
async fn the_result_of_another_session_is_told_from_a_foreign_one() {
    let desk = Desk::new();
    let (victim, thief) = (desk.started().await, desk.started().await);
    desk.provider.knows(desk.certified(&victim, "imp_1"));
    let stolen = desk.completes(&thief, "imp_1").await;
    assert!(matches!(stolen, Err(CompleteIdentityError::OtherSession)));
    desk.nothing_was_stored(&thief, "imp_1").await;
    desk.completes(&victim, "imp_1").await.expect("the owner's is not used up by the attempt");
}

#[tokio::test]
async fn a_result_that_the_provider_does_not_know_is_refused() {
    let desk = Desk::new();
    let started = desk.started().await;
    let unknown = desk.completes(&started, "imp_1").await;
    assert!(matches!(unknown, Err(CompleteIdentityError::ResultUnknown)));
    desk.nothing_was_stored(&started, "imp_1").await;
}

#[tokio::test]
async fn a_provider_without_an_answer_leaves_it_pending() {
    let desk = Desk::new();
    let started = desk.started().await;
    desk.provider.knows(desk.certified(&started, "imp_1"));
    for trouble in Trouble::SILENT {
        desk.provider.is_in(Some(trouble));
        let failed = desk.completes(&started, "imp_1").await;
        assert!(matches!(failed, Err(CompleteIdentityError::Unavailable(_))), "{trouble:?}");
        desk.nothing_was_stored(&started, "imp_1").await;
    }
    desk.provider.is_in(None);
    desk.completes(&started, "imp_1").await.expect("the same call succeeds later");
}

#[tokio::test]
async fn an_old_result_is_refused_even_while_the_verification_lives() {
    let desk = Desk::new();
    let started = desk.started().await;
    let record = desk.certified(&started, "imp_1");
    desk.provider.knows(record);
    desk.pass(11 * 60 + 1);
    let refused = desk.completes(&started, "imp_1").await;
    assert!(matches!(refused, Err(CompleteIdentityError::Refused(IdentityRefusal::Stale))));
    desk.nothing_was_stored(&started, "imp_1").await;
}

/// A store that breaks off when a result is to be taken.
struct BrokenOff(Arc<InMemoryStore>);

#[async_trait]
impl IdentityRepository for BrokenOff {
    async fn start(&self, new: NewIdentity) -> Result<IdentityStarted, RepositoryError> {
        IdentityRepository::start(&*self.0, new).await
    }

    async fn find(
        &self,
        tenant: &TenantId,
        id: IdentityId,
        token: IdentityTokenDigest,
        now: Timestamp,
    ) -> Result<Option<IdentityVerification>, RepositoryError> {
        IdentityRepository::find(&*self.0, tenant, id, token, now).await
    }

    async fn complete(&self, _: IdentityResult) -> Result<IdentityCompleted, RepositoryError> {
        Err(RepositoryError::Unavailable)
    }

    async fn find_proof(
        &self,
        tenant: &TenantId,
        purpose: Purpose,
        proof: IdentityProofDigest,
        now: Timestamp,
    ) -> Result<Result<IdentityProved, ProofRefusal>, RepositoryError> {
        IdentityRepository::find_proof(&*self.0, tenant, purpose, proof, now).await
    }
}

#[tokio::test]
async fn a_store_that_breaks_off_yields_no_proof_and_erases_nothing() {
    let desk = Desk::with(|rules| rules.erase_results = true);
    let started = desk.started().await;
    desk.provider.knows(desk.certified(&started, "imp_1"));
    let sound = &*desk.complete.accept;
    let accept = Accept {
        identities: Arc::new(BrokenOff(desk.store.clone())),
        results: sound.results.clone(),
        rules: sound.rules.clone(),
        erase: sound.erase.clone(),
        keys: sound.keys.clone(),
        clock: sound.clock.clone(),
        entropy: sound.entropy.clone(),
    };
    let broken = CompleteIdentity { verifier: desk.provider.clone(), accept: Arc::new(accept) };
    let (id, token) = (started.verification.id, &started.token);
    let failed = broken.execute(&desk.tenant, id, token, Some(reference("imp_1"))).await;
    assert!(matches!(failed, Err(CompleteIdentityError::Repository(RepositoryError::Unavailable))));
    desk.nothing_was_stored(&started, "imp_1").await;
    assert_eq!(desk.provider.calls(), ["fetch imp_1"]);
    desk.completes(&started, "imp_1").await.expect("the same call succeeds later");
}
