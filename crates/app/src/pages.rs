//! What all pages share: the frame (language, nonce, security headers), the files that pages link, forms, and figures
//! written for people.

mod assets;
mod failure;
mod faults;
pub mod form;
pub mod format;
mod frame;
pub mod upload;

pub use assets::{asset, asset_url};
pub use failure::page as failure_page;
pub use faults::Faults;
pub use frame::{Frame, FrameParts, encode, guard, see_other};
