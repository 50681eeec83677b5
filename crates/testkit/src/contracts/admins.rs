//! Administrators: who becomes one, and by which invitation.

use std::sync::Arc;

use bonin_domain::admin::{Admin, AdminName, Invitation, InvitationSecret, TotpStep};
use bonin_ports::{AdminRepository, AdminSessionRepository, Joined, RepositoryError};
use jiff::Timestamp;

use super::Store;
use super::support::{MICROSECOND, count, race};
use crate::{AdminLoggedIn, Scene};

async fn invite(store: &Arc<dyn Store>, secret: &InvitationSecret, invitation: Invitation, now: Timestamp) {
    assert_eq!(store.invite(secret.digest(), invitation, now).await, Ok(()));
}

async fn join(store: &Arc<dyn Store>, secret: &InvitationSecret, admin: &Admin, now: Timestamp) -> Joined {
    let joined = AdminRepository::join(&**store, secret.digest(), admin.clone(), now).await;
    joined.expect("the store works")
}

async fn known(store: &Arc<dyn Store>, name: &AdminName) -> Option<Admin> {
    AdminRepository::find(&**store, name).await.expect("the store works")
}

async fn is_live(store: &Arc<dyn Store>, opened: &AdminLoggedIn, now: Timestamp) -> bool {
    let policy = bonin_domain::admin::AdminSession::policy();
    let found = AdminSessionRepository::find(&**store, opened.token.digest(), policy, now).await;
    found.expect("the store works").is_some()
}

/// An invitation makes one administrator, who reads back as given; then it is spent.
pub async fn an_invitation_makes_one_administrator(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (secret, invitation) = scene.invitation(None, scene.at(0));
    invite(&store, &secret, invitation.clone(), scene.at(0)).await;
    for _ in 0..2 {
        let found = store.find_invitation(secret.digest(), scene.at(1)).await;
        assert_eq!(found, Ok(Some(invitation.clone())), "looking does not spend it");
    }
    let admin = Admin { last_step: TotpStep(59_000_000), ..scene.admin(&scene.admin_name(), scene.at(1)) };
    assert_eq!(join(&store, &secret, &admin, scene.at(1)).await, Joined::Done);
    assert_eq!(known(&store, &admin.name).await, Some(admin));
    assert_eq!(store.find_invitation(secret.digest(), scene.at(2)).await, Ok(None));
    let late = scene.admin(&scene.admin_name(), scene.at(2));
    assert_eq!(join(&store, &secret, &late, scene.at(2)).await, Joined::InvitationGone);
    assert_eq!(known(&store, &late.name).await, None);
}

/// An invitation holds until its end, to the microsecond; an unknown one never held.
pub async fn an_invitation_ends_when_it_says(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (secret, invitation) = scene.invitation(None, scene.at(0));
    let end = invitation.expires_at;
    invite(&store, &secret, invitation.clone(), scene.at(0)).await;
    let admin = scene.admin(&scene.admin_name(), scene.at(1));
    for late in [end, end + MICROSECOND] {
        assert_eq!(store.find_invitation(secret.digest(), late).await, Ok(None));
        assert_eq!(join(&store, &secret, &admin, late).await, Joined::InvitationGone);
    }
    let (unknown, _) = scene.invitation(None, scene.at(0));
    assert_eq!(store.find_invitation(unknown.digest(), scene.at(1)).await, Ok(None));
    assert_eq!(join(&store, &unknown, &admin, scene.at(1)).await, Joined::InvitationGone);
    assert_eq!(known(&store, &admin.name).await, None);
    assert_eq!(store.find_invitation(secret.digest(), end - MICROSECOND).await, Ok(Some(invitation)));
    assert_eq!(join(&store, &secret, &admin, end - MICROSECOND).await, Joined::Done);
}

