//! Sessions of administrators: who is logged in to the console, and until when.

use std::sync::Arc;

use bonin_domain::admin::{Admin, AdminSession, AdminSessionToken, TotpStep};
use bonin_ports::{AdminRepository, AdminSessionRepository, NewAdminSession};
use jiff::{SignedDuration, Timestamp};

use super::Store;
use super::support::{MICROSECOND, count, race};
use crate::{AdminLoggedIn, Scene};

async fn open(store: &Arc<dyn Store>, new: NewAdminSession) -> bool {
    AdminSessionRepository::open(&**store, new).await.expect("the store works")
}

async fn find(store: &Arc<dyn Store>, token: &AdminSessionToken, now: Timestamp) -> Option<AdminSession> {
    let policy = AdminSession::policy();
    AdminSessionRepository::find(&**store, token.digest(), policy, now).await.expect("the store works")
}

async fn is_live(store: &Arc<dyn Store>, opened: &AdminLoggedIn, now: Timestamp) -> bool {
    find(store, &opened.token, now).await.is_some()
}

async fn end(store: &Arc<dyn Store>, admin: &Admin, opened: &AdminLoggedIn) {
    let ended = AdminSessionRepository::end(&**store, admin.id, opened.session.id).await;
    assert_eq!(ended, Ok(()));
}

/// Opens sessions of an administrator, one in each of these steps.
async fn log_ins(
    store: &Arc<dyn Store>,
    scene: &Scene,
    admin: &Admin,
    steps: std::ops::Range<i64>,
) -> Vec<AdminLoggedIn> {
    let mut opened = Vec::new();
    for step in steps {
        opened.push(scene.admin_log_in(&**store, admin, scene.at(30 * step)).await);
    }
    opened
}

/// A session is found by its token, with its administrator's name, as it was opened; its step is noted.
pub async fn an_admin_session_is_found_by_its_token(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let admin = scene.join(&*store, scene.at(0)).await;
    let opened = scene.admin_log_in(&*store, &admin, scene.at(0)).await;
    assert_eq!(find(&store, &opened.token, scene.at(1)).await, Some(opened.session));
    let (_, never) = scene.admin_session(&admin, scene.at(0));
    assert_eq!(find(&store, &never.token, scene.at(1)).await, None);
    let known = AdminRepository::find(&*store, &admin.name).await;
    let expected = Admin { last_step: TotpStep::at(scene.at(0)), ..admin };
    assert_eq!(known, Ok(Some(expected)));
}

/// Nobody logs in who is not there, or whose password is another by now; the step stays unused.
pub async fn an_admin_session_wants_the_present_password(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let admin = scene.join(&*store, scene.at(0)).await;
    let stale = Admin { password: scene.password_hash(), ..admin.clone() };
    let never = scene.admin(&scene.admin_name(), scene.at(0));
    for refused in [&stale, &never] {
        let (new, opened) = scene.admin_session(refused, scene.at(1));
        assert!(!open(&store, new).await);
        assert!(!is_live(&store, &opened, scene.at(1)).await);
    }
    assert!(open(&store, scene.admin_session(&admin, scene.at(1)).0).await, "the step is still good");
}

/// A one-time password opens one session: the next needs a later step.
pub async fn a_step_opens_one_session(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let admin = scene.join(&*store, scene.at(0)).await;
    let neighbour = scene.join(&*store, scene.at(0)).await;
    let first = scene.admin_log_in(&*store, &admin, scene.at(60)).await;
    for second in [60, 30, 0] {
        let (new, opened) = scene.admin_session(&admin, scene.at(second));
        assert!(!open(&store, new).await, "the step of second {second}");
        assert!(!is_live(&store, &opened, scene.at(61)).await);
    }
    assert!(open(&store, scene.admin_session(&neighbour, scene.at(60)).0).await, "steps are each one's own");
    assert!(open(&store, scene.admin_session(&admin, scene.at(90)).0).await);
    assert!(is_live(&store, &first, scene.at(91)).await);
}

