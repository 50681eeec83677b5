//! Which of our two languages a browser wants.

/// Whether Korean comes before English; English is for whoever names neither.
pub(crate) fn prefers_korean(accept_language: Option<&str>) -> bool {
    let weight = |part: &str| {
        part.split_once(";q=").map_or(1.0, |(_, weight)| weight.trim().parse::<f32>().unwrap_or(0.0))
    };
    let best = |language: &str| {
        accept_language
            .unwrap_or_default()
            .split(',')
            .map(str::trim)
            .filter(|part| part.get(..2).is_some_and(|start| start.eq_ignore_ascii_case(language)))
            .map(weight)
            .fold(0.0, f32::max)
    };
    best("ko") > best("en")
}
