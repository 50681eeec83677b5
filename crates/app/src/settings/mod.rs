//! Configuration: `config/default.toml` < `config/<mode>.toml` < `--config FILE` < environment.
//!
//! [`load`] reads one typed tree of text and numbers ([`tree`]); [`Settings::resolve`] turns it into domain
//! values and lists everything that is wrong or missing at once, so that `bonin doctor` can show it whole.

pub mod key_file;
mod list;
mod load;
mod resolve;
mod tree;

pub use load::load;
pub use resolve::{Complaint, Mode, ProviderTarget, SensSettings, Settings, key_file_path};
pub use tree::Tree;
