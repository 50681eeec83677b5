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
    let server = Server::on(Engine::Sqlite)
        .set("BONIN__ROUTING__ORDER", "sens,cafe24,coolsms")
        .set("BONIN__LIMITS__SPENDING", "block")
        .set("BONIN__LIMITS__DAILY_WON", "200")
        .start()
        .await;
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
    assert!(all >= 7, "{all}");
    assert_eq!(drawn, all, "each chart shows its figures");
    picture("analytics").await;
    // By what the course over time is parted is chosen with the filters, and stays with them.
    browser.find("#range option[value='24h']").await.click().await.expect("a span");
    browser.find("#by option[value='country']").await.click().await.expect("a part");
    browser.follow("form[action='/console/analytics'] button").await;
    let path = browser.path().await;
    assert!(path.contains("by=country") && path.contains("range=24h"), "{path}");
    browser.judge().await;
    let (drawn, all) = charts(&browser).await;
    assert_eq!(drawn, all, "each chart shows its figures");
    for chart in ["starts-of-parts", "conversion-of-parts"] {
        let figure = format!("figure:has(#chart-{chart})");
        assert!(browser.has(&format!("{figure} .plot:not([hidden]) canvas")).await, "{chart} is drawn");
        let shown = "const table = document.querySelector(arguments[0] + ' table');\
            return [table.tHead.innerText, table.tBodies[0].rows.length];";
        browser.press(&format!("{figure} summary")).await;
        let shown = browser.run(shown, vec![figure.into()]).await;
        assert!(shown[0].as_str().expect("a head").contains("KR"), "{shown}");
        assert_eq!(shown[1], 24, "a row for each hour");
    }

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
    // The course over time can be parted without scripts, too.
    browser.find("#by option[value='purpose']").await.click().await.expect("a part");
    browser.follow("form[action='/console/analytics'] button").await;
    assert!(browser.path().await.contains("by=purpose"));
    let open = "return [...document.querySelectorAll('figure details')].map((one) => one.open);";
    let open = browser.run(open, vec![]).await;
    let open = open.as_array().expect("figures");
    assert!(open.len() >= 7 && open.iter().all(|one| one == true), "{open:?}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parts_without_a_colour_share_one_line() {
    let server = Server::on(Engine::Sqlite).start().await;
    lived_in(&server).await;
    // Each to another country.
    server.database().execute(
        "UPDATE verifications SET country = substr('KRUSJPCNFRDEGBIT', \
         1 + 2 * (SELECT count(*) FROM verifications AS other WHERE other.id < verifications.id), 2)",
    );
    let browser = Browser::open(View::DESK).await;
    logged_in(&server, &browser).await;
    browser.goto(&format!("{}/console/analytics?by=country", server.admin().base())).await;
    let lines = "return Chart.getChart(document.querySelector('canvas[aria-labelledby=chart-starts-of-parts]'))\
        .data.datasets.map((set) => [set.label, set.borderColor, set.data.at(-1)]);";
    let lines = browser.run(lines, vec![]).await;
    let lines = lines.as_array().expect("lines");
    let mut colours: Vec<_> = lines.iter().map(|line| line[1].as_str().expect("a colour")).collect();
    colours.sort_unstable();
    colours.dedup();
    assert_eq!((lines.len(), colours.len()), (7, 7), "{lines:?}");
    assert_eq!((lines[6][0].as_str(), lines[6][2].as_u64()), (Some("그 밖"), Some(2)), "{lines:?}");
    browser.judge().await;
    browser.picture("console-parts").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_that_is_pressed_twice_is_sent_once_and_says_that_it_is_under_way() {
    let server = Server::on(Engine::Sqlite).start().await;
    let key = server.key("default", &["read"]);
    let browser = Browser::open(View::DESK).await;
    logged_in(&server, &browser).await;
    browser.goto(&format!("{}/console/keys", server.admin().base())).await;
    browser.press(".manage summary").await;
    let rotate = format!("form[action='/console/keys/{}/rotate'] button", key.id);
    // A second press before the page of the first is there; what it looked like is told to the next page.
    let twice = "const button = document.querySelector(arguments[0]);\
        button.addEventListener('click', () => setTimeout(() => {\
        sessionStorage.setItem('busy', button.getAttribute('aria-busy')); button.click(); }, 0), { once: true });";
    browser.find(&rotate).await;
    browser.run(twice, vec![rotate.as_str().into()]).await;
    browser.follow(&rotate).await;
    assert_eq!(browser.text("h1").await, "비밀 값을 저장해 주세요", "the secret is shown, and not lost");
    let busy = browser.run("return sessionStorage.getItem('busy');", vec![]).await;
    assert_eq!(busy, "true");
    let rotated = "SELECT subject AS text FROM audit WHERE action = 'key_rotated'";
    assert_eq!(server.database().texts(rotated).len(), 1);
    browser.judge().await;

    // On the page that is opened anew the forms can be sent.
    browser.goto(&format!("{}/console/keys", server.admin().base())).await;
    browser.press(".manage summary").await;
    browser.judge().await;
    browser.follow("form:has([value=newer]) button").await;
    browser.at("/console/keys").await;
    assert!(!browser.has("form:has([value=newer])").await, "the newer secret is ended");
    browser.close().await;
}
