//! The messaging app: logging in with CoolSMS, allowing more, and the end of it.

use std::collections::BTreeSet;

use bonin_tests::{Answer, Engine, Server, Visitor, field_of, on_both_databases, people, way_out};
use reqwest::Method;
use serde_json::json;

use crate::leaks::{Planted, while_it_runs_and_after_it_stopped};

on_both_databases!(
    a_person_logs_in_with_coolsms_and_out_again,
    nothing_is_traded_for_a_state_that_is_not_this_browsers,
    a_way_back_works_once,
    what_comes_back_malformed_is_refused,
    nobody_is_led_to_a_page_that_is_not_ours,
    a_cookie_that_we_did_not_write_is_no_session,
    another_site_can_make_nobody_do_anything,
    a_no_at_coolsms_changes_nothing,
    a_permission_that_was_taken_back_is_seen_at_the_next_call,
    who_is_logged_out_by_time_is_told,
    an_access_token_that_ended_is_renewed,
    a_coolsms_that_is_down_is_told_and_nothing_is_half_done,
    allowing_more_keeps_one_connection,
    allowing_more_with_another_account_is_refused,
    disconnecting_erases_the_tokens_and_logs_every_browser_out,
    neither_database_nor_logs_hold_a_token_a_code_or_a_state,
);

const SESSION: &str = "__Host-bonin-app";
const BROWSER: &str = "__Host-bonin-app-login";

/// This answer, once it is a page of this status and problem.
#[track_caller]
fn page(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert!(answer.header("content-type").starts_with("text/html"), "{}", answer.text);
    assert!(answer.text.contains(&format!("{status} {code}")), "{code}: {}", answer.text);
}

/// Opens the way back, which fails: the page that tells why, at an address without what came back.
async fn fails(visitor: &mut Visitor, back: &str, status: u16, code: &str) -> Answer {
    let told = visitor.open(back).await.expect(303).header("location").to_owned();
    assert_eq!(told, format!("/app/problem?what={code}"));
    let told = visitor.open(&told).await;
    page(&told, status, code);
    told
}

/// This answer, once it leads to the log in: whoever showed a session's cookie is told that it is over.
#[track_caller]
fn asks_to_log_in(answer: &Answer) {
    assert!(
        answer.status == 303 && ["/app", "/app?over=1"].contains(&answer.header("location")),
        "{}",
        answer.text
    );
}

/// This answer, once it leads there.
#[track_caller]
fn leads_to(answer: &Answer, path: &str) {
    assert_eq!((answer.status, answer.header("location")), (303, path), "{}", answer.text);
}

/// A parameter of an address.
fn parameter(address: &str, name: &str) -> String {
    let query = address.split_once('?').expect("parameters").1;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(other, _)| *other == name).expect("it is there").1.to_owned()
}

/// Where a browser that begins to log in is sent.
async fn begin(visitor: &mut Visitor) -> String {
    way_out(&visitor.submit("/app/login", &[]).await)
}

async fn a_person_logs_in_with_coolsms_and_out_again(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut visitor = Visitor::new(&server);
    leads_to(&visitor.open("/app/send").await, "/app");
    let welcome = visitor.open("/app").await.expect(200);
    let policy = welcome.header("content-security-policy");
    assert!(policy.contains("form-action 'self';"), "{policy}");

    let away = visitor.submit("/app/login", &[]).await;
    let address = way_out(&away);
    assert_eq!(parameter(&address, "scope"), "message%3Awrite", "no more than is needed at first");
    assert_eq!(parameter(&address, "code_challenge_method"), "S256");
    assert_eq!(parameter(&address, "state").len(), 43);
    let callback =
        format!("{}/app/oauth/callback", server.api().base()).replace(':', "%3A").replace('/', "%2F");
    assert_eq!(parameter(&address, "redirect_uri"), callback);
    let cookie = away.header("set-cookie");
    for part in [BROWSER, "Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }

    let back = visitor.answer_at_provider(&address, people::FIRST, "allow").await;
    let came = visitor.open(&back).await;
    leads_to(&came, "/app/send");
    let set: Vec<&str> =
        came.headers.get_all("set-cookie").iter().filter_map(|one| one.to_str().ok()).collect();
    let session = set.iter().find(|one| one.starts_with(&format!("{SESSION}="))).expect("a session");
    for part in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(session.contains(part) && !session.contains("Domain"), "{session}");
    }
    assert_eq!(visitor.cookie(BROWSER), None, "it has served");
    leads_to(&visitor.open("/app").await, "/app/send");
    let account = visitor.open("/app/account").await.expect(200);
    assert!(!account.text.contains("eyJ"), "no token reaches a page");

    let held = visitor.cookie(SESSION).expect("a session").to_owned();
    let token = field_of(&account.text, "form_token");
    leads_to(&visitor.submit("/app/logout", &[("form_token", &token)]).await, "/app");
    assert_eq!(visitor.cookie(SESSION), None);
    visitor.set_cookie(SESSION, &held);
    asks_to_log_in(&visitor.open("/app/account").await);
}

