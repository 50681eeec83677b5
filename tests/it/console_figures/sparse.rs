//! What pages with figures show where there is little to tell, or nobody has time to count.

use bonin_tests::{Deadline, Engine, Server, numbers, on_both_databases, until};
use serde_json::json;

use super::{between, note, stat};

on_both_databases!(
    a_provider_whose_attempts_all_failed_is_shown_with_its_failures,
    a_cost_that_is_not_known_is_no_zero,
    a_day_without_figures_has_no_notes_about_them,
    a_chart_without_figures_says_so,
);

const BUSY: &str = "지금은 집계가 바빠요. 잠시 뒤 새로고침해 주세요.";
const NOTHING: &str = "<div class=\"empty\"><strong>아직 기록이 없어요</strong></div>";

async fn a_provider_whose_attempts_all_failed_is_shown_with_its_failures(engine: Engine) {
    let server = Server::on(engine).set("BONIN__ROUTING__ORDER", "sens,cafe24").start().await;
    server.sandbox().set_fault(&json!({ "provider": "sens", "status": 401 })).await;
    let _ = server.api().start_and_wait(&numbers::fresh(), 8).await;
    let administrator = server.administrator().await;
    let page = administrator.get("/console/analytics?provider=sens").await.expect(200).text;
    // The verification counts for the provider that took the message.
    assert_eq!((stat(&page, "인증 시작"), stat(&page, "실패한 발송")), ("0", "1"));
    assert!(!page.contains("이 조건에 맞는 인증이 없어요"));
    assert!(between(&page, "<h2 id=\"failures\">", "</section>").contains("Naver SENS"));
    // It is no known cost either, but nothing was taken that should have had a price.
    assert_eq!((stat(&page, "비용"), note(&page, "비용")), ("–", ""));
}

async fn a_cost_that_is_not_known_is_no_zero(engine: Engine) {
    let server = Server::on(engine).set("BONIN__ROUTING__ORDER", "sens").start().await;
    let administrator = server.administrator().await;
    // The overview, the analytics and the provider's card, each as figure and note.
    let costs = async || {
        let overview = administrator.get("/console").await.expect(200).text;
        let analytics = administrator.get("/console/analytics").await.expect(200).text;
        let providers = administrator.get("/console/providers").await.expect(200).text;
        let today =
            note(&overview, "오늘 쓴 비용").split(" · 상한 없음").next().unwrap_or_default().to_owned();
        (
            (stat(&overview, "오늘 쓴 비용").to_owned(), today),
            (stat(&analytics, "비용").to_owned(), note(&analytics, "비용").to_owned()),
            between(&providers, "<dt>오늘 비용</dt><dd>", "</dd>").to_owned(),
        )
    };
    let texts = |value: &str, note: &str| (value.to_owned(), note.to_owned());
    let (_, analytics, card) = costs().await;
    assert_eq!((analytics, card.as_str()), (texts("0원", ""), "0원"), "nobody was asked");

    for _ in 0..2 {
        let _ = server.api().start_and_wait(&numbers::fresh(), 8).await;
    }
    let (today, analytics, card) = costs().await;
    assert_eq!(today.0, "40원");
    assert_eq!((analytics, card.as_str()), (texts("40원", ""), "40원"));

    let one = "message_id = (SELECT min(CAST(message_id AS text)) FROM attempts)";
    let one = match engine {
        Engine::Postgres => one.replace("message_id =", "CAST(message_id AS text) ="),
        Engine::Sqlite => one.replace("CAST(message_id AS text)", "message_id"),
    };
    let database = server.database();
    database.execute(&format!("UPDATE attempts SET price_amount = NULL, price_currency = NULL WHERE {one}"));
    let (today, analytics, card) = costs().await;
    assert_eq!(today, texts("20원", "가격을 모르는 1건 제외"));
    assert_eq!(analytics, texts("20원", "가격을 모르는 1건 제외"));
    assert_eq!(card, "20원 · 가격을 모르는 1건 제외");

    database.execute("UPDATE attempts SET price_amount = '0.03', price_currency = 'EUR'");
    let (today, analytics, card) = costs().await;
    assert_eq!((today.0.as_str(), analytics, card.as_str()), ("€0.06", texts("€0.06", ""), "€0.06"));

    database.execute("UPDATE attempts SET price_amount = NULL, price_currency = NULL");
    let (today, analytics, card) = costs().await;
    assert_eq!(today, texts("–", "가격이 설정되지 않았어요"));
    assert_eq!(analytics, texts("–", "가격이 설정되지 않았어요"));
    assert_eq!(card, "– · 가격이 설정되지 않았어요");
}

