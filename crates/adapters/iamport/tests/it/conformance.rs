//! What both clients make of a provider that answers well, badly or not at all

use std::sync::Arc;
use std::time::Duration;

use bonin_domain::identity::{Carrier, IdentityReference};
use bonin_http::Http;
use bonin_ports::IdentityError;
use bonin_testkit::FixedClock;
use serde_json::{Value, json};

use crate::server::{Behaviour, Server, refusing};
use crate::support::{
    API_SECRET, Client, IMP_UID, NAME, ORDER, PHONE, TOKEN, address, certification, enveloped,
    hides_what_was_planted, http, iamport_over, now, order, otp, person, portone_over, unfinished,
    unverified, verified, whole,
};

/// What every call may take: longer than loopback needs on a busy machine.
const PATIENT: Duration = Duration::from_secs(5);
/// What a call may take whose answer does not come.
const IMPATIENT: Duration = Duration::from_millis(400);
/// The most bytes of an answer.
const LIMIT: usize = 64 * 1024;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Operation {
    Fetch,
    Erase,
    Request,
    Confirm,
}
use Operation::{Confirm, Erase, Fetch, Request};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    /// A certified record, an erasure, a name under which the result will be.
    Done,
    NotCertified,
    Nothing,
    Refused,
    Unauthorized,
    Unavailable,
    Unclear,
}

/// A client and what its provider answers.
struct Api {
    make: fn(&str, Http) -> Box<dyn Client>,
    patient: Http,
    impatient: Http,
    operations: &'static [Operation],
    reference: &'static str,
    /// A success of each operation.
    success: fn(Operation) -> Value,
    /// The answer about somebody who was not certified.
    not_certified: fn(Operation) -> Value,
    /// How often a call is made that is answered with 401.
    tries_at_401: u32,
}

fn iamport() -> Api {
    Api {
        make: |base_url, http| Box::new(iamport_over(base_url, http, Arc::new(FixedClock::new(now())))),
        patient: http(PATIENT),
        impatient: http(IMPATIENT),
        operations: &[Fetch, Erase, Request, Confirm],
        reference: IMP_UID,
        success: |operation| match operation {
            Fetch | Erase | Confirm => enveloped(&certification()),
            Request => enveloped(&json!({ "imp_uid": IMP_UID })),
        },
        not_certified: |_| enveloped(&unfinished()),
        tries_at_401: 2,
    }
}

fn portone() -> Api {
    Api {
        make: |base_url, http| Box::new(portone_over(base_url, http)),
        patient: http(PATIENT),
        impatient: http(IMPATIENT),
        operations: &[Fetch, Request, Confirm],
        reference: ORDER,
        success: |operation| match operation {
            Fetch | Erase => verified(),
            Request => json!({}),
            Confirm => json!({ "identityVerification": verified() }),
        },
        not_certified: |operation| match operation {
            Confirm => json!({ "identityVerification": unverified() }),
            Fetch | Erase | Request => unverified(),
        },
        tries_at_401: 1,
    }
}

async fn run(client: &dyn Client, operation: Operation, reference: &str) -> Result<Outcome, IdentityError> {
    let reference = IdentityReference::parse(reference).unwrap();
    match operation {
        Fetch => Ok(match client.fetch(&reference).await? {
            Some(record) if record.certified => Outcome::Done,
            Some(_) => Outcome::NotCertified,
            None => Outcome::Nothing,
        }),
        Erase => client.erase(&reference).await.map(|()| Outcome::Done),
        Request => {
            let sent = client.request(&order(), &person(Carrier::Skt), address()).await?;
            assert_eq!(sent, reference);
            Ok(Outcome::Done)
        }
        Confirm => {
            let record = client.confirm(&reference, &otp()).await?;
            assert!(record.certified, "an error otherwise");
            Ok(Outcome::Done)
        }
    }
}

/// What comes of an operation at this address; an error shows nothing of anybody.
async fn outcome_at(api: &Api, operation: Operation, base_url: &str, http: &Http) -> Outcome {
    let client = (api.make)(base_url, http.clone());
    run(&*client, operation, api.reference).await.unwrap_or_else(|error| {
        let shown = whole(&error);
        hides_what_was_planted(&shown);
        assert!(!shown.contains(base_url) && !shown.contains(api.reference), "{shown}");
        match error {
            IdentityError::Refused { .. } => Outcome::Refused,
            IdentityError::Unauthorized { .. } => Outcome::Unauthorized,
            IdentityError::Unavailable { .. } => Outcome::Unavailable,
            IdentityError::Unclear { .. } => Outcome::Unclear,
        }
    })
}

