//! Who gets into the console, what each form asks for first, and what administrators do there.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use bonin_tests::{Administrator, Answer, ApiKey, Engine, Server, field_of, numbers, on_both_databases};
use reqwest::Method;
use serde_json::json;

on_both_databases!(
    an_invitation_from_the_terminal_makes_the_first_administrator,
    an_invitation_counts_once_for_half_an_hour_and_nobody_guesses_it,
    each_one_time_password_counts_once,
    of_sixteen_log_ins_with_one_code_one_succeeds,
    ten_wrong_log_ins_make_the_name_wait,
    a_session_is_the_cookie_that_was_given_until_it_ends,
    other_sites_and_forms_without_their_token_change_nothing,
    a_key_made_in_the_console_works_until_it_is_revoked_there,
    a_text_saved_in_the_console_is_used_by_the_next_code,
    no_secret_of_an_administrator_is_kept_or_logged,
    whoever_is_removed_at_the_terminal_is_out_at_once,
    every_entry_of_the_record_stands_in_the_log_with_its_hash,
    a_record_without_its_beginning_is_told_by_page_and_terminal,
    what_programs_and_commands_do_is_recorded_as_theirs,
    the_record_is_searched_as_a_whole_and_its_pages_keep_the_search,
);

/// All pages that somebody who is logged in sees.
const PAGES: [&str; 8] = [
    "/console",
    "/console/analytics",
    "/console/verifications",
    "/console/providers",
    "/console/templates",
    "/console/keys",
    "/console/tenants",
    "/console/audit",
];

async fn an_invitation_from_the_terminal_makes_the_first_administrator(engine: Engine) {
    let server = Server::on(engine).start().await;
    assert!(String::from_utf8_lossy(&server.output()).contains("bonin admin invite"), "the way in is shown");
    assert!(server.run(&["admin", "list"]).contains("no administrators"));
    for page in PAGES {
        let sent_away = server.admin().get(page).await.expect(303);
        assert_eq!(sent_away.header("location"), way_in(page));
        let _ = server.api().get(page).await.expect_problem(404, "not_found");
    }
    let printed = server.run(&["admin", "invite"]);
    assert!(
        printed.contains("/console/join") && !printed.contains("join?"),
        "no token in an address: {printed}"
    );

    let keeper = server.administrator().await;
    assert!(server.run(&["admin", "list"]).starts_with(&keeper.name));
    for page in PAGES {
        let shown = keeper.get(page).await.expect(200);
        assert!(shown.header("content-security-policy").starts_with("default-src 'none'"), "{page}");
        assert_eq!(shown.header("cache-control"), "no-store", "{page}");
        assert!(shown.text.contains("aria-current=\"page\"") && !shown.text.contains(" style="), "{page}");
    }
    let record = keeper.get("/console/audit").await.expect(200).text;
    for deed in ["관리자 초대", "관리자 등록", "로그인", "터미널"] {
        assert!(record.contains(deed), "{deed}");
    }
    expect_whole(&keeper).await;
}

async fn an_invitation_counts_once_for_half_an_hour_and_nobody_guesses_it(engine: Engine) {
    let server = Server::on(engine).start().await;
    let token = server.invitation(None);
    let keeper = Administrator::join(&server, "first.keeper", &token).await;
    let password = "quiet harbour lamp";
    let choose = async |token: &str| {
        let fields = [("token", token), ("name", "second.keeper"), ("password", password)];
        keeper.send("/console/join", &fields).await
    };
    let mut late = server.invitation(None);
    let shift = match engine {
        Engine::Sqlite => "1860000000",
        Engine::Postgres => "interval '31 minutes'",
    };
    let aged =
        format!("UPDATE admin_invitations SET expires_at = expires_at - {shift} RETURNING 'aged' AS text");
    assert!(server.database().text(&aged).starts_with("aged"));
    for gone in [token.as_str(), late.as_str(), &"A".repeat(43), "x", ""] {
        let page = choose(gone).await.expect(422);
        assert!(page.text.contains("초대 토큰이 맞지 않거나"), "{}", page.text);
        assert!(page.text.contains("value=\"second.keeper\""), "what was typed stands there still");
        assert!(!page.text.contains(password), "but for the password");
    }
    // Nor does what was chosen under another invitation open anything.
    late = server.invitation(None);
    let other = server.invitation(None);
    let chosen = field_of(&choose(&late).await.expect(200).text, "chosen");
    let moved = [("token", other.as_str()), ("chosen", chosen.as_str()), ("code", "000000")];
    let _ = keeper.send("/console/join/confirm", &moved).await.expect(422);
    assert_eq!(server.database().count("admins"), 1);
    // One at a time: the same invitation shown by many makes one administrator.
    let mut joined = Vec::new();
    for place in 0..4 {
        joined.push(choose_and_confirm(&server, &keeper, &late, format!("racer{place}")));
    }
    let done = futures_util::future::join_all(joined).await;
    assert_eq!(done.iter().filter(|status| **status == 303).count(), 1, "{done:?}");
    assert_eq!(server.database().count("admins"), 2);
}

