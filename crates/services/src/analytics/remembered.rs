//! What was counted of days of which nothing changes any more, so that it is not counted twice.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};

use bonin_domain::TenantId;
use bonin_domain::analytics::AnalyticsRange;
use bonin_ports::AnalyticsQuery;
use jiff::{SignedDuration, Timestamp};

use crate::analytics::settled::{Cell, is_settled};

/// What all days together may take, in bytes. Ninety days of everybody take a few MB; some 35 where all that can be told apart
/// occurs every day.
const ROOM: usize = 64 << 20;

/// A day that nobody asked for so long makes room. Were it any day, those of one long question would push out each other.
const UNUSED: SignedDuration = SignedDuration::from_hours(1);

/// The texts of a cell and what they take beside it: names of providers, prices.
const TEXTS: usize = 96;

/// Remembers what was counted of settled days, as the store counted it. Other days are not remembered. It is in memory, and
/// bounded. Clones share it; a process has one.
#[derive(Clone)]
pub struct RememberedDays(Arc<Mutex<Days>>);

struct Days {
    known: HashMap<Key, Day>,
    /// What they take.
    taken: usize,
    /// What they may take.
    room: usize,
}

/// Whose day, from when to when in which steps, and what was counted.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    tenant: Option<TenantId>,
    range: AnalyticsRange,
    kind: TypeId,
}

struct Day {
    /// [`Groups`] of the cells that the key names.
    groups: Arc<dyn Any + Send + Sync>,
    bytes: usize,
    used_at: Timestamp,
    /// When the first of its rows may go.
    gone_at: Timestamp,
}

/// Cells, parted into what many share and what is each one's own.
struct Groups<C: Cell>(Vec<(C, Vec<C::Own>)>);

impl Default for RememberedDays {
    fn default() -> Self {
        Self::of(ROOM)
    }
}

impl RememberedDays {
    fn of(room: usize) -> Self {
        Self(Arc::new(Mutex::new(Days { known: HashMap::new(), taken: 0, room })))
    }

    /// What was counted, if it is remembered.
    pub(super) fn find<C: Cell>(&self, query: &AnalyticsQuery) -> Option<Vec<C>> {
        if !is_settled::<C>(query) {
            return None;
        }
        let groups = {
            let mut days = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let day = days.known.get_mut(&Key::of::<C>(query))?;
            day.used_at = query.now;
            day.groups.clone()
        };
        Some(groups.downcast_ref::<Groups<C>>()?.cells())
    }

    /// Remembers what was counted, if the day is settled and there is room.
    pub(super) fn keep<C: Cell>(&self, query: &AnalyticsQuery, cells: &[C]) {
        if !is_settled::<C>(query) {
            return;
        }
        let groups = Groups::of(cells);
        let bytes = groups.bytes();
        let mut days = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !days.make_room(bytes, query.now) {
            return;
        }
        if let Entry::Vacant(place) = days.known.entry(Key::of::<C>(query)) {
            let gone_at = query.range.from().checked_add(C::KEPT).unwrap_or(Timestamp::MAX);
            place.insert(Day { groups: Arc::new(groups), bytes, used_at: query.now, gone_at });
            days.taken += bytes;
        }
    }
}

impl Days {
    /// Whether there is room, after days went whose rows are gone, or else that nobody uses.
    fn make_room(&mut self, bytes: usize, now: Timestamp) -> bool {
        self.forget(|day| day.gone_at <= now);
        if self.taken + bytes > self.room {
            let unused_since = now.checked_sub(UNUSED).unwrap_or(Timestamp::MIN);
            self.forget(|day| day.used_at <= unused_since);
        }
        self.taken + bytes <= self.room
    }

    fn forget(&mut self, which: impl Fn(&Day) -> bool) {
        self.known.retain(|_, day| !which(day));
        self.taken = self.known.values().map(|day| day.bytes).sum();
    }
}

impl Key {
    fn of<C: Cell>(query: &AnalyticsQuery) -> Self {
        Self { tenant: query.tenant.clone(), range: query.range, kind: TypeId::of::<C>() }
    }
}

impl<C: Cell> Groups<C> {
    fn of(cells: &[C]) -> Self {
        let mut groups: Vec<(C, Vec<C::Own>)> = Vec::new();
        for cell in cells {
            let (shared, own) = cell.parted();
            // Those that have nothing of their own are all different.
            if size_of::<C::Own>() == 0 {
                groups.push((shared, vec![own]));
                continue;
            }
            // Stores mostly tell them in order.
            match groups.iter_mut().rev().find(|(known, _)| *known == shared) {
                Some((_, owns)) => owns.push(own),
                None => groups.push((shared, vec![own])),
            }
        }
        for (_, owns) in &mut groups {
            owns.shrink_to_fit();
        }
        groups.shrink_to_fit();
        Self(groups)
    }

