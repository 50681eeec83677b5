//! Sessions at the console that end while somebody is at work: they are led back, and nothing that they typed is lost.

use bonin_tests::{
    Administrator, Answer, Engine, Server, field_of, numbers, on_both_databases, one_time_password,
    value_after,
};

on_both_databases!(
    a_page_is_shown_again_after_the_log_in,
    nobody_is_led_away_from_the_console,
    a_text_that_came_too_late_is_shown_again_and_saved,
    what_came_too_late_survives_a_wrong_code,
    what_nobody_typed_is_told_not_to_be_done,
);

const TEMPLATE: &str = "/console/templates/default/sign_up/ko";

/// Lets every session idle for 16 minutes.
fn idle(server: &Server, engine: Engine) {
    let shift = match engine {
        Engine::Sqlite => "960000000",
        Engine::Postgres => "interval '16 minutes'",
    };
    server.database().execute(&format!("UPDATE admin_sessions SET seen_at = seen_at - {shift}"));
}

/// Somebody at work whose session is over: with the form token that their page shows.
async fn idled(server: &Server, engine: Engine) -> (Administrator, String) {
    let keeper = server.administrator().await;
    let token = keeper.form_token().await;
    idle(server, engine);
    (keeper, token)
}

/// Logs in with these fields besides, under a one-time password that was not used.
async fn log_in(server: &Server, keeper: &mut Administrator, besides: &[(&str, &str)]) -> Answer {
    // The one-time passwords of now are used: that is forgotten instead of waiting for others.
    server.database().execute("UPDATE admins SET last_step = 0");
    let code = one_time_password(&keeper.secret, 0);
    let (name, password) = (keeper.name.clone(), keeper.password.clone());
    let mut fields = vec![("name", name.as_str()), ("password", &password), ("code", &code)];
    fields.extend(besides);
    let answer = keeper.send("/console/login", &fields).await;
    if let Some((_, cookie)) = answer.header("set-cookie").split_once("__Host-bonin-console=") {
        keeper.session = cookie.split(';').next().map(str::to_owned);
    }
    answer
}

/// What a form of the log in keeps, but for what is typed into it.
fn kept(page: &str) -> Vec<(String, String)> {
    let hidden = page.split("<input type=\"hidden\" ").skip(1);
    hidden.map(|field| (value_after(field, "name=\""), value_after(field, "value=\""))).collect()
}

async fn a_page_is_shown_again_after_the_log_in(engine: Engine) {
    let server = Server::on(engine).start().await;
    let (mut keeper, _) = idled(&server, engine).await;
    let page = "/console/audit?action=key_created&actor=terminal";
    let way = keeper.get(page).await.expect(303).header("location").to_owned();
    assert!(way.starts_with("/console/login?ended=1&back="), "{way}");
    let shown = keeper.get(&way).await.expect(200).text;
    assert!(shown.contains("로그인이 끝났어요"), "{shown}");
    let back = field_of(&shown, "back");
    assert_eq!(back, page);
    // The language that an address chose is chosen there, too.
    let english = keeper.get("/console/keys?lang=en").await.expect(303).header("location").to_owned();
    assert!(keeper.get(&english).await.expect(200).text.contains("Your session is over"), "{english}");

    let wrong = keeper.send("/console/login", &[("name", "x"), ("password", "x"), ("back", &back)]).await;
    assert_eq!(field_of(&wrong.expect(401).text, "back"), page, "it is kept through a wrong try");
    let led = log_in(&server, &mut keeper, &[("back", &back)]).await.expect(303);
    assert_eq!(led.header("location"), page);
    let _ = keeper.get(page).await.expect(200);
    let again = keeper.get(&way).await.expect(303);
    assert_eq!(again.header("location"), page, "who is logged in is led on");
}

async fn nobody_is_led_away_from_the_console(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut keeper = server.administrator().await;
    for elsewhere in [
        "https://evil.example/console",
        "//evil.example",
        "/app",
        "/console/../app",
        "/console/%2e%2e/app",
        "x",
    ] {
        let query: Vec<String> = elsewhere.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let query = query.concat();
        let led = keeper.get(&format!("/console/login?back={query}")).await.expect(303);
        assert_eq!(led.header("location"), "/console", "{elsewhere}");
        let stranger = Administrator { session: None, ..keeper.clone() };
        let page = stranger.get(&format!("/console/login?back={query}")).await.expect(200).text;
        assert!(!page.contains("name=\"back\""), "{page}");
        let led = log_in(&server, &mut keeper, &[("back", elsewhere)]).await.expect(303);
        assert_eq!(led.header("location"), "/console", "{elsewhere}");
        let fields = [("resume", elsewhere), ("kept.text", "x")];
        let led = log_in(&server, &mut keeper, &fields).await.expect(303);
        assert_eq!(led.header("location"), "/console", "{elsewhere}");
    }
}

