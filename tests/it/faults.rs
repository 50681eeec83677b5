//! What SENS does wrong, and what we say of it.

use bonin_tests::{Deadline, Engine, Server, Verification, numbers, on_both_databases, until};
use serde_json::{Value, json};

on_both_databases!(
    an_answer_that_comes_too_late_is_unknown_until_it_is_looked_up,
    a_broken_answer_is_unknown_until_it_is_looked_up,
    a_cut_connection_is_not_reported_as_sent,
    an_error_of_the_provider_is_not_reported_as_sent,
    a_provider_that_is_too_busy_took_nothing,
    refused_credentials_are_a_failure,
    a_message_that_the_carrier_fails_is_failed_after_it_was_accepted,
    a_fault_that_has_passed_leaves_nothing_behind,
);

/// Longer than the whole of a call to a provider may take, 5 s.
const WAIT: u32 = 8;
/// Until a provider that was asked what became of a message has told it.
const LOOKED_UP: u64 = 40;
const ARRIVED: [&str; 3] = ["accepted", "sent", "delivered"];

async fn an_answer_that_comes_too_late_is_unknown_until_it_is_looked_up(engine: Engine) {
    let (server, verification) = start_under(engine, &json!({ "delay_ms": 6500 })).await;
    assert_eq!(delivery_of(&verification)["status"], "unknown");
    server.sandbox().clear_faults().await;
    found_by_look_up(&server, &verification).await;
}

async fn a_broken_answer_is_unknown_until_it_is_looked_up(engine: Engine) {
    let (server, verification) = start_under(engine, &json!({ "malformed": true })).await;
    let first = delivery_of(&verification)["status"].as_str().expect("a state");
    // The look-up may be over before the start is answered.
    assert!(first == "unknown" || ARRIVED.contains(&first), "{first}");
    server.sandbox().clear_faults().await;
    found_by_look_up(&server, &verification).await;
}

async fn a_cut_connection_is_not_reported_as_sent(engine: Engine) {
    let (server, verification) = start_under(engine, &json!({ "reset": true })).await;
    assert_eq!(delivery_of(&verification)["status"], "unknown");
    never_reported_as_sent(&server, &verification).await;
}

async fn an_error_of_the_provider_is_not_reported_as_sent(engine: Engine) {
    let (server, verification) = start_under(engine, &json!({ "status": 500 })).await;
    assert_eq!(delivery_of(&verification)["status"], "unknown");
    never_reported_as_sent(&server, &verification).await;
}

async fn a_provider_that_is_too_busy_took_nothing(engine: Engine) {
    let (server, verification) = start_under(engine, &json!({ "status": 429 })).await;
    let delivery = delivery_of(&verification);
    assert_eq!((&delivery["status"], &delivery["failure"]), (&json!("failed"), &json!("quota")));
    never_reported_as_sent(&server, &verification).await;
}

async fn refused_credentials_are_a_failure(engine: Engine) {
    let (server, verification) = start_under(engine, &json!({ "status": 401 })).await;
    let delivery = delivery_of(&verification);
    assert_eq!((&delivery["status"], &delivery["failure"]), (&json!("failed"), &json!("credentials")));
    never_reported_as_sent(&server, &verification).await;
}

async fn a_message_that_the_carrier_fails_is_failed_after_it_was_accepted(engine: Engine) {
    let fault = json!({ "receipt": "failed", "receipt_delay_ms": 1000 });
    let (server, verification) = start_under(engine, &fault).await;
    assert_eq!(delivery_of(&verification)["status"], "accepted");
    let delivery = until("the carrier's failure", Deadline::secs(LOOKED_UP), async || {
        let view = server.api().view(&verification).await.expect(200).json();
        let delivery = view["delivery"].clone();
        assert_ne!(delivery["status"], "delivered", "{delivery}");
        (delivery["status"] == "failed").then_some(delivery)
    })
    .await;
    assert_eq!(delivery["failure"], "invalid_number", "{delivery}");
    assert!(server.handset().messages(&verification.number).await.is_empty());
}

async fn a_fault_that_has_passed_leaves_nothing_behind(engine: Engine) {
    let (server, _) = start_under(engine, &json!({ "status": 429, "count": 1 })).await;
    let number = numbers::fresh();
    let verification = server.api().start_and_wait(&number, WAIT).await;
    assert_eq!(delivery_of(&verification)["status"], "accepted");
    let code = server.handset().code(&number).await;
    let _ = server.api().check(&verification, &code).await.expect(200);
}

/// A server whose provider has this fault, and a start that has waited for the first outcome.
async fn start_under(engine: Engine, fault: &Value) -> (Server, Verification) {
    let server = Server::on(engine).set("BONIN__ROUTING__ORDER", "sens").start().await;
    let mut fault = fault.clone();
    fault["provider"] = json!("sens");
    server.sandbox().set_fault(&fault).await;
    let verification = server.api().start_and_wait(&numbers::fresh(), WAIT).await;
    (server, verification)
}

fn delivery_of(verification: &Verification) -> &Value {
    let delivery = &verification.view["delivery"];
    assert!(delivery["status"].is_string(), "a start that waits tells its delivery: {}", verification.view);
    delivery
}

/// The provider had taken the message: asked again, it says so, and it is not sent a second time.
async fn found_by_look_up(server: &Server, verification: &Verification) {
    until("the look-up", Deadline::secs(LOOKED_UP), async || {
        let state = server.api().delivery(verification).await?;
        ARRIVED.contains(&state.as_str()).then_some(())
    })
    .await;
    assert_eq!(server.handset().messages(&verification.number).await.len(), 1);
}

/// While the fault lasts nothing arrives, and nothing says that it did.
async fn never_reported_as_sent(server: &Server, verification: &Verification) {
    let watched = Deadline::secs(5);
    while !watched.is_over() {
        let state = server.api().delivery(verification).await.expect("a delivery");
        assert!(["queued", "unknown", "failed"].contains(&state.as_str()), "{state}");
        assert!(server.handset().messages(&verification.number).await.is_empty());
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}
