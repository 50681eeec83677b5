//! Nothing that was planted is found again in the database or in the logs.

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use bonin_tests::{Engine, Member, Server, Verification, numbers, on_both_databases, shared_turn};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use serde_json::json;

on_both_databases!(neither_database_nor_logs_hold_a_number_a_code_or_a_token);

const VERIFICATIONS: usize = 200;

/// A secret, and what it is called in a failure.
pub(crate) struct Planted {
    pub(crate) name: String,
    pub(crate) value: String,
    /// Whether its unkeyed hashes would tell it: it has fewer than 128 random bits.
    pub(crate) guessable: bool,
}

async fn neither_database_nor_logs_hold_a_number_a_code_or_a_token(engine: Engine) {
    let _turn = shared_turn().await;
    let mut server = Server::on(engine)
        .set("RUST_LOG", "trace")
        .set("BONIN__ROUTING__ORDER", "sens,cafe24,coolsms,nexmo")
        .set("BONIN__ROUTING__MODE", "weighted")
        .start()
        .await;
    let mut planted = Vec::new();
    let mut codes = BTreeSet::new();
    for place in 0..VERIFICATIONS {
        one_verification(&server, place, &mut planted, &mut codes).await;
    }
    messages(&server, &mut planted).await;
    members(&server, &mut planted).await;
    while_it_runs_and_after_it_stopped(&mut server, &planted, &codes).await;
}

/// Looks for what was planted in everything that the server left.
pub(crate) async fn while_it_runs_and_after_it_stopped(
    server: &mut Server,
    planted: &[Planted],
    codes: &BTreeSet<String>,
) {
    // With the write-ahead log as it is in the middle of work, and again with what the end leaves.
    let running = server.database().contents();
    server.terminate();
    assert_eq!(server.exit(15).await.code(), Some(0));
    let stopped = server.database().contents();
    let log = server.output();
    assert!(String::from_utf8_lossy(&log).contains("DEBUG"), "the log is not as detailed as it can be");
    assert!(running.len() > 10_000 && log.len() > 10_000, "there is something to search");

    let needles = Needles::of(planted, codes);
    for (place, haystack) in
        [("the database", &running), ("the stopped database", &stopped), ("the log", &log)]
    {
        let found = needles.found_in(haystack);
        assert!(found.is_empty(), "{place} holds {} planted values: {found:#?}", found.len());
        let plain = plain_codes(haystack, codes);
        assert!(plain.is_empty(), "{place} holds codes: {plain:#?}");
    }
}

/// Plays one verification in one of several ways, and notes all that must not be found again.
async fn one_verification(
    server: &Server,
    place: usize,
    planted: &mut Vec<Planted>,
    codes: &mut BTreeSet<String>,
) {
    let api = server.api();
    let number = numbers::fresh();
    let mut plant = |name: &str, value: &str, guessable: bool| {
        let name = format!("{name} of verification {place}");
        planted.push(Planted { name, value: value.to_owned(), guessable });
    };
    plant("number", &number, true);
    plant("number without plus", number.trim_start_matches('+'), true);
    plant("national number", &numbers::national(&number), true);
    plant("national digits", &numbers::national(&number)[1..], true);
    plant("hyphenated number", &numbers::hyphenated(&number), true);

    let verification = start(server, &number, place).await;
    plant("token", &verification.token, false);
    let first = server.handset().message(&number).await;
    plant("message text", &first.text, true);
    let mut code = first.code.clone().expect("the message holds a code");
    codes.insert(code.clone());
    if place.is_multiple_of(3) {
        let _ = api.resend(&verification).await.expect(200);
        let second = server.handset().message_after(&number, &first).await;
        code = second.code.expect("the message holds a code");
        codes.insert(code.clone());
    }
    if place.is_multiple_of(2) {
        let wrong = numbers::wrong_code(&code);
        let _ = api.check(&verification, &wrong).await.expect(422);
        codes.insert(wrong);
    }
    match place % 5 {
        0 => drop(api.cancel(&verification).await.expect(204)),
        1 => drop(api.view(&verification).await.expect(200)),
        _ => {
            let verified = api.check(&verification, &code).await.expect(200);
            plant("proof", &verified.text_of("proof"), false);
            plant("client token", &verified.text_of("client_token"), false);
        }
    }
    plant_errors(server, &verification, &number, place, &mut plant).await;
}