async fn nothing_is_traded_for_a_state_that_is_not_this_browsers(engine: Engine) {
    let server = Server::on(engine).start().await;
    let (mut victim, mut attacker) = (Visitor::new(&server), Visitor::new(&server));
    // The attacker's own code, brought to a victim who has begun a log in, too: they would write as the attacker.
    let address = begin(&mut attacker).await;
    let back = attacker.answer_at_provider(&address, people::SECOND, "allow").await;
    let _ = begin(&mut victim).await;
    fails(&mut victim, &back, 400, "login_not_finished").await;
    assert_eq!(victim.cookie(SESSION), None);
    // The same without any log in begun, and with a state that nobody drew.
    fails(&mut Visitor::new(&server), &back, 400, "login_not_finished").await;
    let made_up = back.replace(&parameter(&back, "state"), &"A".repeat(43));
    fails(&mut attacker, &made_up, 400, "login_not_finished").await;
    assert_eq!(server.database().count("connections"), 0);
    // The code is still good: nobody traded it.
    leads_to(&attacker.open(&back).await, "/app/send");
    assert_eq!(server.database().count("connections"), 1);
}

async fn a_way_back_works_once(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut visitor = Visitor::new(&server);
    let address = begin(&mut visitor).await;
    let browser = visitor.cookie(BROWSER).expect("it has begun").to_owned();
    let back = visitor.answer_at_provider(&address, people::FIRST, "allow").await;
    leads_to(&visitor.open(&back).await, "/app/send");
    let session = visitor.cookie(SESSION).map(str::to_owned);
    visitor.set_cookie(BROWSER, &browser);
    fails(&mut visitor, &back, 400, "login_not_finished").await;
    assert_eq!(visitor.cookie(SESSION).map(str::to_owned), session, "who was logged in stays so");
    // A code under the state of another log in of the same browser was asked for with another challenge.
    let mut other = Visitor::new(&server);
    let first = begin(&mut other).await;
    let injected = other.answer_at_provider(&first, people::FIRST, "allow").await;
    let second = begin(&mut other).await;
    let swapped = injected.replace(&parameter(&injected, "state"), &parameter(&second, "state"));
    fails(&mut other, &swapped, 400, "login_not_finished").await;
    assert_eq!(other.cookie(SESSION), None);
}

async fn what_comes_back_malformed_is_refused(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut visitor = Visitor::new(&server);
    let address = begin(&mut visitor).await;
    let back = visitor.answer_at_provider(&address, people::FIRST, "allow").await;
    for wrong in [
        format!("{back}&code=another"),
        format!("{back}&state={}", parameter(&back, "state")),
        format!("{back}&error=access_denied"),
        format!("{back}&iss=https%3A%2F%2Fevil.example"),
        format!("{back}&more={}", "a".repeat(2_100)),
        back.replace("&state=", "&stata="),
        back.replace("code=", "cod="),
        "/app/oauth/callback".to_owned(),
    ] {
        let refused = fails(&mut visitor, &wrong, 400, "login_not_finished").await;
        assert!(
            !refused.text.contains(&parameter(&back, "code")),
            "nothing of it is shown: {}",
            refused.text
        );
    }
    let named = format!("{back}&iss={}", server.sandbox().url());
    leads_to(&visitor.open(&named).await, "/app/send");
}

