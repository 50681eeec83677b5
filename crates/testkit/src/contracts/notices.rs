//! Notices: put into the outbox with the deed that they tell of.

use std::sync::Arc;

use bonin_domain::accounts::Account;
use bonin_domain::codes::{Purpose, Rule};
use bonin_domain::keys::SealedField;
use bonin_domain::messages::DeliveryState;
use bonin_ports::{
    AnyProof, DispatchOutcome, FinishReset, MessageGroupRepository, MessageQuery, Next, Notice, Outbox,
    PasswordChange, PhoneChange, PhoneChanged, RepositoryError,
};
use jiff::Timestamp;

use super::Store;
use super::groups::{created, group};
use super::members::{is_live, now_is};
use super::support::{
    MICROSECOND, assert_created, assert_refused, attempt, closing, ids, lease, record, turn,
};
use crate::{LoggedIn, Scene};

/// An account of the scene's number that nobody proved, so that nothing was sent to it, with a session.
async fn member(store: &Arc<dyn Store>, scene: &Scene) -> (Account, LoggedIn) {
    let known = scene.account().tenant(scene.own_tenant()).draw();
    assert_eq!(store.import(vec![known.clone()]).await, Ok(Vec::new()));
    let session = scene.log_in(&**store, &known, scene.at(0)).await;
    (known, session)
}

/// Changes the password of an account in its session.
async fn changed(
    store: &Arc<dyn Store>,
    scene: &Scene,
    known: &mut Account,
    session: &LoggedIn,
    now: Timestamp,
) -> Notice {
    let (change, _) = scene.password_change(known, session.session.id, now);
    assert_eq!(store.change(change.clone()).await, Ok(true));
    known.password = change.to;
    change.notice
}

/// A reset of an account that can be finished.
async fn reset(store: &Arc<dyn Store>, scene: &Scene, known: &Account, now: Timestamp) -> FinishReset {
    let start = scene.start().tenant(known.tenant.clone()).purpose(Purpose::ResetPassword).at(now);
    let given = AnyProof::Phone(start.prove(&**store).await);
    let (open, token) = scene.reset(known, given, now);
    assert_eq!(store.open_reset(open).await, Ok(Ok(())));
    scene.finish_reset(known, &token, now)
}

/// A change of an account's number that can be made.
async fn move_away(
    store: &Arc<dyn Store>,
    scene: &Scene,
    known: &Account,
    session: &LoggedIn,
    now: Timestamp,
) -> PhoneChange {
    let phone = scene.another_phone();
    let start = scene.start().tenant(known.tenant.clone()).purpose(Purpose::ChangePhone);
    let given = start.phone(phone.clone()).at(now).prove(&**store).await;
    scene.phone_change(known, session.session.id, &phone, given, now)
}

/// A changed password, a finished reset and a changed number put one notice each into the outbox, due at once, as it
/// was sealed.
pub async fn the_owner_is_told_with_the_deed(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let (mut known, session) = member(&store, &scene).await;
    let mut notices = vec![(scene.at(1), changed(&store, &scene, &mut known, &session, scene.at(1)).await)];
    let finish = reset(&store, &scene, &known, scene.at(2)).await;
    notices.push((scene.at(2), finish.notice.clone()));
    let password = finish.password.clone();
    assert_eq!(store.finish_reset(finish).await, Ok(true));
    let known = Account { password, ..known };
    let session = scene.log_in(&*store, &known, scene.at(3)).await;
    let moved = move_away(&store, &scene, &known, &session, scene.at(3)).await;
    notices.push((scene.at(3), moved.notice.clone()));
    let own: Vec<_> = notices.iter().map(|(_, notice)| notice.message.id).collect();
    let before = lease(&store, scene.lease(), scene.at(1) - MICROSECOND, scene.at(10), &own).await;
    assert_eq!(before, []);
    assert_eq!(store.change_phone(moved).await, Ok(PhoneChanged::Changed));
    let leased = lease(&store, scene.lease(), scene.at(3), scene.at(30), &own).await;
    assert_eq!(ids(&leased), own);
    for (message, (at, notice)) in leased.iter().zip(&notices) {
        assert_eq!((&message.tenant, message.group), (&known.tenant, None));
        assert_eq!((message.created_at, message.expires_at), (*at, notice.expires_at));
        assert_eq!((message.interrupted, &message.attempts[..]), (false, &[][..]));
        let row = message.id.as_row();
        let text = scene.keys.unseal(&known.tenant, SealedField::Message, row, &message.payload);
        assert_eq!(&**text.expect("the message opens"), b"[Bonin] notice");
    }
}

/// A deed that is refused tells nobody.
pub async fn a_refused_deed_tells_nobody(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let (known, session) = member(&store, &scene).await;
    let (change, _) = scene.password_change(&known, session.session.id, scene.at(1));
    let change = PasswordChange { from: scene.password_hash(), ..change };
    let finish = reset(&store, &scene, &known, scene.at(1)).await;
    let late = FinishReset { now: scene.at(601), ..finish };
    let moved = move_away(&store, &scene, &known, &session, scene.at(1)).await;
    let moved = PhoneChange { phone_index: scene.keys.phone_index(&scene.another_phone()), ..moved };
    let own = [change.notice.message.id, late.notice.message.id, moved.notice.message.id];
    assert_eq!(store.change(change).await, Ok(false));
    assert_eq!(store.finish_reset(late).await, Ok(false));
    assert!(matches!(store.change_phone(moved).await, Ok(PhoneChanged::Proof(_))));
    assert_eq!(lease(&store, scene.lease(), scene.at(700), scene.at(730), &own).await, []);
}

