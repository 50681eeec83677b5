//! Finding a login id and resetting a password.

use bonin_tests::{Engine, Member, Server, numbers, on_both_databases};
use reqwest::Method;
use serde_json::json;

on_both_databases!(
    a_person_finds_their_masked_login_id,
    a_person_resets_their_password,
    a_reset_is_refused_without_a_proof_of_the_own_number,
    a_reset_token_does_nothing_but_set_the_password_once,
    nobody_unknown_is_sent_anything,
    a_proof_tells_nobody_which_login_ids_there_are,
    a_reset_lets_in_whom_strangers_kept_out,
);

async fn a_person_finds_their_masked_login_id(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let account = server.join(&member).await;
    let proof = server.proof(&member.number, "find_id").await;
    let look_up = async || server.api().post("/v1/account-lookups", &json!({ "proof": proof })).await;
    let found = look_up().await.expect(200).json();
    let (local, domain) = member.login_id.split_once('@').expect("a mail address");
    let masked = format!("{}***{}@{domain}", &local[..2], &local[local.len() - 1..]);
    let joined = &account["created_at"].as_str().expect("a time")[..7];
    assert_eq!(found["accounts"][0]["login_id"], masked);
    assert!(found["accounts"][0]["joined"].as_str().is_some_and(|month| month.len() == 7 && month >= joined));
    assert!(!found.to_string().contains(&member.login_id));
    let _ = look_up().await.expect_problem(410, "proof_used");
    // A proof for signing up finds nothing.
    let other = server.proof(&member.number, "sign_up").await;
    let crossed = server.api().post("/v1/account-lookups", &json!({ "proof": other })).await;
    let _ = crossed.expect_problem(422, "proof_unknown");
}

async fn a_person_resets_their_password(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let _ = server.join(&member).await;
    let session = server.log_in(&member).await;
    let start =
        json!({ "phone_number": member.number, "purpose": "reset_password", "login_id": member.login_id });
    let proof = server.proof_by(start, &member.number, None).await;
    let before = server.handset().message(&member.number).await;
    let open = json!({ "login_id": member.login_id, "proof": proof });
    let opened = server.api().post("/v1/password-resets", &open).await.expect(200);
    let token = opened.text_of("reset_token");
    let set = async |new: &str| {
        let body = json!({ "reset_token": token, "new_password": new });
        let request = server.api().request(Method::PUT, "/v1/password-resets/current").json(&body);
        bonin_tests::Answer::to(request).await
    };
    let weak = set("password1").await.expect_problem(422, "fields_invalid");
    assert_eq!(weak.fields(), [("new_password".to_owned(), "password_common".to_owned())]);
    let _ = set("a new harbour lamp").await.expect(204);
    let told = server.handset().message_after(&member.number, &before).await;
    assert!(told.code.is_none() && told.text.contains("비밀번호가 변경"), "{}", told.text);

    let me = server.as_member(&session, Method::GET, "/v1/accounts/me", None).await;
    let _ = me.expect_problem(401, "session_required");
    let _ = server.try_log_in(&member.login_id, &member.password).await.expect_problem(401, "login_refused");
    let _ = server.try_log_in(&member.login_id, "a new harbour lamp").await.expect(201);
    let _ = server.api().post("/v1/password-resets", &open).await.expect_problem(410, "proof_used");
}

async fn a_reset_is_refused_without_a_proof_of_the_own_number(engine: Engine) {
    let server = Server::on(engine).start().await;
    let (owner, stranger) = (Member::fresh(), Member::fresh());
    let _ = server.join(&owner).await;
    let _ = server.join(&stranger).await;
    let open = async |body: serde_json::Value| server.api().post("/v1/password-resets", &body).await;
    let without = open(json!({ "login_id": owner.login_id })).await.expect_problem(422, "fields_invalid");
    assert_eq!(without.fields(), [("proof".to_owned(), "missing".to_owned())]);
    let _ = open(json!({ "login_id": owner.login_id, "proof": "A".repeat(43) }))
        .await
        .expect_problem(422, "proof_unknown");
    for purpose in ["sign_up", "find_id"] {
        let proof = server.proof(&owner.number, purpose).await;
        let crossed = open(json!({ "login_id": owner.login_id, "proof": proof })).await;
        let _ = crossed.expect_problem(422, "proof_unknown");
    }
    // With a proof of another number: for a stranger's login id as for nobody's, and the proof stays good.
    let start = json!({ "phone_number": stranger.number, "purpose": "reset_password" });
    let proof = server.proof_by(start, &stranger.number, None).await;
    let mut answers = Vec::new();
    for login_id in [owner.login_id.clone(), Member::fresh().login_id] {
        let refused = open(json!({ "login_id": login_id, "proof": proof })).await;
        let refused = refused.expect_problem(422, "reset_refused").json();
        answers.push((refused["title"].clone(), refused.as_object().expect("an object").len()));
    }
    assert_eq!(answers[0], answers[1]);
    let _ = open(json!({ "login_id": stranger.login_id, "proof": proof })).await.expect(200);
    assert_eq!(server.database().count("password_resets"), 1);
}

