//! Writing and sending in the messaging app, with one's own account at CoolSMS.

use bonin_tests::{
    Answer, Deadline, Engine, Server, Visitor, field_of, numbers, on_both_databases, people, until,
};
use futures_util::future::join_all;
use serde_json::{Value, json};

on_both_databases!(
    one_short_message_arrives_and_earns,
    many_get_a_long_one_each_once,
    a_picture_goes_by_mms_once_that_is_allowed,
    a_later_message_is_cancelled,
    the_same_form_is_one_send,
    no_more_than_thirty_an_hour_even_at_once,
    bad_input_is_shown_again_with_every_fault,
    a_photo_that_is_too_large_is_told_at_its_field,
    a_picture_that_was_chosen_is_not_left_out_silently,
    what_was_typed_outlives_a_permission_that_ended,
    a_send_under_way_has_no_buttons,
    a_page_that_asks_by_itself_keeps_nobody_logged_in,
    too_many_at_once_are_told_to_wait,
    a_preview_sends_nothing,
    an_answer_that_was_lost_is_no_second_message,
    a_provider_in_trouble_is_asked_again_by_hand,
    a_release_that_could_not_be_noted_is_settled_and_never_sent_twice,
    what_the_provider_refuses_is_told_and_counts_for_nothing,
    nobody_sees_what_somebody_else_sent,
    forms_of_other_sites_and_sessions_send_nothing,
    neither_database_nor_log_holds_what_was_written,
);

/// The registered sender of the simulated CoolSMS.
const FROM: &str = "02-5555-0102";

/// The head of a JPEG of 100 x 80 pixels.
const JPEG: [u8; 25] = [
    0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc0, 0, 11, 8, 0, 80, 0, 100, 1, 1, 0x11, 0, 0xff, 0xd9, 0, 0,
];

/// Fills in the form and sends it.
async fn send(user: &mut Visitor, to: &str, text: &str) -> Answer {
    send_with(user, &[("to", to), ("from", FROM), ("text", text)], &[]).await
}

async fn send_with(user: &mut Visitor, fields: &[(&str, &str)], image: &[u8]) -> Answer {
    let (token, key) = user.new_form().await;
    let mut all = vec![("form_token", token.as_str()), ("form_key", key.as_str())];
    all.extend(fields);
    user.upload("/app/send", &all, image).await
}

/// The page that a sent form leads to, without what it is told.
#[track_caller]
fn page_of(answer: &Answer) -> String {
    let answer = answer.clone().expect(303);
    let location = answer.header("location");
    assert!(location.starts_with("/app/messages/"), "{location}");
    location.split('?').next().unwrap_or_default().to_owned()
}

async fn state(user: &mut Visitor, page: &str) -> Value {
    user.open(&format!("{page}/state")).await.expect(200).json()
}

/// Waits until nothing more is to be found out.
async fn settled(user: &mut Visitor, page: &str) -> Value {
    until("the results", Deadline::secs(20), async || {
        let seen = state(user, page).await;
        (seen["follows"] == false).then_some(seen)
    })
    .await
}

async fn one_short_message_arrives_and_earns(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let number = numbers::fresh();
    let page = page_of(&send(&mut user, &numbers::hyphenated(&number), "안녕하세요\r\n반가워요").await);
    let message = server.handset().message(&number).await;
    assert_eq!((message.kind.as_str(), message.text.as_str()), ("sms", "안녕하세요\n반가워요"));
    assert_eq!((message.provider.as_str(), message.from.as_str()), ("coolsms", "0255550102"));

    let shown = user.open(&page).await.expect(200).text;
    assert!(shown.contains(&numbers::hyphenated(&number)), "its own sender sees the whole number");
    assert!(shown.contains("name=\"scope\" value=\"read\""), "results need a permission");
    assert_eq!(user.allow("read", &[]).await, "/app/messages");
    let state = settled(&mut user, &page).await;
    assert_eq!((&state["delivered"], &state["failed"], &state["waiting"]), (&json!(1), &json!(0), &json!(0)));
    // Only a group that names our app has a profit at the sandbox: 2 KRW for a short message.
    assert_eq!((&state["earned"], &state["charged"]), (&json!("2원"), &json!("20원")));
    let list = user.open("/app/messages").await.expect(200).text;
    assert!(list.contains(&page) && list.contains("2원"), "{list}");
    let digits = numbers::hyphenated(&number);
    assert!(list.contains(&format!("010-****-{}", &digits[9..])) && !list.contains(&digits), "{list}");
    let earnings = user.open("/app/earnings").await.expect(200).text;
    assert!(earnings.contains("2원") && earnings.contains("10일"), "{earnings}");
}

