//! Tests of the pages in a real browser. `make test-browser` runs them; `bonin_browser_tests` is their harness.

mod app;
mod console;
mod docs;
mod handset;
mod identity;
