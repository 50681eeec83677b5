//! Requests as use cases make them.

mod account;
mod admin;
mod app;
mod group;
mod identity;
mod key;
mod password;
mod scene;
mod session;
mod start;

pub use account::AccountBuilder;
pub use admin::AdminLoggedIn;
pub use identity::{IdentityBuilder, IdentityHolder};
pub use scene::{Holder, Scene, key_ring};
pub use session::LoggedIn;
pub use start::StartBuilder;
