//! The page that tells what the API does.

use bonin_browser_tests::{Browser, View};
use bonin_tests::{Engine, Server};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_api_is_told_to_everybody() {
    let server = Server::on(Engine::Sqlite).start().await;
    let browser = Browser::open(View::DESK).await;
    for (view, picture) in [
        (View::DESK, "docs-desk"),
        (View::PHONE.dark().english(), "docs-phone"),
        (View::NARROW, "docs-narrow"),
    ] {
        browser.look_as(view).await;
        browser.goto(&format!("{}/docs", server.api().base())).await;
        browser.judge().await;
        if picture != "docs-narrow" {
            browser.picture(picture).await;
        }
        // A picture's first part tells its width.
        let width = browser.png().await[16..20].iter().fold(0, |width, byte| width << 8 | u32::from(*byte));
        assert_eq!(width, view.width, "{picture} is as wide as the page is shown");
    }
    browser.close().await;
}