async fn many_get_a_long_one_each_once(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let all: Vec<String> = (0..3).map(|_| numbers::fresh()).collect();
    let typed = format!(
        "{}, {};\r\n{}\n{}",
        all[0],
        numbers::national(&all[1]),
        all[2],
        numbers::hyphenated(&all[0])
    );
    let text = "가".repeat(46);
    let answer = send(&mut user, &typed, &text).await;
    assert!(answer.header("location").ends_with("?folded=1"), "{}", answer.header("location"));
    let page = page_of(&answer);
    for number in &all {
        let message = server.handset().message(number).await;
        assert_eq!((message.kind.as_str(), &message.text), ("lms", &text));
        assert_eq!(server.handset().messages(number).await.len(), 1);
    }
    user.allow("read", &[]).await;
    let state = settled(&mut user, &page).await;
    assert_eq!((&state["delivered"], &state["earned"]), (&json!(3), &json!("15원")));
}

async fn a_picture_goes_by_mms_once_that_is_allowed(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let number = numbers::fresh();
    let written = [("to", number.as_str()), ("from", FROM), ("subject", "초대"), ("text", "사진이에요")];
    let without = send_with(&mut user, &written, &JPEG).await.expect(422);
    assert!(without.text.contains("id=\"image-error\""), "{}", without.text);
    assert_eq!(server.database().count("web_sends"), 0);

    let form = user.new_form().await;
    let mut kept = written.to_vec();
    kept.push(("form_key", &form.1));
    assert_eq!(user.allow("images", &kept).await, "/app/send");
    let page = user.open("/app/send").await.expect(200).text;
    for (_, typed) in &written {
        assert!(page.contains(typed), "{typed} was kept: {page}");
    }
    let page = page_of(&send_with(&mut user, &written, &JPEG).await);
    assert_eq!(server.handset().message(&number).await.kind, "mms");
    assert!(!user.open("/app/send").await.text.contains("사진이에요"), "a draft that was sent is gone");
    user.allow("read", &[]).await;
    assert_eq!(settled(&mut user, &page).await["earned"], "10원");
}

async fn a_later_message_is_cancelled(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let number = numbers::fresh();
    // The page itself says what the latest time is.
    let form = user.open("/app/send").await.expect(200).text;
    let (_, rest) = form.split_once("max=\"").expect("the page has a latest time");
    let at = rest[..16].to_owned();
    let fields = [("to", number.as_str()), ("from", FROM), ("text", "나중에"), ("at", at.as_str())];
    let page = page_of(&send_with(&mut user, &fields, &[]).await);
    assert_eq!(state(&mut user, &page).await["word"], "예약됨");
    let room = |text: &str| text.contains("29건");
    assert!(room(&user.open("/app/send").await.text), "it counts");
    let _ = user.press(&format!("{page}/cancel")).await.expect(303);
    assert_eq!(state(&mut user, &page).await["word"], "취소됨");
    assert!(!room(&user.open("/app/send").await.text), "it counts no more");
    let again = user.press(&format!("{page}/cancel")).await.expect(409);
    assert!(again.text.contains("취소하지 못했어요"), "{}", again.text);
    assert!(server.handset().messages(&number).await.is_empty());
}

