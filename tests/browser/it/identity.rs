//! The hosted page for verifying an identity.

use bonin_browser_tests::{Browser, View};
use bonin_tests::{Engine, Server};

/// The page, as somebody with this view opens it and presses its button.
async fn begun(server: &Server, purpose: &str, view: View) -> Browser {
    let browser = Browser::open(view).await;
    browser.goto(&format!("{}/identity?purpose={purpose}", server.api().base())).await;
    browser.find("[data-state=ready]:not([hidden])").await;
    browser.judge().await;
    browser.press("[data-state=ready] [data-do=start]").await;
    browser
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_is_identified_in_the_carriers_window() {
    let server = Server::on(Engine::Sqlite).set("BONIN__IDENTITY__API", "v2").start().await;
    let browser = begun(&server, "sign_up", View::DESK.dark().english()).await;
    browser.in_new_window().await;
    browser.press("input[name=person]").await;
    browser.judge().await;
    browser.press("button[value=certified]").await;
    browser.in_last_window().await;
    browser.find("[data-state=done]:not([hidden])").await;
    browser.judge().await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_with_a_phone_goes_there_and_comes_back() {
    let server = Server::on(Engine::Sqlite).start().await;
    let browser = begun(&server, "sign_up", View::PHONE).await;
    browser.press("input[name=person]").await;
    browser.judge().await;
    browser.press("button[value=certified]").await;
    browser.find("[data-state=done]:not([hidden])").await;
    browser.judge().await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_gives_up_in_the_carriers_window_may_begin_again() {
    let server = Server::on(Engine::Sqlite).start().await;
    let browser = begun(&server, "find_id", View::DESK).await;
    browser.in_new_window().await;
    browser.press("input[name=person]").await;
    browser.press("button[value=cancelled]").await;
    browser.in_last_window().await;
    browser.find("[data-state=cancelled]:not([hidden])").await;
    browser.judge().await;
    browser.close().await;
}
