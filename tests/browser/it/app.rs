//! The messaging app, from logging in at CoolSMS to the message on the phone and what it earned.

use bonin_browser_tests::{Browser, View};
use bonin_tests::{Deadline, Engine, Scratch, Server, numbers, people, until};
use http::Method;
use serde_json::{Value, json};

/// The head of a JPEG of 100 x 80 pixels.
const JPEG: [u8; 25] = [
    0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc0, 0, 11, 8, 0, 80, 0, 100, 1, 1, 0x11, 0, 0xff, 0xd9, 0, 0,
];

/// The sender number that is registered at the sandbox's CoolSMS.
async fn sender(server: &Server) -> String {
    let credentials: Value = server.sandbox().api().get("/sandbox/credentials").await.expect(200).json();
    let from = &credentials["coolsms"]["from"];
    let from = from.as_str().or_else(|| from[0].as_str());
    from.expect("CoolSMS has a registered sender").to_owned()
}

async fn welcomed(server: &Server, view: View) -> Browser {
    let browser = Browser::open(view).await;
    browser.goto(&format!("{}/app", server.api().base())).await;
    browser
}

/// Types the person's credentials at CoolSMS; its page of permissions follows.
async fn log_in_at_coolsms(browser: &Browser) {
    browser.write("#email", people::FIRST).await;
    browser.write("#password", people::PASSWORD).await;
    browser.follow("form[action='/oauth2/v1/login'] button").await;
    browser.find("button[value=allow]").await;
}

async fn logged_in(server: &Server, view: View) -> Browser {
    let browser = welcomed(server, view).await;
    browser.follow("form[action='/app/login'] button").await;
    log_in_at_coolsms(&browser).await;
    browser.follow("button[value=allow]").await;
    browser.find("#message").await;
    browser.at("/app/send").await;
    browser
}

