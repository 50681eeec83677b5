//! Many checks of one verification at the same moment.

use std::collections::BTreeMap;

use bonin_tests::{Api, Engine, SandboxProcess, Server, Verification, numbers, on_both_databases, turn};
use tokio::task::JoinSet;

on_both_databases!(
    a_thousand_parallel_wrong_checks_compare_exactly_five,
    a_hundred_parallel_right_checks_succeed_exactly_once,
);

async fn a_thousand_parallel_wrong_checks_compare_exactly_five(engine: Engine) {
    let _turn = turn().await;
    let server = Server::on(engine).start().await;
    wrong_checks_compare_exactly_five(&server, &[server.api().clone()]).await;
}

async fn a_hundred_parallel_right_checks_succeed_exactly_once(engine: Engine) {
    let _turn = turn().await;
    let server = Server::on(engine).start().await;
    right_checks_succeed_exactly_once(&server, &[server.api().clone()]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_on_one_postgres_share_one_budget_and_one_success() {
    let _turn = turn().await;
    let sandbox = SandboxProcess::start().await;
    let one = Server::on(Engine::Postgres).using(&sandbox).start().await;
    let other = one.beside().using(&sandbox).start().await;
    let apis = [one.api().clone(), other.api().clone()];
    wrong_checks_compare_exactly_five(&one, &apis).await;
    right_checks_succeed_exactly_once(&other, &apis).await;
}

async fn wrong_checks_compare_exactly_five(server: &Server, apis: &[Api]) {
    let number = numbers::fresh();
    let verification = server.api().start(&number).await;
    let code = server.handset().code(&number).await;

    let outcomes = check_in_parallel(apis, &verification, &numbers::wrong_code(&code), 1000).await;

    let expected = [((422, "code_incorrect".to_owned()), 5), ((429, "checks_exhausted".to_owned()), 995)];
    assert_eq!(outcomes, BTreeMap::from(expected));
    for api in apis {
        let _ = api.check(&verification, &code).await.expect_problem(429, "checks_exhausted");
    }
}

async fn right_checks_succeed_exactly_once(server: &Server, apis: &[Api]) {
    let number = numbers::fresh();
    let verification = server.api().start(&number).await;
    let code = server.handset().code(&number).await;

    let outcomes = check_in_parallel(apis, &verification, &code, 100).await;

    let expected = [((200, "verified".to_owned()), 1), ((410, "verification_used".to_owned()), 99)];
    assert_eq!(outcomes, BTreeMap::from(expected));
}

/// Checks `code` so many times at once, by each server in turn, and counts the answers by status and code.
async fn check_in_parallel(
    apis: &[Api],
    verification: &Verification,
    code: &str,
    times: usize,
) -> BTreeMap<(u16, String), usize> {
    let mut checks = JoinSet::new();
    for api in apis.iter().cycle().take(times) {
        let (api, verification, code) = (api.clone(), verification.clone(), code.to_owned());
        checks.spawn(async move {
            let answer = api.check(&verification, &code).await;
            let outcome = if answer.status == 200 { answer.text_of("status") } else { answer.code() };
            (answer.status, outcome)
        });
    }
    let mut outcomes = BTreeMap::new();
    while let Some(outcome) = checks.join_next().await {
        *outcomes.entry(outcome.expect("a check is answered")).or_default() += 1;
    }
    outcomes
}
