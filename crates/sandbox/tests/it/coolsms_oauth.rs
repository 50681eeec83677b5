//! CoolSMS: logging in, and what a token may do.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bonin_sandbox::credentials::{COOLSMS_APP_ID, COOLSMS_CLIENT_ID, COOLSMS_CLIENT_SECRET};
use serde_json::{Value, json};

use crate::coolsms_support::{GROUPS, SEND, refused, sms};
use crate::support::{Answer, World};

const CALLBACK: &str = "http://127.0.0.1:8080/app/oauth/callback";
const CALLBACK_ENCODED: &str = "http%3A%2F%2F127.0.0.1%3A8080%2Fapp%2Foauth%2Fcallback";

fn query(scope: &str) -> String {
    format!(
        "client_id={COOLSMS_CLIENT_ID}&response_type=code&redirect_uri={CALLBACK_ENCODED}&scope={scope}&state=the%20state%26"
    )
}

fn form(pairs: &[(&str, &str)]) -> String {
    let encode =
        |text: &str| text.replace('%', "%25").replace('&', "%26").replace('=', "%3D").replace('+', "%2B");
    pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect::<Vec<_>>().join("&")
}

/// The value of a hidden field.
fn hidden(page: &str, name: &str) -> String {
    let marker = format!("name=\"{name}\" value=\"");
    let start = page.find(&marker).unwrap() + marker.len();
    let value = &page[start..][..page[start..].find('"').unwrap()];
    value.replace("&#38;", "&").replace("&amp;", "&")
}

async fn post(world: &World, path: &str, cookie: &str, pairs: &[(&str, &str)]) -> Answer {
    let request =
        TestRequest::post().uri(path).insert_header(("content-type", "application/x-www-form-urlencoded"));
    world.call(request.insert_header(("cookie", cookie)).set_payload(form(pairs))).await
}

/// Logs in; the cookie.
async fn log_in(world: &World, query: &str, email: &str) -> String {
    let pairs = [("query", query), ("email", email), ("password", "bonin-sandbox")];
    let answer = post(world, "/oauth2/v1/login", "", &pairs).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert!(answer.header("location").starts_with("/oauth2/v1/authorize?client_id="));
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}

async fn consent_page(world: &World, query: &str, cookie: &str) -> String {
    let request =
        TestRequest::get().uri(&format!("/oauth2/v1/authorize?{query}")).insert_header(("cookie", cookie));
    world.call(request).await.text()
}

/// Logs in and answers the question; where the browser is sent.
async fn answered(world: &World, query: &str, email: &str, answer: &str) -> String {
    let cookie = log_in(world, query, email).await;
    let page = consent_page(world, query, &cookie).await;
    let pairs =
        [("query", hidden(&page, "query")), ("form", hidden(&page, "form")), ("answer", answer.to_owned())];
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let sent = post(world, "/oauth2/v1/consent", &cookie, &pairs).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    sent.header("location").to_owned()
}

async fn code(world: &World, scope: &str, email: &str) -> String {
    code_for(world, &query(scope), email).await
}

async fn code_for(world: &World, query: &str, email: &str) -> String {
    let back = answered(world, query, email, "allow").await;
    let rest = back.strip_prefix(&format!("{CALLBACK}?code=")).unwrap();
    let (code, state) = rest.split_once("&state=").unwrap();
    assert_eq!(state, "the%20state%26");
    code.to_owned()
}

async fn token(world: &World, body: &Value) -> Answer {
    world.call(TestRequest::post().uri("/oauth2/v1/access_token").set_payload(body.to_string())).await
}

fn trade(code: &str) -> Value {
    json!({
        "grant_type": "authorization_code", "code": code, "client_id": COOLSMS_CLIENT_ID,
        "client_secret": COOLSMS_CLIENT_SECRET, "redirect_uri": CALLBACK,
    })
}

/// Logs in and trades the code; access and refresh token.
async fn tokens(world: &World, scope: &str, email: &str) -> (String, String) {
    let tokens = token(world, &trade(&code(world, scope, email).await)).await.json();
    let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
    (text("access_token"), text("refresh_token"))
}

async fn with_token(world: &World, token: &str, method: Method, target: &str, body: &Value) -> Answer {
    let request = TestRequest::default().method(method).uri(target);
    let request = request.insert_header(("authorization", format!("bearer {token}")));
    world.call(if body.is_null() { request } else { request.set_payload(body.to_string()) }).await
}

