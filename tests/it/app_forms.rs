//! The form of the messaging app: what was typed is not lost, and nothing else is sent than what it shows.

use bonin_tests::{
    Answer, Engine, Server, Visitor, field_of, numbers, on_both_databases, people, value_after,
};
use serde_json::json;

on_both_databases!(
    without_its_picture_means_without,
    a_draft_remembers_that_it_had_a_picture,
    what_is_written_again_goes_before_a_draft_and_keeps_its_kind,
    a_draft_is_forgotten_with_its_own_message_alone,
    a_draft_stays_one_when_it_is_shown_again,
    a_full_hour_later_on_is_told_at_the_time,
    a_text_outlives_the_log_in,
    the_other_language_keeps_the_form,
    asking_for_a_permission_from_an_earlier_log_in_loses_nothing,
    what_is_wrong_is_said_as_to_people,
    a_refused_sender_is_not_offered_again,
);

/// The registered sender of the simulated CoolSMS.
const FROM: &str = "02-5555-0102";

/// The head of a JPEG of 100 x 80 pixels.
const JPEG: [u8; 25] = [
    0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc0, 0, 11, 8, 0, 80, 0, 100, 1, 1, 0x11, 0, 0xff, 0xd9, 0, 0,
];

/// Fills in a new form and presses one of its buttons.
async fn post(user: &mut Visitor, fields: &[(&str, &str)], image: &[u8]) -> Answer {
    let (token, key) = user.new_form().await;
    let known = [("form_token", token.as_str()), ("form_key", key.as_str())];
    user.upload("/app/send", &[&known, fields].concat(), image).await
}

/// The address at which a send is written once more.
#[track_caller]
fn again(sent: &Answer) -> String {
    let location = sent.clone().expect(303).header("location").to_owned();
    let id = location.strip_prefix("/app/messages/").unwrap_or_else(|| panic!("{location}"));
    format!("/app/send?again={id}")
}

async fn without_its_picture_means_without(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    user.allow("images", &[]).await;
    let mut too_large = JPEG.to_vec();
    too_large.resize(400_000, 0);
    for picture in [&JPEG[..], &too_large] {
        let number = numbers::fresh();
        let fields = [("to", number.as_str()), ("from", FROM), ("text", "사진 없이"), ("without_image", "1")];
        let _ = post(&mut user, &fields, picture).await.expect(303);
        assert_eq!(server.handset().message(&number).await.kind, "sms", "{} bytes", picture.len());
    }
}

async fn a_draft_remembers_that_it_had_a_picture(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    user.allow("images", &[]).await;
    let number = numbers::fresh();
    let fields = [("to", number.as_str()), ("from", FROM), ("text", "사진과 함께")];
    // Its permission ends while it is sent.
    let (token, key) = user.new_form().await;
    server.database().execute(
        "UPDATE connections SET state = 'revoked', access = NULL, access_until = NULL, refresh = NULL",
    );
    let known = [("form_token", token.as_str()), ("form_key", key.as_str())];
    let ended = user.upload("/app/send", &[&known, &fields[..]].concat(), &JPEG).await;
    assert!(ended.expect(403).text.contains("permission_ended"));
    user.log_in(people::FIRST).await;
    let page = user.open("/app/send").await.expect(200).text;
    assert!(page.contains("사진은 다시 골라 주세요") && page.contains("MMS"), "{page}");
    let had_image = field_of(&page, "had_image");
    // A further permission is asked for from there, and the log in is another one afterwards.
    let kept = [&fields[..], &[("had_image", had_image.as_str())]].concat();
    assert_eq!(user.allow("images", &kept).await, "/app/send");
    let page = user.open("/app/send").await.expect(200).text;
    let had_image = field_of(&page, "had_image");
    let fields = [&fields[..], &[("had_image", had_image.as_str())]].concat();
    let page = post(&mut user, &fields, &[]).await.expect(422).text;
    assert!(page.contains("id=\"image-error\""), "one press does not send it as another message: {page}");
    let _ = post(&mut user, &fields, &JPEG).await.expect(303);
    assert_eq!(server.handset().message(&number).await.kind, "mms");
}