/// The same secret is not stored twice.
pub async fn an_invitation_that_exists_is_a_conflict(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (secret, invitation) = scene.invitation(None, scene.at(0));
    invite(&store, &secret, invitation.clone(), scene.at(0)).await;
    let other = Invitation { admin: Some(scene.admin_name()), ..invitation.clone() };
    let again = store.invite(secret.digest(), other, scene.at(1)).await;
    assert_eq!(again, Err(RepositoryError::Conflict));
    assert_eq!(store.find_invitation(secret.digest(), scene.at(1)).await, Ok(Some(invitation)));
}

/// A name that is taken spends nothing: another one may be tried by the same invitation.
pub async fn a_taken_name_leaves_the_invitation_good(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let before = scene.join(&*store, scene.at(0)).await;
    let (secret, invitation) = scene.invitation(None, scene.at(1));
    invite(&store, &secret, invitation, scene.at(1)).await;
    let same_name = scene.admin(&before.name, scene.at(2));
    assert_eq!(join(&store, &secret, &same_name, scene.at(2)).await, Joined::NameTaken);
    assert_eq!(known(&store, &before.name).await, Some(before));
    let another = scene.admin(&scene.admin_name(), scene.at(3));
    assert_eq!(join(&store, &secret, &another, scene.at(3)).await, Joined::Done);
}

/// An invitation for an administrator gives that one password, secret and step anew, and ends all of their sessions.
pub async fn an_invitation_for_an_administrator_sets_everything_anew(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let before = scene.join(&*store, scene.at(0)).await;
    let neighbour = scene.join(&*store, scene.at(0)).await;
    let own = scene.admin_log_in(&*store, &before, scene.at(1)).await;
    let others = scene.admin_log_in(&*store, &neighbour, scene.at(1)).await;
    let (secret, invitation) = scene.invitation(Some(&before.name), scene.at(2));
    invite(&store, &secret, invitation.clone(), scene.at(2)).await;
    assert_eq!(store.find_invitation(secret.digest(), scene.at(3)).await, Ok(Some(invitation)));
    // The name that is told along is not looked at: it is the invitation's that counts.
    let drawn = scene.admin(&scene.admin_name(), scene.at(3));
    let anew = Admin { last_step: TotpStep(7), ..drawn };
    assert_eq!(join(&store, &secret, &anew, scene.at(3)).await, Joined::Done);
    let expected = Admin {
        password: anew.password.clone(),
        totp: anew.totp.clone(),
        last_step: anew.last_step,
        ..before.clone()
    };
    assert_eq!(known(&store, &before.name).await, Some(expected));
    assert_eq!(known(&store, &anew.name).await, None);
    assert!(!is_live(&store, &own, scene.at(4)).await);
    assert!(is_live(&store, &others, scene.at(4)).await);
    assert_eq!(join(&store, &secret, &anew, scene.at(4)).await, Joined::InvitationGone);
}

/// An invitation for somebody who is not there sets nothing.
pub async fn an_invitation_for_nobody_is_gone(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let name = scene.admin_name();
    let (secret, invitation) = scene.invitation(Some(&name), scene.at(0));
    invite(&store, &secret, invitation, scene.at(0)).await;
    let admin = scene.admin(&name, scene.at(1));
    assert_eq!(join(&store, &secret, &admin, scene.at(1)).await, Joined::InvitationGone);
    assert_eq!(known(&store, &name).await, None);
}

