//! Identity verification by I'mport and by PortOne V2, and what its proof opens.

use bonin_tests::{Engine, Member, Server, ServerBuilder, on_both_databases};
use reqwest::Method;
use serde_json::{Value, json};

on_both_databases!(
    a_person_is_identified_and_signs_up_once,
    a_person_is_identified_by_portone_v2,
    a_person_is_identified_by_a_one_time_password,
    results_that_are_not_this_sessions_are_refused_each_with_its_code,
    an_identity_proof_resets_the_password_of_its_own_account_only,
    who_is_too_young_does_not_join,
    a_provider_that_is_away_uses_nothing_up,
    results_are_erased_at_the_provider_where_that_is_asked_for,
);

/// The people of the sandbox, by what a test looks for in them.
async fn people(server: &Server) -> Vec<Value> {
    let told = server.sandbox().api().get("/sandbox/people").await.expect(200).json();
    told["people"].as_array().expect("people").clone()
}

/// The name by which the sandbox knows its `place`th grown-up.
async fn adult(server: &Server, place: usize) -> String {
    let grown_up = |person: &&Value| person["birthday"].as_str().is_some_and(|day| day < "2000");
    let people = people(server).await;
    let person = people.iter().filter(grown_up).nth(place).expect("a grown-up").clone();
    person["id"].as_str().expect("a name").to_owned()
}

fn with_v2(builder: ServerBuilder) -> ServerBuilder {
    builder.set("BONIN__IDENTITY__API", "v2")
}

async fn sign_up(server: &Server, member: &Member, identity_proof: Option<&str>) -> bonin_tests::Answer {
    let proof = server.proof(&member.number, "sign_up").await;
    let mut body = server.sign_up_body(member, &proof).await;
    if let Some(identity_proof) = identity_proof {
        body["identity_proof"] = json!(identity_proof);
    }
    server.api().post("/v1/accounts", &body).await
}

async fn a_person_is_identified_and_signs_up_once(engine: Engine) {
    let server = Server::on(engine).set("BONIN__ACCOUNTS__ONE_PER_PERSON", "true").start().await;
    signs_up_once(&server).await;
}

async fn a_person_is_identified_by_portone_v2(engine: Engine) {
    let server = with_v2(Server::on(engine)).set("BONIN__ACCOUNTS__ONE_PER_PERSON", "true").start().await;
    signs_up_once(&server).await;
}

async fn signs_up_once(server: &Server) {
    let (one, other) = (adult(server, 0).await, adult(server, 1).await);
    let without = sign_up(server, &Member::fresh(), None).await;
    let _ = without.expect_problem(403, "identity_required");

    let started = server.start_identity("sign_up").await;
    assert_eq!(started["merchant_uid"].as_str().map(str::len), Some(32), "{started}");
    let brought = server.go_through_window(&started, &json!({ "person": one })).await;
    let imp_uid = (started["sdk"]["api"] == "v1").then_some(brought);
    let completed = server.complete_identity(&started, imp_uid.as_deref()).await.expect(200);
    let told = completed.json();
    let name =
        people(server).await.into_iter().find(|person| person["id"] == one.as_str()).expect("the person");
    assert_eq!(told["name"], name["name"]);
    assert_eq!(told["age"], json!({ "over_14": true, "over_19": true }));
    for secret in ["birth", "ci", "di", "unique", "phone"] {
        assert!(!completed.text.contains(&format!("\"{secret}")), "{}", completed.text);
    }
    let proof = completed.text_of("identity_proof");
    let again = server.complete_identity(&started, imp_uid.as_deref()).await;
    assert!(matches!(
        (again.status, again.code().as_str()),
        (409, "identity_result_used") | (410, "identity_completed")
    ));

    let member = Member::fresh();
    let _ = sign_up(server, &member, Some(&proof)).await.expect(201);
    let used = sign_up(server, &Member::fresh(), Some(&proof)).await;
    let _ = used.expect_problem(410, "identity_proof_used");
    let session = server.log_in(&member).await;
    let me = server.as_member(&session, Method::GET, "/v1/accounts/me", None).await.expect(200).json();
    assert!(me["identity"]["verified_at"].is_string(), "{me}");

    let same = server.identity_proof("sign_up", &one).await;
    let taken = sign_up(server, &Member::fresh(), Some(&same)).await.expect_problem(409, "person_taken");
    assert!(!taken.text.contains(&member.login_id[..8]), "the account is not named: {}", taken.text);
    let fresh = server.identity_proof("sign_up", &other).await;
    let _ = sign_up(server, &Member::fresh(), Some(&fresh)).await.expect(201);
    assert_eq!(server.database().count("accounts"), 2);
}

