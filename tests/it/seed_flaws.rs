//! What went wrong in the source material does not go wrong here: one test for each of its flaws.

use bonin_tests::{Engine, Member, Server, numbers, on_both_databases};
use reqwest::Method;
use serde_json::{Value, json};

on_both_databases!(
    a_null_code_for_a_number_that_never_asked_is_nothing,
    an_object_in_place_of_a_string_asks_the_database_nothing,
    a_sign_up_over_an_existing_member_changes_nothing,
    terms_that_are_repeated_or_missing_are_refused,
    there_is_no_reset_without_a_proof,
    no_answer_holds_a_code,
    a_second_start_for_a_number_voids_nothing,
    a_code_for_finding_an_id_opens_no_reset,
    an_answer_does_not_say_who_is_registered,
    an_error_has_an_errors_status,
);

/// Every route that takes a code.
const CHECKS: [&str; 3] = ["/sms/verify", "/sms/verifyID", "/sms/verifyPW"];

/// In the cache of seed 000 a number that never asked had the value that a missing code has.
async fn a_null_code_for_a_number_that_never_asked_is_nothing(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let _ = server.join(&member).await;
    for path in CHECKS {
        for code in [json!(null), json!("undefined"), json!(""), json!(0), json!([])] {
            let body = json!({ "phoneNumber": member.number, "userId": member.login_id, "verifyCode": code });
            let answer = server.api().post(path, &body).await;
            assert!((400..500).contains(&answer.status), "{path} {code}: {}", answer.text);
            let body = json!({ "phoneNumber": member.number, "userId": member.login_id });
            let answer = server.api().post(path, &body).await;
            assert!((400..500).contains(&answer.status), "{path} without a code: {}", answer.text);
        }
    }
    // Nor with a start: null is no code, and costs no check.
    let verification = server.api().start(&numbers::fresh()).await;
    let path = format!("/v1/verifications/{}/check", verification.id);
    for code in [json!(null), json!(0), json!({}), json!([])] {
        let body = json!({ "token": verification.token, "code": code });
        let refused = server.api().post(&path, &body).await.expect_problem(422, "code_malformed");
        assert_eq!(refused.json()["checks_left"], 5);
    }
}

/// Seed 000 put what came into its query: `{"$ne": null}` found the first member.
async fn an_object_in_place_of_a_string_asks_the_database_nothing(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let _ = server.join(&member).await;
    let sneaky = json!({ "$ne": null });
    for (path, fields) in [
        ("/v1/sessions", vec!["login_id", "password"]),
        ("/v1/password-resets", vec!["login_id", "proof"]),
        ("/v1/account-lookups", vec!["proof"]),
        ("/v1/verifications", vec!["phone_number"]),
        ("/sms/send", vec!["phoneNumber"]),
        ("/sms/sendID", vec!["phoneNumber"]),
        ("/sms/sendPW", vec!["phoneNumber", "userId"]),
        ("/sms/verifyID", vec!["phoneNumber", "verifyCode", "verificationToken"]),
        ("/sms/changePW", vec!["newPassword", "resetToken"]),
        ("/certifications", vec!["imp_uid"]),
    ] {
        let body: Value = fields.iter().map(|field| ((*field).to_owned(), sneaky.clone())).collect();
        let answer = server.api().post(path, &body).await;
        assert!(matches!(answer.status, 401 | 422), "{path}: {} {}", answer.status, answer.text);
    }
}

/// Seed 001 made a row at the check and wrote login id and password over whatever row had the number.
async fn a_sign_up_over_an_existing_member_changes_nothing(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let before = server.join(&member).await;
    // Whoever holds the number now, and proves it, still does not take the account over.
    let proof = server.proof(&member.number, "sign_up").await;
    let attacker = Member { number: member.number.clone(), ..Member::fresh() };
    let body = server.sign_up_body(&attacker, &proof).await;
    let _ = server.api().post("/v1/accounts", &body).await.expect_problem(409, "phone_number_taken");
    let other = Member { login_id: member.login_id.clone(), ..Member::fresh() };
    let proof = server.proof(&other.number, "sign_up").await;
    let body = server.sign_up_body(&other, &proof).await;
    let _ = server.api().post("/v1/accounts", &body).await.expect_problem(409, "login_id_taken");

    let session = server.log_in(&member).await;
    let after = server.as_member(&session, Method::GET, "/v1/accounts/me", None).await.expect(200).json();
    for kept in ["id", "login_id", "nickname", "phone_number"] {
        assert_eq!(before[kept], after[kept], "{kept}");
    }
    let refused = server.try_log_in(&attacker.login_id, &attacker.password).await;
    let _ = refused.expect_problem(401, "login_refused");
}

/// Seed 001 took the first two items of `termsId`, whatever they were: `[1, 1]` agreed to everything.
async fn terms_that_are_repeated_or_missing_are_refused(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let proof = server.proof(&member.number, "sign_up").await;
    let good = server.sign_up_body(&member, &proof).await;
    let required = good["consents"][0].clone();
    for (consents, code) in [
        (json!([]), "term_missing"),
        (json!([required, required]), "repeated"),
        (json!([{ "term_id": "nonsense", "version": "1" }, required]), "term_unknown"),
        (json!([1, 1]), "wrong_type"),
    ] {
        let mut body = good.clone();
        body["consents"] = consents.clone();
        let refused = server.api().post("/v1/accounts", &body).await.expect_problem(422, "fields_invalid");
        assert!(refused.fields().iter().any(|(_, named)| named == code), "{consents}: {}", refused.text);
    }
    let mut none = good.clone();
    none.as_object_mut().expect("an object").remove("consents");
    let _ = server.api().post("/v1/accounts", &none).await.expect_problem(422, "fields_invalid");
    assert_eq!((server.database().count("accounts"), server.database().count("consents")), (0, 0));
    let _ = server.api().post("/v1/accounts", &good).await.expect(201);
}

