//! The newest entries of a kind, so that memory stays bounded.

use std::collections::{HashMap, VecDeque};

/// How many of each are kept.
pub(crate) const CAPACITY: usize = 10_000;

/// Up to 10,000 entries by name; each one beyond that takes the place of the oldest.
pub(crate) struct Kept<T> {
    entries: HashMap<String, T>,
    order: VecDeque<String>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { entries: HashMap::new(), order: VecDeque::new() }
    }
}

impl<T> Kept<T> {
    /// Adds or replaces an entry; one that is replaced keeps its age.
    pub(crate) fn put(&mut self, name: String, entry: T) {
        if self.entries.insert(name.clone(), entry).is_some() {
            return;
        }
        self.order.push_back(name);
        if self.order.len() > CAPACITY
            && let Some(oldest) = self.order.pop_front()
        {
            self.entries.remove(&oldest);
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&T> {
        self.entries.get(name)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut T> {
        self.entries.get_mut(name)
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<T> {
        let entry = self.entries.remove(name)?;
        self.order.retain(|kept| kept != name);
        Some(entry)
    }

    /// Removes all entries but those that `keep` wants.
    pub(crate) fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        self.entries.retain(|_, entry| keep(entry));
        self.order.retain(|name| self.entries.contains_key(name));
    }

    /// All entries, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.order.iter().filter_map(|name| self.entries.get(name))
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_are_kept_and_a_removed_one_makes_room() {
        let mut kept = Kept::default();
        for number in 0..CAPACITY {
            kept.put(number.to_string(), number);
        }
        assert_eq!(kept.remove("5"), Some(5));
        kept.put("new".to_owned(), 1);
        assert_eq!(kept.get("0"), Some(&0));
        kept.put("newer".to_owned(), 2);
        assert_eq!((kept.get("0"), kept.get("1"), kept.len()), (None, Some(&1), CAPACITY));
        kept.put("1".to_owned(), 7);
        assert_eq!((kept.get("1"), kept.len()), (Some(&7), CAPACITY));
        assert_eq!(kept.iter().last(), Some(&2));
        kept.retain(|number| *number > CAPACITY - 3);
        assert_eq!((kept.len(), kept.iter().count(), kept.get("new")), (2, 2, None));
    }
}
