//! The console: the first administrator, and what administrators look at.

use bonin_browser_tests::{Browser, View};
use bonin_tests::{Engine, Server, numbers, one_time_password};

const NAME: &str = "min.seo";
const PASSWORD: &str = "quiet harbour lamp";

/// Some of what the console shows: verifications that succeeded, failed and are under way.
async fn lived_in(server: &Server) -> String {
    let mut last = String::new();
    for place in 0..8 {
        let number = numbers::fresh();
        let verification = server.api().start_and_wait(&number, 5).await;
        match place % 4 {
            0 => drop(server.api().check(&verification, "000000").await),
            1 => {}
            _ => {
                let code = server.handset().code(&number).await;
                let _ = server.api().check(&verification, &code).await.expect(200);
            }
        }
        last = verification.id;
    }
    last
}

/// Becomes an administrator and logs in, with an authenticator app at hand.
async fn logged_in(server: &Server, browser: &Browser) {
    let token = server.invitation(None);
    browser.goto(&format!("{}/console", server.admin().base())).await;
    browser.at("/console/login").await;
    browser.judge().await;
    browser.follow("a[href='/console/join']").await;
    browser.judge().await;
    browser.write("#token", &token).await;
    browser.write("#name", NAME).await;
    browser.write("#password", PASSWORD).await;
    browser.follow("form[action='/console/join'] button").await;
    let secret = browser.text("form .facts .mono").await;
    browser.find("form[action='/console/join/confirm'] svg").await;
    browser.judge().await;
    browser.write("#code", &one_time_password(&secret, 0)).await;
    browser.follow("form[action='/console/join/confirm'] button").await;
    assert!(browser.path().await.starts_with("/console/login"));
    browser.judge().await;
    browser.write("#name", NAME).await;
    browser.write("#password", PASSWORD).await;
    // The app's next code: the one that was just used counts no more.
    browser.write("#code", &one_time_password(&secret, 1)).await;
    browser.follow("form[action='/console/login'] button").await;
    browser.at("/console").await;
}

/// How many of the page's charts show something, and how many there are.
async fn charts(browser: &Browser) -> (u64, u64) {
    let script = "const drawn = (canvas) => { const { width, height } = canvas;\
        const pixels = canvas.getContext('2d').getImageData(0, 0, width, height).data;\
        const colours = new Set(); for (let at = 0; at < pixels.length; at += 4)\
        if (pixels[at + 3] > 200) colours.add(pixels.slice(at, at + 3).join());\
        return width > 100 && height > 80 && colours.size > 2; };\
        const all = [...document.querySelectorAll('canvas')];\
        return [all.filter(drawn).length, all.length];";
    let counts = browser.run(script, vec![]).await;
    (counts[0].as_u64().expect("a count"), counts[1].as_u64().expect("a count"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_is_made_looks_around_and_finds_a_verification() {
    tour(View::DESK, "desk").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_on_a_phone_in_the_dark_in_english() {
    tour(View::PHONE.dark().english(), "phone").await;
}

async fn tour(view: View, name: &str) {
    let server = Server::on(Engine::Sqlite).start().await;
    let verification = lived_in(&server).await;
    let browser = Browser::open(view).await;
    logged_in(&server, &browser).await;
    let open = async |page: &str| browser.goto(&format!("{}{page}", server.admin().base())).await;
    let picture = async |page: &str| browser.picture(&format!("console-{page}-{name}")).await;

    browser.find("canvas").await;
    browser.judge().await;
    assert_eq!(charts(&browser).await, (1, 1), "today's hours are drawn");
    picture("overview").await;
    open("/console/analytics").await;
    browser.judge().await;
    let (drawn, all) = charts(&browser).await;
    assert!(all >= 5, "{all}");
    assert_eq!(drawn, all, "each chart shows its figures");
    picture("analytics").await;

    open("/console/verifications").await;
    browser.judge().await;
    open(&format!("/console/verifications/{verification}")).await;
    browser.find(".timeline").await;
    browser.judge().await;
    picture("story").await;
    for page in ["providers", "templates", "keys", "tenants", "audit"] {
        open(&format!("/console/{page}")).await;
        browser.judge().await;
        picture(page).await;
    }
    open("/console/templates").await;
    browser.follow("main a[href^='/console/templates/']").await;
    browser.judge().await;
    picture("template").await;
    browser.follow("form[action='/console/logout'] button").await;
    browser.at("/console/login").await;
    browser.judge().await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_of_the_console_is_wider_than_the_narrowest_phone() {
    let server = Server::on(Engine::Sqlite).start().await;
    let verification = lived_in(&server).await;
    let browser = Browser::open(View::NARROW).await;
    logged_in(&server, &browser).await;
    for page in [
        "/console",
        "/console/analytics?range=30",
        "/console/verifications",
        &format!("/console/verifications/{verification}"),
        "/console/providers",
        "/console/templates",
        "/console/keys",
        "/console/tenants",
        "/console/audit",
        "/console/nothing",
    ] {
        browser.goto(&format!("{}{page}", server.admin().base())).await;
        browser.judge().await;
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_is_looked_up_by_keyboard_with_a_reason() {
    let server = Server::on(Engine::Sqlite).start().await;
    let number = numbers::fresh();
    let verification = server.api().start_and_wait(&number, 5).await;
    let browser = Browser::open(View::DESK).await;
    logged_in(&server, &browser).await;
    browser.tab_to("a[href='/console/verifications']").await;
    browser.enter().await;
    browser.find("input[name=number]").await;
    browser.tab_to("input[name=number]").await;
    browser.type_text(&number).await;
    browser.tab_to("[name=reason]").await;
    browser.type_text("고객이 문자를 받지 못했다고 해요").await;
    browser.tab_to("form[method=post] button[type=submit]:not(header *)").await;
    browser.enter().await;
    browser.find(&format!("a[href='/console/verifications/{}']", verification.id)).await;
    browser.judge().await;
    let shown = browser.run("return document.documentElement.innerText;", vec![]).await;
    let shown = shown.as_str().expect("a text");
    assert!(!shown.contains(&number[3..]), "the number is masked: {shown}");
    browser.goto(&format!("{}/console/audit", server.admin().base())).await;
    browser.until_text("main", "고객이 문자를 받지 못했다고 해요").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_are_tables_without_scripts() {
    let server = Server::on(Engine::Sqlite).start().await;
    lived_in(&server).await;
    let browser = Browser::open(View::DESK).await;
    logged_in(&server, &browser).await;
    browser.look_as(View::DESK.without_scripts()).await;
    browser.goto(&format!("{}/console/analytics", server.admin().base())).await;
    let open =
        "return [...document.querySelectorAll('figure')].map((one) => one.querySelector('details').open);";
    let open = browser.run(open, vec![]).await;
    let open = open.as_array().expect("figures");
    assert!(open.len() >= 5 && open.iter().all(|one| one == true), "{open:?}");
    browser.close().await;
}
