//! Sessions of the messaging app: which are live, and the form that one keeps.

use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::accounts::SessionPolicy;
use bonin_domain::keys::Sealed;
use bonin_domain::messaging::{AppSession, AppSessionId, Connection};
use bonin_ports::{AppSessionRepository, NewConnection};
use jiff::{SignedDuration, Timestamp};

use super::Store;
use super::connections::connected;
use super::support::MICROSECOND;
use crate::Scene;

const MINUTE: i64 = 60;

/// The session that was opened with a connection.
pub(super) async fn find_session(
    store: &Arc<dyn Store>,
    new: &NewConnection,
    now: Timestamp,
) -> Option<(AppSession, Connection)> {
    let found = AppSessionRepository::find(&**store, &new.tenant, new.token, new.policy, now);
    found.await.expect("the store works")
}

async fn is_live(store: &Arc<dyn Store>, new: &NewConnection, now: Timestamp) -> bool {
    find_session(store, new, now).await.is_some()
}

async fn end(store: &Arc<dyn Store>, tenant: &TenantId, session: AppSessionId) {
    AppSessionRepository::end(&**store, tenant, session).await.expect("the store works");
}

/// Opens sessions of a connection, one at each of these seconds.
async fn log_ins(
    store: &Arc<dyn Store>,
    scene: &Scene,
    known: &Connection,
    seconds: &[i64],
) -> Vec<NewConnection> {
    let mut opened = Vec::new();
    for second in seconds {
        let new = scene.renewed_connection(known, scene.at(*second));
        connected(store, &new).await;
        opened.push(new);
    }
    opened
}

/// A session is found by its token, within its tenant, with its connection as it stands.
pub async fn an_app_session_is_found_with_its_connection(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let first = scene.new_connection("one", scene.at(0));
    let before = connected(&store, &first).await;
    assert_eq!(
        find_session(&store, &first, scene.at(1)).await,
        Some((first.session.clone(), before.clone()))
    );
    let again = scene.renewed_connection(&before, scene.at(2));
    let known = connected(&store, &again).await;
    for new in [&first, &again] {
        let expected = Some((new.session.clone(), known.clone()));
        assert_eq!(find_session(&store, new, scene.at(3)).await, expected);
    }
    let elsewhere = NewConnection { tenant: scene.another_tenant(), ..first };
    let never = scene.renewed_connection(&known, scene.at(3));
    for new in [elsewhere, never] {
        assert_eq!(find_session(&store, &new, scene.at(3)).await, None);
    }
}

/// A session that is not used for 30 minutes is over, to the microsecond; a use in between counts.
pub async fn an_idle_app_session_dies(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = connected(&store, &scene.new_connection("one", scene.at(0))).await;
    let opened = log_ins(&store, &scene, &known, &[0, 0]).await;
    let (left, used) = (&opened[0], &opened[1]);
    let idle = scene.at(0) + SessionPolicy::default().idle;
    assert!(is_live(&store, used, idle - MICROSECOND).await);
    for late in [idle, idle + MICROSECOND] {
        assert!(!is_live(&store, left, late).await);
        assert!(is_live(&store, used, late).await);
    }
    assert!(!is_live(&store, left, idle + MICROSECOND).await, "looking does not revive it");
}

/// A session is over 12 hours after its log in, to the microsecond, however often it was used.
pub async fn an_app_session_dies_at_its_end_however_often_it_is_used(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let new = scene.new_connection("one", scene.at(0));
    connected(&store, &new).await;
    let end = new.session.expires_at;
    let mut now = scene.at(0);
    while now + SignedDuration::from_mins(29) < end {
        now += SignedDuration::from_mins(29);
        assert!(is_live(&store, &new, now).await);
    }
    assert!(is_live(&store, &new, end - MICROSECOND).await);
    for late in [end, end + MICROSECOND] {
        assert!(!is_live(&store, &new, late).await);
    }
}

/// A use is noted when the one noted before is a minute old, not sooner.
pub async fn a_use_of_the_app_is_noted_once_a_minute(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let new = scene.new_connection("one", scene.at(0));
    connected(&store, &new).await;
    let second = SignedDuration::from_secs;
    let uses = [
        (second(1), second(0)),
        (second(60) - MICROSECOND, second(0)),
        (second(60), second(60)),
        (second(119), second(60)),
        (second(150), second(150)),
    ];
    for (used, noted) in uses {
        let at = scene.at(0) + used;
        let peeked = AppSessionRepository::peek(&*store, &new.tenant, new.token, new.policy, at).await;
        assert!(peeked.expect("the store works").is_some(), "which notes nothing");
        let found = find_session(&store, &new, scene.at(0) + used).await.map(|(session, _)| session);
        let expected = AppSession { seen_at: scene.at(0) + noted, ..new.session.clone() };
        assert_eq!(found, Some(expected), "used after {used}");
    }
    assert!(!is_live(&store, &new, scene.at(150) + SessionPolicy::default().idle).await);
}

