//! Becoming an administrator.

use bonin_domain::accounts::PasswordFault;
use bonin_domain::admin::{AdminName, TotpSecret};
use bonin_domain::keys::Sealed;
use bonin_ports::AdminRepository as _;
use bonin_services::admin::{EnrolAdminError, InviteAdminError, JoinAdminsError, RemoveAdminError};

use super::office::{Office, PASSWORD};

fn name(text: &str) -> AdminName {
    AdminName::parse(text).expect("a name")
}

#[tokio::test]
async fn an_invitation_makes_one_administrator_once() {
    let office = Office::new();
    let invitation = office.invited(None).await;
    let enrolled = office.enrol(&invitation, &name("min"), PASSWORD).await.ok().unwrap();
    assert!(office.store.list().await.unwrap().is_empty(), "nothing half is stored");
    let totp = &enrolled.enrolment.totp;
    assert_eq!(office.confirm(&invitation, &enrolled.sealed, totp).await.unwrap(), name("min"));
    let again = office.confirm(&invitation, &enrolled.sealed, totp).await;
    assert!(matches!(again, Err(JoinAdminsError::InvitationGone)), "{again:?}");
    let again = office.enrol(&invitation, &name("seo"), PASSWORD).await;
    assert!(matches!(again, Err(EnrolAdminError::InvitationGone)));
    assert_eq!(office.recorded().await, ["terminal admin_invited", "min admin_joined name:min"]);
}

#[tokio::test]
async fn an_invitation_ends_after_half_an_hour_on_either_page() {
    let office = Office::new();
    let invitation = office.invited(None).await;
    let enrolled = office.enrol(&invitation, &name("min"), PASSWORD).await.ok().unwrap();
    office.pass(1_799);
    assert!(office.enrol(&invitation, &name("min"), PASSWORD).await.is_ok());
    office.pass(1);
    let late = office.confirm(&invitation, &enrolled.sealed, &enrolled.enrolment.totp).await;
    assert!(matches!(late, Err(JoinAdminsError::InvitationGone)), "{late:?}");
    let late = office.enrol(&invitation, &name("min"), PASSWORD).await;
    assert!(matches!(late, Err(EnrolAdminError::InvitationGone)));
}

#[tokio::test]
async fn what_was_chosen_under_one_invitation_counts_under_no_other() {
    let office = Office::new();
    let (one, other) = (office.invited(None).await, office.invited(None).await);
    let enrolled = office.enrol(&one, &name("min"), PASSWORD).await.ok().unwrap();
    let totp = &enrolled.enrolment.totp;
    let mut changed = enrolled.sealed.as_bytes().to_vec();
    changed[20] ^= 1;
    for (invitation, sealed) in [(&other, enrolled.sealed.clone()), (&one, Sealed::from_bytes(changed))] {
        let refused = office.confirm(invitation, &sealed, totp).await;
        assert!(matches!(refused, Err(JoinAdminsError::InvitationGone)), "{refused:?}");
    }
    assert!(office.confirm(&one, &enrolled.sealed, totp).await.is_ok(), "the invitation is still good");
}

#[tokio::test]
async fn a_wrong_first_code_may_be_typed_again() {
    let office = Office::new();
    let invitation = office.invited(None).await;
    let enrolled = office.enrol(&invitation, &name("min"), PASSWORD).await.ok().unwrap();
    let other = TotpSecret::draw(&mut |bytes| bytes.fill(3));
    let wrong = office.confirm(&invitation, &enrolled.sealed, &other).await;
    let Err(JoinAdminsError::CodeIncorrect(shown)) = wrong else { panic!("{wrong:?}") };
    assert_eq!(shown.totp.as_bytes(), enrolled.enrolment.totp.as_bytes(), "the same picture is shown again");
    assert!(office.confirm(&invitation, &enrolled.sealed, &shown.totp).await.is_ok());
}