async fn what_is_written_again_goes_before_a_draft_and_keeps_its_kind(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    user.allow("images", &[]).await;
    let number = numbers::fresh();
    let poor = json!({ "provider": "coolsms", "status": 402, "to": number, "count": 1 });
    server.sandbox().set_fault(&poor).await;
    let fields = [("to", number.as_str()), ("from", FROM), ("text", "잔액이 부족했던 글")];
    let refused = post(&mut user, &fields, &JPEG).await;
    user.allow("images", &[("text", "쓰다 만 글")]).await;
    assert!(user.open("/app/send").await.expect(200).text.contains("쓰다 만 글"), "there is a draft");
    let page = user.open(&again(&refused)).await.expect(200).text;
    assert!(page.contains("잔액이 부족했던 글") && !page.contains("쓰다 만 글"), "{page}");
    assert!(!page.contains("작성하던 메시지를 불러왔어요"), "{page}");
    let had_image = field_of(&page, "had_image");
    let fields = [&fields[..], &[("had_image", had_image.as_str())]].concat();
    let _ = post(&mut user, &fields, &[]).await.expect(422);
    assert!(server.handset().messages(&number).await.is_empty(), "an MMS becomes no SMS by one press");
}

async fn a_draft_is_forgotten_with_its_own_message_alone(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let number = numbers::fresh();
    let (_, key) = user.new_form().await;
    let fields = [("form_key", key.as_str()), ("to", &number), ("from", FROM), ("text", "보낸 글")];
    let press = async |user: &mut Visitor| {
        let token = user.form_token().await;
        user.upload("/app/send", &[&[("form_token", token.as_str())], &fields[..]].concat(), &[]).await
    };
    let sent = press(&mut user).await;
    user.allow("images", &[("text", "쓰다 만 글")]).await;
    assert!(press(&mut user).await.expect(303).header("location").ends_with("?repeated=1"));
    let page = user.open(&again(&sent)).await.expect(200).text;
    assert!(!page.contains("name=\"draft\""), "{page}");
    let _ = post(&mut user, &fields[1..], &[]).await.expect(303);
    let page = user.open("/app/send").await.expect(200).text;
    assert!(page.contains("쓰다 만 글"), "nobody saw it meanwhile: {page}");
    let draft = field_of(&page, "draft");
    let own = [("to", number.as_str()), ("from", FROM), ("text", "다 쓴 글"), ("draft", &draft)];
    let _ = post(&mut user, &own, &[]).await.expect(303);
    let page = user.open("/app/send").await.expect(200).text;
    assert!(!page.contains("쓰다 만 글") && !page.contains("name=\"draft\""), "{page}");
    // Kept on the way to a permission, and sent from the page that was open before.
    user.allow("images", &fields[1..]).await;
    assert!(user.open("/app/send").await.expect(200).text.contains("보낸 글"), "it is kept");
    let _ = press(&mut user).await.expect(303);
    assert!(!user.open("/app/send").await.expect(200).text.contains("보낸 글"), "it is not offered again");
}

async fn a_draft_stays_one_when_it_is_shown_again(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    user.allow("images", &[("text", "쓰다 만 글")]).await;
    let page = user.open("/app/send").await.expect(200).text;
    assert!(page.contains("작성하던 메시지를 불러왔어요") && page.contains("name=\"clear\""), "{page}");
    let draft = field_of(&page, "draft");
    for (button, status) in [("language", 200), ("preview", 422)] {
        let fields = [("text", "쓰다 만 글"), ("draft", draft.as_str()), (button, "1")];
        let page = post(&mut user, &fields, &[]).await.expect(status).text;
        assert_eq!(field_of(&page, "draft"), draft);
        assert!(page.contains("name=\"clear\""), "{button}: {page}");
    }
    let _ = post(&mut user, &[("draft", &draft), ("clear", "1")], &[]).await.expect(303);
    assert!(!user.open("/app/send").await.expect(200).text.contains("쓰다 만 글"));
}

/// Times of the 15th of the month before the last one that may be chosen: they lie ahead, whatever today is.
async fn a_later_day(user: &mut Visitor) -> impl Fn(&str) -> String + use<> {
    let latest = value_after(&user.open("/app/send").await.expect(200).text, "max=\"");
    let number = |range: std::ops::Range<usize>| latest[range].parse::<u32>().expect("a number");
    let (year, month) = match (number(0..4), number(5..7)) {
        (year, 1) => (year - 1, 12),
        (year, month) => (year, month - 1),
    };
    move |time: &str| format!("{year}-{month:02}-15T{time}")
}

fn later<'a>(to: &'a str, at: &'a str) -> [(&'static str, &'a str); 4] {
    [("to", to), ("from", FROM), ("text", "나중에"), ("at", at)]
}

