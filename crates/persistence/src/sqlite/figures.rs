//! Reckoning with times and ids in SQL.

/// When the step that holds a moment begins; `:4` is a step's length in seconds. Steps are counted from midnight in Korea.
pub fn step_begin(at: &str) -> String {
    format!("{at} - ({at} + 32400000000) % (:4 * 1000000)")
}

/// Tenths of seconds between two moments, rounded down.
pub fn tenths(from: &str, to: &str) -> String {
    format!("({to} - {from}) / 100000")
}

/// The 32 hex digits of an id.
pub fn id_text(id: &str) -> String {
    format!("hex({id})")
}
