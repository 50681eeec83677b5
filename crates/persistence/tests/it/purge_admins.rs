//! What administrators leave behind goes when it is over, on both engines.

use std::sync::Arc;

use bonin_persistence::Database;
use bonin_ports::AdminRepository;
use bonin_testkit::Scene;
use bonin_testkit::contracts::Store;

use crate::raw::{Raw, beside_both_engines};

beside_both_engines!(invitations_and_sessions_go_when_they_are_over);

async fn invitations_and_sessions_go_when_they_are_over(store: Arc<impl Store + Database>, mut raw: Raw) {
    let scene = Scene::new();
    let admin = scene.join(&*store, scene.at(0)).await;
    for second in [0, 60] {
        let (secret, invitation) = scene.invitation(None, scene.at(second));
        store.invite(secret.digest(), invitation, scene.at(second)).await.unwrap();
        scene.admin_log_in(&*store, &admin, scene.at(second)).await;
    }
    let mut left = || (raw.count("admin_invitations", "1 = 1"), raw.count("admin_sessions", "1 = 1"));
    let (invitations, sessions) = (30 * 60, 8 * 3_600);
    for (second, gone, expected) in [
        (invitations, 0, (2, 2)),
        (invitations + 1, 1, (1, 2)),
        (invitations + 61, 1, (0, 2)),
        (sessions, 0, (0, 2)),
        (sessions + 1, 1, (0, 1)),
        (sessions + 61, 1, (0, 0)),
    ] {
        assert_eq!(store.purge(scene.at(second), 100).await, Ok(gone), "at second {second}");
        assert_eq!(left(), expected, "at second {second}");
    }
    assert_eq!(AdminRepository::list(&*store).await.map(|all| all.len()), Ok(1), "the administrator stays");
}
