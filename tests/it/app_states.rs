//! What a page of the messaging app says of a send, and what it offers: no more and no less than what is known.

use bonin_tests::{
    Answer, Engine, Server, Visitor, field_of, numbers, on_both_databases, people, value_after,
};
use reqwest::Method;
use serde_json::{Value, json};

on_both_databases!(
    a_form_that_was_sent_before_says_so_and_sends_nothing,
    another_message_in_a_form_that_was_sent_before_is_not_lost,
    a_form_goes_once_with_each_account,
    a_release_under_way_is_waited_for,
    a_release_that_surely_did_nothing_is_told_at_once,
    a_reservation_that_was_not_made_is_offered_until_it_is_late,
    what_was_to_go_at_once_is_not_kept_for_later,
    an_unclear_reservation_that_is_late_is_not_called_unsent,
    a_refusal_is_told_with_its_reason_also_after_an_unclear_release,
    what_came_of_a_button_is_not_replaced_by_the_pages_script,
    a_cancellation_of_which_only_coolsms_knows_is_not_called_known,
    a_send_of_long_ago_is_not_on_its_way,
    a_permission_taken_back_unseen_is_renewed_by_a_log_in_that_asks_for_less,
);

/// The registered sender of the simulated CoolSMS.
const FROM: &str = "02-5555-0102";

/// Posts a form of this key.
async fn post(user: &mut Visitor, key: &str, to: &str, text: &str, at: &str) -> Answer {
    let token = user.form_token().await;
    let fields = [
        ("form_token", token.as_str()),
        ("form_key", key),
        ("to", to),
        ("from", FROM),
        ("text", text),
        ("at", at),
    ];
    user.upload("/app/send", &fields, &[]).await
}

/// Sends a new form; its page.
async fn send(user: &mut Visitor, to: &str, at: &str) -> String {
    let (_, key) = user.new_form().await;
    post(user, &key, to, "안녕하세요", at).await.expect(303).header("location").to_owned()
}

async fn state(user: &mut Visitor, page: &str) -> Value {
    user.open(&format!("{page}/state")).await.expect(200).json()
}

async fn shown(user: &mut Visitor, page: &str) -> String {
    user.open(page).await.expect(200).text
}

/// Sets what is stored of every send. `{ago:N}` stands for the moment N seconds ago.
fn set(server: &Server, what: &str) {
    let mut written = what.to_owned();
    while let Some((before, rest)) = written.split_once("{ago:") {
        let (seconds, after) = rest.split_once('}').expect("a moment");
        let moment = match server.database().engine() {
            Engine::Sqlite => format!("(unixepoch() - {seconds}) * 1000000"),
            Engine::Postgres => format!("now() - interval '{seconds} seconds'"),
        };
        written = format!("{before}{moment}{after}");
    }
    server.database().execute(&format!("UPDATE web_sends SET {written}"));
}

/// The latest time that the form takes, which its page says.
async fn latest(user: &mut Visitor) -> String {
    value_after(&shown(user, "/app/send").await, "max=\"")
}

async fn a_form_that_was_sent_before_says_so_and_sends_nothing(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let number = numbers::fresh();
    let (_, key) = user.new_form().await;
    let page = post(&mut user, &key, &number, "처음 글", "").await.expect(303).header("location").to_owned();
    assert!(!shown(&mut user, &page).await.contains("새로 보내지 않았어요"));
    let told = post(&mut user, &key, &number, "처음 글", "").await.expect(303).header("location").to_owned();
    assert_eq!(told, format!("{page}?repeated=1"));
    let told = shown(&mut user, &told).await;
    assert!(told.contains("새로 보내지 않았어요") && told.contains("href=\"/app/send\">새 메시지"), "{told}");
    server.handset().message(&number).await;
    assert_eq!(server.handset().messages(&number).await.len(), 1);
}

async fn another_message_in_a_form_that_was_sent_before_is_not_lost(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let (first, second) = (numbers::fresh(), numbers::fresh());
    let at = latest(&mut user).await;
    let (_, key) = user.new_form().await;
    let _ = post(&mut user, &key, &first, "처음 글", "").await.expect(303);
    // After the browser's way back: another number, text or time.
    let both = format!("{first}\n{second}");
    for (to, text, at) in [
        (&first, "다른 글", ""),
        (&both, "처음 글", ""),
        (&first, "처음 글", at.as_str()),
        (&second, "다른 글", ""),
    ] {
        let page = post(&mut user, &key, to, text, at).await.expect(409).text;
        assert!(page.contains("이 화면에서 이미 보낸 메시지가 있어요"), "{page}");
        assert!(page.contains(&format!("\n{to}</textarea>")), "{page}");
        assert!(page.contains(&format!("\n{text}</textarea>")), "{page}");
        assert_ne!(field_of(&page, "form_key"), key);
    }
    server.handset().message(&first).await;
    assert_eq!(server.handset().messages(&first).await.len(), 1);
    assert!(server.handset().messages(&second).await.is_empty());
    // The next press sends it, once.
    let page = post(&mut user, &key, &second, "다른 글", "").await.expect(409).text;
    let next = field_of(&page, "form_key");
    for _ in 0..2 {
        let _ = post(&mut user, &next, &second, "다른 글", "").await.expect(303);
    }
    assert_eq!(server.handset().message(&second).await.text, "다른 글");
    assert_eq!(server.handset().messages(&second).await.len(), 1);
}

