//! Logging in to the console, and out.

use bonin_domain::accounts::Password;
use bonin_domain::admin::AdminName;
use bonin_services::admin::{AdminLogIn, LogInAdminError};

use super::office::{Office, address};

fn refused<T>(outcome: &Result<T, LogInAdminError>) -> bool {
    matches!(outcome, Err(LogInAdminError::Refused))
}

#[tokio::test]
async fn name_password_and_code_open_a_session() {
    let office = Office::new();
    let min = office.person("min").await;
    assert!(refused(&office.logs_in(office.typed(&min, 0)).await), "the code that confirmed the app is used");
    office.pass(30);
    let token = office.logs_in(office.typed(&min, 0)).await.unwrap();
    assert_eq!(office.session(&token).await.unwrap().name, min.name);
    assert!(refused(&office.logs_in(office.typed(&min, 0)).await), "a code counts once");
    assert!(refused(&office.logs_in(office.typed(&min, -1)).await), "and so does one before it");
    assert!(office.logs_in(office.typed(&min, 1)).await.is_ok(), "a phone may be half a minute ahead");
}

#[tokio::test]
async fn whatever_is_wrong_is_answered_alike_and_recorded() {
    let office = Office::new();
    let min = office.person("min").await;
    office.pass(30);
    let right = || office.typed(&min, 0);
    let password = |text: &str| Password::parse(text).unwrap();
    for wrong in [
        AdminLogIn { name: None, ..right() },
        AdminLogIn { name: AdminName::parse("hunter2-of-min").ok(), ..right() },
        AdminLogIn { password: password("quiet harbour lamps"), ..right() },
        AdminLogIn { code: None, ..right() },
        office.typed(&min, 2),
        office.typed(&min, -2),
    ] {
        assert!(refused(&office.logs_in(wrong).await));
    }
    assert!(office.logs_in(right()).await.is_ok());
    let recorded = office.recorded().await;
    // Whoever mistakes the field for the name does not have the password on record.
    assert_eq!(recorded[2..4], ["- log_in_refused name:-"; 2].map(str::to_owned));
    // Nor is it the administrator's deed when somebody else tries their name.
    assert_eq!(recorded[4..8], ["- log_in_refused name:min"; 4].map(str::to_owned));
    assert_eq!(recorded[8], "min logged_in");
    assert!(!recorded.join("\n").contains("hunter2"));
}

#[tokio::test]
async fn ten_failures_from_one_address_make_the_name_wait_there() {
    let office = Office::new();
    let min = office.person("min").await;
    office.pass(30);
    let wrong =
        || AdminLogIn { password: Password::parse("quiet harbour lamps").unwrap(), ..office.typed(&min, 0) };
    let log_in = office.log_in();
    for _ in 0..10 {
        assert!(refused(&log_in.execute(wrong(), None).await));
    }
    let waits = log_in.execute(office.typed(&min, 0), None).await;
    assert!(matches!(log_in.execute(wrong(), None).await, Err(LogInAdminError::TooMany { .. })));
    assert_eq!(office.recorded().await.last().unwrap(), "- log_in_waits name:min");
    assert!(matches!(waits, Err(LogInAdminError::TooMany { until }) if until > office.at()), "{waits:?}");
    let elsewhere = AdminLogIn { address: "198.51.100.9".parse().unwrap(), ..office.typed(&min, 0) };
    assert!(office.logs_in(elsewhere).await.is_ok());
    assert_eq!(office.recorded().await.iter().filter(|entry| entry.contains("refused")).count(), 10);
    let waited = || async { office.recorded().await.iter().filter(|entry| entry.contains("waits")).count() };
    assert_eq!(waited().await, 1, "once, however often it is tried");
    office.pass(15 * 60);
    for _ in 0..11 {
        let _ = log_in.execute(wrong(), None).await;
    }
    assert_eq!(waited().await, 2, "and once for the next wait");
}

