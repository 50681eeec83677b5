//! Where messages may go: countries and kinds of lines (requirement B08).

use crate::phone::{LineType, PhoneNumber, Region};

/// The numbers a deployment sends to: mobile lines of the listed countries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destinations {
    /// Countries that may be sent to; Korea alone by default.
    pub regions: Vec<Region>,
}

/// Why no message goes to a valid number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DestinationRefusal {
    /// The country is not listed.
    #[error("messages are not sent to this country")]
    Country,
    /// Fixed, internet, toll-free, premium or service line.
    #[error("only mobile numbers receive codes")]
    NotMobile,
}

impl Default for Destinations {
    fn default() -> Self {
        Self { regions: vec![Region::KR] }
    }
}

impl Destinations {
    /// Judges one number.
    ///
    /// # Errors
    /// The reason why no message goes there.
    pub fn judge(&self, number: &PhoneNumber) -> Result<(), DestinationRefusal> {
        match number.region() {
            Some(region) if self.regions.contains(&region) => {}
            _ => return Err(DestinationRefusal::Country),
        }
        match number.line_type() {
            LineType::Mobile => Ok(()),
            LineType::Fixed | LineType::Voip | LineType::Special => Err(DestinationRefusal::NotMobile),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(raw: &str) -> Result<(), DestinationRefusal> {
        Destinations::default().judge(&PhoneNumber::parse(raw, Region::KR).unwrap())
    }

    #[test]
    fn only_korean_mobile_lines_are_sent_to_by_default() {
        assert_eq!(judge("010-1234-5678"), Ok(()));
        assert_eq!(judge("02-312-3456"), Err(DestinationRefusal::NotMobile));
        assert_eq!(judge("070-1234-5678"), Err(DestinationRefusal::NotMobile));
        assert_eq!(judge("+1 212 555 2368"), Err(DestinationRefusal::Country));
        assert_eq!(judge("+81 90 1234 5678"), Err(DestinationRefusal::Country));
    }
}