/// Both pages of an invitation; the status of the last.
async fn choose_and_confirm(server: &Server, keeper: &Administrator, token: &str, name: String) -> u16 {
    let fields = [("token", token), ("name", name.as_str()), ("password", "quiet harbour lamp")];
    let page = keeper.send("/console/join", &fields).await;
    if page.status != 200 {
        return page.status;
    }
    let (_, typed) = page.text.split_once("<dd class=\"mono\">").expect("a secret to type");
    let secret = typed.split('<').next().unwrap_or_default().replace(' ', "");
    let racer = Administrator { secret, ..Administrator::of_now(server, keeper) };
    let (chosen, code) = (field_of(&page.text, "chosen"), racer.code(0));
    let fields = [("token", token), ("chosen", chosen.as_str()), ("code", code.as_str())];
    keeper.send("/console/join/confirm", &fields).await.status
}

async fn each_one_time_password_counts_once(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut keeper = Administrator::invited(&server).await;
    let wrong = numbers::wrong_code(&keeper.code(1));
    let refused =
        [keeper.code(0), keeper.code(-1), keeper.code(40), wrong, "12345".to_owned(), String::new()];
    let mut pages = Vec::new();
    for code in refused {
        let page = keeper.log_in(&code).await.expect(401);
        assert_eq!(page.header("set-cookie"), "");
        pages.push(page.text.replace(&nonce(&page), ""));
    }
    let code = keeper.code(1);
    let right = std::mem::replace(&mut keeper.password, "quiet lighthouses".to_owned());
    let page = keeper.log_in(&code).await.expect(401);
    pages.push(page.text.replace(&nonce(&page), ""));
    let name = std::mem::replace(&mut keeper.name, "nobody".to_owned());
    let page = keeper.log_in(&code).await.expect(401);
    pages
        .push(page.text.replace(&nonce(&page), "").replace("value=\"nobody\"", &format!("value=\"{name}\"")));
    pages.dedup();
    assert_eq!(pages.len(), 1, "whatever is wrong is answered alike");

    (keeper.name, keeper.password) = (name, right);
    let _ = keeper.log_in(&code).await.expect(303);
    assert!(keeper.session.is_some());
    let _ = keeper.log_in(&code).await.expect(401);
    let _ = keeper.get("/console/keys").await.expect(200);
    let record = keeper.get("/console/audit?action=log_in_refused").await.expect(200).text;
    assert_eq!(record.matches("로그인 거절").count(), 1 + 9, "nine, and the choice of the form");
    let refused = server.database().texts(
        "SELECT actor || ' ' || subject AS text FROM audit WHERE action = 'log_in_refused' ORDER BY number",
    );
    assert_eq!(
        refused.iter().filter(|told| **told == format!("- name:{}", keeper.name)).count(),
        8,
        "{refused:?}"
    );
    assert_eq!(refused.iter().filter(|told| *told == "- name:-").count(), 1, "{refused:?}");
    assert!(!record.contains("nobody"), "what nobody is called may be a password");
    expect_whole(&keeper).await;
}

async fn of_sixteen_log_ins_with_one_code_one_succeeds(engine: Engine) {
    let server = Server::on(engine).start().await;
    let keeper = Administrator::invited(&server).await;
    let code = keeper.code(1);
    // From two processes; the name's budget lets ten of them be compared.
    let other = server.beside().start().await;
    let mut tries = Vec::new();
    for place in 0..16 {
        let mut one = keeper.at(if place % 2 == 0 { &server } else { &other });
        let code = code.clone();
        tries.push(tokio::spawn(async move { one.log_in(&code).await.status }));
    }
    let mut statuses = Vec::new();
    for one in tries {
        statuses.push(one.await.expect("no panic"));
    }
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
    assert_eq!(server.database().count("admin_sessions"), 1);
}

