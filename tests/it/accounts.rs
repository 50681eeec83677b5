//! Signing up, and what belongs to an account.

use bonin_tests::{Answer, Engine, Member, Server, numbers, on_both_databases};
use reqwest::Method;
use serde_json::json;

on_both_databases!(
    a_person_signs_up_logs_in_and_reads_their_account,
    a_refused_sign_up_loses_nothing,
    a_proof_opens_one_account_only,
    a_sign_up_is_repeated_under_its_idempotency_key,
    leaving_early_stores_no_member,
    optional_terms_are_given_and_withdrawn_and_required_ones_stay,
    an_account_is_closed_by_its_password_and_its_number_is_free_again,
    a_number_is_changed_and_the_old_one_is_told,
    a_password_is_changed_and_other_sessions_end,
    members_of_another_system_come_with_their_bcrypt_passwords,
);

async fn a_person_signs_up_logs_in_and_reads_their_account(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let account = server.join(&member).await;
    assert_eq!(account["login_id"], member.login_id);
    assert_eq!(account["nickname"], member.nickname);
    assert_eq!(account["phone_number"], numbers::masked(&member.number));

    let session = server.log_in(&member).await;
    let me = server.as_member(&session, Method::GET, "/v1/accounts/me", None).await.expect(200).json();
    assert_eq!((&me["id"], &me["login_id"]), (&account["id"], &json!(member.login_id)));
    assert_eq!(me["phone_number"], numbers::masked(&member.number));
    assert!(!me.to_string().contains(&member.number[5..]), "no whole number: {me}");

    // The login id is a mail address: its case does not matter, the password's does.
    let _ = server.try_log_in(&member.login_id.to_uppercase(), &member.password).await.expect(201);
    let shouted = member.password.to_uppercase();
    let _ = server.try_log_in(&member.login_id, &shouted).await.expect_problem(401, "login_refused");
    let _ = server.api().get("/v1/accounts/me").await.expect_problem(401, "session_required");
}

async fn a_refused_sign_up_loses_nothing(engine: Engine) {
    let server = Server::on(engine).start().await;
    let (first, second) = (Member::fresh(), Member::fresh());
    let _ = server.join(&first).await;

    let proof = server.proof(&second.number, "sign_up").await;
    let good = server.sign_up_body(&second, &proof).await;
    let with = |member: &str, value: serde_json::Value| {
        let mut body = good.clone();
        body[member] = value;
        body
    };
    let sign_up = async |body| server.api().post("/v1/accounts", &body).await;
    let fields = async |body| sign_up(body).await.expect_problem(422, "fields_invalid").fields();
    let fault = |field: &str, code: &str| vec![(field.to_owned(), code.to_owned())];

    assert_eq!(fields(with("password", json!("short"))).await, fault("password", "too_short"));
    assert_eq!(fields(with("password", json!("password123"))).await, fault("password", "password_common"));
    let own = format!("{}1", second.login_id.split('@').next().expect("a part before the @"));
    assert_eq!(fields(with("password", json!(own))).await, fault("password", "password_context"));
    assert_eq!(fields(with("login_id", json!("not a mail address"))).await, fault("login_id", "malformed"));
    assert_eq!(fields(with("nickname", json!(" "))).await, fault("nickname", "malformed"));
    assert_eq!(fields(with("consents", json!([]))).await, fault("consents", "term_missing"));
    let unknown = json!([{ "term_id": "nonsense", "version": "1999-01-01" }]);
    let named: Vec<String> =
        fields(with("consents", unknown)).await.into_iter().map(|(_, code)| code).collect();
    assert_eq!(named, ["term_unknown", "term_missing"]);
    for wrong in [json!(null), json!(17), json!({ "$ne": null }), json!([second.login_id])] {
        assert_eq!(fields(with("login_id", wrong)).await, fault("login_id", "wrong_type"));
    }
    let taken = with("login_id", json!(first.login_id));
    let _ = sign_up(taken).await.expect_problem(409, "login_id_taken");
    let unknown = with("proof", json!("A".repeat(43)));
    let _ = sign_up(unknown).await.expect_problem(422, "proof_unknown");
    // A code that was typed for something else opens nothing here.
    let find_id = server.proof(&first.number, "find_id").await;
    let _ = sign_up(with("proof", json!(find_id))).await.expect_problem(422, "proof_unknown");

    let _ = sign_up(good.clone()).await.expect(201);
    assert_eq!(server.database().count("accounts"), 2);
}

