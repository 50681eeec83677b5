//! `kill -9` in the middle of a burst of starts.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bonin_tests::{
    Answer, Api, Deadline, Engine, Handset, SandboxProcess, Server, Verification, numbers, on_both_databases,
    shared_turn, until,
};
use reqwest::Method;
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

on_both_databases!(
    no_answered_start_is_lost_when_the_server_is_killed_in_a_burst,
    a_message_that_went_right_before_the_kill_is_looked_up_and_not_sent_again,
    a_message_that_nobody_can_look_up_is_sent_again_and_marked,
);

const STARTS: usize = 200;
/// Starts on their way at one time.
const AT_ONCE: usize = 32;
/// How long after the restart every answered start must be on the handset. A lease lasts 10 s.
const UNTIL_DELIVERED: u64 = 20;
/// In each round the server is killed once so many starts were answered.
const KILLED_AFTER: [usize; 5] = [5, 40, 80, 110, 140];

async fn no_answered_start_is_lost_when_the_server_is_killed_in_a_burst(engine: Engine) {
    let _turn = shared_turn().await;
    let sandbox = SandboxProcess::start().await;
    // The provider answers late, so that many a kill falls between sending and recording.
    sandbox.set_fault(&json!({ "provider": "sens", "delay_ms": 50 })).await;
    let mut server = Server::on(engine).using(&sandbox).start().await;

    let mut all = Vec::new();
    for killed_after in KILLED_AFTER {
        let answered = burst(&mut server, killed_after).await;
        assert!(answered.len() >= killed_after, "{} answered", answered.len());
        assert!(answered.len() < STARTS, "the kill came after the burst");

        server.restart().await;

        let deadline = Deadline::secs(UNTIL_DELIVERED);
        for verification in &answered {
            arrives_and_is_recorded(&server, verification, deadline).await;
        }
        all.extend(answered);
    }
    // All at the end, since a second message may come late.
    let mut twice = 0;
    for verification in &all {
        twice += usize::from(arrived_twice(&server, &server.handset(), verification).await);
    }
    println!("{} starts answered in {} rounds, {twice} messages came twice", all.len(), KILLED_AFTER.len());
}

/// Starts [`STARTS`] verifications, kills the server once `killed_after` of them are answered, and gives those
/// that were answered by then or while it died.
async fn burst(server: &mut Server, killed_after: usize) -> Vec<Verification> {
    let answered = Arc::new(AtomicUsize::new(0));
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut starts = JoinSet::new();
    for _ in 0..STARTS {
        let (api, places, answered) = (server.api().clone(), Arc::clone(&places), Arc::clone(&answered));
        starts.spawn(async move {
            let _place = places.acquire().await.expect("the semaphore stays open");
            let started = try_start(&api, &numbers::fresh()).await;
            answered.fetch_add(usize::from(started.is_some()), Ordering::SeqCst);
            started
        });
    }
    let deadline = Deadline::secs(30);
    while answered.load(Ordering::SeqCst) < killed_after {
        assert!(!deadline.is_over(), "{} of {killed_after} answered", answered.load(Ordering::SeqCst));
        // Finer than the pause of `until`: a fast server would be done before it is killed.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    server.kill();
    starts.join_all().await.into_iter().flatten().collect()
}

/// `None` when the server died before it answered in full.
async fn try_start(api: &Api, number: &str) -> Option<Verification> {
    let body = json!({ "phone_number": number, "purpose": "sign_up" });
    let answer = Answer::try_to(api.request(Method::POST, "/v1/verifications").json(&body)).await.ok()?;
    Some(answer.expect(201).verification(number))
}

async fn arrives_and_is_recorded(server: &Server, verification: &Verification, deadline: Deadline) {
    let what = format!("verification {} on the handset, recorded as such", verification.id);
    until(&what, deadline, async || {
        let state = server.api().delivery(verification).await?;
        let recorded = ["accepted", "sent", "delivered"].contains(&state.as_str());
        (recorded && !server.handset().messages(&verification.number).await.is_empty()).then_some(())
    })
    .await;
}

/// Whether the message came twice; that it did so for a reason and is marked is asserted.
async fn arrived_twice(server: &Server, handset: &Handset, verification: &Verification) -> bool {
    let messages = handset.messages(&verification.number).await;
    let view = server.api().view(verification).await.expect(200).json();
    let marked = view["delivery"]["possible_duplicate"] == true;
    match messages.len() {
        1 => false,
        2 => {
            assert!(marked, "two messages, not marked: {view}");
            true
        }
        count => panic!("{count} messages for {view}"),
    }
}

async fn a_message_that_went_right_before_the_kill_is_looked_up_and_not_sent_again(engine: Engine) {
    let _turn = shared_turn().await;
    let sandbox = SandboxProcess::start().await;
    let (mut server, verifications) = killed_while_the_provider_answers(engine, &sandbox).await;
    sandbox.clear_faults().await;

    server.restart().await;

    let deadline = Deadline::secs(UNTIL_DELIVERED);
    for verification in &verifications {
        arrives_and_is_recorded(&server, verification, deadline).await;
    }
    for verification in &verifications {
        assert!(!arrived_twice(&server, &sandbox.handset(), verification).await);
    }
}

async fn a_message_that_nobody_can_look_up_is_sent_again_and_marked(engine: Engine) {
    let _turn = shared_turn().await;
    let sandbox = SandboxProcess::start().await;
    let (mut server, verifications) = killed_while_the_provider_answers(engine, &sandbox).await;
    sandbox.set_fault(&json!({ "provider": "sens", "on": "read", "status": 500 })).await;

    server.restart().await;

    let deadline = Deadline::secs(UNTIL_DELIVERED);
    for verification in &verifications {
        arrives_and_is_recorded(&server, verification, deadline).await;
    }
    for verification in &verifications {
        assert!(arrived_twice(&server, &sandbox.handset(), verification).await);
    }
}

/// A server that was killed after the provider took its messages and before it said so.
async fn killed_while_the_provider_answers(
    engine: Engine,
    sandbox: &SandboxProcess,
) -> (Server, Vec<Verification>) {
    sandbox.set_fault(&json!({ "provider": "sens", "delay_ms": 4000 })).await;
    let mut server = Server::on(engine).using(sandbox).start().await;
    let mut verifications = Vec::new();
    for _ in 0..5 {
        verifications.push(server.api().start(&numbers::fresh()).await);
    }
    for verification in &verifications {
        let _ = sandbox.handset().message(&verification.number).await;
    }
    server.kill();
    (server, verifications)
}
