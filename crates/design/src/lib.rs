//! The look of Bonin's pages.
//!
//! One style sheet holds the type scale, colours, spacing and parts that all pages share; it names no other file, so
//! that pages need nothing but what the binary holds. Pages link it before a sheet of their own, if they have one.

/// The style sheet (`text/css; charset=utf-8`).
pub const STYLE: &str = include_str!("../assets/design.css");

#[cfg(test)]
mod tests {
    use super::STYLE;

    const DARK: &str = "@media (prefers-color-scheme: dark)";

    /// Text on what it stands on.
    const TEXTS: [(&str, &str); 27] = [
        ("ink", "paper"),
        ("ink", "surface"),
        ("ink", "sunken"),
        ("ink", "tint"),
        ("ink", "good-tint"),
        ("ink", "bad-tint"),
        ("ink", "warn-tint"),
        ("soft", "paper"),
        ("soft", "surface"),
        ("soft", "sunken"),
        ("soft", "tint"),
        ("accent", "paper"),
        ("accent", "surface"),
        ("accent", "sunken"),
        ("accent", "tint"),
        ("accent-strong", "paper"),
        ("accent-strong", "surface"),
        ("accent-strong", "tint"),
        ("on-accent", "accent"),
        ("on-accent", "accent-strong"),
        ("good", "surface"),
        ("good", "good-tint"),
        ("bad", "paper"),
        ("bad", "surface"),
        ("bad", "bad-tint"),
        ("warn", "surface"),
        ("warn", "warn-tint"),
    ];

    /// Edges of controls, and lines and bars of charts.
    const SHAPES: [&str; 8] =
        ["edge", "accent", "chart-1", "chart-2", "chart-3", "chart-4", "chart-5", "chart-6"];

    fn token(scheme: &str, name: &str) -> [u8; 3] {
        let written = scheme.split_once(&format!("--{name}: #")).expect(name).1;
        let digits = |at: usize| u8::from_str_radix(&written[at..at + 2], 16).expect(name);
        assert_eq!(&written[6..7], ";", "{name}");
        [digits(0), digits(2), digits(4)]
    }

    fn luminance(colour: [u8; 3]) -> f64 {
        let [red, green, blue] = colour.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    fn schemes() -> [(&'static str, &'static str); 2] {
        let (light, dark) = STYLE.split_once(DARK).expect("a dark scheme");
        [("light", light), ("dark", dark)]
    }

    #[test]
    fn contrast_is_computed_as_the_guidelines_say() {
        assert!((contrast([0, 0, 0], [255, 255, 255]) - 21.0).abs() < 1e-9);
        assert!((contrast([0x77, 0x77, 0x77], [255, 255, 255]) - 4.478).abs() < 0.001);
    }

    #[test]
    fn texts_can_be_read_in_both_schemes() {
        for (scheme, tokens) in schemes() {
            for (text, ground) in TEXTS {
                let found = contrast(token(tokens, text), token(tokens, ground));
                assert!(found >= 4.5, "{scheme}: {text} on {ground} is {found:.2}");
            }
        }
    }

    #[test]
    fn controls_and_charts_can_be_seen_in_both_schemes() {
        for (scheme, tokens) in schemes() {
            for (shape, ground) in SHAPES.iter().flat_map(|shape| [(shape, "surface"), (shape, "paper")]) {
                let found = contrast(token(tokens, shape), token(tokens, ground));
                assert!(found >= 3.0, "{scheme}: {shape} on {ground} is {found:.2}");
            }
        }
    }

    #[test]
    fn the_sheet_fetches_nothing() {
        for fetching in ["url(", "@import", "@font-face", "http:", "https:", "src:"] {
            assert!(!STYLE.contains(fetching), "{fetching}");
        }
    }

    #[test]
    fn every_token_that_is_used_is_set() {
        let named = |marker: &str| -> Vec<&str> {
            let parts = STYLE.split(marker).skip(1);
            let end = |part: &'static str| part.find([':', ')', ',', ' ']).expect("the name of a token ends");
            parts.map(|part| &part[..end(part)]).collect()
        };
        let set: Vec<&str> = named("\n  --").into_iter().chain(named("\n    --")).collect();
        let used = named("var(--");
        assert!(used.len() > 100, "{}", used.len());
        for token in used {
            assert!(set.contains(&token), "{token}");
        }
    }
}