async fn the_same_form_is_one_send(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let number = numbers::fresh();
    let (token, key) = user.new_form().await;
    let fields = [
        ("form_token", token.as_str()),
        ("form_key", key.as_str()),
        ("to", number.as_str()),
        ("from", FROM),
        ("text", "한 번만"),
    ];
    let presses = (0..6).map(|_| {
        let mut user = user.clone();
        async move { page_of(&user.upload("/app/send", &fields, &[]).await) }
    });
    let pages = join_all(presses).await;
    assert!(pages.iter().all(|page| *page == pages[0]), "{pages:?}");
    server.handset().message(&number).await;
    assert_eq!(server.handset().messages(&number).await.len(), 1);
    assert_eq!(server.database().count("web_sends"), 1);
}

async fn no_more_than_thirty_an_hour_even_at_once(engine: Engine) {
    let server = Server::on(engine).start().await;
    let user = Visitor::logged_in(&server, people::FIRST).await;
    // Eight posts of five messages: six fit.
    let posts = (0..8).map(|_| {
        let mut user = user.clone();
        let to: Vec<String> = (0..5).map(|_| numbers::fresh()).collect();
        async move { send(&mut user, &to.join(","), "한도").await }
    });
    let answers = join_all(posts).await;
    let sent = answers.iter().filter(|answer| answer.status == 303).count();
    let refused: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 422).collect();
    assert_eq!((sent, refused.len()), (6, 2));
    for answer in refused {
        assert!(
            answer.text.contains("지금은 더 보낼 수 없어요. ") && answer.text.contains("id=\"to-error\""),
            "{}",
            answer.text
        );
    }
    assert_eq!(server.database().count("web_messages"), 30);
}

async fn bad_input_is_shown_again_with_every_fault(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    user.allow("images", &[]).await;
    let fields = [
        ("to", "010-12, 02-123-4567"),
        ("from", "본인"),
        ("subject", "가나다라마바사아자차카타파하가나다라마바사"),
        ("text", "<b>이모지</b> 😀"),
        ("at", "2020-01-01T00:00"),
    ];
    let page = send_with(&mut user, &fields, b"\x89PNG\r\n").await.expect(422).text;
    for field in ["to", "from", "subject", "text", "image", "at"] {
        assert!(page.contains(&format!("id=\"{field}-error\"")), "{field}: {page}");
        assert!(page.contains(&format!("href=\"#{field}\"")), "{field} stands in the summary");
    }
    assert!(page.contains("010-12, 02-123-4567") && page.contains("2020-01-01T00:00"), "{page}");
    assert!(!page.contains("<b>") && page.contains("😀"), "what was typed is text");
    assert_eq!(server.database().count("web_sends"), 0);

    let (token, key) = user.new_form().await;
    let known = [("form_token", token.as_str()), ("form_key", key.as_str())];
    let strange = [known[0], known[1], ("agent", "x")];
    let _ = user.upload("/app/send", &strange, &[]).await.expect(400);
    let twice = [known[0], known[1], ("to", "1"), ("to", "2")];
    let _ = user.upload("/app/send", &twice, &[]).await.expect(400);
    let _ = user.upload("/app/send", &known, &vec![0; 3 << 20]).await.expect(413);
    let large = [known[0], known[1], ("text", &"a".repeat(70_000))];
    let _ = user.upload("/app/send", &large, &[]).await.expect(413);
    for path in ["/app/messages/x", "/app/messages?before=x", "/app/messages/x/state"] {
        let _ = user.open(path).await.expect(404);
    }
}

async fn a_photo_that_is_too_large_is_told_at_its_field(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    user.allow("images", &[]).await;
    let number = numbers::fresh();
    let written = [("to", number.as_str()), ("from", FROM), ("text", "큰 사진")];
    for size in [400_000, 2 << 20] {
        let mut photo = JPEG.to_vec();
        photo.resize(size, 0);
        let page = send_with(&mut user, &written, &photo).await.expect(422).text;
        assert!(page.contains("id=\"image-error\"") && page.contains("200KB까지"), "{page}");
        assert!(page.contains("큰 사진") && page.contains(&number), "{page}");
    }
}