async fn a_day_without_figures_has_no_notes_about_them(engine: Engine) {
    let server = Server::on(engine).start().await;
    let administrator = server.administrator().await;
    for page in ["/console", "/console/analytics"] {
        let page = administrator.get(page).await.expect(200).text;
        assert_eq!(stat(&page, "인증까지 걸린 시간"), "–");
        assert_eq!(
            (note(&page, "인증까지 걸린 시간"), note(&page, "실패한 발송").contains('–')),
            ("", false)
        );
        assert!(!note(&page, "전환율").contains('–'), "{}", note(&page, "전환율"));
    }
}

async fn a_chart_without_figures_says_so(engine: Engine) {
    let server = Server::on(engine).set("BONIN__ROUTING__ORDER", "sens").start().await;
    server.sandbox().set_fault(&json!({ "provider": "sens", "receipt_delay_ms": 600_000 })).await;
    let _ = server.api().start_and_wait(&numbers::fresh(), 8).await;
    server.database().execute("UPDATE attempts SET price_amount = NULL, price_currency = NULL");
    let administrator = server.administrator().await;
    let page = administrator.get("/console/analytics").await.expect(200).text;
    let figure = |id: &str| between(&page, &format!("<figcaption id=\"chart-{id}\">"), "</figure>");
    for empty in ["cost", "latency", "conversion"] {
        let figure = figure(empty);
        assert!(figure.contains(NOTHING), "{figure}");
        assert!(!figure.contains("<canvas") && !figure.contains("<table"), "{figure}");
    }
    let course = figure("course");
    assert!(course.contains("<canvas") && course.contains("<table") && !course.contains(NOTHING), "{course}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_do_without_figures_while_nobody_has_time_to_count() {
    let server = Server::on(Engine::Postgres).start().await;
    let administrator = server.administrator().await;
    let pages = ["/console", "/console/providers"];
    for page in pages {
        assert!(!administrator.get(page).await.expect(200).text.contains(BUSY), "{page} has figures");
    }
    let form_token = administrator.form_token().await;
    // A table that is counted, locked until there is another one.
    let lock = "LOCK TABLE past_verifications IN ACCESS EXCLUSIVE MODE; DO $$ BEGIN \
                WHILE NOT EXISTS (SELECT FROM pg_class WHERE relname = 'test_released') LOOP \
                PERFORM pg_sleep(0.05); END LOOP; END $$";
    let url = server.database().url();
    let holder = std::thread::spawn(move || bonin_tests::psql(&url, lock));
    until("the lock", Deadline::secs(10), async || {
        let held = "SELECT count(*) AS number FROM pg_locks WHERE relation = 'past_verifications'::regclass \
                    AND mode = 'AccessExclusiveLock' AND granted";
        (server.database().number(held) == 1).then_some(())
    })
    .await;
    let fields = [("form_token", form_token.as_str())];
    let (overview, providers, checked) = tokio::join!(
        administrator.get("/console"),
        administrator.get("/console/providers"),
        administrator.send("/console/providers/check", &fields),
    );
    server.database().execute("CREATE TABLE test_released (id integer)");
    let _ = holder.join().expect("the lock is let go");
    let (overview, providers, checked) =
        (overview.expect(200).text, providers.expect(200).text, checked.expect(200).text);
    for page in [&overview, &providers, &checked] {
        assert!(page.contains(BUSY), "{page}");
        assert!(page.contains("<span class=\"badge badge-good\">정상</span>"), "breakers are told");
    }
    assert!(
        checked.contains("점검했어요") && checked.contains("<span class=\"badge badge-good\">확인</span>")
    );
    for page in pages {
        assert!(!administrator.get(page).await.expect(200).text.contains(BUSY), "{page} has figures again");
    }
}
