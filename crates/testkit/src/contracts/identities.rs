//! Identity verifications: completed once, by their holder.

use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::accounts::{Account, PersonLink};
use bonin_domain::codes::Purpose;
use bonin_domain::identity::{
    IdentityApi, IdentityStatus, IdentityToken, IdentityTokenDigest, IdentityVerification,
};
use bonin_ports::{IdentityCompleted, IdentityProved, IdentityRepository, IdentityResult, ProofRefusal};
use jiff::{SignedDuration, Timestamp};

use super::Store;
use super::members::{find_identity_proof, now_is};
use super::support::{MICROSECOND, count, race};
use crate::{IdentityHolder, Scene};

pub(super) async fn complete(store: &Arc<dyn Store>, result: IdentityResult) -> IdentityCompleted {
    store.complete(result).await.expect("the store works")
}

pub(super) async fn find_as(
    store: &Arc<dyn Store>,
    tenant: &TenantId,
    holder: &IdentityHolder,
    token: IdentityTokenDigest,
    now: Timestamp,
) -> Option<IdentityVerification> {
    let found = IdentityRepository::find(&**store, tenant, holder.verification.id, token, now);
    found.await.expect("the store works")
}

async fn seen(store: &Arc<dyn Store>, holder: &IdentityHolder, now: Timestamp) -> IdentityVerification {
    let found = find_as(store, &holder.verification.tenant, holder, holder.token.digest(), now).await;
    found.expect("the holder of the token finds it")
}

fn strange_token(scene: &Scene) -> IdentityToken {
    scene.identity().draw().1.token
}

/// An identity verification reads back as it was started, for the holder of its token within its tenant alone.
pub async fn an_identity_verification_reads_back_as_it_was_started(store: Arc<dyn Store>) {
    let scene = Scene::new();
    for purpose in [Purpose::SignUp, Purpose::FindId, Purpose::ResetPassword] {
        for api in [IdentityApi::V1, IdentityApi::V2] {
            let holder = scene.identity().purpose(purpose).api(api).open(&*store).await;
            assert_eq!(seen(&store, &holder, scene.at(1)).await, holder.verification);
            let token = holder.token.digest();
            let elsewhere = find_as(&store, &scene.another_tenant(), &holder, token, scene.at(1)).await;
            assert_eq!(elsewhere, None);
            let strange = strange_token(&scene).digest();
            assert_eq!(find_as(&store, &scene.tenant, &holder, strange, scene.at(1)).await, None);
        }
    }
}

/// Time runs out at its end and not before; one that was completed outlives it.
pub async fn an_identity_verification_runs_out(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (left, done) = (scene.identity().open(&*store).await, scene.identity().open(&*store).await);
    let end = left.verification.expires_at;
    for late in [end, end + MICROSECOND] {
        assert_eq!(seen(&store, &left, late).await.status, IdentityStatus::Expired);
        let result = scene.result(&left, &scene.person(), late);
        let (name, proof) = (result.result, result.proof.0);
        assert_eq!(complete(&store, result).await, IdentityCompleted::Over);
        assert_eq!(store.is_used(name).await, Ok(false));
        let found = find_identity_proof(&store, &scene.tenant, Purpose::SignUp, proof, late).await;
        assert_eq!(found, Err(ProofRefusal::Unknown));
    }
    assert_eq!(seen(&store, &done, end - MICROSECOND).await.status, IdentityStatus::Pending);
    let result = scene.result(&done, &scene.person(), end - MICROSECOND);
    assert_eq!(complete(&store, result).await, IdentityCompleted::Completed);
    assert_eq!(seen(&store, &done, end + MICROSECOND).await.status, IdentityStatus::Completed);
}

