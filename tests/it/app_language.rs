//! What the messaging app tells in both languages, and the way from one to the other.

use bonin_tests::{Answer, Engine, Server, Visitor, numbers, on_both_databases, people, value_after};

on_both_databases!(
    the_page_of_earnings_tells_what_counts_when_and_where_it_is_paid,
    the_other_language_of_an_answer_to_a_form_is_a_page_and_stays,
);

async fn the_page_of_earnings_tells_what_counts_when_and_where_it_is_paid(engine: Engine) {
    let (settlement, withdrawal) = ("https://coolsms.example/earned", "https://coolsms.example/paid");
    let server = Server::on(engine)
        .set("BONIN__PROVIDERS__COOLSMS__SETTLEMENT_URL", settlement)
        .set("BONIN__PROVIDERS__COOLSMS__WITHDRAWAL_URL", withdrawal)
        .start()
        .await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let korean = [
        "이 앱으로 보낸 메시지가 도착할 때마다 CoolSMS가 앱에 수익을 줘요.",
        "수익은 매달 10일 오전 11시에 정산돼요.",
        "정산된 금액은 CoolSMS에 앱을 등록한 계정에 쌓이고",
        "출금은 원할 때 CoolSMS에서 신청해요.",
        "10일 11:00</time>",
    ];
    let english = [
        "CoolSMS pays the app for each message that arrives.",
        "Earnings are settled on the 10th of each month at 11:00.",
        "They go to the account that registered the app at CoolSMS",
        "Ask CoolSMS for a withdrawal when you like.",
        "11:00</time>",
    ];
    for (language, told) in [("ko", korean), ("en", english)] {
        let page = user.open(&format!("/app/earnings?lang={language}")).await.expect(200).text;
        assert!(page.contains(&format!("<html lang=\"{language}\">")), "{page}");
        for told in told {
            assert!(page.contains(told), "{told}: {page}");
        }
        // Eleven in Korea.
        let next = value_after(&page, "<time datetime=\"");
        assert!(next.ends_with("-10T02:00:00Z"), "{next}");
        for link in [settlement, withdrawal] {
            assert!(page.contains(&format!("href=\"{link}\" rel=\"noreferrer noopener\"")), "{link}: {page}");
        }
    }
}

/// The page that a link leads to, over whatever redirects.
async fn follow(visitor: &mut Visitor, link: &str) -> Answer {
    let mut answer = visitor.open(link).await;
    while answer.status == 303 {
        answer = visitor.open(answer.header("location")).await;
    }
    answer.expect(200)
}

/// This page in the other language: its link leads there, or a button of its form, which brings `typed` along.
async fn in_english(visitor: &mut Visitor, page: &Answer, typed: &[(&str, &str)]) -> Answer {
    assert!(page.text.contains("<html lang=\"ko\">"), "{}", page.text);
    let english = match page.text.split_once("id=\"language-button\"") {
        None => follow(visitor, &value_after(&page.text, "<a class=\"language\" href=\"")).await,
        Some((_, button)) => {
            let (name, address) = (value_after(button, "name=\""), value_after(button, "formaction=\""));
            let answer = visitor.upload(&address, &[typed, &[(&name, "1")]].concat(), &[]).await;
            for (_, typed) in typed {
                assert!(answer.text.contains(typed), "{typed} is still there: {}", answer.text);
            }
            answer.expect(page.status)
        }
    };
    assert!(english.text.contains("<html lang=\"en\">"), "{}", english.text);
    english
}

async fn the_other_language_of_an_answer_to_a_form_is_a_page_and_stays(engine: Engine) {
    let server = Server::on(engine).start().await;
    let mut user = Visitor::logged_in(&server, people::FIRST).await;
    let (token, key) = user.new_form().await;
    let typed = [("form_token", token.as_str()), ("form_key", key.as_str()), ("text", "반가워요")];
    let faulty = user.upload("/app/send", &typed, &[]).await.expect(422);
    let to = numbers::fresh();
    let good = [&typed[..], &[("to", &to), ("from", "02-5555-0102")]].concat();
    let sent = user.upload("/app/send", &good, &[]).await.expect(303).header("location").to_owned();
    let too_late = user.press(&format!("{sent}/cancel")).await.expect(409);
    let unknown = user.submit("/app/allow", &[typed[0], ("scope", "everything")]).await.expect(400);
    let mut nobody = Visitor::new(&server);
    let leaving = nobody.submit("/app/login", &[]).await.expect(200);
    for (browser, answer, title) in [
        (&user, faulty, "Send a message"),
        (&user, too_late, "Sent message"),
        (&user, unknown, "Send a message"),
        (&nobody, leaving, "Bonin Messages"),
    ] {
        let mut browser = browser.clone();
        let english = in_english(&mut browser, &answer, &typed).await.text;
        assert!(english.contains(title), "{title}: {english}");
        let next = follow(&mut browser, "/app").await.text;
        assert!(next.contains("<html lang=\"en\">"), "it stays after {title}: {next}");
    }
}
