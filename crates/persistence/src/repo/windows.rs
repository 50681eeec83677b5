//! Windows: at most so many events in any stretch of a length.

use bonin_domain::codes::Window;
use jiff::Timestamp;

use crate::sql::Instant;

/// The stretch that a list of windows looks back over, and how many events decide it.
pub fn reach(windows: &[Window], now: Timestamp) -> Option<(Instant, i64)> {
    let longest = windows.iter().map(|window| window.length).max()?;
    let most = windows.iter().map(|window| window.most).max()?;
    let since = now.checked_sub(longest).unwrap_or(Timestamp::MIN);
    Some((Instant(since), i64::from(most)))
}

/// When the next event fits into all windows; `None` where it does at `now`. `newest` are the events, newest first.
pub fn free_at(windows: &[Window], newest: &[Timestamp], now: Timestamp) -> Option<Timestamp> {
    let free_at = |window: &Window| {
        // The event that must leave the window first; with none allowed, the next one never fits.
        let place = usize::from(window.most).checked_sub(1);
        let oldest = place.map_or(Some(&Timestamp::MAX), |place| newest.get(place))?;
        Some(oldest.checked_add(window.length).unwrap_or(Timestamp::MAX)).filter(|at| *at > now)
    };
    windows.iter().filter_map(free_at).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_next_event_waits_for_every_full_window() {
        let windows = [Window::secs(10, 2), Window::secs(100, 3)];
        assert_eq!(free_at(&windows, &[at(5)], at(6)), None);
        assert_eq!(free_at(&windows, &[at(5), at(4)], at(6)), Some(at(14)), "until the older one has left");
        assert_eq!(free_at(&windows, &[at(5), at(4)], at(14)), None);
        assert_eq!(free_at(&windows, &[at(5), at(4), at(1)], at(6)), Some(at(101)), "the later of the two");
        assert_eq!(free_at(&windows, &[at(50), at(4), at(1)], at(60)), Some(at(101)));
        assert_eq!(free_at(&[Window::secs(10, 0)], &[], at(6)), Some(Timestamp::MAX));
    }
}
