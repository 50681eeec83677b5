//! Sessions: found by their token, listed, ended, stepped up.

use bonin_domain::TenantId;
use bonin_domain::accounts::SessionToken;
use bonin_domain::codes::{Proof, Purpose};
use bonin_ports::{Clock as _, Entropy as _, ProofRefusal, RepositoryError, SessionEnd};
use bonin_services::accounts::{StepUpError, idle_end};
use jiff::SignedDuration;

use super::home::Home;
use super::watched::ended;

const MIN: SignedDuration = SignedDuration::from_mins(1);

#[tokio::test]
async fn only_the_token_of_a_live_session_of_the_tenant_stands_for_it() {
    let home = Home::new();
    let opened = home.session(&home.member().await).await;
    let find = async |tenant: &TenantId, token: &SessionToken| {
        home.find().execute(tenant, token).await.unwrap().map(|session| session.id)
    };
    let tenant = &home.scene.tenant;
    assert_eq!(find(tenant, &opened.token).await, Some(opened.session.id));
    assert_eq!(find(tenant, &home.scene.session_token()).await, None);
    assert_eq!(find(&home.scene.another_tenant(), &opened.token).await, None);
    home.pass(30 * MIN);
    assert_eq!(find(tenant, &opened.token).await, None, "it was idle for too long");
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_or_old_whichever_comes_first() {
    let home = Home::new();
    let mut session = home.session(&home.member().await).await.session;
    assert_eq!(idle_end(&session, &home.policy), session.seen_at + 30 * MIN);
    session.seen_at = session.expires_at - MIN;
    assert_eq!(idle_end(&session, &home.policy), session.expires_at);
}

#[tokio::test]
async fn the_list_shows_the_accounts_live_sessions_and_which_asks() {
    let home = Home::new();
    let member = home.member().await;
    let stranger = home.joined(home.scene.another_account()).await;
    let first = home.session(&member).await;
    home.session(&stranger).await;
    home.pass(MIN);
    let second = home.session(&member).await;
    let listed = home.list().execute(&first.session).await.unwrap();
    let told: Vec<_> = listed.iter().map(|one| (one.session.id, one.is_current)).collect();
    assert_eq!(told, [(second.session.id, false), (first.session.id, true)]);
    assert_eq!(listed[0].idle_expires_at, second.idle_expires_at);

    home.pass(29 * MIN);
    let listed = home.list().execute(&second.session).await.unwrap();
    assert_eq!(listed.len(), 1, "the first was idle for too long");
}

#[tokio::test]
async fn a_session_ends_itself_another_or_all_others() {
    let home = Home::new();
    let member = home.member().await;
    let [one, two, three] =
        [home.session(&member).await, home.session(&member).await, home.session(&member).await];
    let end = async |which| home.end().execute(&one.session, which).await.unwrap();
    assert_eq!(end(SessionEnd::One(two.session.id)).await, 1);
    assert!(!home.is_live(&two).await && home.is_live(&three).await);
    assert_eq!(end(SessionEnd::One(two.session.id)).await, 0, "it is gone");
    assert_eq!(end(SessionEnd::Others(one.session.id)).await, 1);
    assert!(!home.is_live(&three).await && home.is_live(&one).await);
    assert_eq!(end(SessionEnd::One(one.session.id)).await, 1);
    assert!(!home.is_live(&one).await);
}

#[tokio::test]
async fn sessions_of_other_accounts_are_not_there() {
    let home = Home::new();
    let mine = home.session(&home.member().await).await;
    let stranger = home.joined(home.scene.another_account()).await;
    let theirs = home.session(&stranger).await;
    let ended = home.end().execute(&mine.session, SessionEnd::One(theirs.session.id)).await.unwrap();
    assert_eq!(ended, 0);
    assert_eq!(home.end().execute(&mine.session, SessionEnd::Others(mine.session.id)).await.unwrap(), 0);
    assert!(home.is_live(&theirs).await);
}

#[tokio::test]
async fn a_step_up_gives_the_session_a_new_token_and_stands_for_ten_minutes() {
    let home = Home::new();
    let opened = home.session(&home.member().await).await;
    home.pass(MIN);
    let proof = home.proof(&home.scene.phone, Purpose::StepUp).await;
    let stepped = home.step_up().execute(&opened.session, proof).await.unwrap();
    let now = home.clock.now();
    assert_eq!((stepped.session.id, stepped.session.stepped_up_at), (opened.session.id, Some(now)));
    assert_eq!(stepped.session.expires_at, opened.session.expires_at, "it lives no longer for that");
    assert!(home.is_live(&stepped).await && !home.is_live(&opened).await);
    let found = home.find().execute(&home.scene.tenant, &stepped.token).await.unwrap().unwrap();
    assert!(found.is_stepped_up(&home.policy, now + 10 * MIN));
    assert!(!found.is_stepped_up(&home.policy, now + 10 * MIN + SignedDuration::from_micros(1)));
}

#[tokio::test]
async fn what_does_not_prove_the_own_number_for_this_steps_nothing_up() {
    let home = Home::new();
    let opened = home.session(&home.member().await).await;
    let other = home.scene.another_phone();
    let unknown = Proof::draw(&mut |bytes| home.entropy.fill(bytes)).digest();
    let others = home.proof(&other, Purpose::StepUp).await;
    let elsewhere = home.proof(&home.scene.phone, Purpose::ChangePhone).await;
    for proof in [unknown, others, elsewhere] {
        let error = home.step_up().execute(&opened.session, proof).await.err().unwrap();
        assert!(matches!(error, StepUpError::Proof(ProofRefusal::Unknown)), "{error}");
    }
    assert_eq!(home.standing(Purpose::StepUp, others).await, Ok(()), "it stays unspent");

    let spent = home.proof(&home.scene.phone, Purpose::StepUp).await;
    let stepped = home.step_up().execute(&opened.session, spent).await.unwrap();
    let error = home.step_up().execute(&stepped.session, spent).await.err().unwrap();
    assert!(matches!(error, StepUpError::Proof(ProofRefusal::Used)), "{error}");
    assert!(home.is_live(&stepped).await);

    let late = home.proof(&home.scene.phone, Purpose::StepUp).await;
    home.pass(10 * MIN);
    let error = home.step_up().execute(&stepped.session, late).await.err().unwrap();
    assert!(matches!(error, StepUpError::Proof(ProofRefusal::Expired)), "{error}");
}

#[tokio::test]
async fn a_session_that_is_over_is_not_stepped_up() {
    let home = Home::new();
    let opened = home.session(&home.member().await).await;
    let proof = home.proof(&home.scene.phone, Purpose::StepUp).await;
    let error = home.step_up().execute(&ended(&opened.session), proof).await.err().unwrap();
    assert!(matches!(error, StepUpError::Proof(ProofRefusal::Unknown)), "{error}");
    assert_eq!(home.standing(Purpose::StepUp, proof).await, Ok(()));
}

#[tokio::test]
async fn a_failing_store_is_told_and_changes_nothing() {
    let home = Home::new();
    let opened = home.session(&home.member().await).await;
    let proof = home.proof(&home.scene.phone, Purpose::StepUp).await;
    let busy = || RepositoryError::Busy;
    home.store.fails("sessions.find", busy());
    assert_eq!(home.find().execute(&home.scene.tenant, &opened.token).await, Err(busy()));
    home.store.fails("sessions.list", busy());
    assert!(home.list().execute(&opened.session).await.is_err());
    home.store.fails("sessions.end", busy());
    assert_eq!(home.end().execute(&opened.session, SessionEnd::One(opened.session.id)).await, Err(busy()));
    home.store.fails("sessions.step_up", busy());
    let error = home.step_up().execute(&opened.session, proof).await.err().unwrap();
    assert!(matches!(error, StepUpError::Repository(RepositoryError::Busy)), "{error}");
    assert!(home.is_live(&opened).await);
    assert_eq!(home.standing(Purpose::StepUp, proof).await, Ok(()));
}