/// A notice that its deed leased is left alone until then; it comes again with its attempts when that is asked for, and
/// never once it is closed.
pub async fn a_notice_is_leased_and_recorded_like_a_code(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let (known, session) = member(&store, &scene).await;
    let first = scene.lease();
    let (mut change, _) = scene.password_change(&known, session.session.id, scene.at(0));
    change.notice.message.lease = Some((first, scene.at(30)));
    let own = [change.notice.message.id];
    assert_eq!(store.change(change).await, Ok(true));
    assert_eq!(lease(&store, scene.lease(), scene.at(30) - MICROSECOND, scene.at(60), &own).await, []);
    let refused = attempt(own[0], DeliveryState::Failed, scene.at(1));
    let again = DispatchOutcome { next: Next::Again(scene.at(20)), ..closing(first, refused.clone()) };
    record(&store, again).await;
    assert_eq!(lease(&store, scene.lease(), scene.at(20) - MICROSECOND, scene.at(60), &own).await, []);
    let second = scene.lease();
    let leased = lease(&store, second, scene.at(20), scene.at(50), &own).await;
    let [message] = &leased[..] else { panic!("it comes again: {leased:?}") };
    assert_eq!((&message.attempts[..], message.interrupted), (&[refused][..], false));
    assert_eq!(lease(&store, scene.lease(), scene.at(50) - MICROSECOND, scene.at(60), &own).await, []);
    let third = scene.lease();
    let leased = lease(&store, third, scene.at(50), scene.at(80), &own).await;
    assert!(leased.len() == 1 && leased[0].interrupted, "{leased:?}");
    let mut sent = attempt(own[0], DeliveryState::Accepted, scene.at(51));
    sent.number = 2;
    record(&store, closing(third, sent)).await;
    assert_eq!(lease(&store, scene.lease(), scene.at(3_000), scene.at(3_030), &own).await, []);
}

/// Notices do not count as sends to the number: five codes can be sent besides.
pub async fn notices_do_not_fill_a_numbers_windows(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (mut known, session) = member(&store, &scene).await;
    for second in 0..6 {
        changed(&store, &scene, &mut known, &session, scene.at(second)).await;
    }
    for second in 6..11 {
        assert_created(&scene.start().at(scene.at(second)).run(&*store).await);
    }
    assert_refused(scene.start().at(scene.at(11)).run(&*store).await, Rule::Number, scene.at(606));
}

/// A notice is not listed among the messages of groups, nor found there.
pub async fn a_notice_is_not_listed(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (mut known, session) = member(&store, &scene).await;
    let notice = changed(&store, &scene, &mut known, &session, scene.at(0)).await;
    let query = MessageQuery { group: None, before: None, limit: 10 };
    let listed = MessageGroupRepository::messages(&*store, &known.tenant, query).await;
    assert_eq!(listed, Ok(Vec::new()));
    assert_eq!(store.message(&known.tenant, notice.message.id).await, Ok(None));
}

/// A notice under a name that exists is a conflict, and the deed is not done.
pub async fn a_notice_under_an_id_that_exists_is_a_conflict(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (mut known, session) = member(&store, &scene).await;
    let taken = changed(&store, &scene, &mut known, &session, scene.at(0)).await.message.id;
    let other = scene.log_in(&*store, &known, scene.at(1)).await;
    let (mut change, _) = scene.password_change(&known, session.session.id, scene.at(1));
    change.notice.message.id = taken;
    assert_eq!(store.change(change).await, Err(RepositoryError::Conflict));
    let mut finish = reset(&store, &scene, &known, scene.at(1)).await;
    finish.notice.message.id = taken;
    assert_eq!(store.finish_reset(finish.clone()).await, Err(RepositoryError::Conflict));
    let mut moved = move_away(&store, &scene, &known, &session, scene.at(1)).await;
    moved.notice.message.id = taken;
    assert_eq!(store.change_phone(moved).await, Err(RepositoryError::Conflict));
    assert_eq!(now_is(&store, &known).await.as_ref(), Some(&known));
    assert!(is_live(&store, &other, scene.at(1)).await);
    let found = store.find_reset(&known.tenant, finish.token, scene.at(1)).await;
    assert_eq!(found, Ok(Some(known)));
}

/// Notices are leased after codes and before the messages of groups, however long those have been due.
pub async fn notices_are_leased_between_codes_and_groups(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    created(&store, &group(&scene, 3, scene.at(0))).await;
    let (mut known, session) = member(&store, &scene).await;
    let notice = changed(&store, &scene, &mut known, &session, scene.at(2)).await.message.id;
    let code = scene.start().at(scene.at(5)).open(&*store).await.message;
    let mut leased = Vec::new();
    loop {
        let taken = Outbox::lease(&*store, scene.lease(), scene.at(6), scene.at(60), 1).await;
        let taken = taken.expect("the store works");
        let [message] = &taken[..] else { break };
        leased.push((message.id, message.group.is_some()));
    }
    let places = [code, notice].map(|id| leased.iter().position(|(leased, _)| *leased == id));
    assert_eq!(places, [Some(0), Some(1)], "{leased:?}");
    assert_eq!(leased.len(), 5);
    assert!(leased[2..].iter().all(|(_, of_group)| *of_group));
}
