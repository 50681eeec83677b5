//! Reckoning with times and ids in SQL.

/// When the step that holds a moment begins; `:4` is a step's length in seconds. Steps are counted from midnight in Korea.
pub fn step_begin(at: &str) -> String {
    format!("date_bin(make_interval(secs => CAST(:4 AS double precision)), {at}, to_timestamp(-32400))")
}

/// Tenths of seconds between two moments, rounded down.
pub fn tenths(from: &str, to: &str) -> String {
    format!("CAST(floor(extract(epoch FROM ({to} - {from})) * 10) AS bigint)")
}

/// The 32 hex digits of an id. Compared byte by byte, whatever the database's language.
pub fn id_text(id: &str) -> String {
    format!("replace(CAST({id} AS text), '-', '') COLLATE \"C\"")
}
