//! How long an operation may take with all its calls

use std::sync::Arc;
use std::time::Duration;

use bonin_http::{Http, HttpOptions};
use bonin_ports::{IdentityError, IdentityVerifier};
use bonin_testkit::FixedClock;
use tokio::time::Instant;

use crate::support::{iamport_over, imp_uid, now, portone_over};

/// A client whose only limit is that of a whole call.
fn http() -> Http {
    let options = HttpOptions { connect_timeout: Duration::from_mins(1), ..HttpOptions::default() };
    Http::new(options).unwrap()
}

/// An address that takes connections and never answers.
fn hanging() -> (std::net::TcpListener, String) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    (listener, base_url)
}

// Time stands still but for what is waited for, so nothing here takes seconds.

#[tokio::test(start_paused = true)]
async fn a_look_up_takes_5_seconds_however_often_it_is_made() {
    let (_listener, base_url) = hanging();
    let client = portone_over(&base_url, http());
    let begun = Instant::now();
    let error = client.fetch(&imp_uid()).await.unwrap_err();
    assert!(matches!(&error, IdentityError::Unclear { code, .. } if code == "timeout"), "{error:?}");
    let taken = begun.elapsed();
    assert!((Duration::from_secs(4)..Duration::from_secs(6)).contains(&taken), "{taken:?}");
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_token_waits_5_seconds_at_most() {
    let (_listener, base_url) = hanging();
    let client = iamport_over(&base_url, http(), Arc::new(FixedClock::new(now())));
    let begun = Instant::now();
    let reference = imp_uid();
    let (first, second) = tokio::join!(client.fetch(&reference), client.erase(&reference));
    for error in [first.unwrap_err(), second.unwrap_err()] {
        // Nothing was done: there was no token to do it with.
        assert!(matches!(&error, IdentityError::Unavailable { code, .. } if code == "timeout"), "{error:?}");
    }
    let taken = begun.elapsed();
    assert!((Duration::from_secs(4)..Duration::from_secs(6)).contains(&taken), "{taken:?}");
}
