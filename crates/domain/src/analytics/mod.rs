//! Figures over time: which span is looked at, and in which steps (requirement J02). Days and hours are Korean.

mod range;
mod spread;

pub use range::{AnalyticsRange, AnalyticsRangeError, Step};
pub use spread::Spread;