async fn a_person_is_identified_by_a_one_time_password(engine: Engine) {
    let server = Server::on(engine).set("BONIN__IDENTITY__OTP", "true").start().await;
    let person = people(&server).await.into_iter().find(|person| {
        person["phone"].is_string()
            && person["foreigner"] == false
            && person["birthday"].as_str() < Some("2000")
    });
    let person = person.expect("a grown-up with a phone");
    let number = person["phone"].as_str().expect("a number");
    let digit = if person["gender"] == "male" { "1" } else { "2" };
    let carrier = match person["carrier"].as_str().expect("a carrier") {
        "KT" => "kt",
        "LGT" => "lgu",
        "SKT_MVNO" => "skt_mvno",
        "KT_MVNO" => "kt_mvno",
        "LGT_MVNO" => "lgu_mvno",
        _ => "skt",
    };
    let started = server.start_identity("sign_up").await;
    let id = started["id"].as_str().expect("an id");
    let post = async |path: &str, mut body: Value| {
        body["token"] = started["token"].clone();
        server.api().post(&format!("/v1/identity-verifications/{id}/{path}"), &body).await
    };
    let early = post("otp/confirm", json!({ "otp": "000000" })).await;
    let _ = early.expect_problem(409, "otp_not_requested");
    let asked = json!({ "name": person["name"], "phone_number": number, "birth_date": person["birthday"],
                        "gender_digit": digit, "carrier": carrier });
    let mut wrong = asked.clone();
    wrong["gender_digit"] = json!("9");
    let refused = post("otp", wrong).await.expect_problem(422, "fields_invalid");
    assert_eq!(refused.fields()[0].0, "gender_digit");
    let asked_for = post("otp", asked).await;
    assert!(matches!(asked_for.status, 200 | 202), "{}", asked_for.text);
    let e164 = format!("+82{}", &number.replace('-', "")[1..]);
    let code = server.handset().code(&e164).await;
    let missed = post("otp/confirm", json!({ "otp": bonin_tests::numbers::wrong_code(&code) })).await;
    let _ = missed.expect_problem(422, "otp_refused");
    let confirmed = post("otp/confirm", json!({ "otp": code })).await.expect(200);
    assert_eq!(confirmed.json()["name"], person["name"]);
    let proof = confirmed.text_of("identity_proof");
    let _ = sign_up(&server, &Member::fresh(), Some(&proof)).await.expect(201);
}

async fn results_that_are_not_this_sessions_are_refused_each_with_its_code(engine: Engine) {
    let server = Server::on(engine).start().await;
    let person = adult(&server, 0).await;
    let mine = server.start_identity("sign_up").await;
    let complete = async |imp_uid: &str| server.complete_identity(&mine, Some(imp_uid)).await;

    // Of another person, who is just going through the window for their own session.
    let theirs = server.start_identity("sign_up").await;
    let brought = server.go_through_window(&theirs, &json!({ "person": adult(&server, 1).await })).await;
    let _ = complete(&brought).await.expect_problem(409, "identity_other_session");
    let _ = server.complete_identity(&theirs, Some(&brought)).await.expect(200);

    // One used before.
    let _ = complete(&brought).await.expect_problem(409, "identity_result_used");

    // Of an order that is none of ours: made at the same merchant by another service.
    let order = json!({ "merchant_uid": "0123456789abcdef0123456789abcdef" });
    let foreign = server.go_through_window(&order_as_started(&order), &json!({ "person": person })).await;
    let _ = complete(&foreign).await.expect_problem(422, "identity_other_order");

    // An old one, one that was not certified, one that nobody knows.
    let old =
        server.go_through_window(&mine, &json!({ "person": person, "certified_seconds_ago": 660 })).await;
    let _ = complete(&old).await.expect_problem(410, "identity_stale");
    for outcome in ["uncertified", "failed"] {
        let with = json!({ "person": person, "outcome": outcome });
        let brought = server.go_through_window(&mine, &with).await;
        let _ = complete(&brought).await.expect_problem(422, "identity_not_certified");
    }
    let _ = complete("imp_000000000000").await.expect_problem(422, "identity_result_unknown");

    // Shaped like a path, or like nothing.
    let long = "a".repeat(65);
    for shaped in ["../users/getToken", "imp_1/../imp_2", "imp_1?x=1", "%2e%2e", "", "imp_가", &long] {
        let _ = complete(shaped).await.expect_problem(422, "imp_uid_malformed");
    }
    let id = mine["id"].as_str().expect("an id");
    for odd in [json!(null), json!(17), json!({ "$ne": "" }), json!(["imp_1"])] {
        let body = json!({ "token": mine["token"], "imp_uid": odd });
        let refused = server.api().post(&format!("/v1/identity-verifications/{id}/complete"), &body).await;
        assert_eq!(refused.expect_any_problem().status, 422, "{odd}");
    }
    // Another token, another id.
    let body = json!({ "token": "A".repeat(43), "imp_uid": brought });
    let refused = server.api().post(&format!("/v1/identity-verifications/{id}/complete"), &body).await;
    let _ = refused.expect_problem(404, "identity_not_found");

    let kept = "SELECT count(*) AS number FROM identity_verifications WHERE proof IS NOT NULL OR identified IS NOT NULL";
    assert_eq!(server.database().number(kept), 1, "nothing is stored of what was refused");
    let good = server.go_through_window(&mine, &json!({ "person": person })).await;
    let _ = complete(&good).await.expect(200);
}

