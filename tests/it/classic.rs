//! The source material's own routes.

use bonin_tests::{Answer, Engine, Member, Server, numbers, on_both_databases};
use reqwest::Method;
use serde_json::{Value, json};

on_both_databases!(
    a_person_signs_up_through_the_classic_routes,
    a_person_finds_their_id_through_the_classic_routes,
    a_person_resets_their_password_through_the_classic_routes,
    a_person_is_identified_through_the_classic_route,
    classic_answers_are_korean_and_hold_no_code,
);

/// A front end written against the source material: it keeps its cookies, or the token of the answer.
pub struct FrontEnd<'a> {
    server: &'a Server,
    cookies: Vec<(String, String)>,
}

impl<'a> FrontEnd<'a> {
    pub fn of(server: &'a Server) -> Self {
        Self { server, cookies: Vec::new() }
    }

    pub async fn post(&mut self, path: &str, body: &Value) -> Answer {
        let own = self.server.api().base().to_owned();
        let mut request = self.server.api().request(Method::POST, path).header("origin", own).json(body);
        if !self.cookies.is_empty() {
            let cookies: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", cookies.join("; "));
        }
        let answer = Answer::to(request).await;
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().expect("a readable cookie");
            for part in ["__Host-", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
                assert!(cookie.contains(part), "{part}: {cookie}");
            }
            let (name, value) =
                cookie.split(';').next().and_then(|pair| pair.split_once('=')).expect("a pair");
            self.cookies.retain(|(kept, _)| kept != name);
            if !cookie.contains("Max-Age=0") {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        if answer.status < 300 {
            assert_eq!(answer.json()["code"], answer.status, "{}", answer.text);
            let korean = answer.json()["message"].as_str().is_some_and(|text| text.contains(['다', '요']));
            assert!(korean, "{}", answer.text);
        }
        answer
    }

    /// Asks for a code and types the one that comes.
    async fn verified(&mut self, send: &str, verify: &str, number: &str, user_id: Option<&str>) -> Answer {
        let earlier = self.server.handset().messages(number).await.into_iter().next();
        let mut body = json!({ "phoneNumber": numbers::hyphenated(number) });
        if let Some(user_id) = user_id {
            body["userId"] = json!(user_id);
        }
        let answer = self.post(send, &body).await.expect(201);
        let message = match earlier {
            Some(earlier) => self.server.handset().message_after(number, &earlier).await,
            None => self.server.handset().message(number).await,
        };
        let code = message.code.expect("a code");
        assert!(!answer.text.contains(&code), "the code leaves by the message only: {}", answer.text);
        body["verifyCode"] = json!(code);
        self.post(verify, &body).await
    }
}

async fn a_person_signs_up_through_the_classic_routes(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let mut front_end = FrontEnd::of(&server);
    let verified = front_end.verified("/sms/send", "/sms/verify", &member.number, None).await.expect(201);
    let body = server.sign_up_body(&member, &verified.text_of("proof")).await;
    let _ = server.api().post("/v1/accounts", &body).await.expect(201);
    let _ = server.log_in(&member).await;

    // Without cookies: the token of the answer ties the check to its start.
    let number = numbers::fresh();
    let sent = server.api().post("/sms/send", &json!({ "phoneNumber": number })).await.expect(201);
    let code = server.handset().code(&number).await;
    let body = json!({ "phoneNumber": number, "verifyCode": code });
    assert_eq!(server.api().post("/sms/verify", &body).await.status, 401, "nothing ties it to a start");
    let mut body = body;
    body["verificationToken"] = json!(sent.text_of("verificationToken"));
    let _ = server.api().post("/sms/verify", &body).await.expect(201);
}

async fn a_person_finds_their_id_through_the_classic_routes(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let _ = server.join(&member).await;
    let mut front_end = FrontEnd::of(&server);
    let found = front_end.verified("/sms/sendID", "/sms/verifyID", &member.number, None).await.expect(201);
    let masked = found.text_of("userId");
    assert!(masked.contains("***") && masked != member.login_id, "{masked}");
    assert!(masked.starts_with(&member.login_id[..2]));
}

async fn a_person_resets_their_password_through_the_classic_routes(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let _ = server.join(&member).await;
    let mut front_end = FrontEnd::of(&server);
    let set = json!({ "userId": member.login_id, "newPassword": "a new harbour lamp" });
    assert_eq!(front_end.post("/sms/changePW", &set).await.status, 401, "nothing was verified");
    let id = Some(member.login_id.as_str());
    let _ = front_end.verified("/sms/sendPW", "/sms/verifyPW", &member.number, id).await.expect(201);
    let weak = json!({ "newPassword": "password1" });
    let refused = front_end.post("/sms/changePW", &weak).await;
    assert_eq!(
        (refused.status, refused.json()["error"].as_str()),
        (422, Some("fields_invalid")),
        "{}",
        refused.text
    );
    let _ = front_end.post("/sms/changePW", &set).await.expect(201);
    assert!(matches!(front_end.post("/sms/changePW", &set).await.status, 401 | 410), "it is set once");
    let _ = server.try_log_in(&member.login_id, "a new harbour lamp").await.expect(201);
    let _ = server.try_log_in(&member.login_id, &member.password).await.expect_problem(401, "login_refused");
}

async fn a_person_is_identified_through_the_classic_route(engine: Engine) {
    let server = Server::on(engine).start().await;
    let people = server.sandbox().api().get("/sandbox/people").await.expect(200).json();
    let person = people["people"][0]["id"].clone();
    let mut front_end = FrontEnd::of(&server);
    let bare = front_end.post("/certifications", &json!({ "imp_uid": "imp_000000000001" })).await;
    assert_eq!(bare.status, 401, "{}", bare.text);
    let body = json!({ "purpose": "sign_up" });
    let request = server.api().request(Method::POST, "/v1/identity-verifications").json(&body);
    let started = Answer::to(request).await.expect(201);
    let cookie = started.header("set-cookie").split(';').next().expect("a cookie").to_owned();
    let (name, value) = cookie.split_once('=').expect("a pair");
    front_end.cookies.push((name.to_owned(), value.to_owned()));
    let imp_uid = server.go_through_window(&started.json(), &json!({ "person": person })).await;
    let done = front_end.post("/certifications", &json!({ "imp_uid": imp_uid })).await.expect(200);
    assert_eq!(done.text_of("identityProof").len(), 43);
    let again = front_end.post("/certifications", &json!({ "imp_uid": imp_uid })).await;
    assert!(matches!(again.status, 401 | 409 | 410), "{}", again.text);
}

async fn classic_answers_are_korean_and_hold_no_code(engine: Engine) {
    let server = Server::on(engine).start().await;
    let number = numbers::fresh();
    let mut front_end = FrontEnd::of(&server);
    let sent = front_end.post("/sms/send", &json!({ "phoneNumber": number })).await.expect(201);
    let code = server.handset().code(&number).await;
    assert!(!sent.text.contains(&code) && sent.json().get("verifyCode").is_none(), "{}", sent.text);
    let wrong = json!({ "phoneNumber": number, "verifyCode": numbers::wrong_code(&code) });
    let other_number = json!({ "phoneNumber": numbers::fresh(), "verifyCode": code });
    let not_a_number = json!({ "phoneNumber": "12345" });
    for (path, body, status, error) in [
        ("/sms/verify", &wrong, 422, "code_incorrect"),
        ("/sms/verify", &other_number, 404, "verification_not_found"),
        ("/sms/send", &not_a_number, 422, "phone_number_invalid"),
        ("/sms/send", &json!({}), 422, "fields_invalid"),
        ("/sms/verifyID", &wrong, 401, "token_missing"),
    ] {
        let refused = front_end.post(path, body).await;
        assert_eq!(refused.status, status, "{path} {body}: {}", refused.text);
        let told = refused.json();
        assert_eq!(
            (told["code"].as_u64(), told["error"].as_str()),
            (Some(u64::from(status)), Some(error)),
            "{told}"
        );
        assert!(
            told["message"].as_str().is_some_and(|text| text.contains('.') && !text.is_ascii()),
            "{told}"
        );
    }
    let right = json!({ "phoneNumber": number, "verifyCode": code });
    let _ = front_end.post("/sms/verify", &right).await.expect(201);
}