async fn a_full_hour_later_on_is_told_at_the_time(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let at = a_later_day(&mut user).await;
    let thirty: Vec<String> = (0..30).map(|_| numbers::fresh()).collect();
    let (thirty, one) = (thirty.join(","), numbers::fresh());
    let (noon, soon, evening) = (at("12:00"), at("12:10"), at("19:00"));
    let _ = post(&mut user, &later(&thirty, &noon), &[]).await.expect(303);
    let told = |answer: Answer, field: &str, text: &str| {
        let page = answer.expect(422).text;
        assert!(page.contains(&format!("id=\"{field}-error\">{text}")), "{page}");
    };
    let full = "그 시각에는 더 보낼 수 없어요. 다른 시각을 골라 주세요.";
    told(post(&mut user, &later(&one, &soon), &[]).await, "at", full);
    let waits = "지금은 더 보낼 수 없어요. ";
    told(post(&mut user, &later(&one, &evening), &[]).await, "to", waits);
    // Two hours later thirty may be sent, but at no time of that hour.
    server.database().execute(match engine {
        Engine::Sqlite => "UPDATE web_sends SET created_at = created_at - 7200 * 1000000",
        Engine::Postgres => "UPDATE web_sends SET created_at = created_at - interval '2 hours'",
    });
    let page = user.open("/app/send").await.expect(200).text;
    assert!(page.contains("1시간 30건 · 24시간 170건 남았어요"), "{page}");
    told(post(&mut user, &later(&one, &soon), &[]).await, "at", full);
    let _ = post(&mut user, &later(&one, &evening), &[]).await.expect(303);
}

async fn a_text_outlives_the_log_in(engine: Engine) {
    let server = Server::on(engine).start().await;
    for path in ["/app/send", "/app/allow"] {
        let mut user = Visitor::logged_in(&server, people::FIRST).await;
        let (token, key) = user.new_form().await;
        server.database().execute("UPDATE app_sessions SET seen_at = created_at, expires_at = created_at");
        let number = numbers::fresh();
        let mut fields = vec![
            ("form_token", token.as_str()),
            ("form_key", key.as_str()),
            ("to", number.as_str()),
            ("from", FROM),
            ("text", "\n오래 쓴 글</textarea><b>"),
        ];
        let answer = if path == "/app/send" {
            user.upload(path, &fields, &JPEG).await
        } else {
            fields.push(("scope", "images"));
            user.submit(path, &fields).await
        };
        let answer = answer.expect(401);
        assert_eq!(answer.header("cache-control"), "no-store");
        let page = &answer.text;
        assert!(page.contains("이번에는 보내지 않았어요") && page.contains("먼저 확인해 주세요"), "{page}");
        assert!(page.contains("readonly") && page.contains("action=\"/app/login\""), "{page}");
        assert!(page.contains(">\n\n오래 쓴 글&#60;/textarea&#62;&#60;b&#62;</textarea>"), "{page}");
        for other in [number.as_str(), FROM, &token, &key] {
            assert!(!page.contains(other), "{other} in {page}");
        }
        assert!(!page.contains("class=\"language\""), "the text is on no other page: {page}");
        assert_eq!(user.cookie("__Host-bonin-app"), None);
        assert_eq!(user.log_in(people::FIRST).await, "/app/send");
        assert!(!user.open("/app/send").await.expect(200).text.contains("오래 쓴 글"), "nothing was stored");
    }
    assert_eq!(server.database().count("web_sends"), 0);
    // Where nothing was written there is nothing to give back.
    let mut nobody = Visitor::new(&server);
    assert_eq!(
        nobody.upload("/app/send", &[("text", " \r\n")], &[]).await.expect(303).header("location"),
        "/app"
    );
}