async fn a_picture_that_was_chosen_is_not_left_out_silently(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    user.allow("images", &[]).await;
    let number = numbers::fresh();
    let mut written =
        vec![("to", number.as_str()), ("from", FROM), ("text", "사진과 함께"), ("preview", "1")];
    let page = send_with(&mut user, &written, &JPEG).await.expect(200).text;
    assert_eq!(field_of(&page, "had_image"), "1");
    written[3] = ("had_image", "1");
    let page = send_with(&mut user, &written, &[]).await.expect(422).text;
    assert!(page.contains("id=\"image-error\"") && page.contains("name=\"without_image\""), "{page}");
    assert_eq!((field_of(&page, "had_image").as_str(), server.database().count("web_sends")), ("1", 0));
    let mut again = written.clone();
    again.push(("without_image", "1"));
    let _ = page_of(&send_with(&mut user, &again, &[]).await);
    assert_eq!(server.handset().message(&number).await.kind, "sms");
    let _ = page_of(&send_with(&mut user, &written, &JPEG).await);
    assert_eq!(server.handset().messages(&number).await.len(), 2, "the picture came again");
}

async fn what_was_typed_outlives_a_permission_that_ended(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    // More than other forms may have.
    let long = "나".repeat(3_000);
    for (path, text) in [("/app/send", "보내던 글"), ("/app/allow", long.as_str())] {
        let (token, key) = user.new_form().await;
        server.database().execute(
            "UPDATE connections SET state = 'revoked', access = NULL, access_until = NULL, refresh = NULL",
        );
        let mut fields =
            vec![("form_token", token.as_str()), ("form_key", &key), ("from", FROM), ("text", text)];
        let ended = if path == "/app/send" {
            user.upload(path, &fields, &[]).await
        } else {
            fields.push(("scope", "images"));
            user.submit(path, &fields).await
        };
        assert!(ended.expect(403).text.contains("permission_ended"));
        assert_eq!(user.log_in(people::FIRST).await, "/app/send");
        assert!(user.open("/app/send").await.expect(200).text.contains(text), "{path}");
    }
}

async fn a_send_under_way_has_no_buttons(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let page = page_of(&send(&mut user, &numbers::fresh(), "가는 중").await);
    server.database().execute("UPDATE web_sends SET state = 'prepared', group_ref = NULL");
    let shown = user.open(&page).await.expect(200).text;
    assert!(shown.contains("보내는 중이에요") && shown.contains("id=\"refresh\""), "{shown}");
    assert!(!shown.contains("보내지 않았어요") && !shown.contains("/release\""), "{shown}");
    let seen = state(&mut user, &page).await;
    assert_eq!((&seen["follows"], &seen["buttons"]), (&json!(true), &json!("wait")));
    let a_minute_ago = match engine {
        Engine::Sqlite => "created_at - 61 * 1000000",
        Engine::Postgres => "created_at - interval '61 seconds'",
    };
    server.database().execute(&format!("UPDATE web_sends SET created_at = {a_minute_ago}"));
    let seen = state(&mut user, &page).await;
    assert_eq!((&seen["follows"], &seen["buttons"]), (&json!(false), &json!("let_go")));
    let shown = user.open(&page).await.expect(200).text;
    assert!(shown.contains("/cancel\"") && !shown.contains("/release\""), "it stopped on the way: {shown}");
    server.database().execute("UPDATE web_sends SET group_ref = 'G'");
    let seen = state(&mut user, &page).await;
    assert_eq!((&seen["follows"], &seen["buttons"]), (&json!(false), &json!("release_or_cancel")));
    assert!(user.open(&page).await.expect(200).text.contains("/release\""), "it can be sent still");
}