async fn nobody_is_led_to_a_page_that_is_not_ours(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut visitor = Visitor::new(&server);
    for field in ["back_to", "next", "redirect_uri", "scope", "page"] {
        for target in ["//evil.example", "https://evil.example/", "/\\evil.example"] {
            let address = way_out(&visitor.submit("/app/login", &[(field, target)]).await);
            assert!(
                address.starts_with(&format!("{}/oauth2/v1/authorize?", server.sandbox().url())),
                "{address}"
            );
            assert!(!address.contains("evil"), "{address}");
        }
    }
    let address = begin(&mut visitor).await;
    let back = visitor.answer_at_provider(&address, people::FIRST, "allow").await;
    let came = visitor.open(&format!("{back}&back_to=%2F%2Fevil.example&next=%2F%2Fevil.example")).await;
    leads_to(&came, "/app/send");
    let token = visitor.form_token().await;
    let fields = [("form_token", token.as_str()), ("scope", "read"), ("page", "//evil.example")];
    let asked = way_out(&visitor.submit("/app/allow", &fields).await);
    let back = visitor.answer_at_provider(&asked, people::FIRST, "allow").await;
    leads_to(&visitor.open(&back).await, "/app/messages");
    let token = visitor.form_token().await;
    let unknown = visitor.submit("/app/allow", &[("form_token", &token), ("scope", "role-oauth2")]).await;
    page(&unknown, 400, "bad_request");
}

async fn a_cookie_that_we_did_not_write_is_no_session(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut visitor = Visitor::new(&server);
    visitor.log_in(people::FIRST).await;
    let held = visitor.cookie(SESSION).expect("a session").to_owned();
    let mut changed = held.clone().into_bytes();
    changed[0] = if changed[0] == b'A' { b'B' } else { b'A' };
    let changed = String::from_utf8(changed).expect("text");
    for cookie in
        [changed.as_str(), "", "x", &held[1..], &"A".repeat(43), &format!("{held}; {SESSION}={held}")]
    {
        visitor.set_cookie(SESSION, cookie);
        asks_to_log_in(&visitor.open("/app/account").await);
        visitor.set_cookie(SESSION, &held);
    }
    let _ = visitor.open("/app/account").await.expect(200);
}

async fn another_site_can_make_nobody_do_anything(engine: Engine) {
    let server = Server::on(engine).start().await;
    let (mut visitor, mut other) = (Visitor::new(&server), Visitor::new(&server));
    visitor.log_in(people::FIRST).await;
    other.log_in(people::SECOND).await;
    let (own, others) = (visitor.form_token().await, other.form_token().await);
    let posts = ["/app/login", "/app/logout", "/app/allow", "/app/account/disconnect"];
    for path in posts {
        for foreign in [
            vec![("origin", "https://evil.example")],
            vec![("origin", "null")],
            vec![("sec-fetch-site", "cross-site")],
            vec![("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")],
        ] {
            let fields = [("form_token", own.as_str()), ("scope", "cash")];
            page(&visitor.submit_from(&foreign, path, &fields).await, 403, "cross_site_refused");
        }
    }
    for path in &posts[1..] {
        for token in [Some(others.as_str()), Some(""), None] {
            let mut fields = vec![("scope", "cash")];
            fields.extend(token.map(|token| ("form_token", token)));
            page(&visitor.submit(path, &fields).await, 403, "form_token_refused");
        }
    }
    for path in &posts[..3] {
        page(&visitor.open(path).await, 405, "method_not_allowed");
    }
    assert_eq!(visitor.form_token().await, own, "the session is the same");
}

async fn a_no_at_coolsms_changes_nothing(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut visitor = Visitor::new(&server);
    let address = begin(&mut visitor).await;
    let back = visitor.answer_at_provider(&address, people::FIRST, "refuse").await;
    fails(&mut visitor, &back, 403, "consent_refused").await;
    assert_eq!(server.database().count("connections"), 0);

    visitor.log_in(people::FIRST).await;
    let token = visitor.form_token().await;
    let asked = way_out(&visitor.submit("/app/allow", &[("form_token", &token), ("scope", "cash")]).await);
    let back = visitor.answer_at_provider(&asked, people::FIRST, "refuse").await;
    fails(&mut visitor, &back, 403, "consent_refused").await;
    assert_eq!(visitor.form_token().await, token, "still logged in");
    // An error of another kind is shown in our words, whatever it says.
    let address = begin(&mut visitor).await;
    let words = format!("/app/oauth/callback?error=%3Cb%3Eboo&state={}", parameter(&address, "state"));
    let refused = fails(&mut visitor, &words, 503, "messaging_unavailable").await;
    assert!(!refused.text.contains("boo"), "{}", refused.text);
}

/// CoolSMS takes back what a person allowed.
async fn take_back(server: &Server, person: &str) {
    let path = format!("/sandbox/oauth/grants?email={person}");
    let _ = Answer::to(server.sandbox().api().request(Method::DELETE, &path)).await.expect(204);
}

