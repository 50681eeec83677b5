//! Ceilings of spending: exact to one message, over everything that costs, and seen in the console.

use std::collections::BTreeMap;

use bonin_tests::{
    Answer, Api, ApiKey, Deadline, Engine, SandboxProcess, Server, numbers, on_both_databases, turn, until,
};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

on_both_databases!(
    parallel_starts_stop_at_the_ceiling_to_one_message,
    codes_and_messages_share_a_tenants_ceiling,
    what_no_provider_took_is_given_back,
    each_part_of_a_long_text_counts_where_it_is_billed,
    test_numbers_cost_nothing,
    whoever_runs_the_deployment_is_told_once_of_each_step,
    the_console_shows_how_far_ceilings_are_used_up,
);

/// SENS alone, whose messages cost 20 won in the sandbox.
fn with_ceiling(engine: Engine, won: u32) -> bonin_tests::ServerBuilder {
    Server::on(engine)
        .set("BONIN__ROUTING__ORDER", "sens")
        .set("BONIN__LIMITS__SPENDING", "block")
        .set("BONIN__LIMITS__DAILY_WON", &won.to_string())
}

async fn try_start(api: &Api, number: &str) -> Answer {
    let body = json!({ "phone_number": number, "purpose": "sign_up" });
    api.post("/v1/verifications", &body).await
}

/// How many answers of each kind many starts at once get.
async fn start_in_parallel(apis: &[Api], many: usize) -> BTreeMap<(u16, String), usize> {
    let mut starts = JoinSet::new();
    for place in 0..many {
        let api = apis[place % apis.len()].clone();
        starts.spawn(async move {
            let answer = try_start(&api, &numbers::fresh()).await;
            let body = answer.json();
            let code = body["code"].as_str().or_else(|| body["status"].as_str()).unwrap_or_default();
            (answer.status, code.to_owned())
        });
    }
    let mut outcomes = BTreeMap::new();
    for outcome in starts.join_all().await {
        *outcomes.entry(outcome).or_default() += 1;
    }
    outcomes
}

fn expected(created: usize, refused: usize) -> BTreeMap<(u16, String), usize> {
    let kinds = [((201, "pending".to_owned()), created), ((429, "too_many_requests".to_owned()), refused)];
    BTreeMap::from(kinds)
}

/// How many messages arrived in all.
async fn arrived(server: &Server) -> usize {
    let inbox = server.sandbox().api().get("/handset/messages").await.expect(200).json();
    inbox["messages"].as_array().map_or(0, Vec::len)
}