#[tokio::test]
async fn names_are_unique_and_passwords_are_judged() {
    let office = Office::new();
    let _ = office.person("min").await;
    let invitation = office.invited(None).await;
    let taken = office.enrol(&invitation, &name("min"), PASSWORD).await;
    assert!(matches!(taken, Err(EnrolAdminError::NameTaken)));
    for (password, fault) in [
        ("short", PasswordFault::TooShort),
        ("password1", PasswordFault::Common),
        ("seo.jiwon-99", PasswordFault::Context),
        ("boardgame#1", PasswordFault::Context),
    ] {
        let refused = office.enrol(&invitation, &name("seo.jiwon"), password).await;
        assert!(matches!(refused, Err(EnrolAdminError::Password(told)) if told == fault), "{password}");
    }
    // Two who chose one name at the same time, each under an invitation of their own.
    let other = office.invited(None).await;
    let one = office.enrol(&invitation, &name("seo"), PASSWORD).await.ok().unwrap();
    let two = office.enrol(&other, &name("seo"), PASSWORD).await.ok().unwrap();
    assert!(office.confirm(&invitation, &one.sealed, &one.enrolment.totp).await.is_ok());
    let late = office.confirm(&other, &two.sealed, &two.enrolment.totp).await;
    assert!(matches!(late, Err(JoinAdminsError::NameTaken)), "{late:?}");
}

#[tokio::test]
async fn who_sets_everything_anew_is_logged_out_and_the_old_app_counts_no_more() {
    let office = Office::new();
    let min = office.person("min").await;
    office.pass(30);
    let session = office.logs_in(office.typed(&min, 0)).await.unwrap();
    assert!(office.session(&session).await.is_some());

    let nobody = office.invite().execute(Some(name("seo"))).await;
    assert!(matches!(nobody, Err(InviteAdminError::NoAdmin(_))));
    let invitation = office.invited(Some(&min.name)).await;
    let other = office.enrol(&invitation, &name("seo"), PASSWORD).await;
    assert!(matches!(other, Err(EnrolAdminError::ForAnother(told)) if told == min.name));
    let enrolled = office.enrol(&invitation, &min.name, "another harbour lamp").await.ok().unwrap();
    assert!(office.session(&session).await.is_some(), "nothing happens before the second page");
    office.confirm(&invitation, &enrolled.sealed, &enrolled.enrolment.totp).await.unwrap();
    assert!(office.session(&session).await.is_none());

    office.pass(30);
    assert!(office.logs_in(office.typed(&min, 0)).await.is_err(), "old password, old app");
    let renewed = super::office::Person { totp: enrolled.enrolment.totp, ..min };
    let mut typed = office.typed(&renewed, 0);
    typed.password = bonin_domain::accounts::Password::parse("another harbour lamp").unwrap();
    assert!(office.logs_in(typed).await.is_ok());
    assert_eq!(office.store.list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn whoever_is_removed_is_out_at_once_and_it_is_recorded() {
    let office = Office::new();
    let min = office.person("min").await;
    office.pass(30);
    let session = office.logs_in(office.typed(&min, 0)).await.unwrap();
    let invitation = office.invited(Some(&min.name)).await;
    let recorded = office.recorded().await.len();
    let nobody = office.remove().execute(&name("seo")).await;
    assert!(matches!(nobody, Err(RemoveAdminError::NoAdmin(told)) if told == name("seo")));
    assert_eq!(office.recorded().await.len(), recorded, "nothing was done");

    office.remove().execute(&min.name).await.unwrap();
    assert_eq!(office.recorded().await[recorded..], ["terminal admin_removed name:min"]);
    assert!(office.store.list().await.unwrap().is_empty());
    assert!(office.session(&session).await.is_none());
    office.pass(30);
    assert!(office.logs_in(office.typed(&min, 0)).await.is_err());
    let anew = office.enrol(&invitation, &min.name, PASSWORD).await;
    assert!(matches!(anew, Err(EnrolAdminError::InvitationGone)));
    let again = office.remove().execute(&min.name).await;
    assert!(matches!(again, Err(RemoveAdminError::NoAdmin(_))));
}

#[tokio::test]
async fn what_cannot_be_recorded_is_not_done() {
    let office = Office::new();
    let invitation = office.invited(None).await;
    let enrolled = office.enrol(&invitation, &name("min"), PASSWORD).await.ok().unwrap();
    office.close_record(true);
    assert!(matches!(office.invite().execute(None).await, Err(InviteAdminError::Repository(_))));
    let joined = office.confirm(&invitation, &enrolled.sealed, &enrolled.enrolment.totp).await;
    assert!(matches!(joined, Err(JoinAdminsError::Repository(_))), "{joined:?}");
    assert!(office.store.list().await.unwrap().is_empty());
}