/// The outcome of an operation, and how often it was called.
async fn outcome_of(api: &Api, operation: Operation, behaviour: Behaviour, http: &Http) -> (Outcome, u32) {
    let server = Server::start(behaviour).await;
    let outcome = outcome_at(api, operation, server.base_url(), http).await;
    (outcome, server.calls())
}

async fn replied(api: &Api, operation: Operation, status: u16, body: &[u8]) -> (Outcome, u32) {
    outcome_of(api, operation, Behaviour::Reply(status, body.to_owned()), &api.patient).await
}

/// Only a question is asked a second time.
fn tries(operation: Operation) -> u32 {
    if operation == Fetch { 2 } else { 1 }
}

/// Bodies of errors: none, a proxy's page that repeats what it was sent, and an envelope or problem.
fn bodies() -> [String; 3] {
    [
        String::new(),
        format!("<html>{NAME} {PHONE} {TOKEN} {API_SECRET}</html>"),
        json!({ "code": -1, "message": NAME, "response": null, "type": NAME }).to_string(),
    ]
}

async fn a_certified_person_is_certified(api: Api) {
    for &operation in api.operations {
        let body = (api.success)(operation).to_string();
        assert_eq!(replied(&api, operation, 200, body.as_bytes()).await, (Outcome::Done, 1), "{operation:?}");
    }
}

async fn a_person_who_is_not_certified_is_not(api: Api) {
    for (operation, expected) in [(Fetch, Outcome::NotCertified), (Confirm, Outcome::Refused)] {
        let body = (api.not_certified)(operation).to_string();
        assert_eq!(replied(&api, operation, 200, body.as_bytes()).await, (expected, 1), "{operation:?}");
    }
}

async fn an_unknown_or_erased_result_is_none(api: Api) {
    for &operation in api.operations {
        let expected = match operation {
            Fetch => Outcome::Nothing,
            Erase => Outcome::Done,
            Request | Confirm => Outcome::Refused,
        };
        for body in bodies() {
            assert_eq!(replied(&api, operation, 404, body.as_bytes()).await, (expected, 1), "{operation:?}");
        }
    }
}

async fn wrong_credentials_are_told_apart(api: Api) {
    for &operation in api.operations {
        for body in bodies() {
            for (status, tries) in [(401, api.tries_at_401), (403, 1)] {
                let outcome = replied(&api, operation, status, body.as_bytes()).await;
                assert_eq!(outcome, (Outcome::Unauthorized, tries), "{operation:?} {status}");
            }
        }
    }
}

async fn a_busy_provider_is_unavailable(api: Api) {
    for &operation in api.operations {
        for body in bodies() {
            let outcome = replied(&api, operation, 429, body.as_bytes()).await;
            assert_eq!(outcome, (Outcome::Unavailable, 1), "{operation:?}");
            for status in [408, 503] {
                let outcome = replied(&api, operation, status, body.as_bytes()).await;
                assert_eq!(outcome, (Outcome::Unavailable, tries(operation)), "{operation:?} {status}");
            }
        }
    }
}

async fn a_failing_provider_is_unclear(api: Api) {
    for &operation in api.operations {
        for body in bodies() {
            for status in [500, 501, 502, 504, 299] {
                let outcome = replied(&api, operation, status, body.as_bytes()).await;
                assert_eq!(outcome, (Outcome::Unclear, tries(operation)), "{operation:?} {status}");
            }
        }
    }
}

async fn other_client_errors_refuse_only_what_was_typed(api: Api) {
    for &operation in api.operations {
        let expected = match operation {
            Fetch | Erase => Outcome::Unclear,
            Request | Confirm => Outcome::Refused,
        };
        for status in [400, 405, 409, 422] {
            for body in bodies() {
                let outcome = replied(&api, operation, status, body.as_bytes()).await;
                assert_eq!(outcome, (expected, 1), "{operation:?} {status}");
            }
        }
    }
}

async fn a_success_that_cannot_be_read_is_unclear(api: Api) {
    for &operation in api.operations {
        let whole = (api.success)(operation).to_string();
        let half = &whole.as_bytes()[..whole.len() - 1];
        let echo = format!("<html>{NAME} {PHONE} {TOKEN}</html>");
        let quoted = json!(NAME).to_string();
        let odd =
            [b"", half, echo.as_bytes(), quoted.as_bytes(), b"null", b"[]", b"\xff\xfe\x00", &[b'['; 5000]];
        for body in odd {
            let outcome = replied(&api, operation, 200, body).await;
            assert_eq!(outcome, (Outcome::Unclear, tries(operation)), "{operation:?} {body:?}");
        }
        // What another status says is not believed, even if it says success.
        let outcome = replied(&api, operation, 202, whole.as_bytes()).await;
        assert_eq!(outcome, (Outcome::Unclear, tries(operation)), "{operation:?} 202");
    }
}

