//! A server that is asked to stop.

use bonin_tests::{Deadline, Engine, SandboxProcess, Server, numbers, on_both_databases, until};
use serde_json::json;

on_both_databases!(
    a_server_that_is_asked_to_stop_answers_what_is_in_flight,
    an_idle_server_stops_at_once,
    what_was_not_yet_sent_is_sent_after_a_stop_and_a_start,
);

/// Requests in flight have 10 s.
const DRAINED: u64 = 13;

async fn a_server_that_is_asked_to_stop_answers_what_is_in_flight(engine: Engine) {
    let mut server = Server::on(engine).start().await;
    server.sandbox().set_fault(&json!({ "provider": "sens", "delay_ms": 2000 })).await;
    let number = numbers::fresh();
    let waiting = tokio::spawn({
        let (api, number) = (server.api().clone(), number.clone());
        async move { api.start_and_wait(&number, 8).await }
    });
    // Once the provider holds the message, the request is in flight, and will be for two seconds.
    let _ = server.handset().message(&number).await;

    server.terminate();

    let verification = waiting.await.expect("the request in flight is answered");
    assert_eq!(verification.view["delivery"]["status"], "accepted");
    assert_eq!(server.exit(DRAINED).await.code(), Some(0));
}

async fn an_idle_server_stops_at_once(engine: Engine) {
    let mut server = Server::on(engine).start().await;
    let _ = server.api().start(&numbers::fresh()).await;
    server.terminate();
    assert_eq!(server.exit(5).await.code(), Some(0));
}

async fn what_was_not_yet_sent_is_sent_after_a_stop_and_a_start(engine: Engine) {
    let sandbox = SandboxProcess::start().await;
    let mut server = Server::on(engine).using(&sandbox).start().await;
    let mut verifications = Vec::new();
    for _ in 0..30 {
        verifications.push(server.api().start(&numbers::fresh()).await);
    }
    server.terminate();
    assert_eq!(server.exit(DRAINED).await.code(), Some(0));
    server.restart().await;
    let deadline = Deadline::secs(20);
    for verification in &verifications {
        until("a message that was queued", deadline, async || {
            let state = server.api().delivery(verification).await?;
            ["accepted", "sent", "delivered"].contains(&state.as_str()).then_some(())
        })
        .await;
        assert_eq!(sandbox.handset().messages(&verification.number).await.len(), 1);
    }
}