async fn ten_wrong_log_ins_make_the_name_wait(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut keeper = Administrator::invited(&server).await;
    for _ in 0..10 {
        let _ = keeper.log_in("000000").await.expect(401);
    }
    let code = keeper.code(1);
    let waits = keeper.log_in(&code).await.expect(429);
    let _ = keeper.log_in(&code).await.expect(429);
    let waiting = server
        .database()
        .texts("SELECT actor || ' ' || subject AS text FROM audit WHERE action = 'log_in_waits'");
    assert_eq!(waiting, [format!("- name:{}", keeper.name)], "once, however often it is tried");
    assert!(waits.text.contains("<time>") && (1..=900).contains(&waits.retry_after()), "{}", waits.text);
}

async fn a_session_is_the_cookie_that_was_given_until_it_ends(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut keeper = Administrator::invited(&server).await;
    let code = keeper.code(1);
    let cookie = keeper.log_in(&code).await.expect(303).header("set-cookie").to_owned();
    for part in ["__Host-bonin-console=", "Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    let session = keeper.session.clone().expect("a session");
    let mut changed = session.clone().into_bytes();
    changed[7] = if changed[7] == b'A' { b'B' } else { b'A' };
    let changed = String::from_utf8(changed).expect("text");
    for wrong in
        [changed.as_str(), &session[1..], "", &"A".repeat(43), &format!("{session}; __Host-bonin-console=x")]
    {
        let stranger = Administrator { session: Some(wrong.to_owned()), ..keeper.clone() };
        let sent_away = stranger.get("/console/keys").await.expect(303);
        assert!(sent_away.header("location").starts_with("/console/login?"), "{wrong}");
    }

    let out = keeper.post("/console/logout", &[]).await.expect(303);
    assert!(out.header("set-cookie").contains("Max-Age=0"), "{}", out.header("set-cookie"));
    let _ = keeper.get("/console/keys").await.expect(303);

    let resetting = server.administrator().await;
    let renewed =
        Administrator::join(&server, &resetting.name, &server.invitation(Some(&resetting.name))).await;
    let _ = resetting.get("/console/keys").await.expect(303);
    let mut old = Administrator { session: None, ..resetting };
    let _ = old.log_in(&old.code(1)).await.expect(401);
    let mut renewed = renewed;
    let _ = renewed.log_in(&renewed.code(1)).await.expect(303);
    expect_whole(&renewed).await;
}

async fn other_sites_and_forms_without_their_token_change_nothing(engine: Engine) {
    let server = Server::on(engine).start().await;
    let (keeper, other) = (server.administrator().await, server.administrator().await);
    let key = server.key("default", &["read"]);
    let (rotate, revoke) =
        (format!("/console/keys/{}/rotate", key.id), format!("/console/keys/{}/revoke", key.id));
    let template = "/console/templates/default/sign_up/ko";
    let forms: [(&str, &[(&str, &str)]); 6] = [
        ("/console/logout", &[]),
        ("/console/keys", &[("tenant", "default"), ("read", "1")]),
        (&rotate, &[]),
        (&revoke, &[("what", "key")]),
        (template, &[("text", "[{brand}] {code} {warning}"), ("do", "save")]),
        ("/console/templates/default/sign_up/ko/revert", &[]),
    ];
    let recorded = server.database().count("audit");
    let (own, foreign) = (keeper.form_token().await, other.form_token().await);
    for (path, fields) in forms {
        for token in [None, Some(""), Some(foreign.as_str()), keeper.session.as_deref()] {
            let mut all = fields.to_vec();
            all.extend(token.map(|token| ("form_token", token)));
            expect_page(&keeper.send(path, &all).await, 403);
        }
        let mut right = fields.to_vec();
        right.push(("form_token", &own));
        for headers in [
            vec![("origin", "https://evil.example")],
            vec![("origin", "null")],
            vec![("sec-fetch-site", "cross-site")],
            vec![("origin", server.api().base()), ("sec-fetch-site", "same-site")],
        ] {
            expect_page(&keeper.send_from(path, &right, &headers).await, 403);
        }
        let _ = keeper.get(&format!("{path}?form_token={own}")).await;
    }
    for path in ["/console/login", "/console/join", "/console/join/confirm"] {
        let from = [("origin", "https://evil.example")];
        expect_page(&keeper.send_from(path, &[("name", "min")], &from).await, 403);
    }
    assert_eq!(server.database().count("audit"), recorded, "nothing was done, nothing recorded");
    let kept = server.api().with_key(&key, Method::GET, "/v1/messages", None).await;
    let _ = kept.expect(200);
    let _ = keeper.post("/console/keys/zzzzzzzz/revoke", &[("what", "key")]).await.expect(404);
    let _ = keeper.post("/console/keys/..%2f/revoke", &[("what", "key")]).await.expect(404);
    let _ = keeper.post("/console/keys/zzzzzzzz/rotate", &[]).await.expect(404);
    let _ = keeper.post(&revoke, &[("what", "older")]).await.expect(404);
    assert_eq!(server.database().count("audit"), recorded, "what cannot be done is no deed");
}

async fn a_key_made_in_the_console_works_until_it_is_revoked_there(engine: Engine) {
    let server = Server::on(engine).start().await;
    let keeper = server.administrator().await;
    let none = keeper.post("/console/keys", &[("tenant", "default")]).await.expect(422);
    assert!(none.text.contains("id=\"scopes-error\""), "{}", none.text);
    let _ = keeper.post("/console/keys", &[("tenant", "nobody"), ("read", "1")]).await.expect(404);

    let scopes = [("tenant", "default"), ("start", "1"), ("read", "1")];
    let made = shown(&keeper.post("/console/keys", &scopes).await.expect(201));
    let body = json!({ "phone_number": numbers::fresh(), "purpose": "sign_up" });
    let start = |key: ApiKey| {
        let (api, body) = (server.api().clone(), body.clone());
        async move { api.with_key(&key, Method::POST, "/v1/verifications", Some(&body)).await }
    };
    let _ = start(made.clone()).await.expect(201);
    let listed = keeper.get("/console/keys").await.expect(200).text;
    assert!(listed.contains(&made.id) && !listed.contains(&made.secret), "a secret is shown once");

    let path = |deed: &str| format!("/console/keys/{}/{deed}", made.id);
    let second = shown(&keeper.post(&path("rotate"), &[]).await.expect(200));
    let recorded = server.database().count("audit");
    let full = keeper.post(&path("rotate"), &[]).await.expect(409).text;
    assert_eq!(server.database().count("audit"), recorded, "nothing was done");
    let _ = start(second.clone()).await.expect(201);
    // One that was not kept is ended alone, and another takes its place.
    assert!(full.contains("새 비밀 값 취소") && full.contains("이전 비밀 값 끝내기"), "{full}");
    let _ = keeper.post(&path("revoke"), &[("what", "newer")]).await.expect(303);
    let _ = start(second).await.expect(401);
    let _ = start(made.clone()).await.expect(201);
    let _ = keeper.post(&path("revoke"), &[("what", "newer")]).await.expect(404);
    let second = shown(&keeper.post(&path("rotate"), &[]).await.expect(200));
    let _ = start(second.clone()).await.expect(201);
    let _ = keeper.post(&path("revoke"), &[("what", "older")]).await.expect(303);
    let _ = start(made.clone()).await.expect(401);
    let _ = start(second.clone()).await.expect(201);
    let _ = keeper.post(&path("revoke"), &[("what", "key")]).await.expect(303);
    let _ = start(second).await.expect(401);
    let _ = keeper.post(&path("revoke"), &[("what", "everything")]).await.expect(400);

    let record = keeper.get("/console/audit").await.expect(200).text;
    assert!(record.contains(&format!("{} older secret", made.id)));
    for deed in ["API 키 생성", "API 키 교체", "API 키 폐기"] {
        assert!(record.contains(deed), "{deed}");
    }
    expect_whole(&keeper).await;
}

async fn a_text_saved_in_the_console_is_used_by_the_next_code(engine: Engine) {
    let server = Server::on(engine).start().await;
    let keeper = server.administrator().await;
    let path = "/console/templates/default/sign_up/ko";
    let text = "[{brand}] 콘솔에서 바꾼 번호 {code}\r\n{warning}";
    let preview = keeper.post(path, &[("text", text), ("do", "preview")]).await.expect(200).text;
    assert!(preview.contains("[Bonin] 콘솔에서 바꾼 번호 000000\n타인에게"), "{preview}");
    for (wrong, told) in [
        ("{brand} {code}", "{warning}은 한 번만"),
        ("[{brand}] {code} {warning} 😀", "(1번째 줄 28번째 글자)"),
        ("[{brand}] {code} {warning} {name}", "{name}라는 자리는 없어요"),
        ("[{brand}] {code} {warning} 아주 아주 길어서 짧은 문자 하나에는 다 담기지 못하는 글", "바이트라서"),
    ] {
        let page = keeper.post(path, &[("text", wrong), ("do", "save")]).await.expect(422).text;
        assert!(page.contains(told) && page.contains("aria-invalid"), "{told}: {page}");
    }
    let _ = keeper.post(path, &[("text", text), ("do", "save")]).await.expect(303);
    let (first, second) = (numbers::fresh(), numbers::fresh());
    let _ = server.api().start(&first).await;
    let message = server.handset().message(&first).await;
    assert!(message.text.starts_with("[Bonin] 콘솔에서 바꾼 번호 "), "{}", message.text);

    let _ = keeper.post(&format!("{path}/revert"), &[]).await.expect(303);
    let _ = server.api().start(&second).await;
    let message = server.handset().message(&second).await;
    assert!(message.text.contains("회원가입"), "{}", message.text);
    for missing in [
        "/console/templates/nobody/sign_up/ko",
        "/console/templates/default/sign_up/fr",
        "/console/templates?tenant=nobody",
    ] {
        let _ = keeper.get(missing).await.expect(404);
    }
    let record = keeper.get("/console/audit").await.expect(200).text;
    assert!(record.contains("문구 저장") && record.contains("default/sign_up/ko"));
    expect_whole(&keeper).await;
}

async fn no_secret_of_an_administrator_is_kept_or_logged(engine: Engine) {
    let mut server = Server::on(engine).set("RUST_LOG", "trace").start().await;
    let token = server.invitation(None);
    let mut keeper = Administrator::join(&server, "careful.keeper", &token).await;
    let wrong = std::mem::replace(&mut keeper.password, "a wrong lighthouse".to_owned());
    let _ = keeper.log_in(&keeper.code(1)).await.expect(401);
    let password = std::mem::replace(&mut keeper.password, wrong);
    let _ = keeper.log_in(&keeper.code(1)).await.expect(303);
    let form = keeper.form_token().await;
    let made =
        shown(&keeper.post("/console/keys", &[("tenant", "default"), ("read", "1")]).await.expect(201));
    let _ = keeper.get(&format!("/console/audit?before={token}")).await.expect(404);
    let session = keeper.session.clone().expect("a session");
    let _ = keeper.post("/console/logout", &[]).await.expect(303);
    let running = server.database().contents();
    server.terminate();
    assert_eq!(server.exit(15).await.code(), Some(0));
    let (stopped, log) = (server.database().contents(), server.output());
    assert!(String::from_utf8_lossy(&log).contains("DEBUG"), "the log is as detailed as it can be");

    let mut needles: Vec<Vec<u8>> = Vec::new();
    let mut plant = |value: &[u8]| {
        let hex = value.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        needles.extend([hex.to_uppercase().into_bytes(), hex.into_bytes(), value.to_vec()]);
        needles
            .extend([STANDARD_NO_PAD.encode(value).into_bytes(), URL_SAFE_NO_PAD.encode(value).into_bytes()]);
    };
    for text in [&keeper.password, &password, &keeper.secret, &token, &session, &form, &made.secret] {
        plant(text.as_bytes());
        if let Some(bytes) = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == 32) {
            plant(&bytes);
        }
    }
    plant(&keeper.secret_bytes());
    let search = aho_corasick::AhoCorasick::new(&needles).expect("the patterns fit");
    for (place, haystack) in [("the database", running), ("the stopped database", stopped), ("the log", log)]
    {
        let found = search.find(&haystack).map(|found| found.pattern().as_usize());
        assert_eq!(found, None, "{place} holds a planted value");
    }
}