async fn a_reset_token_does_nothing_but_set_the_password_once(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let _ = server.join(&member).await;
    let open = async || {
        let proof = server.proof(&member.number, "reset_password").await;
        let body = json!({ "login_id": member.login_id, "proof": proof });
        server.api().post("/v1/password-resets", &body).await.expect(200).text_of("reset_token")
    };
    let (earlier, token) = (open().await, open().await);
    let request = server.api().request(Method::GET, "/v1/accounts/me").bearer_auth(&token);
    assert_eq!(bonin_tests::Answer::to(request).await.status, 401, "a reset is no session");
    let set = async |token: &str| {
        let body = json!({ "reset_token": token, "new_password": "a new harbour lamp" });
        let request = server.api().request(Method::PUT, "/v1/password-resets/current").json(&body);
        bonin_tests::Answer::to(request).await
    };
    let _ = set(&earlier).await.expect_problem(410, "reset_expired");
    let _ = set(&token).await.expect(204);
    let _ = set(&token).await.expect_problem(410, "reset_expired");
    let _ = set(&"A".repeat(43)).await.expect_problem(410, "reset_expired");
}

async fn a_proof_tells_nobody_which_login_ids_there_are(engine: Engine) {
    let server = Server::on(engine).start().await;
    let (member, other) = (Member::fresh(), Member::fresh());
    let _ = server.join(&member).await;
    let _ = server.join(&other).await;
    let proof = server.proof(&member.number, "reset_password").await;
    let open = async |login_id: &str| {
        server.api().post("/v1/password-resets", &json!({ "login_id": login_id, "proof": proof })).await
    };
    for login_id in
        [&other.login_id, "nobody@mail.example", &other.login_id, "noone@mail.example", "x@mail.example"]
    {
        let _ = open(login_id).await.expect_problem(422, "reset_refused");
    }
    let _ = open(&member.login_id).await.expect_problem(410, "proof_used");

    // Nor does one for signing up.
    let joining = Member::fresh();
    let proof = server.proof(&joining.number, "sign_up").await;
    let mut body = server.sign_up_body(&joining, &proof).await;
    body["login_id"] = json!(member.login_id);
    for _ in 0..5 {
        let _ = server.api().post("/v1/accounts", &body).await.expect_problem(409, "login_id_taken");
    }
    body["login_id"] = json!(joining.login_id);
    let _ = server.api().post("/v1/accounts", &body).await.expect_problem(410, "proof_used");
}

async fn a_reset_lets_in_whom_strangers_kept_out(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let _ = server.join(&member).await;
    for _ in 0..10 {
        let _ = server.try_log_in(&member.login_id, "not it").await.expect_problem(401, "login_refused");
    }
    let _ =
        server.try_log_in(&member.login_id, &member.password).await.expect_problem(429, "too_many_logins");
    let proof = server.proof(&member.number, "reset_password").await;
    let open = json!({ "login_id": member.login_id, "proof": proof });
    let token = server.api().post("/v1/password-resets", &open).await.expect(200).text_of("reset_token");
    let body = json!({ "reset_token": token, "new_password": "a new harbour lamp" });
    let request = server.api().request(Method::PUT, "/v1/password-resets/current").json(&body);
    let _ = bonin_tests::Answer::to(request).await.expect(204);
    let _ = server.try_log_in(&member.login_id, "a new harbour lamp").await.expect(201);
}

async fn nobody_unknown_is_sent_anything(engine: Engine) {
    let server = Server::on(engine).start().await;
    let (member, unknown) = (Member::fresh(), numbers::fresh());
    let _ = server.join(&member).await;
    let start = async |number: &str, purpose: &str, login_id: Option<&str>| {
        let mut body = json!({ "phone_number": number, "purpose": purpose });
        if let Some(login_id) = login_id {
            body["login_id"] = json!(login_id);
        }
        server.api().post("/v1/verifications", &body).await.expect(201).verification(number)
    };
    let seen = server.handset().messages(&member.number).await.len();
    for (number, login_id) in [(&unknown, None), (&member.number, Some("nobody@mail.example"))] {
        let verification = start(number, "reset_password", login_id).await;
        // Its owner sees a verification like any other, and can only guess.
        let view = server.api().view(&verification).await.expect(200).json();
        assert_eq!((&view["status"], view.get("delivery")), (&json!("pending"), None));
    }
    let _ = start(&unknown, "find_id", None).await;
    // What is sent after them comes after them.
    let _ = start(&member.number, "reset_password", Some(&member.login_id)).await;
    bonin_tests::until("the member's code", bonin_tests::Deadline::secs(20), async || {
        (server.handset().messages(&member.number).await.len() == seen + 1).then_some(())
    })
    .await;
    assert_eq!(server.handset().messages(&unknown).await.len(), 0);
    let open = "SELECT count(*) AS number FROM messages WHERE due_at IS NOT NULL OR payload IS NOT NULL";
    bonin_tests::until("nothing waits any more", bonin_tests::Deadline::secs(20), async || {
        (server.database().number(open) == 0).then_some(())
    })
    .await;
}
