//! Logging in, and what sessions are good for.

use bonin_tests::{Answer, Engine, Member, Server, on_both_databases};
use reqwest::Method;
use serde_json::{Value, json};

on_both_databases!(
    an_unknown_login_id_and_a_wrong_password_are_answered_alike,
    a_browser_gets_a_cookie_and_no_token_and_shows_a_form_token,
    another_site_can_do_nothing_with_the_cookie,
    sessions_are_listed_and_ended,
    ten_wrong_passwords_from_one_address_make_it_wait,
    a_session_is_stepped_up_by_the_own_number,
    a_session_of_one_tenant_is_none_of_another,
);

async fn an_unknown_login_id_and_a_wrong_password_are_answered_alike(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let _ = server.join(&member).await;
    let mut answers = Vec::new();
    for login_id in [&member.login_id, &Member::fresh().login_id] {
        let refused =
            server.try_log_in(login_id, "not the password").await.expect_problem(401, "login_refused");
        let mut names: Vec<String> = refused.headers.keys().map(ToString::to_string).collect();
        names.sort();
        let mut body = refused.json();
        for drawn in ["request_id", "server_time"] {
            body[drawn] = Value::Null;
        }
        answers.push((names, body));
    }
    assert_eq!(answers[0], answers[1]);
}

/// A browser's call: with its headers, and the cookie where it has one.
async fn browse(
    server: &Server,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> Answer {
    let mut request = server.api().request(method, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Answer::to(match body {
        Some(body) => request.json(body),
        None => request,
    })
    .await
}

/// The cookie and the form token of a browser that logged in.
async fn log_in_by_browser(server: &Server, member: &Member) -> (String, String) {
    let own = server.api().base().to_owned();
    let body = json!({ "login_id": member.login_id, "password": member.password });
    let headers = [("origin", own.as_str()), ("sec-fetch-site", "same-origin")];
    let answer = browse(server, Method::POST, "/v1/sessions", &headers, Some(&body)).await.expect(201);
    assert!(answer.json().get("token").is_none(), "a script must not get at it: {}", answer.text);
    let cookie = answer.header("set-cookie").to_owned();
    for part in ["__Host-bonin-session=", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    let cookie = cookie.split(';').next().expect("a cookie").to_owned();
    (cookie, answer.text_of("form_token"))
}

async fn a_browser_gets_a_cookie_and_no_token_and_shows_a_form_token(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let _ = server.join(&member).await;
    let (cookie, form) = log_in_by_browser(&server, &member).await;
    let own = server.api().base().to_owned();
    let with_cookie = [("cookie", cookie.as_str())];
    let _ = browse(&server, Method::GET, "/v1/accounts/me", &with_cookie, None).await.expect(200);

    let end = "/v1/sessions/current";
    let refused = browse(&server, Method::DELETE, end, &with_cookie, None).await;
    let _ = refused.expect_problem(403, "form_token_refused");
    let other = "A".repeat(43);
    let wrong = [("cookie", cookie.as_str()), ("form-token", other.as_str())];
    let _ =
        browse(&server, Method::DELETE, end, &wrong, None).await.expect_problem(403, "form_token_refused");
    let right = [("cookie", cookie.as_str()), ("form-token", form.as_str()), ("origin", own.as_str())];
    let ended = browse(&server, Method::DELETE, end, &right, None).await.expect(204);
    assert!(ended.header("set-cookie").contains("Max-Age=0"), "{}", ended.header("set-cookie"));
    let after = browse(&server, Method::GET, "/v1/accounts/me", &with_cookie, None).await;
    let _ = after.expect_problem(401, "session_required");
}

async fn another_site_can_do_nothing_with_the_cookie(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let _ = server.join(&member).await;
    let (cookie, form) = log_in_by_browser(&server, &member).await;
    for foreign in [
        vec![("origin", "https://evil.example")],
        vec![("origin", "null")],
        vec![("sec-fetch-site", "cross-site")],
        vec![("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")],
    ] {
        let mut headers = vec![("cookie", cookie.as_str()), ("form-token", form.as_str())];
        headers.extend(&foreign);
        let refused = browse(&server, Method::DELETE, "/v1/sessions/current", &headers, None).await;
        let _ = refused.expect_problem(403, "cross_site_refused");
        // Nor can it log somebody in as somebody else.
        let body = json!({ "login_id": member.login_id, "password": member.password });
        let refused = browse(&server, Method::POST, "/v1/sessions", &foreign, Some(&body)).await;
        let _ = refused.expect_problem(403, "cross_site_refused");
    }
    let _ = browse(&server, Method::GET, "/v1/accounts/me", &[("cookie", &cookie)], None).await.expect(200);
}

async fn sessions_are_listed_and_ended(engine: Engine) {
    let server = Server::on(engine).start().await;
    let (member, other) = (Member::fresh(), Member::fresh());
    let _ = server.join(&member).await;
    let _ = server.join(&other).await;
    let foreign = server.log_in(&other).await;
    let mut sessions = Vec::new();
    for _ in 0..11 {
        sessions.push(server.log_in(&member).await);
    }
    let here = sessions.last().expect("there are eleven").clone();
    let list = async || {
        let listed = server.as_member(&here, Method::GET, "/v1/sessions", None).await.expect(200).json();
        listed["sessions"].as_array().expect("a list").clone()
    };
    let listed = list().await;
    assert_eq!(listed.len(), 10, "the eleventh ended the one used longest ago");
    let current: Vec<_> = listed.iter().filter(|session| session["current"] == true).collect();
    assert_eq!(current.iter().map(|session| &session["id"]).collect::<Vec<_>>(), [&json!(here.id)]);
    let me = server.as_member(&sessions[0], Method::GET, "/v1/accounts/me", None).await;
    let _ = me.expect_problem(401, "session_required");

    let one = format!("/v1/sessions/{}", sessions[3].id);
    let _ = server.as_member(&here, Method::DELETE, &one, None).await.expect(204);
    let again = server.as_member(&here, Method::DELETE, &one, None).await;
    let _ = again.expect_problem(404, "session_not_found");
    let others = format!("/v1/sessions/{}", foreign.id);
    let refused = server.as_member(&here, Method::DELETE, &others, None).await;
    let _ = refused.expect_problem(404, "session_not_found");
    assert_eq!(list().await.len(), 9);
    let _ = server.as_member(&here, Method::DELETE, "/v1/sessions", None).await.expect(204);
    assert_eq!(list().await.len(), 1);
    let _ = server.as_member(&foreign, Method::GET, "/v1/accounts/me", None).await.expect(200);
}

async fn ten_wrong_passwords_from_one_address_make_it_wait(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let _ = server.join(&member).await;
    // Counting log ins has nothing to do with the limits of sending, which are off here.
    for login_id in [&member.login_id, &Member::fresh().login_id] {
        for _ in 0..10 {
            let _ = server.try_log_in(login_id, "not it").await.expect_problem(401, "login_refused");
        }
        let waits =
            server.try_log_in(login_id, &member.password).await.expect_problem(429, "too_many_logins");
        let seconds = waits.retry_after();
        assert!((800..=900).contains(&seconds), "{seconds} s until the 15 minutes are over");
    }
}

async fn a_session_is_stepped_up_by_the_own_number(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let _ = server.join(&member).await;
    let session = server.log_in(&member).await;
    let other = json!({ "phone_number": Member::fresh().number, "purpose": "step_up" });
    let request = server.api().request(Method::POST, "/v1/verifications").bearer_auth(&session.token);
    let refused = Answer::to(request.json(&other)).await.expect_problem(422, "fields_invalid");
    assert_eq!(refused.fields(), [("phone_number".to_owned(), "not_own".to_owned())]);

    let start = json!({ "phone_number": member.number, "purpose": "step_up" });
    let proof = server.proof_by(start, &member.number, Some(&session)).await;
    let path = "/v1/sessions/current/step-up";
    let body = json!({ "proof": proof });
    let stepped = server.as_member(&session, Method::POST, path, Some(&body)).await.expect(200);
    let token = stepped.text_of("token");
    let old = server.as_member(&session, Method::GET, "/v1/accounts/me", None).await;
    let _ = old.expect_problem(401, "session_required");
    let session = bonin_tests::LoggedIn { token, ..session };

    // Now the number is changed without the password.
    let new = Member::fresh().number;
    let start = json!({ "phone_number": new, "purpose": "change_phone" });
    let proof = server.proof_by(start, &new, Some(&session)).await;
    let body = json!({ "proof": proof });
    let path = "/v1/accounts/me/phone-number";
    let _ = server.as_member(&session, Method::PUT, path, Some(&body)).await.expect(200);
}

async fn a_session_of_one_tenant_is_none_of_another(engine: Engine) {
    let server = Server::on(engine).with_file("[tenants.acme]\nbrand = \"Acme\"\n").start().await;
    let member = Member::fresh();
    let _ = server.join(&member).await;
    let session = server.log_in(&member).await;
    let key = server.key("acme", &["accounts"]);
    let with_key = async |token: &str| {
        let request = server.api().request(Method::GET, "/v1/accounts/me");
        let request = request.header("authorization", key.bearer()).header("session-token", token);
        Answer::to(request).await
    };
    let _ = with_key(&session.token).await.expect_problem(401, "session_required");
    let body = json!({ "login_id": member.login_id, "password": member.password });
    let refused = server.api().with_key(&key, Method::POST, "/v1/sessions", Some(&body)).await;
    let _ = refused.expect_problem(401, "login_refused");

    // The same person may join there as well.
    let start = json!({ "phone_number": member.number, "purpose": "sign_up" });
    let key_all = server.key("acme", &["start", "check", "accounts"]);
    let earlier = server.handset().message(&member.number).await;
    let started = server.api().with_key(&key_all, Method::POST, "/v1/verifications", Some(&start)).await;
    let verification = started.expect(201).verification(&member.number);
    let code = server.handset().message_after(&member.number, &earlier).await.code.expect("a code");
    let check = json!({ "token": verification.token, "code": code });
    let path = format!("/v1/verifications/{}/check", verification.id);
    let checked = server.api().with_key(&key_all, Method::POST, &path, Some(&check)).await.expect(200);
    let body = server.sign_up_body(&member, &checked.text_of("proof")).await;
    // Neither tenant takes the other's proof.
    let _ = server.api().post("/v1/accounts", &body).await.expect_problem(422, "proof_unknown");
    let _ = server.api().with_key(&key_all, Method::POST, "/v1/accounts", Some(&body)).await.expect(201);
    let body = json!({ "login_id": member.login_id, "password": member.password });
    let there = server.api().with_key(&key, Method::POST, "/v1/sessions", Some(&body)).await.expect(201);
    let _ = with_key(&there.text_of("token")).await.expect(200);
}
