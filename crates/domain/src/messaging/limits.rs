//! How much a person may send through the app (security 37, requirement H04).

use jiff::{SignedDuration, Timestamp};

/// Messages, one a recipient, that one account may ask for, and that may leave, within any such window.
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
    /// Sends that an account may ask for within a day, also where nothing becomes of them.
    pub const SENDS_A_DAY: usize = 200;

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

/// One earlier send of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EarlierSend {
    /// Its messages; none where it was refused or taken back.
    pub counted: u32,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// When it leaves or left.
    pub leaves_at: Timestamp,
}

/// What an account asked for within the last day, and what leaves within a day of the new send.
#[derive(Clone, Debug)]
pub struct EarlierSends {
    asked: Moments,
    leaving: Moments,
    rows: Vec<Timestamp>,
}

impl EarlierSends {
    /// Those sends, in any order.
    pub fn new(sends: &[EarlierSend]) -> Self {
        let moments = |at: fn(&EarlierSend) -> Timestamp| {
            Moments::new(sends.iter().map(|send| (at(send), send.counted)).collect())
        };
        let mut rows: Vec<_> = sends.iter().map(|send| send.asked_at).collect();
        rows.sort_unstable();
        Self { asked: moments(|send| send.asked_at), leaving: moments(|send| send.leaves_at), rows }
    }

    /// What may be asked for at `now` and leave at `leaves_at`, so that no window of either holds too much.
    pub fn room(&self, limits: SendingLimits, now: Timestamp, leaves_at: Timestamp) -> SendingRoom {
        let is_of_today = |at: &&Timestamp| later(**at, SendingLimits::DAY) > now;
        if self.rows.iter().filter(is_of_today).count() >= SendingLimits::SENDS_A_DAY {
            return SendingRoom { hour: 0, day: 0 };
        }
        let most = |window| self.asked.most(now, window).max(self.leaving.most(leaves_at, window));
        limits.room(most(SendingLimits::HOUR), most(SendingLimits::DAY))
    }

    /// When `asked` messages fit, if nothing else is sent: to leave at once, or at `scheduled_at`. Where that is not within a
    /// day, the end of the day that begins now.
    pub fn fits_at(
        &self,
        limits: SendingLimits,
        asked: u32,
        now: Timestamp,
        scheduled_at: Option<Timestamp>,
    ) -> Timestamp {
        let end = later(now, SendingLimits::DAY);
        let moments = self.asked.sizes.iter().chain(&self.leaving.sizes);
        let left =
            moments.flat_map(|(at, _)| [later(*at, SendingLimits::HOUR), later(*at, SendingLimits::DAY)]);
        let mut left: Vec<_> = left.filter(|at| (now..end).contains(at)).collect();
        left.sort_unstable();
        left.dedup();
        let fits = |at: &Timestamp| self.room(limits, *at, scheduled_at.unwrap_or(*at)).now() >= asked;
        left.into_iter().find(fits).unwrap_or(end)
    }
}

/// Messages by their moments.
#[derive(Clone, Debug)]
struct Moments {
    /// Oldest first.
    sizes: Vec<(Timestamp, u32)>,
    /// How many messages there are before each, and at the end of all.
    sums: Vec<u32>,
}

impl Moments {
    fn new(mut sizes: Vec<(Timestamp, u32)>) -> Self {
        sizes.sort_unstable();
        let mut sums = vec![0_u32];
        sums.extend(sizes.iter().scan(0_u32, |sum, (_, size)| {
            *sum = sum.saturating_add(*size);
            Some(*sum)
        }));
        Self { sizes, sums }
    }

    /// The most messages in any window that holds `at`.
    fn most(&self, at: Timestamp, window: SignedDuration) -> u32 {
        let before = |moment: Timestamp| self.sizes.partition_point(|(other, _)| *other < moment);
        // A window that holds the most begins with a message, or with `at`.
        let begins = self.sizes.iter().map(|(begin, _)| *begin);
        let begins = begins.filter(|begin| *begin <= at && later(*begin, window) > at).chain([at]);
        let within = begins.map(|begin| self.sums[before(later(begin, window))] - self.sums[before(begin)]);
        within.max().unwrap_or(0)
    }
}

/// When what happened at `at` leaves a window.
fn later(at: Timestamp, window: SignedDuration) -> Timestamp {
    at.checked_add(window).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
    }

    fn send(counted: u32, asked: i64, leaves: i64) -> EarlierSend {
        EarlierSend { counted, asked_at: at(asked), leaves_at: at(leaves) }
    }

    #[test]
    fn the_narrower_window_decides() {
        let limits = SendingLimits::default();
        assert_eq!(limits.room(0, 0).now(), 30);
        assert_eq!(limits.room(10, 195).now(), 5);
        assert_eq!(limits.room(31, 31).now(), 0);
    }

    #[test]
    fn no_hour_that_holds_the_new_send_holds_too_much() {
        let limits = SendingLimits::default();
        // 20 leave at 120, 10 more at 170.
        let sends = EarlierSends::new(&[send(20, 0, 120), send(10, 1, 170)]);
        let room = |leaves: i64| sends.room(limits, at(100), at(leaves)).hour;
        for (leaves, left) in
            [(60, 30), (61, 10), (111, 0), (150, 0), (179, 0), (180, 20), (229, 20), (230, 30)]
        {
            assert_eq!(room(leaves), left, "leaving at {leaves}");
        }
        assert_eq!(sends.fits_at(limits, 30, at(100), None), at(230));
        assert_eq!(sends.fits_at(limits, 1, at(100), Some(at(150))), at(100 + 24 * 60), "that hour is full");
    }

    #[test]
    fn two_hundred_sends_are_a_days_work_whatever_becomes_of_them() {
        let sends: Vec<_> = (0..200).map(|minute| send(0, minute, minute)).collect();
        let (all, one_less) = (EarlierSends::new(&sends), EarlierSends::new(&sends[1..]));
        let limits = SendingLimits::default();
        assert_eq!(all.room(limits, at(200), at(200)).now(), 0);
        assert_eq!(all.fits_at(limits, 30, at(200), None), at(24 * 60));
        assert_eq!(one_less.room(limits, at(200), at(200)).now(), 30);
    }
}