#[actix_web::test]
async fn a_login_ends_with_a_token_that_sends() {
    let world = World::new();
    let page = consent_page(&world, &query("message:write"), "").await;
    assert!(page.contains("로그인") && page.contains("sandbox@bonin.test"));
    let code = code(&world, "message:write+cash:read", "sandbox@bonin.test").await;
    let tokens = token(&world, &trade(&code)).await.json();
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(86_400)));
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(access.split('.').count(), 3, "a JWT");
    let sent =
        with_token(&world, access, Method::POST, SEND, &json!({ "message": sms("01012345678", "hello") }))
            .await;
    assert_eq!(sent.status, 200, "{}", sent.text());
    assert_eq!(world.texts("").await, ["hello"]);
    let list = with_token(&world, access, Method::GET, "/messages/v4/list", &Value::Null).await;
    assert_eq!(refused(&list, 401), "Unauthorized", "message:read was not asked for");
    let balance = with_token(&world, access, Method::GET, "/cash/v1/balance", &Value::Null).await;
    assert_eq!(balance.json()["balance"], 10_000_000 - 20);

    world.advance(86_400_000 - 1);
    assert_eq!(with_token(&world, access, Method::GET, "/cash/v1/balance", &Value::Null).await.status, 200);
    world.advance(1);
    let late = with_token(&world, access, Method::GET, "/cash/v1/balance", &Value::Null).await;
    assert_eq!(refused(&late, 401), "Unauthorized");
    let refresh = json!({ "grant_type": "refresh_token", "refresh_token": tokens["refresh_token"] });
    let next = token(&world, &refresh).await.json();
    assert!(next.get("refresh_token").is_none(), "it is handed out once");
    let next = next["access_token"].as_str().unwrap();
    assert_eq!(with_token(&world, next, Method::GET, "/cash/v1/balance", &Value::Null).await.status, 200);
}

#[actix_web::test]
async fn users_do_not_see_each_others_messages() {
    let world = World::new();
    world.coolsms_sent("01012345678", "of the first").await;
    let code = code(&world, "message:read+users:read", "second@bonin.test").await;
    let tokens = token(&world, &trade(&code)).await.json();
    let access = tokens["access_token"].as_str().unwrap();
    let list = with_token(&world, access, Method::GET, "/messages/v4/list", &Value::Null).await;
    assert_eq!(list.json()["messageList"], json!({}));
    let member = with_token(&world, access, Method::GET, "/users/v1/member", &Value::Null).await;
    assert_eq!(member.json()["email"], "second@bonin.test");
}

#[actix_web::test]
async fn a_code_is_good_once_for_300_seconds_and_its_address() {
    let world = World::new();
    let mut first = trade(&code(&world, "message:write", "sandbox@bonin.test").await);
    assert_eq!(token(&world, &first).await.status, 200);
    assert_eq!(refused(&token(&world, &first).await, 403), "InvalidGrant");
    let late = trade(&code(&world, "message:write", "sandbox@bonin.test").await);
    world.advance(300_000);
    assert_eq!(refused(&token(&world, &late).await, 403), "InvalidGrant");
    let mut elsewhere = trade(&code(&world, "message:write", "sandbox@bonin.test").await);
    elsewhere["redirect_uri"] = json!("http://127.0.0.1:8080/other");
    assert_eq!(refused(&token(&world, &elsewhere).await, 403), "InvalidGrant");

    let fresh = code(&world, "message:write", "sandbox@bonin.test").await;
    first["client_secret"] = json!("wrong");
    first["code"] = json!(fresh);
    assert_eq!(refused(&token(&world, &first).await, 400), "InvalidClient");
    for (body, status, name) in [
        (json!({}), 400, "ValidationError"),
        (json!({ "grant_type": "authorization_code" }), 400, "ValidationError"),
        (json!({ "grant_type": "refresh_token" }), 400, "ValidationError"),
        (json!({ "grant_type": "refresh_token", "refresh_token": "x" }), 400, "InvalidRefreshToken"),
        (json!({ "grant_type": "password" }), 403, "InvalidGrant"),
    ] {
        assert_eq!(refused(&token(&world, &body).await, status), name, "{body}");
    }
    assert_eq!(token(&world, &trade(&fresh)).await.status, 200, "a wrong secret does not use it up");
}

#[actix_web::test]
async fn a_login_that_is_asked_for_wrongly_is_json() {
    let world = World::new();
    let good = query("message:write");
    for (query, name) in [
        (String::new(), "ValidationError"),
        (good.replace("response_type=code", "response_type=token"), "ValidationError"),
        (good.replace("redirect_uri", "other"), "ValidationError"),
        (good.replace(COOLSMS_CLIENT_ID, "somebody"), "InvalidClientId"),
        (good.replace("127.0.0.1", "evil.test"), "InvalidHostName"),
        (good.replace("message:write", "role-oauth2"), "InvalidScope"),
    ] {
        let answer = world.get(&format!("/oauth2/v1/authorize?{query}")).await;
        assert_eq!(refused(&answer, 400), name, "{query}");
    }
}

