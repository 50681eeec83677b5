//! The harness of the tests in a real browser: it starts headless Chromium under its own driver and looks at pages as
//! people do.
//!
//! `make test-browser` provides what the tests need: `chromium` and `chromedriver` in the path, and `BONIN_TEST_BIN`.
//! Nothing is skipped when one is missing.
//!
//! The browser resolves no name and reaches loopback alone, and every page that a test looks at is checked for what a
//! script, a console or somebody who cannot see would trip over: see [`Browser::judge`].

mod audit;
mod browser;
mod commands;
mod keyboard;
mod screenshots;

pub use browser::{Browser, View};
pub use fantoccini::Locator;
