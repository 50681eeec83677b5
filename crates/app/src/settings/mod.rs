//! Configuration: `config/default.toml` < `config/<mode>.toml` < `--config FILE` < environment.
//!
//! [`load`] reads one typed tree of text and numbers ([`tree`]); [`Settings::resolve`] turns it into domain
//! values and lists everything that is wrong or missing at once, so that `bonin doctor` can show it whole.

mod accounts;
mod identity;
pub mod key_file;
mod list;
mod load;
mod messaging;
mod providers;
mod reader;
mod resolve;
mod routing;
mod spending;
mod tenants;
mod terms;
mod tree;

pub use identity::{IdentityProvider, IdentitySettings};
pub use load::load;
pub use messaging::MessagingSettings;
pub use providers::{
    Cafe24Settings, CoolsmsSettings, NexmoSettings, ProviderSettings, ProviderTarget, SensSettings,
};
pub use reader::Complaint;
pub use resolve::{Mode, Settings, key_file_path};
pub use tenants::{TenantSettings, Tenants};
pub use tree::Tree;