async fn a_permission_that_was_taken_back_is_seen_at_the_next_call(engine: Engine) {
    let server = Server::on(engine).start().await;
    let (mut visitor, mut other) = (Visitor::new(&server), Visitor::new(&server));
    visitor.log_in(people::FIRST).await;
    assert_eq!(visitor.allow("cash", &[]).await, "/app/account");
    other.log_in(people::SECOND).await;
    take_back(&server, people::FIRST).await;
    for path in ["/app/account", "/app/send", "/app"] {
        let told = visitor.open(path).await;
        page(&told, 403, "permission_ended");
        assert!(told.text.contains("action=\"/app/login\""), "the way back in: {}", told.text);
    }
    let mut leaver = visitor.clone();
    let token = field_of(&leaver.open("/app/send").await.text, "form_token");
    leads_to(&leaver.submit("/app/logout", &[("form_token", &token)]).await, "/app");
    assert_eq!(server.database().count("app_sessions"), 1, "the other person's");
    let tokens = "SELECT count(*) AS number FROM connections WHERE access IS NOT NULL";
    assert_eq!(server.database().number(tokens), 1, "the other person's");
    let _ = other.open("/app/account").await.expect(200);
    visitor.log_in(people::FIRST).await;
    let account = visitor.open("/app/account").await.expect(200);
    assert!(account.text.contains("10,000,000"), "what was allowed is asked for again: {}", account.text);
    assert_eq!(server.database().count("connections"), 2);
    // The connection can be ended as well.
    take_back(&server, people::FIRST).await;
    let _ = visitor.open("/app/account").await;
    let asked = visitor.open("/app/account/disconnect").await.expect(200);
    let token = field_of(&asked.text, "form_token");
    let ended = visitor.submit("/app/account/disconnect", &[("form_token", &token)]).await;
    leads_to(&ended, "/app/disconnected");
}

async fn who_is_logged_out_by_time_is_told(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut visitor = Visitor::new(&server);
    assert!(!visitor.open("/app").await.text.contains("로그인이 끝났어요"));
    visitor.log_in(people::FIRST).await;
    server.database().execute("UPDATE app_sessions SET seen_at = created_at, expires_at = created_at");
    let led = visitor.submit("/app/messages/x/cancel", &[]).await;
    leads_to(&led, "/app?over=1");
    assert_eq!(visitor.cookie(SESSION), None);
    let told = visitor.open("/app?over=1").await.expect(200);
    assert!(told.text.contains("로그인이 끝났어요"), "{}", told.text);
}

async fn an_access_token_that_ended_is_renewed(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut visitor = Visitor::new(&server);
    visitor.log_in(people::FIRST).await;
    assert_eq!(visitor.allow("cash", &[]).await, "/app/account");
    let version = "SELECT version AS number FROM connections";
    let before = server.database().number(version);
    let _ = visitor.open("/app/account").await.expect(200);
    assert_eq!(server.database().number(version), before, "it is good for a day");
    let ended = "UPDATE connections SET access_until = created_at RETURNING 'ended' AS text";
    assert!(server.database().text(ended).starts_with("ended"));
    let account = visitor.open("/app/account").await.expect(200);
    assert!(account.text.contains("10,000,000"), "{}", account.text);
    assert_eq!(server.database().number(version), before + 1);
}

async fn a_coolsms_that_is_down_is_told_and_nothing_is_half_done(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut visitor = Visitor::new(&server);
    let address = begin(&mut visitor).await;
    let back = visitor.answer_at_provider(&address, people::FIRST, "allow").await;
    server.sandbox().set_fault(&json!({ "provider": "coolsms", "on": "read", "status": 500 })).await;
    let failed = fails(&mut visitor, &back, 503, "messaging_unavailable").await;
    assert!(failed.retry_after() > 0);
    assert_eq!((server.database().count("connections"), visitor.cookie(SESSION)), (0, None));
    server.sandbox().clear_faults().await;

    visitor.log_in(people::FIRST).await;
    assert_eq!(visitor.allow("cash", &[]).await, "/app/account");
    server.sandbox().set_fault(&json!({ "provider": "coolsms", "on": "read", "status": 500 })).await;
    let account = visitor.open("/app/account").await.expect(200);
    assert!(!account.text.contains("10,000,000") && account.text.contains("notice-warn"), "{}", account.text);
    server.sandbox().clear_faults().await;
    let _ = visitor.open("/app/account").await.expect(200);
}