async fn whoever_is_removed_at_the_terminal_is_out_at_once(engine: Engine) {
    let server = Server::on(engine).start().await;
    let (keeper, mut leaver) = (server.administrator().await, server.administrator().await);
    let anew = server.invitation(Some(&leaver.name));
    let nobody = server.fails(&["admin", "remove", "nobody.here"]);
    assert!(nobody.contains("there is no administrator nobody.here"), "{nobody}");
    assert!(server.run(&["admin", "remove", &leaver.name]).contains("is removed"));
    assert!(
        leaver
            .get("/console/keys")
            .await
            .expect(303)
            .header("location")
            .starts_with("/console/login?ended=1")
    );
    let code = leaver.code(2);
    let _ = leaver.log_in(&code).await.expect(401);
    let fields = [("token", anew.as_str()), ("name", &leaver.name), ("password", "quiet harbour lamp")];
    let _ = leaver.send("/console/join", &fields).await.expect(422);
    let told = "SELECT actor || ' ' || subject AS text FROM audit WHERE action = 'admin_removed'";
    assert_eq!(server.database().texts(told), [format!("terminal name:{}", leaver.name)]);
    let listed = server.run(&["admin", "list"]);
    assert!(listed.contains(&keeper.name) && !listed.contains(&leaver.name), "{listed}");
    expect_whole(&keeper).await;
}