async fn a_page_that_asks_by_itself_keeps_nobody_logged_in(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let page = page_of(&send(&mut user, &numbers::fresh(), "보는 중").await);
    let ago = match engine {
        Engine::Sqlite => "seen_at - 120 * 1000000",
        Engine::Postgres => "seen_at - interval '120 seconds'",
    };
    server.database().execute(&format!("UPDATE app_sessions SET seen_at = {ago}"));
    let seen_at = "SELECT CAST(seen_at AS text) AS text FROM app_sessions";
    let before = server.database().text(seen_at);
    state(&mut user, &page).await;
    assert_eq!(server.database().text(seen_at), before);
    let _ = user.open(&page).await.expect(200);
    assert_ne!(server.database().text(seen_at), before, "somebody opened a page");
}

async fn too_many_at_once_are_told_to_wait(engine: Engine) {
    let server = Server::on(engine).with_limits().start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let to: Vec<String> = (0..201).map(|_| numbers::fresh()).collect();
    let page = send(&mut user, &to.join(","), "많이").await.expect(422).text;
    assert!(page.contains("지금은 30명까지 보낼 수 있어요") && !page.contains("200명"), "{page}");
    let token = user.form_token().await;
    let presses = (0..300).map(|_| {
        let (mut user, token) = (user.clone(), token.clone());
        async move { user.submit("/app/messages/x/release", &[("form_token", &token)]).await.status }
    });
    let answers = join_all(presses).await;
    assert!(answers.contains(&404) && answers.contains(&429), "{answers:?}");
}

async fn a_preview_sends_nothing(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let to = format!("{},{}", numbers::fresh(), numbers::fresh());
    let text = "가".repeat(45) + "a";
    let fields = [("to", to.as_str()), ("from", FROM), ("text", text.as_str()), ("preview", "1")];
    let page = send_with(&mut user, &fields, &[]).await.expect(200).text;
    assert!(page.contains("LMS · 91/2000바이트") && page.contains(">2명"), "{page}");
    assert!(page.contains(&text));
    assert_eq!(server.database().count("web_sends"), 0);
}

async fn an_answer_that_was_lost_is_no_second_message(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    // The first takes the message and answers what nobody can read; the second was not taken, and is sent once more.
    for fault in [json!({ "malformed": true }), json!({ "status": 500 })] {
        let number = numbers::fresh();
        let mut fault = fault.clone();
        fault["provider"] = json!("coolsms");
        fault["count"] = json!(1);
        fault["to"] = json!(number);
        server.sandbox().set_fault(&fault).await;
        let page = page_of(&send(&mut user, &number, "한 번만 가요").await);
        server.handset().message(&number).await;
        assert_eq!(state(&mut user, &page).await["word"], "보냈어요");
        assert_eq!(server.handset().messages(&number).await.len(), 1, "{fault}");
    }
}

async fn a_provider_in_trouble_is_asked_again_by_hand(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let number = numbers::fresh();
    server.sandbox().set_fault(&json!({ "provider": "coolsms", "status": 500, "to": number })).await;
    let page = page_of(&send(&mut user, &number, "다시 확인").await);
    a_while_passes(&server);
    assert_eq!(state(&mut user, &page).await["word"], "확인이 필요해요");
    let shown = user.press(&format!("{page}/release")).await.expect(503);
    assert!(shown.text.contains("다시 확인"), "{}", shown.text);
    server.sandbox().clear_faults().await;
    let _ = user.press(&format!("{page}/release")).await.expect(303);
    let _ = user.press(&format!("{page}/release")).await.expect(303);
    server.handset().message(&number).await;
    assert_eq!(server.handset().messages(&number).await.len(), 1);
    assert_eq!(state(&mut user, &page).await["word"], "보냈어요");
}

/// So long that no release is waited for any more.
fn a_while_passes(server: &Server) {
    let ago = match server.database().engine() {
        Engine::Sqlite => "released_at - 21 * 1000000",
        Engine::Postgres => "released_at - interval '21 seconds'",
    };
    server.database().execute(&format!("UPDATE web_sends SET released_at = {ago}"));
}