async fn allowing_more_keeps_one_connection(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut visitor = Visitor::new(&server);
    visitor.log_in(people::FIRST).await;
    let first = visitor.cookie(SESSION).expect("a session").to_owned();
    assert_eq!(visitor.allow("read", &[]).await, "/app/messages");
    let second = visitor.cookie(SESSION).expect("a session").to_owned();
    assert_ne!(first, second, "more rights, another token");
    assert_eq!(visitor.allow("cash", &[]).await, "/app/account");
    let database = server.database();
    assert_eq!(
        database.text("SELECT scopes AS text FROM connections"),
        "message:write message:read cash:read"
    );
    assert_eq!((database.count("connections"), database.count("app_sessions")), (1, 1));
    let mut old = Visitor::new(&server);
    old.set_cookie(SESSION, &first);
    asks_to_log_in(&old.open("/app/account").await);
}

async fn allowing_more_with_another_account_is_refused(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut visitor = Visitor::new(&server);
    visitor.log_in(people::FIRST).await;
    let before = visitor.form_token().await;
    let asked = way_out(&visitor.submit("/app/allow", &[("form_token", &before), ("scope", "cash")]).await);
    let back = visitor.answer_at_provider(&asked, people::SECOND, "allow").await;
    leads_to(&visitor.open(&back).await, "/app/problem?what=other_account");
    page(&visitor.open("/app/problem?what=other_account").await, 409, "other_account");
    page(&visitor.open("/app/problem?what=internal").await, 404, "not_found");
    assert_eq!(visitor.form_token().await, before, "still the first one's session");
    let database = server.database();
    assert_eq!(database.text("SELECT scopes AS text FROM connections"), "message:write");
    assert_eq!(database.number("SELECT version AS number FROM connections"), 1);
}

async fn disconnecting_erases_the_tokens_and_logs_every_browser_out(engine: Engine) {
    let server = Server::on(engine).start().await;
    let (mut here, mut there) = (Visitor::new(&server), Visitor::new(&server));
    here.log_in(people::FIRST).await;
    there.log_in(people::FIRST).await;
    let asked = here.open("/app/account/disconnect").await.expect(200);
    let token = field_of(&asked.text, "form_token");
    leads_to(&here.submit("/app/account/disconnect", &[("form_token", &token)]).await, "/app/disconnected");
    assert_eq!(here.cookie(SESSION), None);
    let told = here.open("/app/disconnected").await.expect(200);
    assert!(told.text.contains("90"), "how long the history stays: {}", told.text);
    asks_to_log_in(&there.open("/app/account").await);
    let database = server.database();
    let tokens = "SELECT count(*) AS number FROM connections WHERE access IS NOT NULL OR refresh IS NOT NULL";
    assert_eq!((database.number(tokens), database.count("app_sessions")), (0, 0));
    here.log_in(people::FIRST).await;
    assert_eq!(server.database().count("connections"), 1, "the same one");
}

async fn neither_database_nor_logs_hold_a_token_a_code_or_a_state(engine: Engine) {
    let mut server = Server::on(engine).set("RUST_LOG", "trace").start().await;
    let mut planted = Vec::new();
    let mut plant = |name: &str, value: &str| {
        planted.push(Planted { name: name.to_owned(), value: value.to_owned(), guessable: false });
    };
    for place in 0..20 {
        let mut visitor = Visitor::new(&server);
        let address = begin(&mut visitor).await;
        plant("state", &parameter(&address, "state"));
        plant("browser's secret", visitor.cookie(BROWSER).expect("it has begun"));
        let back = visitor.answer_at_provider(&address, people::FIRST, "allow").await;
        plant("code", &parameter(&back, "code"));
        if place % 4 == 0 {
            fails(&mut Visitor::new(&server), &back, 400, "login_not_finished").await;
        }
        leads_to(&visitor.open(&back).await, "/app/send");
        plant("session", visitor.cookie(SESSION).expect("a session"));
        plant("form token", &visitor.form_token().await);
        if place % 3 == 0 {
            assert_eq!(visitor.allow("cash", &[]).await, "/app/account");
            let _ = visitor.open("/app/account").await.expect(200);
        }
    }
    // Every access token begins so: the head of a signed token (a JWT).
    plant("access token", "eyJhbGciOiJIUzI1NiIs");
    while_it_runs_and_after_it_stopped(&mut server, &planted, &BTreeSet::new()).await;
}