    fn cells(&self) -> Vec<C> {
        self.0.iter().flat_map(|(shared, owns)| owns.iter().map(|own| shared.with(*own))).collect()
    }

    /// About what they take, with the key.
    fn bytes(&self) -> usize {
        let owns: usize = self.0.iter().map(|(_, owns)| size_of_val(owns.as_slice())).sum();
        let shared = self.0.len() * (size_of::<(C, Vec<C::Own>)>() + TEXTS);
        owns + shared + size_of::<(Key, Day)>() + TEXTS
    }
}

#[cfg(test)]
mod tests {
    use bonin_domain::codes::Purpose;
    use bonin_domain::messages::ProviderName;
    use bonin_ports::{Latency, LatencyCell, TimeCell};

    use super::*;

    fn now() -> Timestamp {
        "2026-11-21T01:00:00Z".parse().unwrap()
    }

    /// A day so many days ago.
    fn day(ago: i64) -> AnalyticsQuery {
        let at = now().checked_sub(SignedDuration::from_hours(24 * ago)).unwrap();
        AnalyticsQuery { tenant: None, range: AnalyticsRange::last_days(at, 1), now: now() }
    }

    fn later(query: AnalyticsQuery, hours: i64) -> AnalyticsQuery {
        AnalyticsQuery { now: now().checked_add(SignedDuration::from_hours(hours)).unwrap(), ..query }
    }

    fn times(count: u32) -> Vec<TimeCell> {
        let cell =
            |tenths| TimeCell { purpose: Purpose::SignUp, country: None, provider: None, tenths, count: 2 };
        (0..count).map(cell).collect()
    }

    #[test]
    fn what_is_remembered_is_what_was_counted() {
        let remembered = RememberedDays::default();
        let cell = |latency, name, tenths, count| LatencyCell {
            latency,
            purpose: Purpose::FindId,
            country: None,
            provider: ProviderName::parse(name).unwrap(),
            tenths,
            count,
        };
        let cells = [
            cell(Latency::Acceptance, "sens", 1, 30),
            cell(Latency::Delivery, "sens", 1, 20),
            cell(Latency::Acceptance, "nexmo", 7, 4),
            cell(Latency::Acceptance, "sens", 2, 5),
        ];
        remembered.keep(&day(30), &cells);
        let told = remembered.find::<LatencyCell>(&day(30)).unwrap();
        assert_eq!(told.len(), cells.len());
        assert!(cells.iter().all(|cell| told.contains(cell)), "{told:?}");
        remembered.keep::<TimeCell>(&day(30), &[]);
        assert_eq!(
            remembered.find::<TimeCell>(&day(30)),
            Some(Vec::new()),
            "a day without any is known, too"
        );
        assert_eq!(remembered.find::<TimeCell>(&day(31)), None);
    }

    #[test]
    fn days_take_no_more_than_their_room_and_stay_while_they_are_used() {
        let room = 4 * Groups::of(&times(100)).bytes();
        let remembered = RememberedDays::of(room);
        let taken = || remembered.0.lock().unwrap().taken;
        let known = |query: &AnalyticsQuery| remembered.find::<TimeCell>(query).is_some();
        for ago in 10..20 {
            remembered.keep(&day(ago), &times(100));
            assert!(taken() <= room);
        }
        let all: Vec<bool> = (10..20).map(|ago| known(&day(ago))).collect();
        assert_eq!(all, [true, true, true, true, false, false, false, false, false, false]);

        // An hour after the others one is still in use: it stays, and they make room.
        assert!(known(&later(day(12), 1)));
        remembered.keep(&later(day(20), 1), &times(200));
        assert!(taken() <= room);
        let all: Vec<bool> = [10, 11, 12, 13, 20].map(|ago| known(&later(day(ago), 1))).into();
        assert_eq!(all, [false, false, true, false, true]);
    }

    #[test]
    fn a_day_whose_rows_go_is_forgotten() {
        let remembered = RememberedDays::default();
        let many = || remembered.0.lock().unwrap().known.len();
        remembered.keep(&day(179), &times(10));
        remembered.keep(&day(100), &times(10));
        assert!(remembered.find::<TimeCell>(&day(179)).is_some() && many() == 2);
        assert_eq!(remembered.find::<TimeCell>(&later(day(179), 24)), None, "its first rows may be gone");
        remembered.keep(&later(day(99), 24), &times(10));
        assert_eq!(many(), 2, "it takes no room");
    }

    #[test]
    fn no_room_is_no_fault() {
        let remembered = RememberedDays::of(0);
        remembered.keep(&day(30), &times(1));
        assert_eq!(remembered.find::<TimeCell>(&day(30)), None);
    }
}
