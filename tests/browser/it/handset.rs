//! The sandbox's handset.

use bonin_browser_tests::{Browser, View};
use bonin_tests::{Engine, Server, numbers};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_shows_on_the_handset_while_somebody_looks() {
    let server = Server::on(Engine::Sqlite).start().await;
    let number = numbers::fresh();
    let browser = Browser::open(View::PHONE).await;
    browser.goto(&format!("{}/handset", server.sandbox().url())).await;
    browser.judge().await;
    server.api().start(&number).await;
    let code = server.handset().code(&number).await;
    browser.until_text("main", &code).await;
    browser.judge().await;
    browser.picture("handset-phone").await;
    browser.close().await;
}
