//! What must hold of every page.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::commands::Command;

/// Looks for what keeps people out of a page (vendor/README.md).
const AXE: &str = include_str!("../vendor/axe.min.js");

/// What axe calls serious or worse, each with where it is.
const LOOK: &str = "const done = arguments[arguments.length - 1];\
    axe.run(document, { resultTypes: ['violations'] }).then((result) => done(result.violations\
        .filter((found) => found.impact === 'serious' || found.impact === 'critical')\
        .map((found) => `${found.id}: ${found.nodes.map((node) => node.target + ' ' + node.failureSummary).join(' | ')}`)),\
        (error) => done([`axe failed: ${error}`]));";

/// Whether the page itself, not a part with scroll bars of its own, is wider than its window.
const WIDER: &str = "const page = document.scrollingElement; return page.scrollWidth > window.innerWidth \
    ? `${page.scrollWidth} > ${window.innerWidth}` : null;";

/// Headings of the first order that are to be seen.
const HEADINGS: &str =
    "return [...document.querySelectorAll('h1')].filter((one) => one.checkVisibility()).length;";

impl Browser {
    /// Judges the page that is open: nothing was logged to its console, nothing was asked of another host, it has one
    /// heading and a title, does not scroll sideways, and axe finds nothing serious.
    ///
    /// # Panics
    /// When one of it does not hold.
    pub async fn judge(&self) {
        self.loaded().await;
        let at = self.path().await;
        let wrong = self.logged().await;
        assert!(wrong.is_empty(), "{at} logged {wrong:#?}");
        let strangers = self.strangers().await;
        assert!(strangers.is_empty(), "{at} asked {strangers:#?}");
        let wider = self.run(WIDER, vec![]).await;
        assert_eq!(wider, Value::Null, "{at} scrolls sideways");
        let headings = self.run(HEADINGS, vec![]).await;
        assert_eq!(headings, json!(1), "{at} has one heading");
        assert!(!self.client.title().await.expect("a title").is_empty(), "{at} has a title");
        self.run(AXE, vec![]).await;
        let found = self.client.execute_async(LOOK, vec![]).await.expect("axe runs");
        assert_eq!(found, json!([]), "{at} keeps people out");
    }

    /// Warnings and errors of the console since the last time. A page that is refused on purpose logs its status.
    async fn logged(&self) -> Vec<String> {
        let entries = self.log("browser").await;
        let told = entries.iter().filter(|entry| entry["level"] == "SEVERE" || entry["level"] == "WARNING");
        let told = told.filter_map(|entry| entry["message"].as_str());
        told.filter(|message| !message.contains("the server responded with a status of 4"))
            .map(str::to_owned)
            .collect()
    }

    /// Requests to other hosts than this machine since the last time.
    async fn strangers(&self) -> Vec<String> {
        let mut strangers = Vec::new();
        for entry in self.log("performance").await {
            let told: Value =
                serde_json::from_str(entry["message"].as_str().unwrap_or("null")).unwrap_or_default();
            let told = &told["message"];
            if told["method"] != "Network.requestWillBeSent" {
                continue;
            }
            let url = told["params"]["request"]["url"].as_str().unwrap_or_default();
            let ours = ["http://127.0.0.1:", "http://localhost:", "data:", "blob:", "chrome:"];
            if !ours.iter().any(|start| url.starts_with(start)) {
                strangers.push(url.to_owned());
            }
        }
        strangers
    }

    async fn log(&self, kind: &str) -> Vec<Value> {
        let entries = self.client.issue_cmd(Command::log(kind)).await.expect("the driver keeps logs");
        entries.as_array().cloned().unwrap_or_default()
    }
}