/// Of 16 log ins with one step at once one is opened.
pub async fn of_16_concurrent_log_ins_with_one_step_one_is_opened(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let admin = scene.join(&*store, scene.at(0)).await;
    let (calls, opened): (Vec<_>, Vec<_>) = (0..16)
        .map(|_| {
            let (new, opened) = scene.admin_session(&admin, scene.at(1));
            let store = Arc::clone(&store);
            (async move { open(&store, new).await }, opened)
        })
        .unzip();
    assert_eq!(count(&race(calls).await, |done| *done), 1);
    let mut live = 0;
    for session in &opened {
        live += usize::from(is_live(&store, session, scene.at(2)).await);
    }
    assert_eq!(live, 1);
}

/// A session that is not used for 15 minutes is over, to the microsecond; a use in between counts.
pub async fn an_idle_admin_session_dies(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let admin = scene.join(&*store, scene.at(0)).await;
    let idle = SignedDuration::from_mins(15);
    let opened = log_ins(&store, &scene, &admin, 0..2).await;
    let (left, used) = (&opened[0], &opened[1]);
    assert!(is_live(&store, used, scene.at(0) + idle - MICROSECOND).await);
    for late in [scene.at(0) + idle, scene.at(0) + idle + MICROSECOND] {
        assert!(!is_live(&store, left, late).await);
        assert!(is_live(&store, used, late).await);
    }
    assert!(!is_live(&store, left, scene.at(0) + idle + MICROSECOND).await, "looking does not revive it");
}

/// A session is over 8 hours after its log in, to the microsecond, however often it was used.
pub async fn an_admin_session_dies_at_its_end_however_often_it_is_used(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let admin = scene.join(&*store, scene.at(0)).await;
    let opened = scene.admin_log_in(&*store, &admin, scene.at(0)).await;
    let end = scene.at(8 * 3_600);
    let mut now = scene.at(0);
    while now + SignedDuration::from_mins(14) < end {
        now += SignedDuration::from_mins(14);
        assert!(is_live(&store, &opened, now).await);
    }
    assert!(is_live(&store, &opened, end - MICROSECOND).await);
    for late in [end, end + MICROSECOND] {
        assert!(!is_live(&store, &opened, late).await);
    }
}

/// A use is noted when the one noted before is a minute old, not sooner.
pub async fn a_use_of_an_admin_session_is_noted_once_a_minute(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let admin = scene.join(&*store, scene.at(0)).await;
    let opened = scene.admin_log_in(&*store, &admin, scene.at(0)).await;
    let second = SignedDuration::from_secs;
    let uses = [
        (second(1), second(0)),
        (second(60) - MICROSECOND, second(0)),
        (second(60), second(60)),
        (second(119), second(60)),
        (second(150), second(150)),
    ];
    for (used, noted) in uses {
        let expected = AdminSession { seen_at: scene.at(0) + noted, ..opened.session.clone() };
        assert_eq!(find(&store, &opened.token, scene.at(0) + used).await, Some(expected), "after {used}");
    }
}

/// Beyond ten sessions of an administrator the one used longest ago ends, whenever it was opened.
pub async fn the_eleventh_admin_session_ends_the_one_used_longest_ago(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let admin = scene.join(&*store, scene.at(0)).await;
    let neighbour = scene.join(&*store, scene.at(0)).await;
    let untouched = scene.admin_log_in(&*store, &neighbour, scene.at(0)).await;
    let mut opened = log_ins(&store, &scene, &admin, 0..10).await;
    assert!(is_live(&store, &opened[0], scene.at(300)).await, "the first one is used again");
    opened.extend(log_ins(&store, &scene, &admin, 11..12).await);
    for (place, session) in opened.iter().enumerate() {
        assert_eq!(is_live(&store, session, scene.at(331)).await, place != 1, "session {place}");
    }
    assert!(is_live(&store, &untouched, scene.at(331)).await);
}

/// An administrator ends one of their sessions; those of others are not theirs to end.
pub async fn an_administrator_ends_their_own_sessions_alone(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let admin = scene.join(&*store, scene.at(0)).await;
    let neighbour = scene.join(&*store, scene.at(0)).await;
    let own = log_ins(&store, &scene, &admin, 0..2).await;
    end(&store, &neighbour, &own[0]).await;
    assert!(is_live(&store, &own[0], scene.at(31)).await);
    for _ in 0..2 {
        end(&store, &admin, &own[0]).await;
        assert!(!is_live(&store, &own[0], scene.at(31)).await);
    }
    assert!(is_live(&store, &own[1], scene.at(31)).await);
}