/// A result completes an identity verification once; its proof tells the person, as often as it is asked.
pub async fn an_identity_verification_is_completed_once(store: Arc<dyn Store>) {
    let scene = Scene::new();
    for person in
        [scene.person(), PersonLink { ci: None, ..scene.person() }, PersonLink { di: None, ..scene.person() }]
    {
        let holder = scene.identity().purpose(Purpose::FindId).open(&*store).await;
        let result = scene.result(&holder, &person, scene.at(1));
        let (proof, identified) = (result.proof.0, result.identified.clone());
        assert_eq!(store.is_used(result.result).await, Ok(false));
        assert_eq!(complete(&store, result.clone()).await, IdentityCompleted::Completed);
        let expected =
            IdentityVerification { status: IdentityStatus::Completed, ..holder.verification.clone() };
        assert_eq!(seen(&store, &holder, scene.at(2)).await, expected);
        assert_eq!(complete(&store, result).await, IdentityCompleted::ResultUsed);
        let other = scene.result(&holder, &scene.person(), scene.at(2));
        let (other_name, other_proof) = (other.result, other.proof.0);
        assert_eq!(complete(&store, other).await, IdentityCompleted::Over);
        assert_eq!(store.is_used(other_name).await, Ok(false));
        let find = |proof| find_identity_proof(&store, &scene.tenant, Purpose::FindId, proof, scene.at(2));
        let id = holder.verification.id;
        let proved = IdentityProved { id, identified, ci: person.ci, di: person.di };
        for _ in 0..2 {
            assert_eq!(find(proof).await, Ok(proved.clone()));
        }
        assert_eq!(find(other_proof).await, Err(ProofRefusal::Unknown));
    }
}

/// A result that one identity verification took is taken by no other, in no tenant.
pub async fn a_result_works_once(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let first = scene.identity().open(&*store).await;
    let result = scene.result(&first, &scene.person(), scene.at(1));
    assert_eq!(complete(&store, result.clone()).await, IdentityCompleted::Completed);
    assert_eq!(store.is_used(result.result).await, Ok(true));
    for tenant in [scene.tenant.clone(), scene.another_tenant()] {
        let second = scene.identity().tenant(tenant.clone()).open(&*store).await;
        let again = scene.result(&second, &scene.person(), scene.at(2));
        let proof = again.proof.0;
        let again = IdentityResult { result: result.result, ..again };
        assert_eq!(complete(&store, again).await, IdentityCompleted::ResultUsed);
        assert_eq!(seen(&store, &second, scene.at(2)).await.status, IdentityStatus::Pending);
        let found = find_identity_proof(&store, &tenant, Purpose::SignUp, proof, scene.at(2)).await;
        assert_eq!(found, Err(ProofRefusal::Unknown));
        let fresh = scene.result(&second, &scene.person(), scene.at(2));
        assert_eq!(complete(&store, fresh).await, IdentityCompleted::Completed, "it stays open");
    }
}

/// Without its token, in another tenant, or of nothing that was started, a result is not taken and not used up.
pub async fn a_stranger_completes_nothing(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let holder = scene.identity().open(&*store).await;
    let result = scene.result(&holder, &scene.person(), scene.at(1));
    let never = scene.identity().draw().1;
    for strange in [
        IdentityResult { token: strange_token(&scene).digest(), ..result.clone() },
        IdentityResult { tenant: scene.another_tenant(), ..result.clone() },
        IdentityResult { id: never.verification.id, token: never.token.digest(), ..result.clone() },
    ] {
        assert_eq!(complete(&store, strange).await, IdentityCompleted::NotFound);
    }
    assert_eq!(store.is_used(result.result).await, Ok(false));
    assert_eq!(seen(&store, &holder, scene.at(1)).await.status, IdentityStatus::Pending);
    assert_eq!(complete(&store, result).await, IdentityCompleted::Completed);
}

/// Runs all results at once.
async fn race_results(store: &Arc<dyn Store>, results: &[IdentityResult]) -> Vec<IdentityCompleted> {
    let calls: Vec<_> = results
        .iter()
        .map(|result| {
            let (store, result) = (Arc::clone(store), result.clone());
            async move { complete(&store, result).await }
        })
        .collect();
    race(calls).await
}

/// How many of the results have a proof that is good.
async fn proofs(store: &Arc<dyn Store>, results: &[IdentityResult]) -> usize {
    let mut good = 0;
    for result in results {
        let (tenant, proof, now) = (&result.tenant, result.proof.0, result.now);
        let found = find_identity_proof(store, tenant, Purpose::SignUp, proof, now).await;
        good += usize::from(found.is_ok());
    }
    good
}

/// Of 16 concurrent results for one identity verification one is taken, and its proof alone is good.
pub async fn of_16_concurrent_results_for_one_verification_one_is_taken(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let holder = scene.identity().open(&*store).await;
    let results: Vec<_> = (0..16).map(|_| scene.result(&holder, &scene.person(), scene.at(1))).collect();
    let ended = race_results(&store, &results).await;
    assert_eq!(count(&ended, |one| *one == IdentityCompleted::Completed), 1, "{ended:?}");
    assert_eq!(count(&ended, |one| *one == IdentityCompleted::Over), 15, "{ended:?}");
    assert_eq!(proofs(&store, &results).await, 1);
}

