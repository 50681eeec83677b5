//! Figures for people: from the counts of the store to conversion, cost, times and their course.
//!
//! [`ReadFigures`] asks the store for what a question needs, and the figures are reckoned from these counts:
//! [`Overview`], [`Series`], [`Funnel`], [`Latency`], [`FailureCount`], [`ProviderFigures`]. Test numbers and
//! verifications that are withheld never count. [`RememberedDays`] spares the store days that were counted before and
//! change no more.

mod cost;
mod counts;
mod failures;
mod filter;
mod funnel;
mod latencies;
mod overview;
mod providers;
mod read;
mod remembered;
mod series;
mod settled;
mod today;
mod turns;

pub use cost::Cost;
pub use counts::{Outcomes, Share};
pub use failures::FailureCount;
pub use filter::Filter;
pub use funnel::Funnel;
pub use latencies::Latency;
pub use overview::Overview;
pub use providers::ProviderFigures;
pub use read::{Figures, Question, ReadFigures};
pub use remembered::RememberedDays;
pub use series::{By, Line, Point, Series};
pub use today::{Compared, ReadToday, Today};
pub use turns::Turns;