/// Beyond ten sessions of a connection the one used longest ago ends, whenever it was opened; the policy says how many.
pub async fn the_eleventh_app_session_ends_the_one_used_longest_ago(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let first = scene.new_connection("one", scene.at(0));
    let known = connected(&store, &first).await;
    let neighbour = scene.new_connection("other", scene.at(0));
    connected(&store, &neighbour).await;
    let mut opened = vec![first];
    opened.extend(log_ins(&store, &scene, &known, &[1, 2, 3, 4, 5, 6, 7, 8, 9]).await);
    assert!(is_live(&store, &opened[0], scene.at(2 * MINUTE)).await, "the first one is used again");
    opened.extend(log_ins(&store, &scene, &known, &[3 * MINUTE]).await);
    for (place, new) in opened.iter().enumerate() {
        assert_eq!(is_live(&store, new, scene.at(3 * MINUTE)).await, place != 1, "session {place}");
    }
    let mut alone = scene.renewed_connection(&known, scene.at(4 * MINUTE));
    alone.policy.most = 1;
    connected(&store, &alone).await;
    for new in &opened {
        assert!(!is_live(&store, new, scene.at(4 * MINUTE)).await);
    }
    assert!(is_live(&store, &alone, scene.at(4 * MINUTE)).await);
    assert!(is_live(&store, &neighbour, scene.at(4 * MINUTE)).await);
}

/// Sessions that are over take no place from those that live.
pub async fn an_app_session_that_is_over_takes_no_place(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let mut short = scene.new_connection("one", scene.at(20));
    short.session.expires_at = scene.at(30);
    let known = connected(&store, &short).await;
    let mut opened = log_ins(&store, &scene, &known, &[0, 1, 2, 3, 4, 5, 6, 7, 8]).await;
    opened.extend(log_ins(&store, &scene, &known, &[30]).await);
    assert!(!is_live(&store, &short, scene.at(31)).await);
    for new in &opened {
        assert!(is_live(&store, new, scene.at(31)).await);
    }
}

/// A session that ends is gone, and takes no other with it.
pub async fn an_app_session_ends_alone(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let first = scene.new_connection("one", scene.at(0));
    let known = connected(&store, &first).await;
    let second = log_ins(&store, &scene, &known, &[1]).await.remove(0);
    end(&store, &scene.another_tenant(), first.session.id).await;
    assert!(is_live(&store, &first, scene.at(2)).await);
    for _ in 0..2 {
        end(&store, &scene.tenant, first.session.id).await;
        assert!(!is_live(&store, &first, scene.at(2)).await);
        assert!(is_live(&store, &second, scene.at(2)).await);
    }
}

async fn draft(store: &Arc<dyn Store>, tenant: &TenantId, session: AppSessionId) -> Option<Sealed> {
    store.draft(tenant, session).await.expect("the store works")
}

/// A session keeps one form, in place of an earlier one, for its own tenant, until it is forgotten or the session ends.
pub async fn a_session_keeps_the_form_that_is_not_sent_yet(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let first = scene.new_connection("one", scene.at(0));
    let known = connected(&store, &first).await;
    let second = log_ins(&store, &scene, &known, &[1]).await.remove(0);
    let (tenant, elsewhere) = (&scene.tenant, scene.another_tenant());
    let (one, other) = (first.session.id, second.session.id);
    let keep = async |tenant: &TenantId, session, form: Option<&Sealed>| {
        assert_eq!(store.keep_draft(tenant, session, form.cloned()).await, Ok(()));
    };
    assert_eq!(draft(&store, tenant, one).await, None);
    let forms = ["a form", "another"].map(|text| scene.draft(one, text));
    for form in &forms {
        keep(tenant, one, Some(form)).await;
        assert_eq!(draft(&store, tenant, one).await.as_ref(), Some(form));
    }
    keep(&elsewhere, one, Some(&forms[0])).await;
    keep(&elsewhere, one, None).await;
    assert_eq!(draft(&store, tenant, one).await.as_ref(), Some(&forms[1]));
    assert_eq!(draft(&store, &elsewhere, one).await, None);
    assert_eq!(draft(&store, tenant, other).await, None, "each session has its own");

    let kept = scene.draft(other, "to be sent");
    keep(tenant, other, Some(&kept)).await;
    keep(tenant, one, None).await;
    assert_eq!(draft(&store, tenant, one).await, None);
    assert_eq!(draft(&store, tenant, other).await, Some(kept.clone()));
    end(&store, tenant, other).await;
    assert_eq!(draft(&store, tenant, other).await, None);
    keep(tenant, other, Some(&kept)).await;
    assert_eq!(draft(&store, tenant, other).await, None, "a session that ended keeps nothing");
}
