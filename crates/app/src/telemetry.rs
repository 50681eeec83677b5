//! Logs: one line for each event on standard error, JSON or text.

use std::io::IsTerminal as _;

use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

/// What is logged unless `RUST_LOG` says otherwise.
const DEFAULT: &str = "info,actix_server=warn";

/// Starts logging. `RUST_LOG` sets the filter; without it, `info`.
///
/// Libraries never speak below `info`, whatever the filter says: at their most talkative they print what
/// they read and write, and that is numbers and codes (requirement K02).
pub fn start(json: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    let ours = filter_fn(|meta| meta.target().starts_with("bonin") || *meta.level() <= tracing::Level::INFO);
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    let lines = if json {
        lines.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed()
    } else {
        lines.compact().boxed()
    };
    // A second start in one process, as in tests, keeps the first.
    let _ = tracing_subscriber::registry().with(lines.with_filter(ours)).with(filter).try_init();
}
