//! A browser.

use std::path::Path;
use std::process::Command as Program;

use bonin_tests::{Deadline, Process, Scratch, until};
use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::commands::Command;

/// What the person in front of the browser has and likes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// The window's width in CSS pixels.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// Whether dark pages are preferred.
    pub dark: bool,
    /// The preferred language.
    pub language: &'static str,
    /// Whether pages may run scripts.
    pub scripts: bool,
}

impl View {
    /// A phone.
    pub const PHONE: Self = Self { width: 390, height: 844, dark: false, language: "ko", scripts: true };
    /// A screen on a desk.
    pub const DESK: Self = Self { width: 1280, height: 900, dark: false, language: "ko", scripts: true };
    /// The narrowest phone that is looked at.
    pub const NARROW: Self = Self { width: 320, height: 640, dark: false, language: "ko", scripts: true };

    /// The same in the dark.
    #[must_use]
    pub fn dark(self) -> Self {
        Self { dark: true, ..self }
    }

    /// The same for somebody who reads English.
    #[must_use]
    pub fn english(self) -> Self {
        Self { language: "en", ..self }
    }

    /// The same with a browser that runs no scripts of pages.
    #[must_use]
    pub fn without_scripts(self) -> Self {
        Self { scripts: false, ..self }
    }
}

/// A driver takes a free port of IPv4 and then the same of IPv6, and ends where somebody has that one: the next one finds
/// another.
const DRIVERS: usize = 5;

/// Headless Chromium with a profile of its own. It ends when this value is dropped. Field order is drop order.
#[derive(Debug)]
pub struct Browser {
    pub(crate) client: Client,
    _driver: Process,
    _folder: Scratch,
}

impl Browser {
    /// Starts one.
    ///
    /// # Panics
    /// When driver or browser do not start.
    pub async fn open(view: View) -> Self {
        let folder = Scratch::new();
        let (driver, port) = driver(folder.path()).await;
        let address = format!("http://127.0.0.1:{}", port.trim_end_matches('.'));
        let Value::Object(capabilities) = capabilities(folder.path(), view) else {
            unreachable!("an object")
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&address)
            .await
            .expect("a browser starts");
        let browser = Self { client, _driver: driver, _folder: folder };
        browser.look_as(view).await;
        browser
    }