#[actix_web::test]
async fn the_question_lists_the_scopes_and_may_be_refused() {
    let world = World::new();
    let query = query("message:write+cash:read");
    let cookie = log_in(&world, &query, "sandbox@bonin.test").await;
    let page = consent_page(&world, &query, &cookie).await;
    for shown in ["message:write", "문자 메시지 보내기", "cash:read", "잔액 보기", "허용", "거부", "김본인"]
    {
        assert!(page.contains(shown), "{shown}");
    }
    assert!(!page.contains("<script") && !page.contains("style="));
    let back = answered(&world, &query, "sandbox@bonin.test", "refuse").await;
    assert_eq!(back, format!("{CALLBACK}?error=access_denied&state=the%20state%26"));

    let forged =
        post(&world, "/oauth2/v1/consent", &cookie, &[("query", &query), ("form", "x"), ("answer", "allow")])
            .await;
    assert_eq!(refused(&forged, 403), "Forbidden");
    let nobody = post(&world, "/oauth2/v1/consent", "", &[("query", &query), ("answer", "allow")]).await;
    assert_eq!(nobody.status, 303);
    assert!(nobody.header("location").starts_with("/oauth2/v1/authorize?"));
    let out = post(&world, "/oauth2/v1/logout", &cookie, &[("query", &query)]).await;
    assert_eq!(out.status, 303);
    assert!(consent_page(&world, &query, &cookie).await.contains("비밀번호"));
}

#[actix_web::test]
async fn a_wrong_password_is_told_and_nothing_of_the_query_runs() {
    let world = World::new();
    let query = query("message:write").replace("the%20state", "%22%3E%3Cscript%3E");
    let pairs = [("query", query.as_str()), ("email", "sandbox@bonin.test"), ("password", "wrong")];
    let answer = post(&world, "/oauth2/v1/login", "", &pairs).await;
    assert_eq!(answer.status, 401);
    let page = answer.text();
    assert!(page.contains("맞지 않습니다") && !page.contains("<script"), "{page}");
    let policy = answer.header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'") && policy.contains("form-action 'self' http://127.0.0.1:8080;"),
        "{policy}"
    );
    let style = world.get("/oauth2/v1/style.css").await;
    assert_eq!((style.status.as_u16(), style.header("content-type")), (200, "text/css; charset=utf-8"));
}

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

#[actix_web::test]
async fn a_code_with_a_challenge_is_traded_for_its_verifier_only() {
    let world = World::new();
    let plain = query("message:write");
    let challenged = format!("{plain}&code_challenge={CHALLENGE}&code_challenge_method=S256");
    for (query, verifier, status) in [
        (&challenged, json!(VERIFIER), 200),
        (&challenged, json!(CHALLENGE), 403),
        (&challenged, json!(""), 403),
        (&challenged, Value::Null, 403),
        (&challenged, json!([VERIFIER]), 403),
        (&plain, json!(VERIFIER), 403),
        (&plain, Value::Null, 200),
    ] {
        let mut body = trade(&code_for(&world, query, "sandbox@bonin.test").await);
        if !verifier.is_null() {
            body["code_verifier"] = verifier.clone();
        }
        let answer = token(&world, &body).await;
        assert_eq!(answer.status, status, "{verifier} {}", answer.text());
        if status == 403 {
            assert_eq!(answer.json()["errorCode"], "InvalidGrant");
            body["code_verifier"] = json!(VERIFIER);
            assert_eq!(token(&world, &body).await.status, 403, "a wrong verifier uses the code up");
        }
    }
    for wrong in [
        format!("&code_challenge={CHALLENGE}"),
        format!("&code_challenge={CHALLENGE}&code_challenge_method=plain"),
        "&code_challenge=short&code_challenge_method=S256".to_owned(),
        "&code_challenge_method=S256".to_owned(),
    ] {
        let answer = world.get(&format!("/oauth2/v1/authorize?{plain}{wrong}")).await;
        assert_eq!(refused(&answer, 400), "ValidationError", "{wrong}");
    }
}

