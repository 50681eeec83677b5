//! How much a person may send through the app (security 37, requirement H04).

use jiff::SignedDuration;

/// Messages, one a recipient, that one account may send within windows that end now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendingLimits {
    /// Within an hour: 30.
    pub hour: u32,
    /// Within a day: 200.
    pub day: u32,
}

impl SendingLimits {
    /// The shorter window.
    pub const HOUR: SignedDuration = SignedDuration::from_hours(1);
    /// The longer window.
    pub const DAY: SignedDuration = SignedDuration::from_hours(24);

    /// What may still be sent where so many were within the two windows.
    pub fn room(self, within_hour: u32, within_day: u32) -> SendingRoom {
        SendingRoom { hour: self.hour.saturating_sub(within_hour), day: self.day.saturating_sub(within_day) }
    }
}

impl Default for SendingLimits {
    fn default() -> Self {
        Self { hour: 30, day: 200 }
    }
}

/// What may still be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendingRoom {
    /// Within this hour.
    pub hour: u32,
    /// Within this day.
    pub day: u32,
}

impl SendingRoom {
    /// What may be sent now.
    pub fn now(self) -> u32 {
        self.hour.min(self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrower_window_decides() {
        let limits = SendingLimits::default();
        assert_eq!(limits.room(0, 0).now(), 30);
        assert_eq!(limits.room(10, 195).now(), 5);
        assert_eq!(limits.room(31, 31).now(), 0);
    }
}