/// Whoever is removed is gone with their sessions and what was to set them anew; who takes the name later is another.
pub async fn a_removed_administrator_leaves_nothing(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let gone = scene.join(&*store, scene.at(0)).await;
    let neighbour = scene.join(&*store, scene.at(0)).await;
    let own = scene.admin_log_in(&*store, &gone, scene.at(1)).await;
    let others = scene.admin_log_in(&*store, &neighbour, scene.at(1)).await;
    let mut anew = Vec::new();
    for name in [Some(&gone.name), Some(&neighbour.name), None] {
        let (secret, invitation) = scene.invitation(name, scene.at(2));
        invite(&store, &secret, invitation, scene.at(2)).await;
        anew.push(secret);
    }
    assert_eq!(AdminRepository::remove(&*store, &gone.name).await, Ok(true));
    assert_eq!(AdminRepository::remove(&*store, &gone.name).await, Ok(false), "there is nobody any more");
    assert_eq!(known(&store, &gone.name).await, None);
    assert!(known(&store, &neighbour.name).await.is_some());
    assert!(!is_live(&store, &own, scene.at(3)).await && is_live(&store, &others, scene.at(3)).await);
    let mut left = Vec::new();
    for secret in &anew {
        left.push(
            store.find_invitation(secret.digest(), scene.at(3)).await.expect("the store works").is_some(),
        );
    }
    assert_eq!(left, [false, true, true]);
    let (late, _) = scene.admin_session(&gone, scene.at(60));
    assert_eq!(
        AdminSessionRepository::open(&*store, late).await,
        Ok(false),
        "nor does who was about to log in"
    );
    let namesake = scene.admin(&gone.name, scene.at(61));
    assert_eq!(join(&store, &anew[2], &namesake, scene.at(61)).await, Joined::Done);
    assert!(!is_live(&store, &own, scene.at(62)).await);
}

/// Of 16 that show one invitation at once one becomes an administrator.
pub async fn of_16_concurrent_joins_one_is_done(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (secret, invitation) = scene.invitation(None, scene.at(0));
    invite(&store, &secret, invitation, scene.at(0)).await;
    let admins: Vec<Admin> = (0..16).map(|_| scene.admin(&scene.admin_name(), scene.at(1))).collect();
    let calls: Vec<_> = admins
        .iter()
        .map(|admin| {
            let (store, secret, admin, now) =
                (Arc::clone(&store), secret.clone(), admin.clone(), scene.at(1));
            async move { join(&store, &secret, &admin, now).await }
        })
        .collect();
    let joined = race(calls).await;
    assert_eq!(count(&joined, |joined| *joined == Joined::Done), 1);
    assert_eq!(count(&joined, |joined| *joined == Joined::InvitationGone), 15);
    let mut there = 0;
    for admin in &admins {
        there += usize::from(known(&store, &admin.name).await.is_some());
    }
    assert_eq!(there, 1);
}

/// Of 16 invitations by which one name is wanted at once one is spent.
pub async fn of_16_concurrent_joins_under_one_name_one_is_done(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let name = scene.admin_name();
    let mut calls = Vec::new();
    let mut secrets = Vec::new();
    for _ in 0..16 {
        let (secret, invitation) = scene.invitation(None, scene.at(0));
        invite(&store, &secret, invitation, scene.at(0)).await;
        secrets.push(secret.clone());
        let (store, admin, now) = (Arc::clone(&store), scene.admin(&name, scene.at(1)), scene.at(1));
        calls.push(async move { join(&store, &secret, &admin, now).await });
    }
    let joined = race(calls).await;
    assert_eq!(count(&joined, |joined| *joined == Joined::Done), 1);
    assert_eq!(count(&joined, |joined| *joined == Joined::NameTaken), 15);
    let mut good = 0;
    for secret in &secrets {
        let found = store.find_invitation(secret.digest(), scene.at(2)).await.expect("the store works");
        good += usize::from(found.is_some());
    }
    assert_eq!(good, 15);
}

/// Administrators are listed by name, in the order of their letters.
pub async fn administrators_are_listed_by_name(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let base = scene.admin_name();
    let mut own = Vec::new();
    for ending in ["b", ".b", "-c", "_a", "a"] {
        let name = AdminName::parse(&format!("{base}{ending}")).expect("an administrator's name");
        let (secret, invitation) = scene.invitation(None, scene.at(0));
        invite(&store, &secret, invitation, scene.at(0)).await;
        let admin = scene.admin(&name, scene.at(0));
        assert_eq!(join(&store, &secret, &admin, scene.at(0)).await, Joined::Done);
        own.push(admin);
    }
    let listed = AdminRepository::list(&*store).await.expect("the store works");
    let listed: Vec<Admin> = listed.into_iter().filter(|admin| own.contains(admin)).collect();
    let expected = [2, 1, 3, 4, 0].map(|place: usize| own[place].clone());
    assert_eq!(listed, expected);
}