async fn a_form_goes_once_with_each_account(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let number = numbers::fresh();
    let (_, key) = user.new_form().await;
    let mut pages = Vec::new();
    for person in [people::FIRST, people::SECOND] {
        user.log_in(person).await;
        for _ in 0..2 {
            let sent = post(&mut user, &key, &number, "두 계정", "").await.expect(303);
            pages.push(sent.header("location").to_owned());
        }
    }
    assert_ne!(pages[0], pages[2], "the other account's own");
    assert_eq!([pages[1].as_str(), &pages[3]], [0, 2].map(|first| format!("{}?repeated=1", pages[first])));
    assert_eq!(server.database().count("web_sends"), 2);
}

async fn a_release_under_way_is_waited_for(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let page = send(&mut user, &numbers::fresh(), "").await;
    // As it stands while CoolSMS is slow.
    set(&server, "state = 'unclear', released_at = {ago:1}");
    let seen = state(&mut user, &page).await;
    assert_eq!((&seen["follows"], &seen["buttons"]), (&json!(true), &json!("wait")));
    assert_eq!(seen["word"], "보내는 중");
    let page_then = shown(&mut user, &page).await;
    assert!(page_then.contains("보내는 중이에요") && !page_then.contains("확인하지 못했어요"), "{page_then}");
    assert!(page_then.contains("data-state-url"), "it shows itself anew: {page_then}");
    set(&server, "released_at = {ago:21}");
    let seen = state(&mut user, &page).await;
    assert_eq!((&seen["follows"], &seen["buttons"]), (&json!(false), &json!("check")));
    let page_then = shown(&mut user, &page).await;
    assert!(page_then.contains("확인하지 못했어요") && page_then.contains("/release\""), "{page_then}");
    assert!(page_then.contains("아직 보내지 않았으면 지금 보내요"), "{page_then}");
    assert!(page_then.contains("name=\"scope\" value=\"read\""), "its results would tell: {page_then}");
}

async fn a_release_that_surely_did_nothing_is_told_at_once(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let number = numbers::fresh();
    server.sandbox().set_fault(&json!({ "provider": "coolsms", "status": 503, "to": number })).await;
    let page = send(&mut user, &number, "").await;
    let seen = state(&mut user, &page).await;
    assert_eq!((&seen["word"], &seen["buttons"]), (&json!("보내지 않았어요"), &json!("release_or_cancel")));
    assert!(shown(&mut user, &page).await.contains("지금 보내기"));
    server.sandbox().clear_faults().await;
    let _ = user.press(&format!("{page}/release")).await.expect(303);
    server.handset().message(&number).await;
    assert_eq!(server.handset().messages(&number).await.len(), 1);
}

async fn a_reservation_that_was_not_made_is_offered_until_it_is_late(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let number = numbers::fresh();
    let at = latest(&mut user).await;
    let page = send(&mut user, &number, &at).await;
    set(&server, "state = 'prepared', releases = 0, released_at = NULL");
    let page_then = shown(&mut user, &page).await;
    assert!(page_then.contains("예약하기") && !page_then.contains("지금 보내기"), "{page_then}");
    set(&server, "scheduled_at = {ago:60}");
    assert_eq!(state(&mut user, &page).await["buttons"], "release_or_cancel");
    set(&server, "scheduled_at = {ago:660}");
    late(&mut user, &page).await;
}

async fn what_was_to_go_at_once_is_not_kept_for_later(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let number = numbers::fresh();
    server.sandbox().set_fault(&json!({ "provider": "coolsms", "status": 503, "to": number })).await;
    let page = send(&mut user, &number, "").await;
    server.sandbox().clear_faults().await;
    set(&server, "created_at = {ago:660}");
    late(&mut user, &page).await;
    assert!(server.handset().messages(&number).await.is_empty());
}

/// It surely was not sent, and is not offered to be: only to let it go.
async fn late(user: &mut Visitor, page: &str) {
    let page_then = shown(user, page).await;
    assert!(page_then.contains("보낼 시각이 지나") && page_then.contains("/cancel\""), "{page_then}");
    assert!(!page_then.contains("/release\""), "{page_then}");
    let refused = user.press(&format!("{page}/release")).await.expect(409).text;
    assert!(refused.contains("보낼 시각이 지나 보내지 않았어요"), "{refused}");
    let _ = user.press(&format!("{page}/cancel")).await.expect(303);
    assert_eq!(state(user, page).await["word"], "취소됨");
}