async fn every_entry_of_the_record_stands_in_the_log_with_its_hash(engine: Engine) {
    let mut server = Server::on(engine).start().await;
    let keeper = server.administrator().await;
    let _ = keeper.get("/console/audit").await.expect(200);
    let hash = match engine {
        Engine::Sqlite => "lower(hex(hash))",
        Engine::Postgres => "encode(hash, 'hex')",
    };
    // What the terminal did stands in its own process.
    let stored = server.database().texts(&format!(
        "SELECT number || ' ' || action || ' ' || {hash} AS text FROM audit WHERE actor <> 'terminal' ORDER BY number"
    ));
    assert!(stored.len() >= 3, "{stored:?}");
    let checked = server.run(&["admin", "audit"]);
    assert!(checked.contains("the record holds"), "{checked}");
    let newest = stored.last().expect("an entry").rsplit(' ').next().expect("a hash").to_owned();
    assert!(checked.contains(&format!("hash: {newest}")), "{checked}");
    server.terminate();
    assert_eq!(server.exit(15).await.code(), Some(0));
    let log = String::from_utf8_lossy(&server.output()).into_owned();
    for entry in stored {
        let parts: Vec<&str> = entry.split(' ').collect();
        let [number, action, hash] = parts[..] else { panic!("{entry}") };
        assert_eq!(hash.len(), 64);
        let stands = log.lines().any(|line| {
            line.contains("a deed was recorded")
                && [number, action, hash].iter().all(|part| line.contains(part))
        });
        assert!(stands, "{entry}: {log}");
    }
}

