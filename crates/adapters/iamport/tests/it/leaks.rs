//! What shows in the log and in `Debug`

use std::io;
use std::sync::{Arc, Mutex};

use bonin_domain::identity::Carrier;
use bonin_ports::{IdentityVerifier, OtpIdentityVerifier};
use serde_json::json;
use tracing_subscriber::filter::LevelFilter;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer};

use crate::support::{
    IMP_UID, NAME, ORDER, TOKEN, address, answer, certification, enveloped, hides_what_was_planted, iamport,
    imp_uid, ok, order, otp, person, portone, token, verified,
};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn mount(server: &MockServer, verb: &str, target: &str, body: &serde_json::Value) {
    Mock::given(method(verb)).and(path(target)).respond_with(ok(body)).mount(server).await;
}

#[tokio::test]
async fn neither_log_nor_debug_shows_anybody_or_any_secret() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(move || writer.clone())
        .finish();
    // For all threads: what other tests log is looked at too, and what they met first is not switched off for us.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    tracing::callsite::rebuild_interest_cache();

    let server = MockServer::start().await;
    let certification_path = format!("/certifications/{IMP_UID}");
    // Without birthday, so that the older member is read too.
    let mut older = certification();
    older["birthday"] = json!(null);
    mount(&server, "POST", "/users/getToken", &token(TOKEN, 1800)).await;
    mount(&server, "GET", &certification_path, &enveloped(&older)).await;
    mount(&server, "POST", "/certifications/otp/request", &enveloped(&json!({ "imp_uid": IMP_UID }))).await;
    let echo = json!({ "code": -1, "message": NAME, "response": null }).to_string();
    Mock::given(method("DELETE")).respond_with(answer(500, &echo)).mount(&server).await;
    let send = format!("/identity-verifications/{ORDER}/send");
    mount(&server, "GET", &format!("/identity-verifications/{ORDER}"), &verified()).await;
    mount(&server, "POST", &send, &json!({})).await;

    let (v1, v2) = (iamport(&server.uri()), portone(&server.uri()));
    let reference = v2.request(&order(), &person(Carrier::Kt), address()).await.unwrap();
    let shown = [
        format!("{:?}", v1.fetch(&imp_uid()).await.unwrap().unwrap()),
        format!("{:?}", v1.erase(&imp_uid()).await.unwrap_err()),
        format!("{:?}", v1.request(&order(), &person(Carrier::Kt), address()).await.unwrap()),
        format!("{:?}", v1.confirm(&imp_uid(), &otp()).await.unwrap_err()),
        format!("{:?}", v2.fetch(&reference).await.unwrap().unwrap()),
        format!("{:?}", v2.confirm(&reference, &otp()).await.unwrap_err()),
    ];

    hides_what_was_planted(&shown.join(" "));
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for expected in ["iamport.fetch", "portone.send", "fetched an access token", "reckoned from the older"] {
        assert!(log.contains(expected), "the log was not caught: no {expected}");
    }
    // The crate's own lines: the simulated server logs in this process too.
    let ours: Vec<_> = log.lines().filter(|line| line.contains("bonin_")).collect();
    hides_what_was_planted(&ours.join("\n"));
    assert!(!ours.iter().any(|line| line.contains(IMP_UID)), "an imp_uid opens a person's data");
}