/// The database refuses to note that a send was sent.
fn refuse_to_note(server: &Server) {
    server.database().execute(match server.database().engine() {
        Engine::Sqlite => {
            "CREATE TRIGGER refuse BEFORE UPDATE ON web_sends WHEN NEW.state = 'sent' \
             BEGIN SELECT RAISE(ABORT, 'refused'); END"
        }
        Engine::Postgres => {
            "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql \
             AS 'BEGIN RAISE EXCEPTION ''refused''; END'; \
             CREATE TRIGGER refuse BEFORE UPDATE ON web_sends FOR EACH ROW WHEN (NEW.state = 'sent') \
             EXECUTE FUNCTION refuse()"
        }
    });
}

fn note_again(server: &Server) {
    server.database().execute(match server.database().engine() {
        Engine::Sqlite => "DROP TRIGGER refuse",
        Engine::Postgres => "DROP TRIGGER refuse ON web_sends",
    });
}

async fn a_release_that_could_not_be_noted_is_settled_and_never_sent_twice(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    for by_hand in [true, false] {
        let number = numbers::fresh();
        let (token, key) = user.new_form().await;
        let form = [
            ("form_token", token.as_str()),
            ("form_key", &key),
            ("to", &number),
            ("from", FROM),
            ("text", "적지 못했어요"),
        ];
        user.allow("images", &form[2..]).await;
        assert!(user.open("/app/send").await.text.contains("적지 못했어요"), "it is kept");
        let token = user.form_token().await;
        let form = [[("form_token", token.as_str())].as_slice(), &form[1..]].concat();
        refuse_to_note(&server);
        let page = page_of(&user.upload("/app/send", &form, &[]).await);
        server.handset().message(&number).await;
        assert!(!user.open("/app/send").await.text.contains("적지 못했어요"), "it is not offered again");
        assert_eq!(
            page_of(&user.upload("/app/send", &form, &[]).await),
            page,
            "the same form is the same send"
        );
        let unclear = "SELECT count(*) AS number FROM web_sends WHERE state = 'unclear'";
        assert_eq!(server.database().number(unclear), 1);
        if by_hand {
            a_while_passes(&server);
            let shown = user.open(&page).await.expect(200).text;
            assert!(shown.contains("보냈는지 확인하지 못했어요"), "{shown}");
            let pressed = user.press(&format!("{page}/release")).await.expect(303);
            assert_eq!(pressed.header("location"), page, "it says what is known");
            assert_eq!(server.database().number(unclear), 1, "the store fails still");
            note_again(&server);
            let _ = user.press(&format!("{page}/release")).await.expect(303);
            assert_eq!(state(&mut user, &page).await["word"], "보냈어요");
            user.allow("read", &[]).await;
        } else {
            // Who may look at results need press nothing.
            note_again(&server);
        }
        assert_eq!(settled(&mut user, &page).await["delivered"], 1);
        assert_eq!(server.handset().messages(&number).await.len(), 1);
    }
    assert_eq!(server.database().count("web_sends"), 2);
}

async fn what_the_provider_refuses_is_told_and_counts_for_nothing(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let number = numbers::fresh();
    server.sandbox().set_fault(&json!({ "provider": "coolsms", "status": 402, "to": number })).await;
    let poor = page_of(&send(&mut user, &number, "잔액").await);
    let fields = [("to", number.as_str()), ("from", "029998888"), ("text", "발신번호")];
    let unknown = page_of(&send_with(&mut user, &fields, &[]).await);
    for (page, reason, code) in [(&poor, "잔액이 부족", "402"), (&unknown, "등록하지 않은 발신번호", "1062")]
    {
        let shown = user.open(page).await.expect(200).text;
        assert!(
            shown.contains(reason) && shown.contains(code) && shown.contains("보내지 못했어요"),
            "{shown}"
        );
        let again = format!("/app/send?again={}", page.rsplit('/').next().unwrap_or_default());
        assert!(shown.contains(&again), "{shown}");
        assert!(user.open(&again).await.expect(200).text.contains(&numbers::hyphenated(&number)));
    }
    assert!(user.open("/app/send").await.text.contains("30건"), "neither counts");
    assert!(server.handset().messages(&number).await.is_empty());
}