/// Of 16 identity verifications that show one result at once one takes it.
pub async fn of_16_concurrent_verifications_with_one_result_one_takes_it(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let shared = scene.result_index();
    let mut results = Vec::new();
    for _ in 0..16 {
        let holder = scene.identity().open(&*store).await;
        let result = scene.result(&holder, &scene.person(), scene.at(1));
        results.push(IdentityResult { result: shared, ..result });
    }
    let ended = race_results(&store, &results).await;
    assert_eq!(count(&ended, |one| *one == IdentityCompleted::Completed), 1, "{ended:?}");
    assert_eq!(count(&ended, |one| *one == IdentityCompleted::ResultUsed), 15, "{ended:?}");
    assert_eq!(proofs(&store, &results).await, 1);
}

/// An identity proof lives up to its end and no longer, for its own tenant and purpose.
pub async fn an_identity_proof_dies_at_its_end_and_not_before(store: Arc<dyn Store>) {
    let scene = Scene::new();
    for purpose in [Purpose::SignUp, Purpose::FindId, Purpose::ResetPassword] {
        let holder = scene.identity().purpose(purpose).open(&*store).await;
        let result = scene.result(&holder, &scene.person(), scene.at(1));
        let (proof, end) = result.proof;
        assert_eq!(complete(&store, result).await, IdentityCompleted::Completed);
        for (left, good) in [(-MICROSECOND, true), (SignedDuration::ZERO, false), (MICROSECOND, false)] {
            let found = find_identity_proof(&store, &scene.tenant, purpose, proof, end + left).await;
            assert_eq!(found.err(), (!good).then_some(ProofRefusal::Expired), "{left} from its end");
        }
        for other in Purpose::ALL.into_iter().filter(|&other| other != purpose) {
            let found = find_identity_proof(&store, &scene.tenant, other, proof, scene.at(2)).await;
            assert_eq!(found, Err(ProofRefusal::Unknown));
        }
        let found = find_identity_proof(&store, &scene.another_tenant(), purpose, proof, scene.at(2)).await;
        assert_eq!(found, Err(ProofRefusal::Unknown));
    }
}

/// A result with a number marks the account of that number in its tenant where it is known to belong to another
/// person, and no other account.
pub async fn a_result_contests_the_accounts_of_another_person(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let owner = scene.person();
    let same_ci = PersonLink { di: scene.person().di, ..owner.clone() };
    let alike_by_di = PersonLink { ci: scene.person().ci, ..owner.clone() };
    let stranger = scene.person();
    let known = scene.account().person(&owner).open(&*store).await;
    let phone = scene.another_phone();
    let nobodys = scene.another_account().phone(phone.clone()).open(&*store).await;
    let elsewhere = scene.account().person(&owner).tenant(scene.another_tenant()).open(&*store).await;
    let beside = scene.another_account().person(&owner).open(&*store).await;
    let tell = async |person: &PersonLink, phone_index, second| {
        let holder = scene.identity().open(&*store).await;
        let result = scene.result(&holder, person, scene.at(second));
        let told = complete(&store, IdentityResult { phone_index, ..result }).await;
        assert_eq!(told, IdentityCompleted::Completed);
    };
    let (own, of_nobody) = (Some(known.phone_index), Some(nobodys.phone_index));
    for person in [&owner, &same_ci, &alike_by_di] {
        tell(person, own, 1).await;
    }
    tell(&stranger, None, 2).await;
    tell(&stranger, of_nobody, 2).await;
    let holder = scene.identity().open(&*store).await;
    let strange = IdentityResult {
        token: strange_token(&scene).digest(),
        phone_index: own,
        ..scene.result(&holder, &stranger, scene.at(2))
    };
    assert_eq!(complete(&store, strange).await, IdentityCompleted::NotFound);
    for account in [&known, &nobodys, &elsewhere, &beside] {
        assert_eq!(now_is(&store, account).await.as_ref(), Some(account));
    }
    tell(&stranger, own, 3).await;
    let contested = Account { phone_contested_at: Some(scene.at(3)), ..known.clone() };
    assert_eq!(now_is(&store, &known).await, Some(contested));
    for account in [&nobodys, &elsewhere, &beside] {
        assert_eq!(now_is(&store, account).await.as_ref(), Some(account));
    }
}