async fn an_answer_has_64_kib_at_most(api: Api) {
    for &operation in api.operations {
        let mut body = (api.success)(operation).to_string().into_bytes();
        body.resize(LIMIT, b' ');
        assert_eq!(replied(&api, operation, 200, &body).await, (Outcome::Done, 1), "{operation:?}");
        body.push(b' ');
        let unclear = (Outcome::Unclear, tries(operation));
        assert_eq!(replied(&api, operation, 200, &body).await, unclear, "{operation:?}");
        let outcome = outcome_of(&api, operation, Behaviour::UntilClosed(body), &api.patient).await;
        assert_eq!(outcome, unclear, "{operation:?} of unknown length");
    }
}

async fn a_redirect_is_not_followed(api: Api) {
    for &operation in api.operations {
        for status in [301, 302, 303, 307, 308] {
            let outcome = outcome_of(&api, operation, Behaviour::Redirect(status), &api.patient).await;
            assert_eq!(outcome, (Outcome::Unclear, tries(operation)), "{operation:?} {status}");
        }
    }
}

async fn a_cut_connection_is_unclear(api: Api) {
    for &operation in api.operations {
        let body = (api.success)(operation).to_string().into_bytes();
        for behaviour in [Behaviour::Cut, Behaviour::CutWithin(body)] {
            let outcome = outcome_of(&api, operation, behaviour, &api.patient).await;
            assert_eq!(outcome, (Outcome::Unclear, tries(operation)), "{operation:?}");
        }
    }
}

async fn an_answer_that_does_not_come_is_unclear(api: Api) {
    for &operation in api.operations {
        let body = (api.success)(operation).to_string().into_bytes();
        for behaviour in [Behaviour::Silent, Behaviour::Drip(body)] {
            let outcome = outcome_of(&api, operation, behaviour, &api.impatient).await;
            assert_eq!(outcome, (Outcome::Unclear, tries(operation)), "{operation:?}");
        }
    }
}

async fn a_provider_that_cannot_be_reached_is_unavailable(api: Api) {
    let server = Server::start(Behaviour::Cut).await;
    for &operation in api.operations {
        let outcome = outcome_at(&api, operation, &refusing().await, &api.patient).await;
        assert_eq!(outcome, Outcome::Unavailable, "{operation:?}");
        let tls = server.base_url().replace("http://", "https://");
        assert_eq!(
            outcome_at(&api, operation, &tls, &api.patient).await,
            Outcome::Unavailable,
            "{operation:?}"
        );
    }
    assert_eq!(server.calls(), 0, "no call without TLS");
}

macro_rules! suite {
    ($($case:ident)*) => {
        mod v1 {
            $(#[tokio::test]
            async fn $case() {
                super::$case(super::iamport()).await;
            })*
        }
        mod v2 {
            $(#[tokio::test]
            async fn $case() {
                super::$case(super::portone()).await;
            })*
        }
    };
}

suite! {
    a_certified_person_is_certified
    a_person_who_is_not_certified_is_not
    an_unknown_or_erased_result_is_none
    wrong_credentials_are_told_apart
    a_busy_provider_is_unavailable
    a_failing_provider_is_unclear
    other_client_errors_refuse_only_what_was_typed
    a_success_that_cannot_be_read_is_unclear
    an_answer_has_64_kib_at_most
    a_redirect_is_not_followed
    a_cut_connection_is_unclear
    an_answer_that_does_not_come_is_unclear
    a_provider_that_cannot_be_reached_is_unavailable
}

#[tokio::test]
async fn a_failure_within_200_is_no_success() {
    let api = iamport();
    for &operation in api.operations {
        let expected = match operation {
            Fetch | Erase => (Outcome::Unclear, tries(operation)),
            Request | Confirm => (Outcome::Refused, 1),
        };
        for response in [Value::Null, certification()] {
            for code in [1, -1] {
                let body = json!({ "code": code, "message": NAME, "response": response }).to_string();
                let outcome = replied(&api, operation, 200, body.as_bytes()).await;
                assert_eq!(outcome, expected, "{operation:?} {code}");
            }
        }
        // A success without a response, or with one that is not about anything.
        for response in [Value::Null, json!({}), json!([])] {
            let outcome = replied(&api, operation, 200, enveloped(&response).to_string().as_bytes()).await;
            assert_eq!(outcome, (Outcome::Unclear, tries(operation)), "{operation:?} {response}");
        }
    }
}

#[tokio::test]
async fn v2_erases_nothing() {
    let server = Server::start(Behaviour::Cut).await;
    let api = portone();
    let outcome = outcome_at(&api, Erase, server.base_url(), &api.patient).await;
    assert_eq!((outcome, server.calls()), (Outcome::Refused, 0));
}