/// Messages by every provider, now and later, with receipts that providers push, and API keys.
async fn messages(server: &Server, planted: &mut Vec<Planted>) {
    let key = server.key("default", &["send", "read"]);
    let mut plant = |name: &str, value: &str, guessable: bool| {
        planted.push(Planted { name: name.to_owned(), value: value.to_owned(), guessable });
    };
    plant("API secret", &key.secret, false);
    let mut last = String::new();
    for (place, provider) in ["sens", "cafe24", "coolsms", "nexmo"].into_iter().enumerate() {
        for scheduled_at in [None, Some("2027-01-01T09:00:00+09:00")] {
            let later = if scheduled_at.is_some() { "reserved " } else { "" };
            let (number, other) = (numbers::fresh(), numbers::fresh());
            let text = format!("{later}words number {place} that nobody else may read");
            for (what, number) in [("recipient", &number), ("other recipient", &other)] {
                let what = format!("{later}{what} of {provider}");
                plant(&what, number, true);
                plant(&format!("{what}, national"), &numbers::national(number), true);
                plant(&format!("{what}, digits"), number.trim_start_matches('+'), true);
                plant(&format!("{what}, hyphenated"), &numbers::hyphenated(number), true);
            }
            plant(&format!("{later}text by {provider}"), &text, true);
            let to = json!([number, { "to": other, "text": format!("{text}, neither") }]);
            let body = json!({ "to": to, "text": text, "provider": provider, "scheduled_at": scheduled_at });
            let mut body = body;
            if scheduled_at.is_none() {
                body.as_object_mut().expect("an object").remove("scheduled_at");
            }
            let sent = server.api().with_key(&key, reqwest::Method::POST, "/v1/messages", Some(&body)).await;
            if scheduled_at.is_none() {
                let _ = server.handset().message(&other).await;
                let id = sent.json()["messages"][1]["id"].as_str().map(str::to_owned);
                last = id.unwrap_or_else(|| panic!("{}", sent.text));
            }
            let _ = sent.expect(202);
        }
    }
    // The last one is Nexmo's, whose receipts are pushed; a forged one and a bad key are refused and logged.
    bonin_tests::until("a pushed receipt", bonin_tests::Deadline::secs(10), async || {
        let path = format!("/v1/messages/{last}");
        let seen = server.api().with_key(&key, reqwest::Method::GET, &path, None).await.expect(200);
        (seen.text_of("status") == "delivered").then_some(())
    })
    .await;
    let number = numbers::fresh();
    plant("number in a forged receipt", number.trim_start_matches('+'), true);
    let forged = format!("/hooks/nexmo?msisdn={}&status=delivered", number.trim_start_matches('+'));
    let _ = server.api().get(&forged).await.expect(401);
    let guess = bonin_tests::ApiKey { secret: key.secret.chars().rev().collect(), ..key.clone() };
    plant("wrong API secret", &guess.secret, false);
    let _ = server.api().with_key(&guess, reqwest::Method::GET, "/v1/messages", None).await.expect(401);
}

