//! Who delivers: the order that is set, the next provider when the first fails, and provider-run verification.

use std::net::TcpListener;
use std::time::Duration;

use bonin_tests::{Deadline, Engine, SandboxProcess, Server, numbers, on_both_databases, until};
use reqwest::Method;
use serde_json::json;

on_both_databases!(
    the_code_arrives_through_the_second_provider_when_the_first_refuses,
    an_unclear_outcome_goes_by_another_route_after_fifteen_seconds_and_is_marked,
    a_verification_that_nexmo_runs_looks_like_any_other,
    a_resend_goes_by_another_provider,
    pushed_receipts_make_a_message_delivered,
    a_rule_sends_numbers_abroad_another_way,
);

const NAMES: [&str; 5] = ["sens", "cafe24", "coolsms", "nexmo", "nexmo_verify"];

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_first_in_the_order_delivers() {
    let sandbox = SandboxProcess::start().await;
    for first in NAMES {
        for second in NAMES {
            if first == second {
                continue;
            }
            let order = format!("{first},{second}");
            let server =
                Server::on(Engine::Sqlite).set("BONIN__ROUTING__ORDER", &order).using(&sandbox).start().await;
            let number = numbers::fresh();
            let verification = server.api().start(&number).await;
            let message = server.handset().message(&number).await;
            assert_eq!(message.provider, first, "{order}");
            let code = message.code.expect("a code");
            let _ = server.api().check(&verification, &code).await.expect(200);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_arrives_through_each_second_provider_when_the_first_is_dead() {
    let sandbox = SandboxProcess::start().await;
    for first in NAMES {
        for second in NAMES {
            if first == second || (first.starts_with("nexmo") && second.starts_with("nexmo")) {
                continue;
            }
            let order = format!("{first},{second}");
            let setting = match first {
                "nexmo" => "BONIN__PROVIDERS__NEXMO__SMS_BASE_URL".to_owned(),
                "nexmo_verify" => "BONIN__PROVIDERS__NEXMO__BASE_URL".to_owned(),
                first => format!("BONIN__PROVIDERS__{}__BASE_URL", first.to_uppercase()),
            };
            let server = Server::on(Engine::Sqlite)
                .set("BONIN__ROUTING__ORDER", &order)
                .set(&setting, &dead())
                .using(&sandbox)
                .start()
                .await;
            let number = numbers::fresh();
            let verification = server.api().start(&number).await;
            let message = server.handset().message(&number).await;
            assert_eq!(message.provider, second, "{order}");
            let code = message.code.expect("a code");
            let _ = server.api().check(&verification, &code).await.expect(200);
        }
    }
}

/// An address where nobody listens.
fn dead() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    format!("http://{}", listener.local_addr().expect("an address"))
}

async fn the_code_arrives_through_the_second_provider_when_the_first_refuses(engine: Engine) {
    let server = Server::on(engine).set("BONIN__ROUTING__ORDER", "sens,cafe24").start().await;
    let key = server.key("default", &["read"]);
    for status in [401, 403, 429, 503] {
        server.sandbox().set_fault(&json!({ "provider": "sens", "status": status })).await;
        let number = numbers::fresh();
        let verification = server.api().start(&number).await;
        let message = server.handset().message(&number).await;
        assert_eq!(message.provider, "cafe24", "{status}");
        let path = format!("/v1/verifications/{}", verification.id);
        let attempts = until("both attempts", Deadline::secs(5), async || {
            let view = server.api().with_key(&key, Method::GET, &path, None).await.expect(200).json();
            let attempts = view["attempts"].as_array().expect("a key sees the attempts").clone();
            (attempts.len() == 2).then_some(attempts)
        })
        .await;
        assert_eq!((&attempts[0]["provider"], &attempts[0]["status"]), (&json!("sens"), &json!("failed")));
        assert_eq!(
            (&attempts[1]["provider"], &attempts[1]["status"]),
            (&json!("cafe24"), &json!("accepted"))
        );
        assert_eq!(attempts[0]["route"]["mode"], "fixed", "{}", attempts[0]);
        assert_eq!(attempts[0]["route"]["candidates"][1]["provider"], "cafe24", "{}", attempts[0]);
    }
}

async fn an_unclear_outcome_goes_by_another_route_after_fifteen_seconds_and_is_marked(engine: Engine) {
    let server = Server::on(engine).set("BONIN__ROUTING__ORDER", "sens,cafe24").start().await;
    // Neither the call nor the look-up gets an answer.
    server.sandbox().set_fault(&json!({ "provider": "sens", "status": 500, "on": "all" })).await;
    let number = numbers::fresh();
    let verification = server.api().start_and_wait(&number, 8).await;
    assert_eq!(verification.view["delivery"]["status"], "unknown", "{}", verification.view);
    let quiet = Deadline::secs(13);
    while !quiet.is_over() {
        assert!(server.handset().messages(&number).await.is_empty(), "nothing goes elsewhere within 15 s");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let message = server.handset().message(&number).await;
    assert_eq!(message.provider, "cafe24");
    let delivery = until("its record", Deadline::secs(5), async || {
        let view = server.api().view(&verification).await.expect(200).json();
        (view["delivery"]["status"] != "unknown").then(|| view["delivery"].clone())
    })
    .await;
    assert_eq!(delivery["possible_duplicate"], true, "{delivery}");
    assert_eq!(server.handset().messages(&number).await.len(), 1);
}

async fn a_verification_that_nexmo_runs_looks_like_any_other(engine: Engine) {
    let ours = Server::on(engine).set("BONIN__ROUTING__ORDER", "sens").start().await;
    let server = ours.beside().set("BONIN__ROUTING__ORDER", "nexmo_verify").start().await;
    let key = server.key("default", &["read"]);
    let number = numbers::fresh();
    let verification = server.api().start(&number).await;
    let mut members: Vec<String> = Vec::new();
    for view in [&verification.view, &ours.api().start(&numbers::fresh()).await.view] {
        let of = view.as_object().expect("an object").keys().cloned().collect();
        if members.is_empty() {
            members = of;
        } else {
            assert_eq!(members, of, "the caller cannot tell");
        }
    }
    let code = server.handset().code(&number).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let missed = server.api().check(&verification, wrong).await.expect_problem(422, "code_incorrect");
    assert_eq!(missed.json()["checks_left"], 4);
    let verified = server.api().check(&verification, &code).await.expect(200);
    assert_eq!(verified.text_of("status"), "verified");
    let _ = server.api().check(&verification, &code).await.expect_problem(410, "verification_used");
    let path = format!("/v1/verifications/{}", verification.id);
    let view = server.api().with_key(&key, Method::GET, &path, None).await.expect(200).json();
    let attempt = &view["attempts"][0];
    assert_eq!(attempt["provider"], "nexmo_verify", "{view}");
    assert!(attempt["price"]["amount"].is_string() && attempt["event"].is_string(), "{attempt}");
}

async fn a_resend_goes_by_another_provider(engine: Engine) {
    let server = Server::on(engine).set("BONIN__ROUTING__ORDER", "sens,coolsms").start().await;
    let number = numbers::fresh();
    let verification = server.api().start_and_wait(&number, 5).await;
    let first = server.handset().message(&number).await;
    let _ = server.api().resend(&verification).await.expect(200);
    let second = server.handset().message_after(&number, &first).await;
    assert_eq!((first.provider.as_str(), second.provider.as_str()), ("sens", "coolsms"));
}

async fn a_rule_sends_numbers_abroad_another_way(engine: Engine) {
    let config = "[numbers]\ncountries = [\"KR\", \"US\"]\n\
                  [routing]\norder = [\"cafe24\", \"sens\"]\n\
                  [[routing.rules]]\ncountry = \"US\"\norder = [\"nexmo_verify\", \"nexmo\"]\n";
    let server = Server::on(engine).with_file(config).start().await;
    for (number, provider) in [(numbers::fresh().as_str(), "cafe24"), ("+12015550123", "nexmo_verify")] {
        let verification = server.api().start(number).await;
        let message = server.handset().message(number).await;
        assert_eq!(message.provider, provider);
        let code = message.code.expect("a code");
        let _ = server.api().check(&verification, &code).await.expect(200);
    }
}

async fn pushed_receipts_make_a_message_delivered(engine: Engine) {
    for (provider, fault) in [
        ("nexmo", json!({ "receipt_delay_ms": 0, "duplicate_receipts": 2 })),
        ("coolsms", json!({ "receipt_delay_ms": 0, "duplicate_receipts": 2 })),
    ] {
        let server = Server::on(engine).set("BONIN__ROUTING__ORDER", provider).start().await;
        let mut early = fault.clone();
        early["provider"] = json!(provider);
        server.sandbox().set_fault(&early).await;
        let number = numbers::fresh();
        let verification = server.api().start_and_wait(&number, 5).await;
        // Asking CoolSMS begins after 5 s; what comes sooner was pushed.
        until("a pushed receipt", Deadline::secs(4), async || {
            (server.api().delivery(&verification).await.as_deref() == Some("delivered")).then_some(())
        })
        .await;
        let forged = server.api().post(&format!("/hooks/{provider}"), &json!([])).await;
        let _ = forged.expect_problem(401, "receipt_refused");
        let failed = json!({ "provider": provider, "receipt": "failed", "receipt_delay_ms": 100 });
        server.sandbox().set_fault(&failed).await;
        let verification = server.api().start_and_wait(&numbers::fresh(), 5).await;
        until("a pushed failure", Deadline::secs(4), async || {
            (server.api().delivery(&verification).await.as_deref() == Some("failed")).then_some(())
        })
        .await;
    }
}
