//! What the store holds, under its lock.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use jiff::Timestamp;

use super::super::message::Message;
use super::super::results::Fate;
use super::{Group, Progress, Record, Refused, Whole, price};
use crate::handset;

/// How much is kept.
pub(super) struct Limits {
    pub(super) messages: usize,
    /// Messages of one group.
    pub(super) group: usize,
    pub(super) groups: usize,
    /// What an account begins with, in KRW.
    pub(super) balance: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { messages: 100_000, group: 50_000, groups: 20_000, balance: 10_000_000 }
    }
}

#[derive(Default)]
pub(super) struct Inner {
    pub(super) limits: Limits,
    pub(super) records: VecDeque<Record>,
    /// The position of the oldest record, counted from the first ever.
    pub(super) first: u64,
    pub(super) by_id: HashMap<String, u64>,
    pub(super) groups: BTreeMap<u64, Group>,
    pub(super) group_ids: HashMap<String, u64>,
    /// When groups are due; those that were cancelled meanwhile are left in it.
    pub(super) due: BTreeSet<(Timestamp, u64)>,
    pub(super) made: u64,
    pub(super) spent: HashMap<&'static str, u64>,
}

impl Inner {
    pub(super) fn of(&self, account: &str, group: &str) -> Result<u64, Refused> {
        let number = *self.group_ids.get(group).ok_or(Refused::NotFound)?;
        let own = self.groups.get(&number).is_some_and(|group| group.account == account);
        if own { Ok(number) } else { Err(Refused::NotFound) }
    }

    pub(super) fn at(&self, position: u64) -> Option<&Record> {
        self.records.get(usize::try_from(position.checked_sub(self.first)?).ok()?)
    }

    pub(super) fn at_mut(&mut self, position: u64) -> Option<&mut Record> {
        self.records.get_mut(usize::try_from(position.checked_sub(self.first)?).ok()?)
    }

    pub(super) fn whole(&self, number: u64) -> Option<Whole<'_>> {
        let group = self.groups.get(&number)?;
        let records = group.messages.iter().filter_map(|&position| self.at(position)).collect();
        Some(Whole { group, records })
    }

    /// Charges and sends a group; what the handset gets.
    pub(super) fn dispatch(
        &mut self,
        number: u64,
        now: Timestamp,
    ) -> Result<Vec<handset::Incoming>, Refused> {
        let group = self.groups.get(&number).ok_or(Refused::NotFound)?;
        let (account, fault, positions) = (group.account, group.fault.clone(), group.messages.clone());
        let good = |record: &&Record| record.message.code == "2000";
        let records = positions.iter().filter_map(|&position| self.at(position));
        let cost: u64 = records.filter(good).map(|record| price(record.message.kind)).sum();
        let spent = self.spent.entry(account).or_default();
        if *spent + cost > self.limits.balance {
            return Err(Refused::NoBalance);
        }
        *spent += cost;
        let mut arriving = Vec::new();
        for position in positions {
            let Some(record) = self.at_mut(position).filter(|record| record.message.code == "2000") else {
                continue;
            };
            let fate = Fate::of(&record.message, fault.as_ref(), now);
            if fate.arrives {
                arriving.extend(incoming(&record.message));
            }
            record.fate = Some(fate);
        }
        if let Some(group) = self.groups.get_mut(&number) {
            group.progress = Progress::Sent(now);
            group.updated_at = now;
        }
        Ok(arriving)
    }

    pub(super) fn shrink(&mut self) {
        while self.records.len() > self.limits.messages {
            let Some(oldest) = self.records.pop_front() else { break };
            self.by_id.remove(&oldest.id);
            self.first += 1;
        }
        while self.groups.len() > self.limits.groups {
            let Some((_, oldest)) = self.groups.pop_first() else { break };
            self.group_ids.remove(&*oldest.id);
        }
    }
}

fn incoming(message: &Message) -> Option<handset::Incoming> {
    Some(handset::Incoming {
        provider: "coolsms",
        from: message.from.clone(),
        to: message.number.clone()?,
        subject: message.subject.clone(),
        text: message.text.clone(),
        kind: message.kind.key(),
    })
}