async fn the_other_language_keeps_the_form(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    user.allow("images", &[]).await;
    let page = user.open("/app/send").await.expect(200).text;
    assert!(!page.contains("<a class=\"language\""), "a link would lose the form: {page}");
    let button = |page: &str| value_after(page, "id=\"language-button\" name=\"");
    let address = value_after(&page, "formnovalidate formaction=\"/app/send?lang");
    assert_eq!((button(&page).as_str(), address.as_str()), ("language", "=en"));

    let mut press = async |path: &str, fields: &[(&str, &str)], image: &[u8]| {
        let (token, key) = (field_of(&page, "form_token"), field_of(&page, "form_key"));
        let known = [("form_token", token.as_str()), ("form_key", key.as_str())];
        user.upload(path, &[&known, fields].concat(), image).await
    };
    // Nothing is wrong with a form that nobody has sent yet.
    let half = [("text", "반쯤 쓴 글"), ("language", "1")];
    let english = press("/app/send?lang=en", &half, &JPEG).await.expect(200).text;
    assert!(english.contains("<html lang=\"en\">") && english.contains("반쯤 쓴 글"), "{english}");
    assert!(!english.contains("id=\"faults\""), "{english}");
    assert_eq!(field_of(&english, "had_image"), "1", "a picture that was chosen is not forgotten");
    // What was told is told in the other language.
    let faulty = press("/app/send", &[("text", "반쯤 쓴 글")], &[]).await.expect(422).text;
    assert!(
        faulty.contains("<html lang=\"en\">") && faulty.contains("Enter at least one number."),
        "{faulty}"
    );
    assert_eq!(button(&faulty), "preview");
    let korean = press("/app/send?lang=ko", &[("text", "반쯤 쓴 글"), ("preview", "1")], &[]).await;
    let korean = korean.expect(422).text;
    assert!(korean.contains("받는 번호를 입력해 주세요.") && korean.contains("반쯤 쓴 글"), "{korean}");
    assert_eq!(server.database().count("web_sends"), 0);
    assert!(user.open("/app").await.expect(303).header("location") == "/app/send");
    assert!(user.open("/app/earnings").await.expect(200).text.contains("<html lang=\"ko\">"), "it stays");
}

async fn asking_for_a_permission_from_an_earlier_log_in_loses_nothing(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let (token, key) = user.new_form().await;
    user.log_in(people::FIRST).await;
    let number = numbers::fresh();
    let mut fields = vec![
        ("form_token", token.as_str()),
        ("form_key", key.as_str()),
        ("scope", "images"),
        ("to", number.as_str()),
        ("from", FROM),
        ("text", "사진을 붙이려던 글"),
        ("had_image", "1"),
    ];
    let page = user.submit("/app/allow", &fields).await.expect(403).text;
    assert!(page.contains("사진을 붙이려던 글") && page.contains(&number), "{page}");
    assert!(page.contains("다시 로그인해서") && page.contains("action=\"/app/send\""), "{page}");
    assert_eq!((field_of(&page, "form_key"), field_of(&page, "had_image")), (key.clone(), "1".to_owned()));
    let next = field_of(&page, "form_token");
    assert_eq!(next, user.form_token().await, "the next press is good");
    fields[0].1 = &next;
    let _ = user.submit("/app/allow", &fields).await.expect(200);
    // Where no message comes along there is none to lose.
    let other = user.submit("/app/allow", &[("form_token", &token), ("scope", "cash")]).await.expect(403);
    assert!(other.text.contains("form_token_refused"), "{}", other.text);
}

async fn what_is_wrong_is_said_as_to_people(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let fields = [("to", "abc, 02-123-4567"), ("from", FROM), ("text", "안녕하세요")];
    let page = post(&mut user, &fields, &[]).await.expect(422).text;
    let lines = "휴대폰 번호가 아니에요: abc\n문자를 받을 수 없는 번호예요. 휴대폰 번호로만 보낼 수 있어요: 02-123-4567";
    assert!(page.contains(&format!("id=\"to-error\">{lines}</p>")), "{page}");

    let too_large = post(&mut user, &fields, &vec![0; 3 << 20]).await.expect(413).text;
    assert!(
        too_large.contains("사진이 너무 커요. 뒤로 가서 200KB보다 작은 사진을 골라 주세요."),
        "{too_large}"
    );
    let not_a_form = user.submit("/app/send", &fields).await.expect(415).text;
    let not_this_way = user.open("/app/login").await.expect(405).text;
    let unknown = post(&mut user, &[("agent", "x")], &[]).await.expect(400).text;
    for page in [too_large, not_a_form, not_this_way, unknown] {
        assert!(page.contains("요</h1>") && !page.contains("니다."), "{page}");
    }
}

async fn a_refused_sender_is_not_offered_again(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let number = numbers::fresh();
    let _ = post(&mut user, &[("to", &number), ("from", FROM), ("text", "좋은 번호")], &[]).await.expect(303);
    let bad = post(&mut user, &[("to", &number), ("from", "029998888"), ("text", "나쁜 번호")], &[]).await;
    let page = user.open("/app/send").await.expect(200).text;
    assert!(page.contains("value=\"0255550102\"") && !page.contains("029998888"), "{page}");
    assert!(user.open(&again(&bad)).await.text.contains("029998888"), "it is there when it is asked for");
}
