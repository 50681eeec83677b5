//! Who asks for an id or a reset cannot tell whether there is an account (requirement G04). How long the answers take is
//! measured by the benchmark `uniform`.

use bonin_tests::{Answer, Engine, Member, Server, numbers, on_both_databases};
use reqwest::Method;
use serde_json::{Value, json};

on_both_databases!(
    known_and_unknown_numbers_are_answered_alike,
    known_and_unknown_numbers_meet_the_same_limits,
);

/// What of an answer could tell one from the other: all but what is drawn for each.
fn shape(answer: &Answer, number: &str) -> (u16, Vec<(String, String)>, Value) {
    let drawn = ["x-request-id", "location", "date", "retry-after"];
    let headers = answer.headers.iter().map(|(name, value)| {
        let value = value.to_str().expect("a readable header").to_owned();
        (name.to_string(), if drawn.contains(&name.as_str()) { value.len().to_string() } else { value })
    });
    // The framework writes headers in an order that it draws for each answer.
    let mut headers: Vec<_> = headers.filter(|(name, _)| name != "content-length").collect();
    headers.sort();
    let mut body = if answer.text.is_empty() { Value::Null } else { answer.json() };
    for member in ["id", "token", "request_id"] {
        if let Some(value) = body.get_mut(member) {
            *value = json!(value.as_str().map(str::len));
        }
    }
    // Times as what they mean: how long after the answer they lie.
    let server_time = body["server_time"].as_str().map(seconds);
    for member in ["expires_at", "resend_at", "retry_at", "lock_until"] {
        if let (Some(value), Some(now)) = (body.get_mut(member), server_time) {
            // To the half minute: the figures are whole minutes, the calls take a moment.
            let left = value.as_str().map(|time| (seconds(time) - now + 86_400 + 15) % 86_400);
            *value = json!(left.map(|left| left / 30));
        }
    }
    if let Some(value) = body.get_mut("server_time") {
        *value = Value::Null;
    }
    if let Some(value) = body.get_mut("phone_number") {
        assert_eq!(value.as_str(), Some(numbers::masked(number).as_str()));
        *value = Value::Null;
    }
    (answer.status, headers, body)
}

/// The second of the day of a time such as `2026-11-21T04:51:43.16605Z`.
fn seconds(time: &str) -> i64 {
    let part = |from: usize| time[from..from + 2].parse::<i64>().expect("two digits");
    part(11) * 3_600 + part(14) * 60 + part(17)
}

async fn known_and_unknown_numbers_are_answered_alike(engine: Engine) {
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let _ = server.join(&member).await;
    for purpose in ["find_id", "reset_password"] {
        let mut seen = Vec::new();
        for (number, login_id) in [
            (member.number.clone(), member.login_id.clone()),
            (member.number.clone(), Member::fresh().login_id),
            (numbers::fresh(), member.login_id.clone()),
            (numbers::fresh(), Member::fresh().login_id),
        ] {
            let mut answers = Vec::new();
            let body = json!({ "phone_number": number, "purpose": purpose, "login_id": login_id });
            let request = server.api().request(Method::POST, "/v1/verifications").header("Prefer", "wait=5");
            let started = Answer::to(request.json(&body)).await.expect(201);
            let verification = started.verification(&number);
            answers.push(shape(&started, &number));
            answers.push(shape(&server.api().view(&verification).await, &number));
            answers.push(shape(&server.api().resend(&verification).await, &number));
            for _ in 0..6 {
                // All codes of a verification are wrong alike to who did not get them.
                let checked = server.api().check(&verification, "000000").await;
                assert!(checked.status != 200, "one in a million: run it again");
                answers.push(shape(&checked, &number));
            }
            answers.push(shape(&server.api().cancel(&verification).await, &number));
            seen.push(answers);
        }
        for other in &seen[1..] {
            assert_eq!(&seen[0], other, "{purpose}");
        }
    }
}

async fn known_and_unknown_numbers_meet_the_same_limits(engine: Engine) {
    let server = Server::on(engine)
        .set("BONIN__LIMITS__MODE", "off")
        .set("BONIN__LIMITS__NUMBER", "block")
        .start()
        .await;
    let member = Member::fresh();
    let _ = server.join(&member).await;
    let mut seen = Vec::new();
    for number in [member.number.clone(), numbers::fresh()] {
        // Joining took one of the member's five in ten minutes; the other number has one as well.
        if number != member.number {
            let _ = server.api().start(&number).await;
        }
        let mut answers = Vec::new();
        for _ in 0..6 {
            let body = json!({ "phone_number": number, "purpose": "find_id" });
            let answer = server.api().post("/v1/verifications", &body).await;
            answers.push((
                answer.status,
                answer.json()["code"].clone(),
                answer.header("retry-after").is_empty(),
            ));
        }
        seen.push(answers);
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0].iter().filter(|answer| answer.0 == 429).count(), 2, "{seen:?}");
}