async fn fill_in(browser: &Browser, server: &Server, to: &str, text: &str) {
    browser.write("#to", to).await;
    browser.write("#from", &sender(server).await).await;
    browser.write("#text", text).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_goes_from_log_in_to_the_handset_and_back_as_delivered() {
    journey(View::PHONE, "phone").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_on_a_desk_in_the_dark() {
    journey(View::DESK.dark(), "desk").await;
}

async fn journey(view: View, name: &str) {
    let server = Server::on(Engine::Sqlite).start().await;
    let picture = |page: &str| format!("app-{page}-{name}");
    let browser = welcomed(&server, view).await;
    browser.judge().await;
    browser.picture(&picture("welcome")).await;

    browser.follow("form[action='/app/login'] button").await;
    browser.find("#email").await;
    browser.judge().await;
    log_in_at_coolsms(&browser).await;
    browser.judge().await;
    let asked = browser.text(".scopes").await;
    assert!(asked.contains("message:write"), "{asked}");
    assert!(
        !asked.contains("message:read") && !asked.contains("cash") && !asked.contains("storage"),
        "{asked}"
    );
    browser.picture(&picture("consent")).await;
    browser.follow("button[value=allow]").await;

    browser.find("#message").await;
    browser.at("/app/send").await;
    browser.judge().await;
    let number = numbers::fresh();
    let text = "안녕하세요. 예약하신 시간은 오늘 오후 3시예요.";
    fill_in(&browser, &server, &number, text).await;
    browser.until_text("#text-count", "SMS · 46/90").await;
    browser.picture(&picture("send")).await;
    browser.judge().await;
    browser.follow("#send-button").await;

    let sent = browser.path().await;
    assert!(sent.starts_with("/app/messages/"), "{sent}");
    assert_eq!(server.handset().message(&number).await.text, text);
    browser.judge().await;
    // What became of it is another permission, asked for where it is first wanted.
    browser.follow("form[action='/app/allow'] button[value=read]").await;
    let asked = browser.text(".scopes").await;
    assert!(
        asked.contains("message:write") && asked.contains("message:read") && !asked.contains("cash"),
        "{asked}"
    );
    browser.follow("button[value=allow]").await;
    browser.goto(&format!("{}{}", server.api().base(), sent.split('?').next().expect("a path"))).await;
    browser.until_text("#delivered", "1").await;
    browser.until_text("#earned", "2원").await;
    browser.judge().await;
    browser.picture(&picture("delivered")).await;

    browser.follow("a[href='/app/messages']").await;
    browser.until_text("table", "도착").await;
    browser.judge().await;
    browser.follow("a[href='/app/earnings']").await;
    browser.until_text("main", "2원").await;
    browser.judge().await;
    browser.picture(&picture("earnings")).await;

    browser.follow("a[href='/app/account']").await;
    browser.judge().await;
    browser.follow("form[action='/app/allow'] input[value=cash] ~ button").await;
    browser.follow("button[value=allow]").await;
    browser.find("section[aria-labelledby=balance]").await;
    browser.at("/app/account").await;
    browser.until_text("section[aria-labelledby=balance]", "원").await;
    browser.judge().await;
    browser.picture(&picture("account")).await;

    browser.follow("a[href='/app/account/disconnect']").await;
    browser.judge().await;
    browser.follow("form[action='/app/account/disconnect'] button").await;
    browser.judge().await;
    browser.goto(&format!("{}/app/send", server.api().base())).await;
    // Nobody is logged in any more.
    browser.at("/app").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_counter_counts_as_the_carrier_does() {
    let server = Server::on(Engine::Sqlite).start().await;
    let browser = logged_in(&server, View::DESK).await;
    let field = "#text";
    for (text, shown, kind) in [
        ("가".repeat(45), "90/90", "SMS"),
        ("가".repeat(45) + "a", "91/2000", "LMS"),
        ("a".repeat(90), "90/90", "SMS"),
        ("똠방각하 펲시콜라".to_owned(), "17/90", "SMS"),
    ] {
        browser.write(field, &text).await;
        browser.until_text("#text-count", shown).await;
        browser.until_text("#text-count", kind).await;
        browser.until_text("#preview-kind", kind).await;
        // The server counts the same: it shows the form again, since nobody is to get it.
        browser.follow("#send-button").await;
        browser.find("#faults").await;
        let counted = browser.run("return document.querySelector('#text-count').textContent;", vec![]).await;
        let counted = counted.as_str().expect("a count").to_owned();
        assert!(counted.contains(shown) && counted.contains(kind), "{counted}");
    }
    browser.set(field, "좋아요 😀").await;
    browser.until_text("#unsendable", "😀").await;
    browser.judge().await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_works_without_scripts() {
    let server = Server::on(Engine::Sqlite).start().await;
    let browser = logged_in(&server, View::PHONE.without_scripts()).await;
    let numbers = [numbers::fresh(), numbers::fresh()];
    fill_in(&browser, &server, &numbers.join("\n"), &"가".repeat(46)).await;
    browser.follow("#preview-button").await;
    let counted = browser.text("#text-count").await;
    assert!(counted.contains("LMS") && counted.contains("92/2000"), "{counted}");
    browser.follow("#send-button").await;
    assert!(browser.path().await.starts_with("/app/messages/"));
    for number in &numbers {
        assert_eq!(server.handset().message(number).await.text, "가".repeat(46));
    }
    browser.follow("form[action='/app/allow'] button[value=read]").await;
    browser.follow("button[value=allow]").await;
    browser.goto(&format!("{}/app/messages", server.api().base())).await;
    browser.follow("table a").await;
    // Somebody who looks again and again; each look asks the provider.
    until("both delivered", Deadline::secs(20), async || {
        let delivered = browser.text("#delivered").await == "2";
        if !delivered && browser.has("#refresh").await {
            browser.follow("#refresh").await;
        }
        delivered.then_some(())
    })
    .await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_permission_and_one_taken_back_each_have_a_page() {
    let server = Server::on(Engine::Sqlite).start().await;
    let browser = welcomed(&server, View::PHONE.english()).await;
    browser.follow("form[action='/app/login'] button").await;
    log_in_at_coolsms(&browser).await;
    browser.follow("button[value=refuse]").await;
    browser.find("a.button-primary[href='/app']").await;
    // Neither code nor state stays in the address.
    browser.at("/app/problem?what=consent_refused").await;
    browser.judge().await;
    browser.picture("app-refused-phone").await;
    browser.follow("a.button-primary").await;
    browser.follow("form[action='/app/login'] button").await;
    browser.follow("button[value=allow]").await;
    browser.find("#message").await;
    browser.at("/app/send").await;

    let grants = server.sandbox().api().request(Method::DELETE, "/sandbox/oauth/grants");
    assert_eq!(grants.send().await.expect("an answer").status(), 204);
    fill_in(&browser, &server, &numbers::fresh(), "Hello").await;
    browser.follow("#send-button").await;
    browser.judge().await;
    browser.picture("app-revoked-phone").await;
    browser.follow("form[action='/app/login'] button").await;
    browser.follow("button[value=allow]").await;
    browser.find("#message").await;
    assert_eq!(browser.find("#text").await.prop("value").await.expect("a value").as_deref(), Some("Hello"));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_sent_by_keyboard_alone() {
    let server = Server::on(Engine::Sqlite).start().await;
    let browser = welcomed(&server, View::DESK).await;
    browser.tab_to("form[action='/app/login'] button").await;
    browser.enter().await;
    browser.tab_to("#email").await;
    browser.type_text(people::FIRST).await;
    browser.tab_to("#password").await;
    browser.type_text(people::PASSWORD).await;
    browser.enter().await;
    browser.find("button[value=allow]").await;
    browser.tab_to("button[value=allow]").await;
    browser.enter().await;
    browser.find("#to").await;
    let number = numbers::fresh();
    browser.tab_to("#to").await;
    browser.type_text(&number).await;
    browser.tab_to("#from").await;
    browser.type_text(&sender(&server).await).await;
    browser.tab_to("#text").await;
    browser.type_text("키보드로 보냈어요").await;
    browser.tab_to("#send-button").await;
    browser.enter().await;
    browser.find("#sent").await;
    assert_eq!(server.handset().message(&number).await.text, "키보드로 보냈어요");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn enter_in_a_field_sends_or_says_what_is_wrong() {
    let server = Server::on(Engine::Sqlite).start().await;
    for view in [View::DESK, View::DESK.without_scripts()] {
        let browser = logged_in(&server, view).await;
        let number = numbers::fresh();
        fill_in(&browser, &server, "010-1234", "엔터로 보냈어요").await;
        for to in ["010-1234", &number] {
            browser.write("#to", to).await;
            browser.write("#from", &sender(&server).await).await;
            // The form has other buttons besides: one asks for a permission.
            browser.enter().await;
            browser.find(if to == number { "#sent" } else { "#faults" }).await;
        }
        assert_eq!(server.handset().message(&number).await.text, "엔터로 보냈어요");
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changes_is_said_once_and_not_at_each_key() {
    let server = Server::on(Engine::Sqlite).start().await;
    let browser = logged_in(&server, View::PHONE).await;
    browser.write("#text", &"가".repeat(45)).await;
    assert_eq!(
        browser.find("#text-count").await.attr("aria-live").await.expect("it").as_deref(),
        Some("off")
    );
    let told = "return document.querySelector('#told').textContent;";
    assert_eq!(browser.run(told, vec![]).await, "", "it was SMS all the while");
    browser.set("#text", &"가".repeat(46)).await;
    assert_eq!(browser.run(told, vec![]).await, "LMS로 보내요");
    browser.set("#text", &"가".repeat(1_001)).await;
    assert_eq!(browser.run(told, vec![]).await, "보낼 수 있는 길이를 넘었어요");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_shows_itself_anew_when_what_can_be_done_changes() {
    let server = Server::on(Engine::Sqlite).start().await;
    let browser = logged_in(&server, View::PHONE).await;
    fill_in(&browser, &server, &numbers::fresh(), "가는 중").await;
    browser.follow("#send-button").await;
    browser.find("#sent").await;
    server.database().execute("UPDATE web_sends SET state = 'prepared', group_ref = NULL");
    let page = browser.path().await;
    browser.goto(&format!("{}{page}", server.api().base())).await;
    browser.until_text("#todo", "보내는 중이에요").await;
    browser.judge().await;
    server.database().execute("UPDATE web_sends SET group_ref = 'G'");
    browser.until_text("#todo", "보내지 않았어요").await;
    browser.find("form[action$='/release'] button").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_that_is_too_large_is_told_at_once_and_not_sent() {
    let server = Server::on(Engine::Sqlite).start().await;
    let folder = Scratch::new();
    let browser = logged_in(&server, View::PHONE).await;
    browser.press("details.more summary").await;
    browser.follow("button[value=images]").await;
    browser.follow("button[value=allow]").await;
    browser.find("input#image").await;
    let number = numbers::fresh();
    fill_in(&browser, &server, &number, "사진이에요").await;
    // Whether a press sends the form is known once the page's own script has seen it.
    let watch = "window.presses = []; \
                 window.addEventListener('submit', (event) => window.presses.push(!event.defaultPrevented));";
    browser.run(watch, vec![]).await;
    for (size, is_too_large) in [(200_001, true), (200_000, false)] {
        let mut picture = JPEG.to_vec();
        picture.resize(size, 0);
        let file = folder.path().join(format!("{size}.jpg"));
        std::fs::write(&file, picture).expect("the picture can be written");
        // A person chooses in a window of the system's own.
        let chosen = browser.find("#image").await.send_keys(file.to_str().expect("a path in UTF-8")).await;
        chosen.expect("a file can be chosen");
        until(&format!("the notice of {size} bytes"), Deadline::secs(10), async || {
            let is_shown = browser.find("#image-size").await.is_displayed().await.expect("it");
            (is_shown == is_too_large).then_some(())
        })
        .await;
        if is_too_large {
            assert!(browser.text("#image-size").await.contains("200KB까지"));
            browser.judge().await;
            browser.press("#send-button").await;
            assert_eq!(browser.run("return window.presses;", vec![]).await, json!([false]));
            assert_eq!(browser.run("return document.activeElement.id;", vec![]).await, "image");
            assert_eq!(server.database().count("web_sends"), 0);
        }
    }
    browser.follow("#send-button").await;
    browser.find("#sent").await;
    assert_eq!(server.handset().message(&number).await.kind, "mms");
    browser.close().await;
}

/// Lets the open page's clock and timers go on, as fast as they can.
async fn nine_minutes_pass(browser: &Browser) {
    const MILLISECONDS: f64 = 540_000.0;
    let clock = async || browser.run("return Date.now();", vec![]).await.as_f64().expect("a time");
    let begin = clock().await;
    let policy = json!({ "policy": "pauseIfNetworkFetchesPending", "budget": MILLISECONDS });
    browser.devtools("Emulation.setVirtualTimePolicy", &policy).await;
    until("nine minutes of the page", Deadline::secs(20), async || {
        (clock().await - begin >= MILLISECONDS).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_asks_until_everything_is_known_and_no_longer() {
    let server = Server::on(Engine::Sqlite).start().await;
    let browser = logged_in(&server, View::PHONE).await;
    browser.goto(&format!("{}/app/account", server.api().base())).await;
    browser.follow("form[action='/app/allow'] input[value=read] ~ button").await;
    browser.follow("button[value=allow]").await;
    browser.at("/app/account").await;
    browser.goto(&format!("{}/app/send", server.api().base())).await;
    server.sandbox().set_fault(&json!({ "provider": "coolsms", "on": "read", "status": 500 })).await;
    fill_in(&browser, &server, &numbers::fresh(), "다 알 때까지").await;
    browser.follow("#send-button").await;
    let asked = async || {
        let script = "return performance.getEntriesByType('resource')\
                      .filter((one) => one.name.endsWith('/state')).length;";
        browser.run(script, vec![]).await.as_u64().expect("a count")
    };
    until("the page to ask by itself", Deadline::secs(20), async || (asked().await > 0).then_some(())).await;
    server.sandbox().clear_faults().await;
    browser.until_text("#delivered", "1").await;
    assert!(
        !browser.find("#refresh").await.is_displayed().await.expect("it"),
        "there is nothing to look for"
    );
    let before = asked().await;
    nine_minutes_pass(&browser).await;
    assert_eq!(asked().await, before);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_said_at_its_field_and_nothing_is_lost() {
    let server = Server::on(Engine::Sqlite).start().await;
    let browser = logged_in(&server, View::NARROW).await;
    fill_in(&browser, &server, "010-1234", "이 글은 남아 있어야 해요").await;
    browser.follow("#send-button").await;
    browser.find("#to[aria-invalid=true]").await;
    browser.judge().await;
    assert_eq!(
        browser.find("#text").await.prop("value").await.expect("a value").as_deref(),
        Some("이 글은 남아 있어야 해요")
    );
    assert_eq!(browser.find("#to").await.prop("value").await.expect("a value").as_deref(), Some("010-1234"));
    for page in ["/app/send", "/app/messages", "/app/earnings", "/app/account", "/app/account/disconnect"] {
        browser.goto(&format!("{}{page}", server.api().base())).await;
        browser.judge().await;
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_other_language_keeps_what_was_typed_and_that_there_was_a_picture() {
    let server = Server::on(Engine::Sqlite).start().await;
    let folder = Scratch::new();
    let browser = logged_in(&server, View::PHONE).await;
    browser.press("details.more summary").await;
    browser.follow("button[value=images]").await;
    browser.follow("button[value=allow]").await;
    browser.find("input#image").await;
    let number = numbers::fresh();
    fill_in(&browser, &server, &number, "두 언어로").await;
    // Larger than the server would read at all: what is not wanted is not sent.
    let mut picture = JPEG.to_vec();
    picture.resize(3_000_000, 0);
    let file = folder.path().join("large.jpg");
    std::fs::write(&file, picture).expect("the picture can be written");
    let choose = async || {
        let chosen = browser.find("#image").await.send_keys(file.to_str().expect("a path in UTF-8")).await;
        chosen.expect("a file can be chosen");
    };
    choose().await;
    browser.follow("#language-button").await;
    browser.until_text("h1", "Send a message").await;
    browser.judge().await;
    assert_eq!(browser.find("#text").await.prop("value").await.expect("it").as_deref(), Some("두 언어로"));
    browser.follow("#send-button").await;
    browser.until_text("#image-error", "is not here").await;
    assert_eq!(server.database().count("web_sends"), 0, "it is another message without its picture");
    choose().await;
    browser.follow("button[name=without_image]").await;
    browser.find("#sent").await;
    assert_eq!(server.handset().message(&number).await.kind, "sms");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_is_still_sent_from_a_page_that_was_not_left_after_all() {
    let server = Server::on(Engine::Sqlite).start().await;
    let folder = Scratch::new();
    let browser = logged_in(&server, View::PHONE).await;
    browser.press("details.more summary").await;
    browser.follow("button[value=images]").await;
    browser.follow("button[value=allow]").await;
    browser.find("input#image").await;
    let number = numbers::fresh();
    fill_in(&browser, &server, &number, "사진과 함께").await;
    let file = folder.path().join("small.jpg");
    std::fs::write(&file, JPEG).expect("the picture can be written");
    let chosen = browser.find("#image").await.send_keys(file.to_str().expect("a path in UTF-8")).await;
    chosen.expect("a file can be chosen");
    browser.until_text("#text-count", "MMS").await;
    // The other language is asked for, and stopped before it comes.
    browser.run("document.querySelector('#language-button').click(); window.stop();", vec![]).await;
    browser.until_text("h1", "문자 보내기").await;
    browser.follow("#send-button").await;
    browser.find("#sent").await;
    assert_eq!(server.handset().message(&number).await.kind, "mms");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_is_given_back_to_whom_the_log_in_is_over() {
    let server = Server::on(Engine::Sqlite).start().await;
    let browser = logged_in(&server, View::PHONE).await;
    fill_in(&browser, &server, "010-1234, 02-123-4567", "오래 쓴 글이에요").await;
    browser.follow("#send-button").await;
    browser.find("#to-error").await;
    browser.judge().await;
    server.database().execute("UPDATE app_sessions SET seen_at = created_at, expires_at = created_at");
    browser.follow("#send-button").await;
    browser.until_text("h1", "로그인이 끝나서").await;
    browser.judge().await;
    assert_eq!(
        browser.find("#text").await.prop("value").await.expect("it").as_deref(),
        Some("오래 쓴 글이에요")
    );
    browser.follow("form[action='/app/login'] button").await;
    browser.close().await;
}