/// An order as an answer to a start would name it.
fn order_as_started(order: &Value) -> Value {
    json!({ "merchant_uid": order["merchant_uid"], "sdk": { "api": "v1" } })
}

async fn an_identity_proof_resets_the_password_of_its_own_account_only(engine: Engine) {
    let server = Server::on(engine).start().await;
    let (one, other) = (adult(&server, 0).await, adult(&server, 1).await);
    let member = Member::fresh();
    let joined = server.identity_proof("sign_up", &one).await;
    let _ = sign_up(&server, &member, Some(&joined)).await.expect(201);
    let open = async |proof: &str, login_id: &str| {
        let body = json!({ "login_id": login_id, "identity_proof": proof });
        server.api().post("/v1/password-resets", &body).await
    };
    let crossed = server.identity_proof("sign_up", &one).await;
    let _ = open(&crossed, &member.login_id).await.expect_problem(422, "identity_proof_unknown");
    let strangers = server.identity_proof("reset_password", &other).await;
    let _ = open(&strangers, &member.login_id).await.expect_problem(422, "reset_refused");
    let own = server.identity_proof("reset_password", &one).await;
    let _ = open(&own, "nobody@mail.example").await.expect_problem(422, "reset_refused");
    let token = open(&own, &member.login_id).await.expect(200).text_of("reset_token");
    let body = json!({ "reset_token": token, "new_password": "a new harbour lamp" });
    let request = server.api().request(Method::PUT, "/v1/password-resets/current").json(&body);
    let _ = bonin_tests::Answer::to(request).await.expect(204);
    let _ = server.try_log_in(&member.login_id, "a new harbour lamp").await.expect(201);
    let found = server.identity_proof("find_id", &one).await;
    let found =
        server.api().post("/v1/account-lookups", &json!({ "identity_proof": found })).await.expect(200);
    assert_eq!(found.json()["accounts"].as_array().map(Vec::len), Some(1), "{}", found.text);
}

async fn who_is_too_young_does_not_join(engine: Engine) {
    let server = Server::on(engine).set("BONIN__ACCOUNTS__LEAST_AGE", "19").start().await;
    let people = people(&server).await;
    let mut youngest: Vec<_> = people.iter().collect();
    youngest.sort_by_key(|person| person["birthday"].as_str().map(str::to_owned));
    let child = youngest.last().expect("people")["id"].as_str().expect("a name").to_owned();
    let started = server.start_identity("sign_up").await;
    let brought = server.go_through_window(&started, &json!({ "person": child })).await;
    let refused = server.complete_identity(&started, Some(&brought)).await;
    let _ = refused.expect_problem(403, "too_young");
    let grown_up = server.identity_proof("sign_up", &adult(&server, 0).await).await;
    let _ = sign_up(&server, &Member::fresh(), Some(&grown_up)).await.expect(201);
}

async fn a_provider_that_is_away_uses_nothing_up(engine: Engine) {
    let server = Server::on(engine).start().await;
    let started = server.start_identity("sign_up").await;
    let with = json!({ "person": adult(&server, 0).await });
    let brought = server.go_through_window(&started, &with).await;
    for fault in [
        json!({ "status": 500 }),
        json!({ "status": 503 }),
        json!({ "reset": true }),
        json!({ "malformed": true }),
    ] {
        let mut fault = fault;
        fault["provider"] = json!("iamport");
        server.sandbox().set_fault(&fault).await;
        let away = server.complete_identity(&started, Some(&brought)).await;
        let _ = away.expect_problem(503, "identity_unavailable");
    }
    server.sandbox().clear_faults().await;
    let _ = server.complete_identity(&started, Some(&brought)).await.expect(200);
}

async fn results_are_erased_at_the_provider_where_that_is_asked_for(engine: Engine) {
    let server = Server::on(engine).set("BONIN__IDENTITY__ERASE_RESULTS", "true").start().await;
    let credentials = server.sandbox().api().get("/sandbox/credentials").await.expect(200).json();
    let keys = &credentials["iamport"];
    let body = json!({ "imp_key": keys["imp_key"], "imp_secret": keys["imp_secret"] });
    let token = server.sandbox().api().post("/users/getToken", &body).await.expect(200).json();
    let token = token["response"]["access_token"].as_str().expect("a token").to_owned();
    let started = server.start_identity("sign_up").await;
    let with = json!({ "person": adult(&server, 0).await });
    let brought = server.go_through_window(&started, &with).await;
    let path = format!("/certifications/{brought}");
    let status = async || {
        let request = server.sandbox().api().request(Method::GET, &path).bearer_auth(&token);
        bonin_tests::Answer::to(request).await.status
    };
    assert_eq!(status().await, 200);
    let _ = server.complete_identity(&started, Some(&brought)).await.expect(200);
    bonin_tests::until("the erasure", bonin_tests::Deadline::secs(20), async || {
        (status().await == 404).then_some(())
    })
    .await;
}