async fn a_record_without_its_beginning_is_told_by_page_and_terminal(engine: Engine) {
    let server = Server::on(engine).start().await;
    let keeper = server.administrator().await;
    expect_whole(&keeper).await;
    let (guard, back) = match engine {
        Engine::Sqlite => ("DROP TRIGGER audit_kept", ""),
        Engine::Postgres => {
            ("ALTER TABLE audit DISABLE TRIGGER USER", "ALTER TABLE audit ENABLE TRIGGER USER")
        }
    };
    for statement in [guard, "DELETE FROM audit WHERE number < 3", back] {
        if !statement.is_empty() {
            server.database().execute(statement);
        }
    }
    let page = keeper.get("/console/audit").await.expect(200).text;
    assert!(page.contains("기록이 바뀌었어요") && page.contains("3번 기록"), "{page}");
    let told = server.fails(&["admin", "audit"]);
    assert!(told.contains("does not hold: entry 3"), "{told}");
}

async fn what_programs_and_commands_do_is_recorded_as_theirs(engine: Engine) {
    let server = Server::on(engine).start().await;
    let key = server.key("default", &["admin"]);
    let body = json!({ "text": "[{brand}] {code} {warning}" });
    let path = "/v1/templates/sign_up/ko";
    let _ =
        server.api().with_key(&key, Method::PUT, path, Some(&json!({ "text": "no code" }))).await.expect(422);
    let _ = server.api().with_key(&key, Method::PUT, path, Some(&body)).await.expect(200);
    let _ = server.api().with_key(&key, Method::DELETE, path, None).await.expect(204);
    let _ = server.run(&["keys", "rotate", &key.id]);
    let _ = server.fails(&["keys", "rotate", &key.id]);
    let _ = server.run(&["keys", "revoke", &key.id, "--newer-secret"]);
    let _ = server.fails(&["keys", "revoke", &key.id, "--newer-secret"]);
    let _ = server.run(&["keys", "rotate", &key.id]);
    let _ = server.fails(&["keys", "revoke", &key.id, "--newer-secret", "--older-secret"]);
    let _ = server.run(&["keys", "revoke", &key.id, "--older-secret"]);
    let _ = server.run(&["keys", "revoke", &key.id]);
    let _ = server.fails(&["keys", "revoke", &key.id]);
    let told = "SELECT actor || ' ' || action || ' ' || subject AS text FROM audit ORDER BY number";
    let id = &key.id;
    let expected = [
        format!("terminal key_created name:{id}"),
        format!("key:{id} template_saved name:default/sign_up/ko"),
        format!("key:{id} template_reverted name:default/sign_up/ko"),
        format!("terminal key_rotated name:{id}"),
        format!("terminal key_revoked name:{id} newer secret"),
        format!("terminal key_rotated name:{id}"),
        format!("terminal key_revoked name:{id} older secret"),
        format!("terminal key_revoked name:{id}"),
    ];
    assert_eq!(server.database().texts(told), expected);
}

