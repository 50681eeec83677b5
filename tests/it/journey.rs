//! What a person does with one verification.

use bonin_tests::{Answer, Api, Engine, Server, Verification, numbers, on_both_databases};
use reqwest::Method;
use serde_json::json;

on_both_databases!(
    the_code_on_the_handset_proves_the_number,
    a_wrong_code_costs_one_check_and_the_right_one_still_counts,
    a_resend_brings_another_code_and_both_count,
    a_resend_gives_no_more_checks,
    a_cancelled_verification_takes_nothing_more,
    an_unknown_id_and_a_wrong_token_are_answered_alike,
    a_new_start_leaves_the_earlier_verification_alone,
    a_verification_outlives_the_server_that_started_it,
    a_start_that_waits_tells_how_its_delivery_went,
);

async fn the_code_on_the_handset_proves_the_number(engine: Engine) {
    let server = Server::on(engine).set("BONIN__BRAND", "Dearsome").start().await;
    let api = server.api();
    let number = numbers::fresh();

    let verification = api.start(&number).await;
    let view = &verification.view;
    assert_eq!(view["status"], "pending");
    assert_eq!(view["purpose"], "sign_up");
    assert_eq!(view["phone_number"], numbers::masked(&number));
    assert_eq!(view["checks_left"], 5);
    assert_eq!(verification.id.len(), 32);
    assert!(verification.id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')));
    assert_eq!(verification.token.len(), 43);
    for time in ["server_time", "expires_at", "resend_at"] {
        assert!(view[time].as_str().is_some_and(|time| time.ends_with('Z')), "{time}: {view}");
    }
    assert!(view["expires_at"].as_str() > view["server_time"].as_str());

    let message = server.handset().message(&number).await;
    assert!(message.text.contains("Dearsome"), "{}", message.text);
    let code = message.code.expect("the message holds a code");
    assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");

    let pending = api.view(&verification).await.expect(200).json();
    assert_eq!((&pending["status"], &pending["checks_left"]), (&json!("pending"), &json!(5)));
    assert!(pending.get("token").is_none(), "the token is told once: {pending}");

    let verified = api.check(&verification, &code).await.expect(200);
    assert_eq!(verified.json()["status"], "verified");
    for secret in ["proof", "client_token"] {
        assert_eq!(verified.text_of(secret).len(), 43, "{secret}");
        assert!(verified.text_of(&format!("{secret}_expires_at")).ends_with('Z'));
    }
    assert_eq!(api.view(&verification).await.expect(200).json()["status"], "verified");

    let _ = api.check(&verification, &code).await.expect_problem(410, "verification_used");
    let _ = api.resend(&verification).await.expect_problem(410, "verification_used");
    assert_eq!(server.handset().messages(&number).await.len(), 1);
}

async fn a_wrong_code_costs_one_check_and_the_right_one_still_counts(engine: Engine) {
    let server = Server::on(engine).start().await;
    let number = numbers::fresh();
    let verification = server.api().start(&number).await;
    let code = server.handset().code(&number).await;

    for left in [4, 3, 2, 1] {
        let wrong = server.api().check(&verification, &numbers::wrong_code(&code)).await;
        let problem = wrong.expect_problem(422, "code_incorrect");
        assert_eq!(problem.json()["checks_left"], left);
    }
    assert_eq!(server.api().check(&verification, &code).await.expect(200).json()["status"], "verified");
}

async fn a_resend_brings_another_code_and_both_count(engine: Engine) {
    let server = Server::on(engine).start().await;
    let api = server.api();
    for use_the_first in [true, false] {
        let number = numbers::fresh();
        let verification = api.start(&number).await;
        let first = server.handset().message(&number).await;
        let view = api.resend(&verification).await.expect(200).json();
        assert_eq!((&view["status"], &view["id"]), (&json!("pending"), &json!(verification.id)));
        let second = server.handset().message_after(&number, &first).await;

        let code = if use_the_first { first.code } else { second.code };
        let code = code.expect("the message holds a code");
        assert_eq!(api.check(&verification, &code).await.expect(200).json()["status"], "verified");
    }
}

async fn a_resend_gives_no_more_checks(engine: Engine) {
    let server = Server::on(engine).start().await;
    let api = server.api();
    let number = numbers::fresh();
    let verification = api.start(&number).await;
    let first = server.handset().message(&number).await;
    let wrong =
        |code: &Option<String>| numbers::wrong_code(code.as_deref().expect("the message holds a code"));
    for _ in 0..3 {
        let _ = api.check(&verification, &wrong(&first.code)).await.expect_problem(422, "code_incorrect");
    }

    let view = api.resend(&verification).await.expect(200).json();
    assert_eq!(view["checks_left"], 2);
    let second = server.handset().message_after(&number, &first).await;
    for _ in 0..2 {
        let _ = api.check(&verification, &wrong(&second.code)).await.expect_problem(422, "code_incorrect");
    }

    let code = second.code.expect("the message holds a code");
    let locked = api.check(&verification, &code).await.expect_problem(429, "checks_exhausted");
    assert_eq!(locked.json()["checks_left"], 0);
    assert!(locked.text_of("lock_until").ends_with('Z'));
    assert!((1..=180).contains(&locked.retry_after()), "{}", locked.retry_after());
    let _ = api.resend(&verification).await.expect_problem(429, "checks_exhausted");
    assert_eq!(api.view(&verification).await.expect(200).json()["status"], "locked");
}

async fn a_cancelled_verification_takes_nothing_more(engine: Engine) {
    let server = Server::on(engine).start().await;
    let api = server.api();
    let number = numbers::fresh();
    let verification = api.start(&number).await;
    let code = server.handset().code(&number).await;

    assert_eq!(api.cancel(&verification).await.expect(204).text, "");
    let _ = api.check(&verification, &code).await.expect_problem(410, "verification_cancelled");
    let _ = api.resend(&verification).await.expect_problem(410, "verification_cancelled");
    assert_eq!(api.view(&verification).await.expect(200).json()["status"], "cancelled");
    assert_eq!(server.handset().messages(&number).await.len(), 1);
}

async fn an_unknown_id_and_a_wrong_token_are_answered_alike(engine: Engine) {
    let server = Server::on(engine).start().await;
    let api = server.api();
    let number = numbers::fresh();
    let verification = api.start(&number).await;
    let code = server.handset().code(&number).await;

    let unknown = Verification { id: "019a0000000070008000000000000000".to_owned(), ..verification.clone() };
    let stranger = Verification { token: "A".repeat(43), ..verification.clone() };
    let junk = Verification { token: "not a token".to_owned(), ..verification.clone() };
    for other in [&unknown, &stranger, &junk] {
        let answers = [
            api.check(other, &code).await,
            api.resend(other).await,
            api.view(other).await,
            api.cancel(other).await,
        ];
        let reference = body_without_its_own(&answers[0]);
        for answer in answers {
            let answer = answer.expect_problem(404, "verification_not_found");
            assert_eq!(body_without_its_own(&answer), reference);
        }
    }

    for method in [Method::GET, Method::DELETE] {
        let untold = api.request(method, &format!("/v1/verifications/{}", verification.id));
        let _ = Answer::to(untold).await.expect_problem(401, "token_missing");
    }

    assert_eq!(api.view(&verification).await.expect(200).json()["checks_left"], 5);
    let _ = api.check(&verification, &code).await.expect(200);
}

/// The answer without what differs from one request to the next.
fn body_without_its_own(answer: &Answer) -> serde_json::Value {
    let mut body = answer.json();
    let members = body.as_object_mut().expect("a problem is an object");
    members.remove("request_id");
    members.remove("server_time");
    body
}

async fn a_new_start_leaves_the_earlier_verification_alone(engine: Engine) {
    let server = Server::on(engine).start().await;
    let api = server.api();
    let number = numbers::fresh();
    let earlier = api.start(&number).await;
    let first = server.handset().message(&number).await;
    let later = api.start(&number).await;
    let second = server.handset().message_after(&number, &first).await;
    let (first, second) = (first.code.expect("a code"), second.code.expect("a code"));

    if first != second {
        let _ = api.check(&earlier, &second).await.expect_problem(422, "code_incorrect");
    }
    let _ = api.check(&earlier, &first).await.expect(200);
    let _ = api.check(&later, &second).await.expect(200);
}

async fn a_verification_outlives_the_server_that_started_it(engine: Engine) {
    let mut server = Server::on(engine).start().await;
    let number = numbers::fresh();
    let verification = server.api().start(&number).await;
    let code = server.handset().code(&number).await;

    server.kill();
    server.restart().await;

    let verified = server.api().check(&verification, &code).await.expect(200);
    server.kill();
    server.restart().await;
    assert_eq!(verified.json()["status"], "verified");
    assert_eq!(status_of(server.api(), &verification).await, "verified");
}

async fn status_of(api: &Api, verification: &Verification) -> String {
    api.view(verification).await.expect(200).text_of("status")
}

async fn a_start_that_waits_tells_how_its_delivery_went(engine: Engine) {
    let server = Server::on(engine).start().await;
    let number = numbers::fresh();
    let verification = server.api().start_and_wait(&number, 8).await;
    let delivery = &verification.view["delivery"];
    assert!(
        ["accepted", "sent", "delivered"].contains(&delivery["status"].as_str().expect("a delivery")),
        "{delivery}"
    );
    assert_eq!((&delivery["provider"], &delivery["possible_duplicate"]), (&json!("sens"), &json!(false)));
    assert_eq!(server.handset().messages(&number).await.len(), 1);
}