async fn a_text_that_came_too_late_is_shown_again_and_saved(engine: Engine) {
    let server = Server::on(engine).start().await;
    let (mut keeper, token) = idled(&server, engine).await;
    let text = "\r\n[{brand}] \"<b>늦은</b>\" 문구 {code}\r\n{warning}";
    let sent = [("form_token", token.as_str()), ("text", text), ("long", "1"), ("do", "save")];
    let late = keeper.send(TEMPLATE, &sent).await.expect(401);
    assert!(late.text.contains("처리하지 않았어요") && late.header("location").is_empty(), "{}", late.text);
    assert!(!late.text.contains("<b>늦은") && !late.text.contains(&token), "{}", late.text);
    assert_eq!(server.database().count("templates"), 0);

    let kept = kept(&late.text);
    let besides: Vec<(&str, &str)> =
        kept.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert!(besides.contains(&("resume", TEMPLATE)) && besides.contains(&("kept.do", "save")), "{besides:?}");
    // A browser sends what the field holds: the entities are read, which `kept` does in part.
    let besides: Vec<(&str, &str)> = besides
        .into_iter()
        .map(|(name, value)| (name, if name == "kept.text" { text } else { value }))
        .collect();
    let resumed = log_in(&server, &mut keeper, &besides).await.expect(200);
    assert!(resumed.text.contains(&format!("action=\"{TEMPLATE}\"")), "{}", resumed.text);
    assert!(resumed.text.contains("늦은") && !resumed.text.contains("<b>늦은"), "{}", resumed.text);
    assert_eq!(server.database().count("templates"), 0, "nothing is done before they say so");
    let token = field_of(&resumed.text, "form_token");
    assert_eq!((field_of(&resumed.text, "do"), field_of(&resumed.text, "long")), ("save".into(), "1".into()));
    let text = text.trim_start();
    let sent = [("form_token", token.as_str()), ("text", text), ("long", "1"), ("do", "save")];
    assert_eq!(keeper.send(TEMPLATE, &sent).await.expect(303).header("location"), TEMPLATE);
    assert_eq!(server.database().count("templates"), 1);
    let output = String::from_utf8_lossy(&server.output()).into_owned();
    assert!(!output.contains("늦은"), "it is in no log");
}

async fn what_came_too_late_survives_a_wrong_code(engine: Engine) {
    let server = Server::on(engine).start().await;
    let (mut keeper, token) = idled(&server, engine).await;
    let (number, reason) = (numbers::fresh(), "민원 1234, 번호가 안 와요");
    let sent = [("form_token", token.as_str()), ("number", &number), ("reason", reason)];
    let late = keeper.send("/console/verifications", &sent).await.expect(401).text;
    for _ in 0..2 {
        let besides = kept(&late);
        let mut fields = vec![("name", keeper.name.as_str()), ("password", "wrong"), ("code", "000000")];
        fields.extend(besides.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let again = keeper.send("/console/login", &fields).await.expect(401).text;
        assert_eq!(kept(&again), besides, "{again}");
    }
    let besides = kept(&late);
    let besides: Vec<(&str, &str)> =
        besides.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let resumed = log_in(&server, &mut keeper, &besides).await.expect(200).text;
    assert!(field_of(&resumed, "number").contains(&number[1..]) && resumed.contains(reason), "{resumed}");
    let output = String::from_utf8_lossy(&server.output()).into_owned();
    assert!(!output.contains(&number) && !output.contains(reason));
}

async fn what_nobody_typed_is_told_not_to_be_done(engine: Engine) {
    let server = Server::on(engine).start().await;
    let key = server.key("default", &["read"]);
    let (keeper, token) = idled(&server, engine).await;
    let path = format!("/console/keys/{}/revoke", key.id);
    let late = keeper.send(&path, &[("form_token", token.as_str()), ("what", "key")]).await.expect(303);
    assert_eq!(late.header("location"), "/console/login?ended=1&undone=1&back=%2Fconsole%2Fkeys");
    let page = keeper.get(late.header("location")).await.expect(200).text;
    assert!(page.contains("로그인이 끝나서 처리하지 않았어요"), "{page}");
    assert_eq!(field_of(&page, "back"), "/console/keys");
    let live = server.api().with_key(&key, reqwest::Method::GET, "/v1/messages", None).await;
    let _ = live.expect(200);
}