async fn a_proof_opens_one_account_only(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let proof = server.proof(&member.number, "sign_up").await;
    let body = server.sign_up_body(&member, &proof).await;
    let _ = server.api().post("/v1/accounts", &body).await.expect(201);
    let _ = server.api().post("/v1/accounts", &body).await.expect_problem(410, "proof_used");
    let mut other = body;
    other["login_id"] = json!(Member::fresh().login_id);
    let _ = server.api().post("/v1/accounts", &other).await.expect_problem(410, "proof_used");

    // The number has an account now; another proof of it opens no second one, and stays good for nothing else.
    let again = server.proof(&member.number, "sign_up").await;
    let body =
        server.sign_up_body(&Member { number: member.number.clone(), ..Member::fresh() }, &again).await;
    let _ = server.api().post("/v1/accounts", &body).await.expect_problem(409, "phone_number_taken");
    assert_eq!(server.database().count("accounts"), 1);
}

async fn a_sign_up_is_repeated_under_its_idempotency_key(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let proof = server.proof(&member.number, "sign_up").await;
    let body = server.sign_up_body(&member, &proof).await;
    let sign_up = async |body: &serde_json::Value| {
        let request = server.api().request(Method::POST, "/v1/accounts").header("Idempotency-Key", "one");
        Answer::to(request.json(body)).await
    };
    let first = sign_up(&body).await.expect(201);
    let again = sign_up(&body).await.expect(201);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(first.json()["id"], again.json()["id"]);
    for (member, other) in [("nickname", "다른 이름"), ("password", "another quiet harbour")] {
        let mut changed = body.clone();
        changed[member] = json!(other);
        let _ = sign_up(&changed).await.expect_problem(422, "idempotency_key_reused");
    }
    assert_eq!(server.database().count("accounts"), 1);
}

async fn leaving_early_stores_no_member(engine: Engine) {
    let server = Server::on(engine).start().await;
    let _ = server.proof(&numbers::fresh(), "sign_up").await;
    for table in ["accounts", "consents", "sessions"] {
        assert_eq!(server.database().count(table), 0, "{table}");
    }
}

async fn optional_terms_are_given_and_withdrawn_and_required_ones_stay(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let _ = server.join(&member).await;
    let session = server.log_in(&member).await;
    let terms = server.api().get("/v1/terms").await.expect(200).json();
    let optional = terms["terms"].as_array().expect("terms").iter().find(|term| term["required"] == false);
    let optional = optional.expect("the samples have an optional term").clone();
    let name = optional["term_id"].as_str().expect("a name").to_owned();

    let given = json!({ "term_id": name, "version": optional["version"] });
    let path = "/v1/accounts/me/consents";
    let _ = server.as_member(&session, Method::POST, path, Some(&given)).await.expect(201);
    let one = format!("{path}/{name}");
    let _ = server.as_member(&session, Method::DELETE, &one, None).await.expect(204);
    let required = format!("{path}/service");
    let refused = server.as_member(&session, Method::DELETE, &required, None).await;
    let _ = refused.expect_problem(409, "term_required");
    let told = server.as_member(&session, Method::GET, path, None).await.expect(200).json();
    let history = told["history"].as_array().expect("a history");
    let of_it: Vec<_> = history.iter().filter(|row| row["term_id"] == name.as_str()).collect();
    assert_eq!(of_it.iter().map(|row| row["given"] == true).collect::<Vec<_>>(), [true, false], "{told}");
    assert_eq!(server.database().count("consents"), 3, "a withdrawal is another row");
}

async fn an_account_is_closed_by_its_password_and_its_number_is_free_again(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let _ = server.join(&member).await;
    let session = server.log_in(&member).await;
    let close = async |password: &str| {
        let body = json!({ "password": password });
        server.as_member(&session, Method::DELETE, "/v1/accounts/me", Some(&body)).await
    };
    let _ = close("not the password").await.expect_problem(422, "password_incorrect");
    let _ = close(&member.password).await.expect(204);
    let me = server.as_member(&session, Method::GET, "/v1/accounts/me", None).await;
    let _ = me.expect_problem(401, "session_required");
    let refused = server.try_log_in(&member.login_id, &member.password).await;
    let _ = refused.expect_problem(401, "login_refused");
    let _ = server.join(&member).await;
    let _ = server.log_in(&member).await;
}