/// People who join with an identity, log in, change and reset their password, change their number and leave.
async fn members(server: &Server, planted: &mut Vec<Planted>) {
    let people = server.sandbox().api().get("/sandbox/people").await.expect(200).json();
    let people = people["people"].as_array().expect("people").clone();
    for (place, person) in people.iter().take(4).enumerate() {
        let mut plant = |name: &str, value: &str, guessable: bool| {
            planted.push(Planted {
                name: format!("{name} of member {place}"),
                value: value.to_owned(),
                guessable,
            });
        };
        let text = |member: &str| person[member].as_str().map(str::to_owned);
        plant("name", &text("name").expect("a name"), true);
        plant("birth date", &text("birthday").expect("a birth date"), true);
        plant("birth date in digits", &text("birthday").expect("a birth date").replace('-', ""), true);
        plant("phone", &text("phone").unwrap_or_else(|| "010-none".to_owned()).replace('-', ""), true);
        let member = Member::fresh();
        plant("number", &member.number, true);
        plant("number, national", &numbers::national(&member.number), true);
        plant("number, digits", member.number.trim_start_matches('+'), true);
        plant("login id", &member.login_id, true);
        plant("nickname", &member.nickname, true);
        plant("password", &member.password, true);

        let started = server.start_identity("sign_up").await;
        plant("identity token", started["token"].as_str().expect("a token"), false);
        let imp_uid = server.go_through_window(&started, &json!({ "person": person["id"] })).await;
        plant("imp_uid", &imp_uid, true);
        let certified = certification(server, &imp_uid).await;
        for key in ["unique_key", "unique_in_site"] {
            if let Some(key_text) = certified["response"][key].as_str() {
                plant(key, key_text, true);
            }
        }
        let identity = server.complete_identity(&started, Some(&imp_uid)).await.expect(200);
        plant("identity proof", &identity.text_of("identity_proof"), false);
        let proof = server.proof(&member.number, "sign_up").await;
        plant("proof", &proof, false);
        let mut body = server.sign_up_body(&member, &proof).await;
        body["identity_proof"] = json!(identity.text_of("identity_proof"));
        let _ = server.api().post("/v1/accounts", &body).await.expect(201);

        let wrong = format!("wrong {}", member.password);
        plant("wrong password", &wrong, true);
        let _ = server.try_log_in(&member.login_id, &wrong).await.expect(401);
        let session = server.log_in(&member).await;
        plant("session token", &session.token, false);
        let new = format!("changed {}", member.password);
        plant("new password", &new, true);
        let change = json!({ "current_password": member.password, "new_password": new });
        let path = "/v1/accounts/me/password";
        let changed = server.as_member(&session, reqwest::Method::PUT, path, Some(&change)).await.expect(200);
        let session = bonin_tests::LoggedIn { token: changed.text_of("token"), ..session };
        plant("next session token", &session.token, false);

        let proof = server.proof(&member.number, "reset_password").await;
        plant("reset proof", &proof, false);
        let open = json!({ "login_id": member.login_id, "proof": proof });
        let opened = server.api().post("/v1/password-resets", &open).await.expect(200).text_of("reset_token");
        plant("reset token", &opened, false);
        let last = format!("reset {}", member.password);
        plant("password after reset", &last, true);
        let set = json!({ "reset_token": opened, "new_password": last });
        let request = server.api().request(reqwest::Method::PUT, "/v1/password-resets/current").json(&set);
        let _ = bonin_tests::Answer::to(request).await.expect(204);
        let member = Member { password: last, ..member };
        let session = server.log_in(&member).await;
        plant("last session token", &session.token, false);
        if place.is_multiple_of(2) {
            let close = json!({ "password": member.password });
            let path = "/v1/accounts/me";
            let _ = server.as_member(&session, reqwest::Method::DELETE, path, Some(&close)).await.expect(204);
        }
        // A proof of identity and a path where an imp_uid belongs.
        let strange = json!({ "token": started["token"], "imp_uid": format!("../{imp_uid}") });
        let path = format!("/v1/identity-verifications/{}/complete", started["id"].as_str().expect("an id"));
        let _ = server.api().post(&path, &strange).await.expect_any_problem();
    }
}

/// What the provider tells of a result, person keys included.
async fn certification(server: &Server, imp_uid: &str) -> serde_json::Value {
    let credentials = server.sandbox().api().get("/sandbox/credentials").await.expect(200).json();
    let keys = &credentials["iamport"];
    let body = json!({ "imp_key": keys["imp_key"], "imp_secret": keys["imp_secret"] });
    let token = server.sandbox().api().post("/users/getToken", &body).await.expect(200).json();
    let token = token["response"]["access_token"].as_str().expect("a token").to_owned();
    let request = server.sandbox().api().request(reqwest::Method::GET, &format!("/certifications/{imp_uid}"));
    bonin_tests::Answer::to(request.bearer_auth(token)).await.expect(200).json()
}