async fn an_unclear_reservation_that_is_late_is_not_called_unsent(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let at = latest(&mut user).await;
    let page = send(&mut user, &numbers::fresh(), &at).await;
    // CoolSMS took it, and its answer was lost.
    set(&server, "state = 'unclear', released_at = {ago:900}, scheduled_at = {ago:660}");
    let pressed = user.press(&format!("{page}/release")).await.expect(409).text;
    for page_then in [shown(&mut user, &page).await, pressed] {
        assert!(page_then.contains("보냈는지 여기서는 알 수 없어요"), "{page_then}");
        assert!(!page_then.contains("보내지 않았어요") && !page_then.contains("/release\""), "{page_then}");
        assert!(page_then.contains("name=\"scope\" value=\"read\""), "its results would tell: {page_then}");
    }
}

async fn a_refusal_is_told_with_its_reason_also_after_an_unclear_release(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let number = numbers::fresh();
    let fault = async |status: u16| {
        let fault = json!({ "provider": "coolsms", "status": status, "to": number });
        server.sandbox().set_fault(&fault).await;
    };
    fault(500).await;
    let page = send(&mut user, &number, "").await;
    fault(402).await;
    let refused = user.press(&format!("{page}/release")).await.expect(409).text;
    assert!(refused.contains("잔액이 부족") && refused.contains("402"), "{refused}");
    assert!(refused.contains("다시 확인") && !refused.contains("응답하지 않았어요"), "{refused}");
    server.sandbox().clear_faults().await;
    let _ = user.press(&format!("{page}/release")).await.expect(303);
    server.handset().message(&number).await;
    assert_eq!(server.handset().messages(&number).await.len(), 1);
}

async fn what_came_of_a_button_is_not_replaced_by_the_pages_script(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    user.allow("read", &[]).await;
    let number = numbers::fresh();
    let fault = async |status: u16| {
        let fault = json!({ "provider": "coolsms", "status": status, "to": number });
        server.sandbox().set_fault(&fault).await;
    };
    fault(500).await;
    let page = send(&mut user, &number, "").await;
    assert!(shown(&mut user, &page).await.contains("data-state-url"), "it asks otherwise");
    for (status, answered, told) in [(402, 409, "잔액이 부족"), (500, 503, "응답하지 않았어요")]
    {
        fault(status).await;
        let page_then = user.press(&format!("{page}/release")).await.expect(answered).text;
        assert!(page_then.contains(told) && !page_then.contains("data-state-url"), "{page_then}");
    }
}

async fn a_cancellation_of_which_only_coolsms_knows_is_not_called_known(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let at = latest(&mut user).await;
    let page = send(&mut user, &numbers::fresh(), &at).await;
    let _ = user.press(&format!("{page}/cancel")).await.expect(303);
    let known = user.press(&format!("{page}/cancel")).await.expect(409).text;
    assert!(known.contains("이미 보냈거나 취소된 메시지예요"), "{known}");
    // As it stands where CoolSMS's answer was lost, shortly before its time.
    set(&server, "state = 'scheduled', scheduled_at = {ago:1}");
    let unknown = user.press(&format!("{page}/cancel")).await.expect(409).text;
    assert!(unknown.contains("취소됐는지 CoolSMS에서 확인해 주세요"), "{unknown}");
    assert!(!unknown.contains("이미 보냈거나 취소된"), "{unknown}");
}

async fn a_send_of_long_ago_is_not_on_its_way(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    user.allow("read", &[]).await;
    let page = send(&mut user, &numbers::fresh(), "").await;
    set(&server, "created_at = {ago:260000}, released_at = {ago:260000}, delivered = 0, failed = 0");
    let seen = state(&mut user, &page).await;
    assert_eq!((&seen["word"], &seen["follows"]), (&json!("보냈어요"), &json!(false)));
    assert!(!shown(&mut user, "/app/messages").await.contains("보내는 중"));
    assert_eq!(server.database().number("SELECT count(followed_at) AS number FROM web_sends"), 0);
}

async fn a_permission_taken_back_unseen_is_renewed_by_a_log_in_that_asks_for_less(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut first = Visitor::logged_in(&server, people::FIRST).await;
    first.allow("cash", &[]).await;
    let taken_back = format!("/sandbox/oauth/grants?email={}", people::FIRST);
    let _ = Answer::to(server.sandbox().api().request(Method::DELETE, &taken_back)).await.expect(204);
    // Another browser knows nothing of what was allowed before.
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let number = numbers::fresh();
    let page = send(&mut user, &number, "").await;
    assert_eq!(state(&mut user, &page).await["word"], "보냈어요");
    server.handset().message(&number).await;
    assert_eq!(server.database().count("connections"), 1);
}