async fn parallel_starts_stop_at_the_ceiling_to_one_message(engine: Engine) {
    let _turn = turn().await;
    let server = with_ceiling(engine, 7 * 20 + 19).start().await;
    let outcomes = start_in_parallel(&[server.api().clone()], 60).await;
    assert_eq!(outcomes, expected(7, 53));
    until("seven messages", Deadline::secs(20), async || (arrived(&server).await == 7).then_some(())).await;
    let spent = server.database().texts("SELECT CAST(charge AS text) AS text FROM spending");
    assert_eq!(spent, ["1400000"], "140 won, in ten-thousandths");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_on_one_postgres_share_one_ceiling() {
    let _turn = turn().await;
    let sandbox = SandboxProcess::start().await;
    let one = with_ceiling(Engine::Postgres, 9 * 20).using(&sandbox).start().await;
    let other = one.beside().using(&sandbox);
    let other = other.set("BONIN__ROUTING__ORDER", "sens").set("BONIN__LIMITS__SPENDING", "block");
    let other = other.set("BONIN__LIMITS__DAILY_WON", "180").start().await;
    let outcomes = start_in_parallel(&[one.api().clone(), other.api().clone()], 60).await;
    assert_eq!(outcomes, expected(9, 51));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ceiling_wants_a_price_for_all_that_is_carried() {
    let server = Server::on(Engine::Sqlite).with_file("").start().await;
    let file = server.folder().join("bonin.toml");
    let told_of = |written: &str| {
        std::fs::write(&file, written).expect("the file can be written");
        server.fails(&["migrate"])
    };
    let told = told_of("[limits]\nmode = \"block\"\nspending = \"block\"\ndaily_won = \"1000\"\n");
    // Simulated Korean providers have prices of their own.
    for missing in ["PRICE_SMS", "PRICE_LMS"] {
        assert!(told.contains(&format!("BONIN__PROVIDERS__NEXMO__{missing}")), "{told}");
    }
    assert!(!told.contains("SENS__PRICE"), "{told}");
    let told = told_of("[limits]\nmode = \"block\"\ndaily_won = \"0\"\n");
    assert!(told.contains("BONIN__LIMITS__DAILY_WON"), "{told}");
}

async fn send(server: &Server, key: &ApiKey, recipients: usize) -> Answer {
    let to: Vec<String> = (0..recipients).map(|_| numbers::fresh()).collect();
    let body = json!({ "to": to, "text": "안녕하세요." });
    server.api().with_key(key, Method::POST, "/v1/messages", Some(&body)).await
}

async fn codes_and_messages_share_a_tenants_ceiling(engine: Engine) {
    let server = with_ceiling(engine, 100).start().await;
    let key = server.key("default", &["send"]);
    let _ = try_start(server.api(), &numbers::fresh()).await.expect(201);
    let refused = send(&server, &key, 5).await.expect_problem(429, "ceiling_reached");
    assert!(refused.json()["retry_at"].is_string(), "{}", refused.text);
    let _ = send(&server, &key, 4).await.expect(202);
    let _ = try_start(server.api(), &numbers::fresh()).await.expect_problem(429, "too_many_requests");
    until("five messages", Deadline::secs(20), async || (arrived(&server).await == 5).then_some(())).await;
}

async fn what_no_provider_took_is_given_back(engine: Engine) {
    let server = with_ceiling(engine, 20).start().await;
    server.sandbox().set_fault(&json!({ "provider": "sens", "status": 401, "count": 1 })).await;
    let _ = server.api().start_and_wait(&numbers::fresh(), 5).await;
    let spent = || server.database().texts("SELECT CAST(charge AS text) AS text FROM spending");
    until("the charge's return", Deadline::secs(20), async || (spent() == ["0"]).then_some(())).await;
    let number = numbers::fresh();
    let _ = try_start(server.api(), &number).await.expect(201);
    server.handset().code(&number).await;
}

async fn each_part_of_a_long_text_counts_where_it_is_billed(engine: Engine) {
    let server = Server::on(engine)
        .set("BONIN__ROUTING__ORDER", "nexmo")
        .set("BONIN__LIMITS__SPENDING", "block")
        .set("BONIN__LIMITS__DAILY_WON", "100000")
        .set("BONIN__PROVIDERS__NEXMO__PRICE_SMS", "50")
        .set("BONIN__PROVIDERS__NEXMO__PRICE_LMS", "100")
        .start()
        .await;
    let key = server.key("default", &["send"]);
    let body = json!({ "to": [numbers::fresh()], "text": "가".repeat(1_000), "type": "lms" });
    let _ = server.api().with_key(&key, Method::POST, "/v1/messages", Some(&body)).await.expect(202);
    let spent = server.database().texts("SELECT CAST(charge AS text) AS text FROM spending");
    assert_eq!(spent, ["7500000"], "fifteen parts");
}

async fn test_numbers_cost_nothing(engine: Engine) {
    let numbers = "[[test_numbers]]\nphone_number = \"010-0000-0001\"\ncode = \"123456\"\nuntil = \"2099-01-01T00:00:00Z\"\n";
    let server = with_ceiling(engine, 100).with_file(numbers).start().await;
    let key = server.key("default", &["send"]);
    let body = json!({ "to": ["010-0000-0001"], "text": "안녕하세요." });
    let _ = server.api().with_key(&key, Method::POST, "/v1/messages", Some(&body)).await.expect(202);
    let _ = try_start(server.api(), "010-0000-0001").await.expect(201);
    let spent = || server.database().texts("SELECT CAST(charge AS text) AS text FROM spending");
    until("the charge's return", Deadline::secs(20), async || (spent() == ["0"]).then_some(())).await;
}

fn told(server: &Server) -> Vec<u64> {
    let output = String::from_utf8_lossy(&server.output()).into_owned();
    let lines = output.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter_map(|line| line["spending.percent"].as_u64()).collect()
}

async fn whoever_runs_the_deployment_is_told_once_of_each_step(engine: Engine) {
    let server = with_ceiling(engine, 39).start().await;
    // The second passes the ceiling: that is told, too, though the day stands at 20.
    for (status, percent) in [(201, 50), (429, 100)] {
        let answer = try_start(server.api(), &numbers::fresh()).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        let word = format!("the word of {percent} %");
        until(&word, Deadline::secs(20), async || told(&server).contains(&percent).then_some(())).await;
    }
    assert_eq!(told(&server), [50, 100]);
}

async fn the_console_shows_how_far_ceilings_are_used_up(engine: Engine) {
    let server = with_ceiling(engine, 40).start().await;
    let administrator = server.administrator().await;
    let _ = server.api().start_and_wait(&numbers::fresh(), 5).await;
    let verification = server.api().start_and_wait(&numbers::fresh(), 5).await;
    let tenants = administrator.get("/console/tenants").await.expect(200).text;
    assert!(tenants.contains("40원 중 40원") && tenants.contains("상한 도달"), "{tenants}");
    let overview = administrator.get("/console").await.expect(200).text;
    assert!(overview.contains("40원 중 40원") && overview.contains("상한 도달"), "{overview}");
    let _ = try_start(server.api(), &numbers::fresh()).await.expect_problem(429, "too_many_requests");
    let story =
        administrator.get(&format!("/console/verifications/{}", verification.id)).await.expect(200).text;
    assert!(story.contains("하루 비용(원)") && story.contains("20 / 40"), "{story}");
}