async fn the_record_is_searched_as_a_whole_and_its_pages_keep_the_search(engine: Engine) {
    let server = Server::on(engine).start().await;
    let keeper = server.administrator().await;
    let _ = server.key("default", &["read"]);
    for _ in 0..101 {
        let _ = keeper.get("/console/audit").await.expect(200);
    }
    let plain = keeper.get("/console/audit").await.expect(200).text;
    assert!(plain.contains("이 페이지의 기록이 온전해요"), "{plain}");
    assert!(!plain.contains("<td data-label=\"작업\">API 키 생성</td>"), "it is on the next page");
    let found = keeper.get("/console/audit?action=key_created&actor=%ED%84%B0%EB%AF%B8%EB%84%90").await;
    let found = found.expect(200).text;
    assert_eq!(found.matches("<td data-label=\"작업\">").count(), 1, "{found}");
    // It is found beyond what was checked, and the page says so.
    assert!(found.contains("API 키 생성") && !found.contains("온전해요"), "{found}");
    assert!(
        found.contains("notice-warn") && found.contains("그보다 앞선 기록은 확인하지 않았어요"),
        "{found}"
    );
    let path = format!("/console/audit?action=audit_viewed&actor={}", keeper.name);
    let first = keeper.get(&path).await.expect(200).text;
    assert!(first.contains("이 구간의 기록이 온전해요"), "{first}");
    let (_, link) = first.split_once("href=\"/console/audit?before=").expect("a next page");
    let link = link.split('"').next().unwrap_or_default().replace("&#38;", "&").replace("&amp;", "&");
    assert!(link.ends_with(&format!("&action=audit_viewed&actor={}", keeper.name)), "{link}");
    let next = keeper.get(&format!("/console/audit?before={link}")).await.expect(200).text;
    assert_eq!(next.matches("<td data-label=\"작업\">").count(), 4, "{next}");
    assert!(next.contains("2026년") || next.contains("년 "), "the year stands there");

    // Nothing is said of the whole where nothing, or not all that is shown, was looked at.
    let empty = keeper.get("/console/audit?before=1").await.expect(200).text;
    assert!(empty.contains("맞는 기록이 없어요") && !empty.contains("온전해요"), "{empty}");
}

/// Where somebody logs in who asked for this page, and who had no session.
fn way_in(page: &str) -> String {
    match page {
        "/console" => "/console/login".to_owned(),
        below => format!("/console/login?back={}", below.replace('/', "%2F")),
    }
}

/// The key that a page shows this once.
fn shown(page: &Answer) -> ApiKey {
    assert_eq!(page.header("cache-control"), "no-store");
    let value = |name: &str| {
        let (_, rest) =
            page.text.split_once(&format!("<dt>{name}</dt><dd class=\"mono\">")).expect("a value");
        rest.split('<').next().unwrap_or_default().to_owned()
    };
    ApiKey { id: value("api_key"), secret: value("api_secret") }
}

/// A failure is a page, too.
#[track_caller]
fn expect_page(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{}", answer.text);
}

/// What is drawn for each page.
fn nonce(page: &Answer) -> String {
    let policy = page.header("content-security-policy");
    let (_, rest) = policy.split_once("'nonce-").expect("a nonce");
    rest.split('\'').next().unwrap_or_default().to_owned()
}

async fn expect_whole(keeper: &Administrator) {
    let record = keeper.get("/console/audit").await.expect(200).text;
    assert!(record.contains("기록이 온전해요"), "{record}");
}