#[actix_web::test]
async fn the_question_lists_exactly_what_is_asked_for() {
    let world = World::new();
    let all = ["message:write", "message:read", "cash:read", "storage:write", "users:read"];
    for asked in [&all[..1], &all[1..3], &all[..]] {
        let twice = format!("{}+{}", asked.join("+"), asked[0]);
        let query = query(&twice);
        let cookie = log_in(&world, &query, "sandbox@bonin.test").await;
        let page = consent_page(&world, &query, &cookie).await;
        let list = &page[page.find("<ul").unwrap()..page.find("</ul>").unwrap()];
        assert_eq!(list.matches("<li").count(), asked.len(), "{list}");
        assert!(asked.iter().all(|scope| list.contains(scope)), "{list}");
    }
}

#[actix_web::test]
async fn a_permission_may_be_taken_back_for_one_user_or_all() {
    let world = World::new();
    let (access, refresh) = tokens(&world, "cash:read", "sandbox@bonin.test").await;
    let (other, _) = tokens(&world, "cash:read", "second@bonin.test").await;
    let waiting = code(&world, "cash:read", "sandbox@bonin.test").await;
    let balance =
        async |access: &str| with_token(&world, access, Method::GET, "/cash/v1/balance", &Value::Null).await;
    assert_eq!(balance(&access).await.status, 200);
    let unknown = world.delete("/sandbox/oauth/grants?email=nobody@bonin.test").await;
    assert_eq!(unknown.status, 422);
    assert_eq!(balance(&access).await.status, 200);

    assert_eq!(world.delete("/sandbox/oauth/grants?email=sandbox@bonin.test").await.status, 204);
    assert_eq!(refused(&balance(&access).await, 401), "Unauthorized");
    let refresh = json!({ "grant_type": "refresh_token", "refresh_token": refresh });
    assert_eq!(refused(&token(&world, &refresh).await, 400), "InvalidRefreshToken");
    assert_eq!(refused(&token(&world, &trade(&waiting)).await, 403), "InvalidGrant");
    assert_eq!(balance(&other).await.status, 200, "the other user took nothing back");

    assert_eq!(world.delete("/sandbox/oauth/grants").await.status, 204);
    assert_eq!(refused(&balance(&other).await, 401), "Unauthorized");
    let (again, _) = tokens(&world, "cash:read", "sandbox@bonin.test").await;
    assert_eq!(balance(&again).await.status, 200, "one may allow it again");
}

#[actix_web::test]
async fn a_group_of_a_user_reaches_the_handset_with_its_text_and_earns() {
    let world = World::new();
    let scopes = "message:write+message:read+storage:write+users:read";
    let (access, _) = tokens(&world, scopes, "second@bonin.test").await;
    let call = async |method: Method, target: &str, body: Value| {
        let answer = with_token(&world, &access, method, target, &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    };
    let group = call(Method::POST, GROUPS, json!({ "appId": COOLSMS_APP_ID })).await;
    let member = call(Method::GET, "/users/v1/member", Value::Null).await;
    assert_eq!(group["accountId"], member["accountId"], "both name the account");
    let on = |rest: &str| format!("{GROUPS}/{}{rest}", group["groupId"].as_str().unwrap());

    // The head of a JPEG of 10 x 10 pixels.
    let jpeg = STANDARD.encode([0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 10, 0, 10, 1, 1, 0x11, 0, 0xff, 0xd9]);
    let file = json!({ "file": jpeg, "name": "image.jpg", "type": "MMS" });
    let file = call(Method::POST, "/storage/v1/files", file).await;
    let mut mms = sms("01012345678", "그림과 함께");
    mms["type"] = json!("MMS");
    mms["imageId"] = file["fileId"].clone();
    let mut lost = mms.clone();
    lost["imageId"] = json!("ST01FZNONE");
    lost["to"] = json!("01087654321");
    let added = call(Method::PUT, &on("/messages"), json!({ "messages": [mms, lost] })).await;
    let codes = [&added["resultList"][0]["statusCode"], &added["resultList"][1]["statusCode"]];
    assert_eq!(codes, ["2000", "1023"]);

    call(Method::POST, &on("/send"), Value::Null).await;
    assert_eq!(world.texts("?to=01012345678").await, ["그림과 함께"]);
    assert!(world.texts("?to=01087654321").await.is_empty());
    world.advance(1000);
    let done = call(Method::GET, &on(""), Value::Null).await;
    assert_eq!((&done["status"], &done["app"]["profit"]["mms"]), (&json!("COMPLETE"), &json!(10)));
    assert_eq!(done["countForCharge"]["mms"], json!({ "82": 1 }));
    assert_eq!((&done["count"]["sentSuccess"], &done["count"]["registeredFailed"]), (&json!(1), &json!(1)));
    assert_eq!(done["balance"]["sum"], 200);
}
