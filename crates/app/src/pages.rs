//! What all pages share: the frame (language, nonce, security headers), the files that pages link, forms, and figures
//! written for people.

mod assets;
mod failure;
pub mod form;
pub mod format;
mod frame;

pub use assets::{asset, asset_url};
pub use failure::page as failure_page;
pub use frame::{Frame, FrameParts};