/// Seed 000 sent a code for a new password and never checked it.
async fn there_is_no_reset_without_a_proof(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let _ = server.join(&member).await;
    let new = "a new harbour lamp";
    let asked = json!({ "phoneNumber": member.number, "userId": member.login_id });
    let sent = server.api().post("/sms/sendPW", &asked).await.expect(201);
    for body in [
        json!({ "userId": member.login_id, "phoneNumber": member.number, "newPassword": new }),
        json!({ "userId": member.login_id, "newPassword": new, "verificationToken": sent.text_of("verificationToken") }),
        json!({ "userId": member.login_id, "newPassword": new, "resetToken": sent.text_of("verificationToken") }),
        json!({ "userId": member.login_id, "newPassword": new, "resetToken": "A".repeat(43) }),
    ] {
        let refused = server.api().post("/sms/changePW", &body).await;
        assert!(matches!(refused.status, 401 | 410 | 422), "{body}: {} {}", refused.status, refused.text);
    }
    let body = json!({ "reset_token": null, "new_password": new });
    let request = server.api().request(Method::PUT, "/v1/password-resets/current").json(&body);
    assert_eq!(bonin_tests::Answer::to(request).await.status, 422);
    let _ = server.log_in(&member).await;
}

/// Seed 000 returned `verifyCode` to whoever asked.
async fn no_answer_holds_a_code(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let _ = server.join(&member).await;
    for (path, body) in [
        ("/v1/verifications", json!({ "phone_number": member.number, "purpose": "find_id" })),
        ("/sms/send", json!({ "phoneNumber": member.number })),
        ("/sms/sendID", json!({ "phoneNumber": member.number })),
        ("/sms/sendPW", json!({ "phoneNumber": member.number, "userId": member.login_id })),
    ] {
        let earlier = server.handset().message(&member.number).await;
        let answer = server.api().post(path, &body).await.expect(201);
        let code = server.handset().message_after(&member.number, &earlier).await.code.expect("a code");
        assert!(!answer.text.contains(&code), "{path}: {}", answer.text);
        for (name, value) in &answer.headers {
            assert!(!value.to_str().expect("readable").contains(&code), "{path}: {name}");
        }
    }
}

/// In the seeds the last code overwrote the one before, whoever had asked for it.
async fn a_second_start_for_a_number_voids_nothing(engine: Engine) {
    let server = Server::on(engine).start().await;
    let number = numbers::fresh();
    let first = server.api().post("/sms/send", &json!({ "phoneNumber": number })).await.expect(201);
    let message = server.handset().message(&number).await;
    let _ = server.api().post("/sms/send", &json!({ "phoneNumber": number })).await.expect(201);
    let _ = server.handset().message_after(&number, &message).await;
    let body = json!({ "phoneNumber": number, "verifyCode": message.code.expect("a code"),
                       "verificationToken": first.text_of("verificationToken") });
    let _ = server.api().post("/sms/verify", &body).await.expect(201);
}

/// Seed 000 kept one code a member, good for whatever came next.
async fn a_code_for_finding_an_id_opens_no_reset(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let _ = server.join(&member).await;
    let earlier = server.handset().message(&member.number).await;
    let sent = server.api().post("/sms/sendID", &json!({ "phoneNumber": member.number })).await.expect(201);
    let code = server.handset().message_after(&member.number, &earlier).await.code.expect("a code");
    let body = json!({ "phoneNumber": member.number, "userId": member.login_id, "verifyCode": code,
                       "verificationToken": sent.text_of("verificationToken") });
    for path in ["/sms/verifyPW", "/sms/verify"] {
        let refused = server.api().post(path, &body).await;
        assert!(matches!(refused.status, 404 | 422), "{path}: {} {}", refused.status, refused.text);
    }
    let _ = server.api().post("/sms/verifyID", &body).await.expect(201);
}

/// Seed 000 answered 401 with another sentence where there was no such member, and refused a second start for a member.
async fn an_answer_does_not_say_who_is_registered(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let _ = server.join(&member).await;
    for path in ["/sms/send", "/sms/sendID", "/sms/sendPW"] {
        let mut seen = Vec::new();
        for number in [member.number.clone(), numbers::fresh()] {
            let body = json!({ "phoneNumber": number, "userId": member.login_id });
            let body = if path == "/sms/sendPW" { body } else { json!({ "phoneNumber": number }) };
            let mut told = server.api().post(path, &body).await.expect(201).json();
            told["verificationToken"] = Value::Null;
            seen.push(told);
        }
        assert_eq!(seen[0], seen[1], "{path}");
    }
}

/// Seed 000 answered `401||err.status`, whatever went wrong; seed 001 answered 200 where nothing was sent.
async fn an_error_has_an_errors_status(engine: Engine) {
    let server = Server::on(engine).start().await;
    let not_json = server.api().post_bytes("/sms/send", "application/json", "{").await;
    assert_eq!(not_json.status, 400, "{}", not_json.text);
    let form =
        server.api().post_bytes("/sms/send", "application/x-www-form-urlencoded", "phoneNumber=1").await;
    assert_eq!(form.status, 415, "{}", form.text);
    let landline = server.api().post("/sms/send", &json!({ "phoneNumber": "02-123-4567" })).await;
    assert_eq!(landline.status, 422, "{}", landline.text);
    let nothing = server.api().post("/sms/nothing", &json!({})).await;
    assert_eq!(nothing.status, 404, "{}", nothing.text);
}
