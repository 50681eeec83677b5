//! The look of Bonin's pages.
//!
//! One style sheet holds the type scale, colours, spacing and parts that all pages share; it names no other file, so
//! that pages need nothing but what the binary holds. Pages link it before a sheet of their own, if they have one.

/// The style sheet (`text/css; charset=utf-8`).
pub const STYLE: &str = include_str!("../assets/design.css");