    /// Looks at pages in another way from now on; what is open changes at once, but for its language.
    pub async fn look_as(&self, view: View) {
        let View { width, height, dark, language, scripts } = view;
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics).await;
        let scheme = if dark { "dark" } else { "light" };
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.devtools("Emulation.setEmulatedMedia", &json!({ "features": features })).await;
        let agent = json!({ "userAgent": "bonin-browser-tests", "acceptLanguage": language });
        self.devtools("Emulation.setUserAgentOverride", &agent).await;
        self.devtools("Emulation.setScriptExecutionDisabled", &json!({ "value": !scripts })).await;
    }

    /// Opens a page.
    ///
    /// # Panics
    /// When nothing answers there.
    pub async fn goto(&self, address: &str) {
        self.client.goto(address).await.unwrap_or_else(|error| panic!("{address}: {error}"));
    }

    /// Where it is: the path with its parameters.
    ///
    /// # Panics
    /// When the driver does not say.
    pub async fn path(&self) -> String {
        let url = self.client.current_url().await.expect("an address");
        url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
    }

    /// The one thing on the page that a CSS selector finds, once it is there.
    ///
    /// # Panics
    /// When it does not come within 10 s.
    pub async fn find(&self, selector: &str) -> Element {
        until(selector, Deadline::secs(10), async || self.client.find(Locator::Css(selector)).await.ok())
            .await
    }

    /// Whether a CSS selector finds anything now.
    ///
    /// # Panics
    /// When the driver does not say.
    pub async fn has(&self, selector: &str) -> bool {
        !self.client.find_all(Locator::Css(selector)).await.expect("the driver looks").is_empty()
    }

    /// Waits until the page at `path`, its parameters included, is the open one.
    ///
    /// # Panics
    /// When it does not open within 10 s.
    pub async fn at(&self, path: &str) {
        let deadline = Deadline::secs(10);
        until(&format!("{path}, at {}", self.path().await), deadline, async || {
            (self.path().await == path).then_some(())
        })
        .await;
    }

    /// Presses what a CSS selector finds and stays on the page.
    ///
    /// # Panics
    /// When it cannot be pressed.
    pub async fn press(&self, selector: &str) {
        self.find(selector).await.click().await.unwrap_or_else(|error| panic!("{selector}: {error}"));
    }

    /// Presses what a CSS selector finds and that leads to another page, which is there afterwards. A page that leads
    /// on by itself may still do so.
    ///
    /// # Panics
    /// When it cannot be pressed, or no other page comes within 10 s.
    pub async fn follow(&self, selector: &str) {
        self.leave(selector, self.press(selector)).await;
    }

    /// Waits until what `act` does has led to another page. Neither a click nor a key waits for the page that it leads
    /// to: it asks for it and returns, and the old page goes on being the open one for as long as the server takes.
    pub(crate) async fn leave(&self, what: &str, act: impl Future<Output = ()>) {
        let old = self.find("html").await;
        act.await;
        let what = format!("the page that {what} leads to, from {}", self.path().await);
        until(&what, Deadline::secs(10), async || {
            old.tag_name().await.is_err_and(|error| error.is_stale_element_reference()).then_some(())
        })
        .await;
        self.loaded().await;
    }

    /// Waits until the open page is there as a whole.
    pub(crate) async fn loaded(&self) {
        until("a whole page", Deadline::secs(10), async || {
            let state = self.client.execute("return document.readyState;", vec![]).await.ok()?;
            (state == "complete").then_some(())
        })
        .await;
    }

    /// Types into what a CSS selector finds, in place of what stands there.
    ///
    /// # Panics
    /// When nothing can be typed there.
    pub async fn write(&self, selector: &str, text: &str) {
        let field = self.find(selector).await;
        field.clear().await.unwrap_or_else(|error| panic!("{selector}: {error}"));
        field.send_keys(text).await.unwrap_or_else(|error| panic!("{selector}: {error}"));
    }

    /// Sets a value that nobody types by hand, such as a moment, and tells the page.
    ///
    /// # Panics
    /// When the script fails.
    pub async fn set(&self, selector: &str, value: &str) {
        self.find(selector).await;
        let script = "const field = document.querySelector(arguments[0]); field.value = arguments[1]; \
                      field.dispatchEvent(new Event('input', { bubbles: true })); \
                      field.dispatchEvent(new Event('change', { bubbles: true }));";
        self.run(script, vec![json!(selector), json!(value)]).await;
    }

    /// The text that is to be seen of what a CSS selector finds.
    ///
    /// # Panics
    /// When the driver does not say.
    pub async fn text(&self, selector: &str) -> String {
        self.find(selector).await.text().await.expect("a text")
    }

    /// Waits until what a CSS selector finds shows `text`.
    ///
    /// # Panics
    /// When it does not within 20 s.
    pub async fn until_text(&self, selector: &str, text: &str) {
        until(&format!("`{text}` at {selector}"), Deadline::secs(20), async || {
            let shown = self.client.find(Locator::Css(selector)).await.ok()?.text().await.ok()?;
            shown.contains(text).then_some(())
        })
        .await;
    }

    /// Runs a script in the page and gives what it returns.
    ///
    /// # Panics
    /// When it fails.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// A command of the browser's own protocol.
    ///
    /// # Panics
    /// When the browser refuses it.
    pub async fn devtools(&self, name: &str, parameters: &Value) -> Value {
        let answer = self.client.issue_cmd(Command::devtools(name, parameters)).await;
        answer.unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Goes on in the window that was opened last, once there is one beside the first.
    ///
    /// # Panics
    /// When none opens within 10 s.
    pub async fn in_new_window(&self) {
        let first = self.client.window().await.expect("a window");
        let other = until("another window", Deadline::secs(10), async || {
            let windows = self.client.windows().await.expect("the driver knows its windows");
            windows.into_iter().find(|window| *window != first)
        });
        self.client.switch_to_window(other.await).await.expect("windows can be changed");
    }

    /// Goes on in the only window that is left.
    ///
    /// # Panics
    /// When the others do not close within 10 s.
    pub async fn in_last_window(&self) {
        let last = until("the other windows' end", Deadline::secs(10), async || {
            let windows = self.client.windows().await.expect("the driver knows its windows");
            (windows.len() == 1).then(|| windows[0].clone())
        });
        self.client.switch_to_window(last.await).await.expect("windows can be changed");
    }

    /// Ends the browser in good order, so that the next one finds the machine free.
    ///
    /// # Panics
    /// When it does not end.
    pub async fn close(self) {
        self.client.clone().close().await.expect("the browser ends");
    }
}

/// A driver that listens, and its port.
async fn driver(folder: &Path) -> (Process, String) {
    for _ in 0..DRIVERS {
        let mut program = Program::new("chromedriver");
        program.arg("--port=0").env("HOME", folder).env("TMPDIR", folder);
        let mut driver = Process::start("chromedriver", program, folder);
        if let Some(port) = driver.line_if_it_lives("ChromeDriver was started successfully on port ").await {
            return (driver, port);
        }
    }
    panic!("no driver of {DRIVERS} finds a port: {}", folder.join("chromedriver.err").display());
}

fn capabilities(folder: &Path, view: View) -> Value {
    let profile = folder.join("profile");
    let size = format!("--window-size={},{}", view.width, view.height);
    json!({
        "goog:chromeOptions": {
            "args": [
                "--headless=new",
                // Tests may run as root in a container, where the sandbox does not start.
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-extensions",
                "--force-color-profile=srgb",
                // No name is resolved: a request to another host fails, and shows.
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
                size,
                format!("--user-data-dir={}", profile.display()),
            ],
        },
        "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        "timeouts": { "script": 30_000, "pageLoad": 30_000, "implicit": 0 },
    })
}