#[tokio::test]
async fn strangers_do_not_fill_the_record_whatever_names_they_try() {
    let office = Office::new();
    let min = office.person("min").await;
    office.pass(30);
    let log_in = office.log_in();
    let tries = async |address: &str, times: usize, of: &str| {
        for place in 0..times {
            let name = AdminName::parse(&format!("{of}{place}")).ok();
            let address = address.parse().unwrap();
            let typed = AdminLogIn { name, address, ..office.typed(&min, 0) };
            assert!(refused(&log_in.execute(typed, None).await));
        }
    };
    let recorded = async |entry: &str| office.recorded().await.iter().filter(|told| *told == entry).count();
    let stranger = "- log_in_refused name:-";
    tries("203.0.113.7", 40, "nobody").await;
    tries("203.0.113.7", 3, "No name ").await;
    assert_eq!(recorded(stranger).await, 1, "forty names and three that are none, from one address");
    tries("198.51.100.9", 2, "nobody").await;
    tries("2001:db8::1", 2, "other").await;
    tries("2001:db8::ffff:2", 2, "other").await;
    assert_eq!(recorded(stranger).await, 3, "one for each address, of IPv6 for each /64");
    // An administrator's name is recorded each time, and strangers hide nothing of that.
    let wrong = AdminLogIn { code: None, ..office.typed(&min, 0) };
    assert!(refused(&log_in.execute(wrong, None).await));
    assert_eq!(recorded("- log_in_refused name:min").await, 1);

    // The same name that nobody has, until it waits, and another after it.
    for name in ["same", "another"] {
        for _ in 0..12 {
            let name = AdminName::parse(name).ok();
            let _ = log_in.execute(AdminLogIn { name, ..office.typed(&min, 0) }, None).await;
        }
    }
    assert_eq!(recorded("- log_in_waits name:-").await, 1);
    assert_eq!(recorded(stranger).await, 3);
    office.pass(15 * 60);
    tries("203.0.113.7", 5, "later").await;
    assert_eq!(recorded(stranger).await, 4, "and once more after 15 minutes");
}

#[tokio::test]
async fn what_could_not_be_recorded_of_a_stranger_is_recorded_at_the_next_try() {
    let office = Office::new();
    let min = office.person("min").await;
    let log_in = office.log_in();
    let stranger = || AdminLogIn { name: None, ..office.typed(&min, 0) };
    office.close_record(true);
    assert!(matches!(log_in.execute(stranger(), None).await, Err(LogInAdminError::Repository(_))));
    office.close_record(false);
    assert!(refused(&log_in.execute(stranger(), None).await));
    assert_eq!(office.recorded().await.last().unwrap(), "- log_in_refused name:-");
}

#[tokio::test]
async fn of_sixteen_with_one_code_one_gets_in() {
    let office = std::sync::Arc::new(Office::new());
    let min = office.person("min").await;
    office.pass(30);
    let mut tries = Vec::new();
    for place in 0..16_u8 {
        let typed = AdminLogIn { address: [203, 0, 113, place].into(), ..office.typed(&min, 0) };
        let office = office.clone();
        tries.push(tokio::spawn(async move { office.logs_in(typed).await.is_ok() }));
    }
    let mut opened = 0;
    for one in tries {
        opened += u8::from(one.await.unwrap());
    }
    assert_eq!(opened, 1);
}

#[tokio::test]
async fn a_session_ends_by_itself_on_log_out_and_at_the_next_log_in_of_its_browser() {
    let office = Office::new();
    let min = office.person("min").await;
    office.pass(30);
    let first = office.logs_in(office.typed(&min, 0)).await.unwrap();
    office.pass(30);
    let second = office.log_in().execute(office.typed(&min, 0), Some(&first)).await.unwrap();
    assert!(office.session(&first).await.is_none(), "a browser has one session");

    let session = office.session(&second).await.unwrap();
    office.log_out().execute(&session, address()).await.unwrap();
    assert!(office.session(&second).await.is_none());
    assert_eq!(office.recorded().await.last().unwrap(), "min logged_out");

    office.pass(30);
    let idle = office.logs_in(office.typed(&min, 0)).await.unwrap();
    office.pass(15 * 60 - 1);
    assert!(office.session(&idle).await.is_some());
    office.pass(15 * 60);
    assert!(office.session(&idle).await.is_none(), "15 minutes without use");
    let busy = office.logs_in(office.typed(&min, 0)).await.unwrap();
    for _ in 0..8 * 6 - 1 {
        office.pass(600);
        assert!(office.session(&busy).await.is_some());
    }
    office.pass(600);
    assert!(office.session(&busy).await.is_none(), "8 hours in all");
}

#[tokio::test]
async fn nobody_gets_in_unrecorded_and_everybody_gets_out() {
    let office = Office::new();
    let min = office.person("min").await;
    office.pass(30);
    let token = office.logs_in(office.typed(&min, 0)).await.unwrap();
    office.close_record(true);
    office.pass(30);
    let unrecorded = office.logs_in(office.typed(&min, 0)).await;
    assert!(matches!(unrecorded, Err(LogInAdminError::Repository(_))), "{unrecorded:?}");
    let session = office.session(&token).await.unwrap();
    office.log_out().execute(&session, address()).await.unwrap();
    assert!(office.session(&token).await.is_none());
}