async fn a_number_is_changed_and_the_old_one_is_told(engine: Engine) {
    let server = Server::on(engine).start().await;
    let (member, other) = (Member::fresh(), Member::fresh());
    let _ = server.join(&member).await;
    let _ = server.join(&other).await;
    let session = server.log_in(&member).await;
    let prove = async |number: &str| {
        let start = json!({ "phone_number": number, "purpose": "change_phone" });
        server.proof_by(start, number, Some(&session)).await
    };
    let start = json!({ "phone_number": numbers::fresh(), "purpose": "change_phone" });
    let _ = server.api().post("/v1/verifications", &start).await.expect_problem(401, "session_required");

    let path = "/v1/accounts/me/phone-number";
    let taken = json!({ "proof": prove(&other.number).await, "password": member.password });
    let refused = server.as_member(&session, Method::PUT, path, Some(&taken)).await;
    let _ = refused.expect_problem(409, "phone_number_taken");

    let new = numbers::fresh();
    let proof = prove(&new).await;
    let before = server.handset().message(&member.number).await;
    let wrong = json!({ "proof": proof, "password": "not the password" });
    let refused = server.as_member(&session, Method::PUT, path, Some(&wrong)).await;
    let _ = refused.expect_problem(422, "password_incorrect");
    let right = json!({ "proof": proof, "password": member.password });
    let changed = server.as_member(&session, Method::PUT, path, Some(&right)).await.expect(200).json();
    assert_eq!(changed["phone_number"], numbers::masked(&new));
    let told = server.handset().message_after(&member.number, &before).await;
    assert!(told.code.is_none() && told.text.contains("번호가 변경"), "{}", told.text);
    let again = server.as_member(&session, Method::PUT, path, Some(&right)).await;
    let _ = again.expect_problem(410, "proof_used");

    // Who has the new number finds the id, who has the old one none.
    let found = async |number: &str| {
        let proof = server.proof(number, "find_id").await;
        let found = server.api().post("/v1/account-lookups", &json!({ "proof": proof })).await.expect(200);
        found.json()["accounts"].as_array().expect("a list").len()
    };
    assert_eq!(found(&new).await, 1);
}

async fn a_password_is_changed_and_other_sessions_end(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let _ = server.join(&member).await;
    let (here, elsewhere) = (server.log_in(&member).await, server.log_in(&member).await);
    let before = server.handset().message(&member.number).await;
    let path = "/v1/accounts/me/password";
    let change = async |current: &str, new: &str| {
        let body = json!({ "current_password": current, "new_password": new });
        server.as_member(&here, Method::PUT, path, Some(&body)).await
    };
    let _ =
        change("not the password", "another harbour lamp").await.expect_problem(422, "password_incorrect");
    let weak = change(&member.password, "12345678").await.expect_problem(422, "fields_invalid");
    assert_eq!(weak.fields(), [("new_password".to_owned(), "password_common".to_owned())]);
    let same = change(&member.password, &member.password).await.expect_problem(422, "fields_invalid");
    assert_eq!(same.fields(), [("new_password".to_owned(), "password_unchanged".to_owned())]);
    let changed = change(&member.password, "another harbour lamp").await.expect(200);
    let told = server.handset().message_after(&member.number, &before).await;
    assert!(told.text.contains("비밀번호가 변경"), "{}", told.text);

    let token = changed.text_of("token");
    assert_ne!(token, here.token, "a session goes on under a new token");
    for (ended, name) in [(&here.token, "the old token"), (&elsewhere.token, "another session")] {
        let request = server.api().request(Method::GET, "/v1/accounts/me").bearer_auth(ended);
        let answer = Answer::to(request).await;
        assert_eq!(answer.status, 401, "{name}");
    }
    let request = server.api().request(Method::GET, "/v1/accounts/me").bearer_auth(token);
    let _ = Answer::to(request).await.expect(200);
    let _ = server.try_log_in(&member.login_id, &member.password).await.expect_problem(401, "login_refused");
    let _ = server.try_log_in(&member.login_id, "another harbour lamp").await.expect(201);
}

async fn members_of_another_system_come_with_their_bcrypt_passwords(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member { password: "harbour1".to_owned(), ..Member::fresh() };
    // Made by Python's bcrypt with cost 6.
    let hash = include_str!("bcrypt_of_harbour1.txt").trim();
    let line = json!({ "login_id": member.login_id, "phone_number": numbers::hyphenated(&member.number),
                       "password_hash": hash, "nickname": member.nickname });
    let file = server.folder().join("members.jsonl");
    std::fs::write(&file, format!("{line}\n")).expect("the file can be written");
    let said = server.run(&["accounts", "import", file.to_str().expect("a path")]);
    assert!(!said.contains(&member.number[5..]) && !said.contains(hash), "{said}");

    let bcrypt = || server.database().contents().windows(4).any(|window| window == b"$2b$");
    assert!(bcrypt(), "the hash is kept as it came");
    let _ = server.try_log_in(&member.login_id, "harbour2").await.expect_problem(401, "login_refused");
    let _ = server.log_in(&member).await;
    assert_eq!(
        server.database().number("SELECT count(*) AS number FROM accounts WHERE password LIKE '$argon2id$%'"),
        1,
        "the hash is replaced at the first log in"
    );
    let _ = server.log_in(&member).await;
}