/// Starts in each spelling, with and without an idempotency key.
async fn start(server: &Server, number: &str, place: usize) -> Verification {
    let spelling = match place % 4 {
        0 => number.to_owned(),
        1 => numbers::national(number),
        2 => numbers::hyphenated(number),
        _ => numbers::full_width(&numbers::hyphenated(number)),
    };
    let body = json!({ "phone_number": spelling, "purpose": "sign_up" });
    let mut request = server.api().request(reqwest::Method::POST, "/v1/verifications").json(&body);
    if place.is_multiple_of(7) {
        request = request.header("Idempotency-Key", format!("key-{place}"));
    }
    bonin_tests::Answer::to(request).await.expect(201).verification(number)
}

/// Mistakes are logged more than anything else.
async fn plant_errors(
    server: &Server,
    verification: &Verification,
    number: &str,
    place: usize,
    plant: &mut impl FnMut(&str, &str, bool),
) {
    if !place.is_multiple_of(10) {
        return;
    }
    let api = server.api();
    // A number where a code belongs, a broken body, and numbers and tokens in the address.
    let check = format!("/v1/verifications/{}/check", verification.id);
    let body = json!({ "token": verification.token, "code": number });
    let _ = api.post(&check, &body).await.expect_any_problem();
    let broken = body.to_string();
    let _ = api.post_bytes(&check, "application/json", &broken.as_bytes()[..broken.len() - 1]).await;
    let digits = number.trim_start_matches('+');
    let member = json!({ digits: number, "token": verification.token });
    let _ = api.post(&check, &member).await.expect_any_problem();
    for path in [
        format!("/v1/verifications/{digits}"),
        format!("/v1/verifications/{}", verification.token),
        format!("/{digits}?phone_number={digits}&token={}", verification.token),
        format!("/v1/verifications/{}?token={}", verification.id, verification.token),
    ] {
        let _ = api.get(&path).await.expect_any_problem();
    }
    let unassigned = format!("010-1{:03}-99{:02}99", place % 1000, place % 100);
    plant("unassigned number", &unassigned, true);
    let body = json!({ "phone_number": unassigned, "purpose": "sign_up" });
    let _ = api.post("/v1/verifications", &body).await.expect_any_problem();
}

/// All forms in which a planted value would be recognised.
struct Needles {
    search: AhoCorasick,
    names: Vec<String>,
}

impl Needles {
    fn of(planted: &[Planted], codes: &BTreeSet<String>) -> Self {
        let mut forms = Vec::new();
        for secret in planted {
            let value = secret.value.as_bytes();
            forms.push((format!("{}, plain", secret.name), value.to_vec()));
            for (encoding, text) in encoded(value) {
                forms.push((format!("{}, {encoding}", secret.name), text.into_bytes()));
            }
            if secret.guessable {
                forms.extend(hashed(&secret.name, value));
            } else if let Ok(bytes) = URL_SAFE_NO_PAD.decode(value) {
                // What the text of a token stands for.
                forms.push((format!("{}, its bytes", secret.name), bytes.clone()));
                for (encoding, text) in encoded(&bytes) {
                    forms.push((format!("{}, its bytes in {encoding}", secret.name), text.into_bytes()));
                }
            }
        }
        for code in codes {
            forms.extend(hashed(&format!("code {code}"), code.as_bytes()));
        }
        let (names, patterns): (Vec<_>, Vec<_>) = forms.into_iter().unzip();
        Self { search: AhoCorasick::new(patterns).expect("the patterns fit"), names }
    }

    fn found_in(&self, haystack: &[u8]) -> BTreeSet<String> {
        let found = self.search.find_iter(haystack);
        found
            .map(|found| format!("{} at {}", self.names[found.pattern()], context(haystack, found.start())))
            .collect()
    }
}

/// Hex and base64 in all their spellings.
fn encoded(value: &[u8]) -> Vec<(&'static str, String)> {
    let hex = hex(value);
    let mut forms = vec![("upper-case hex", hex.to_uppercase()), ("hex", hex)];
    // Without padding: what ends in padding begins with it.
    forms.push(("base64", STANDARD_NO_PAD.encode(value)));
    forms.push(("URL-safe base64", URL_SAFE_NO_PAD.encode(value)));
    forms
}