async fn nobody_sees_what_somebody_else_sent(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let mut other = Visitor::logged_in(&server, people::SECOND).await;
    let page = page_of(&send(&mut user, &numbers::fresh(), "비밀 이야기").await);
    let id = page.rsplit('/').next().unwrap_or_default().to_owned();
    let missing = "0".repeat(32);
    for place in ["", "/state"] {
        let foreign = other.open(&format!("/app/messages/{id}{place}")).await.expect(404);
        let none = other.open(&format!("/app/messages/{missing}{place}")).await.expect(404);
        assert_eq!(foreign.text.len(), none.text.len(), "{place}");
    }
    for button in ["release", "cancel"] {
        let _ = other.press(&format!("/app/messages/{id}/{button}")).await.expect(404);
    }
    assert!(!other.open("/app/messages").await.expect(200).text.contains(&id));
    assert!(!other.open(&format!("/app/send?again={id}")).await.expect(200).text.contains("비밀 이야기"));
}

async fn forms_of_other_sites_and_sessions_send_nothing(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let mut other = Visitor::logged_in(&server, people::SECOND).await;
    let (_, key) = user.new_form().await;
    let foreign = other.form_token().await;
    let to = numbers::fresh();
    for token in ["", foreign.as_str()] {
        let fields =
            [("form_token", token), ("form_key", key.as_str()), ("to", &to), ("from", FROM), ("text", "x")];
        let page = user.upload("/app/send", &fields, &[]).await.expect(403).text;
        assert!(page.contains(&to) && page.contains(">\nx</textarea>"), "nothing typed is lost: {page}");
        assert_eq!(field_of(&page, "form_token"), user.form_token().await, "the next press is good");
    }
    let page = page_of(&send(&mut user, &to, "하나").await);
    for button in ["release", "cancel"] {
        let _ = user.submit(&format!("{page}/{button}"), &[("form_token", &foreign)]).await.expect(403);
    }
    let strange =
        server.api().request(reqwest::Method::POST, "/app/send").header("origin", "https://evil.example");
    let _ = Answer::to(strange).await.expect(403);
    assert_eq!(server.database().count("web_sends"), 1);
    for path in ["/app/send", "/app/messages", "/app/earnings", page.as_str()] {
        assert_eq!(server.api().get(path).await.expect(303).header("location"), "/app");
    }
}

async fn neither_database_nor_log_holds_what_was_written(engine: Engine) {
    let server = Server::on(engine).set("RUST_LOG", "trace").start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let number = numbers::fresh();
    let (text, subject) = ("tulip-garden-7391", "subject-of-8642");
    let fields = [("to", number.as_str()), ("from", FROM), ("text", text), ("subject", subject)];
    let page = page_of(&send_with(&mut user, &fields, &[]).await);
    user.allow("read", &[("text", "tulip-draft-5511"), ("to", &number)]).await;
    let _ = user.open(&page).await.expect(200);
    server.handset().message(&number).await;
    let (database, log) = (server.database().contents(), server.output());
    assert!(database.len() > 10_000 && log.len() > 1_000, "there is something to search");
    let national = numbers::national(&number);
    for (place, haystack) in [("the database", database), ("the log", log)] {
        let haystack = String::from_utf8_lossy(&haystack).into_owned();
        for secret in [text, subject, "tulip-draft-5511", &national[1..], &numbers::hyphenated(&number)] {
            assert!(!haystack.contains(secret), "{secret} in {place}");
        }
    }
}
