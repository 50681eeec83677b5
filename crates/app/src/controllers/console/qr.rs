//! A text as a picture that cameras read.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};
use zeroize::Zeroizing;

/// The light margin that readers ask for, in modules.
const MARGIN: usize = 4;

/// The text as an SVG, dark on light in every colour scheme; `None` for a text that is too long. No `style` attribute
/// stands in it, which the pages' policy would not let through.
pub fn picture(text: &str) -> Option<Zeroizing<String>> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let mut path = Zeroizing::new(String::new());
    for (place, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (place % width + MARGIN, place / width + MARGIN);
            write!(path, "M{x} {y}h1v1h-1z").ok()?;
        }
    }
    let side = width + 2 * MARGIN;
    Some(Zeroizing::new(format!(
        "<svg class=\"qr\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" \
         shape-rendering=\"crispEdges\" aria-hidden=\"true\"><rect width=\"{side}\" height=\"{side}\" \
         fill=\"#fff\"/><path fill=\"#000\" d=\"{}\"/></svg>",
        path.as_str()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_its_margin_and_the_corner_that_readers_look_for() {
        let picture = picture("otpauth://totp/Bonin:min?secret=GEZDGNBVGY3TQOJQ").unwrap();
        assert!(picture.contains("d=\"M4 4h1v1h-1zM5 4h1v1h-1z"), "{}", picture.as_str());
        assert!(!picture.contains("style") && !picture.contains("M3 "), "{}", picture.as_str());
        assert!(super::picture(&"a".repeat(5_000)).is_none());
    }
}