/// Unkeyed hashes, each as bytes, in hex and in base64.
fn hashed(name: &str, value: &[u8]) -> Vec<(String, Vec<u8>)> {
    let hashes = [
        ("SHA-256", digest(&SHA256, value).as_ref().to_vec()),
        ("SHA-1", digest(&SHA1_FOR_LEGACY_USE_ONLY, value).as_ref().to_vec()),
        ("MD5", md5::compute(value).0.to_vec()),
    ];
    let mut forms = Vec::new();
    for (algorithm, hash) in hashes {
        forms.extend(
            encoded(&hash)
                .into_iter()
                .map(|(form, text)| (format!("{name}, {algorithm} in {form}"), text.into())),
        );
        forms.push((format!("{name}, {algorithm}"), hash));
    }
    forms
}

fn hex(value: &[u8]) -> String {
    value.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// The codes that stand alone in `haystack`, each with what is around it: six digits inside a longer word or
/// number are no code, and neither is the fraction of a second, nor a part of the moment in our own references.
fn plain_codes(haystack: &[u8], codes: &BTreeSet<String>) -> Vec<String> {
    let search = AhoCorasick::new(codes).expect("the patterns fit");
    let part_of_word =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let alone = search.find_overlapping_iter(haystack).filter(|found| {
        let before = &haystack[..found.start()];
        let fraction = matches!(before, [.., b'0'..=b'9', b'.']);
        let reference = is_of_reference(before, &haystack[found.end()..]);
        !fraction && !reference && !part_of_word(before.last()) && !part_of_word(haystack.get(found.end()))
    });
    alone.map(|found| context(haystack, found.start())).collect()
}

/// Cafe24 gives a message no name: ours is `20261122-032119-881638-50s`, whose time of day and fraction are any six digits.
fn is_of_reference(before: &[u8], after: &[u8]) -> bool {
    let day = |before: &[u8]| match before {
        [rest @ .., b'-'] => rest.last_chunk::<8>().is_some_and(|day| day.iter().all(u8::is_ascii_digit)),
        _ => false,
    };
    let time = |before: &[u8]| match before {
        [rest @ .., b'-'] => rest
            .split_last_chunk::<6>()
            .is_some_and(|(rest, time)| time.iter().all(u8::is_ascii_digit) && day(rest)),
        _ => false,
    };
    matches!(after, [b'-', b'0'..=b'9', ..]) && (day(before) || time(before))
}

/// What stands around a place, to tell where it came from.
fn context(haystack: &[u8], place: usize) -> String {
    let around = &haystack[place.saturating_sub(160)..haystack.len().min(place + 80)];
    String::from_utf8_lossy(around).escape_debug().to_string()
}

#[test]
fn a_planted_value_is_found_in_every_form() {
    let secret =
        |value: &str, guessable| Planted { name: value.to_owned(), value: value.to_owned(), guessable };
    let token = URL_SAFE_NO_PAD.encode([0xA7; 32]);
    let planted = [secret("+821023456789", true), secret(&token, false)];
    let codes = BTreeSet::from(["012345".to_owned()]);
    let needles = Needles::of(&planted, &codes);
    for text in [
        "to +821023456789.".to_owned(),
        hex(b"+821023456789"),
        STANDARD.encode("+821023456789"),
        hex(digest(&SHA256, b"+821023456789").as_ref()),
        URL_SAFE.encode(md5::compute("012345").0),
        hex(&[0xA7; 32]),
        STANDARD.encode([0xA7; 32]),
        format!("{{\"token\":\"{token}\"}}"),
    ] {
        assert!(!needles.found_in(text.as_bytes()).is_empty(), "{text}");
    }
    // A token has too many bits to be guessed from its hash.
    assert!(needles.found_in(hex(digest(&SHA256, token.as_bytes()).as_ref()).as_bytes()).is_empty());
    let text = b"code=012345, 0123456, x012345, 012345x, 04:44:36.012345+00, and 012345.";
    assert_eq!(plain_codes(text, &codes).len(), 2);
    let text = b"20261122-012345-881638-50s 20261122-032119-012345-7l";
    assert!(plain_codes(text, &codes).is_empty(), "the moment of a reference is no code");
    let text = b"032119-012345-7l 20261122-012345, 20261122-012345-x 2026112-012345-1";
    assert_eq!(plain_codes(text, &codes).len(), 4);
}
