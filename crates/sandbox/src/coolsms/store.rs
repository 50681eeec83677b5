//! Groups and their messages, the newest of each.

mod inner;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use serde_json::{Map, Value};

use self::inner::Inner;
use super::message::{Kind, Message};
use super::results::Fate;
use crate::faults::Fault;
use crate::lock::lock;
use crate::{handset, ids};

/// How far a group is; whether all its results are known is another question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    Pending,
    Scheduled(Timestamp),
    Sent(Timestamp),
    /// Its schedule was cancelled.
    Failed,
    Deleted,
}

/// What a group was made with.
#[derive(Debug, Clone, Default)]
pub(super) struct Making {
    pub(super) app_id: Option<String>,
    pub(super) allow_duplicates: bool,
    pub(super) strict: bool,
    pub(super) sdk_version: Option<String>,
    pub(super) os_platform: Option<String>,
    pub(super) custom_fields: Map<String, Value>,
}

/// A group of messages.
pub(super) struct Group {
    pub(super) id: Arc<str>,
    pub(super) account: &'static str,
    pub(super) making: Making,
    pub(super) progress: Progress,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    /// The fault that the call met which had it sent.
    fault: Option<Fault>,
    messages: Vec<u64>,
    recipients: HashSet<String>,
}

/// A stored message.
pub(super) struct Record {
    pub(super) id: String,
    pub(super) group: Arc<str>,
    pub(super) account: &'static str,
    pub(super) message: Message,
    pub(super) created_at: Timestamp,
    /// What becomes of it, once it was sent.
    pub(super) fate: Option<Fate>,
    removed: bool,
}

impl Record {
    /// The status code at this moment.
    pub(super) fn code_at(&self, now: Timestamp) -> &str {
        match &self.fate {
            Some(fate) => fate.code_at(now),
            None => self.message.code,
        }
    }
}

/// A call that a group does not take now; the name is the `errorCode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    NotFound,
    Not(&'static str),
    TooMany,
    NoBalance,
}

/// Account, group, the fault that it was scheduled under, and what the handset gets.
pub(super) type SentLater = (&'static str, Arc<str>, Option<Fault>, Vec<handset::Incoming>);

/// A group and its messages, borrowed together.
pub(super) struct Whole<'a> {
    pub(super) group: &'a Group,
    pub(super) records: Vec<&'a Record>,
}

/// Where messages are looked for.
pub(super) enum Among<'a> {
    All,
    Ids(&'a [String]),
    Group(&'a str),
}

#[derive(Default)]
pub(super) struct Messages {
    inner: Mutex<Inner>,
}

/// What a kind costs, in KRW.
pub(super) fn price(kind: Kind) -> u64 {
    match kind {
        Kind::Sms => 20,
        Kind::Lms => 50,
        Kind::Mms => 200,
    }
}

impl Messages {
    /// Makes an empty group; its id.
    pub(super) fn make(&self, account: &'static str, making: Making, now: Timestamp) -> Arc<str> {
        let mut inner = lock(&self.inner);
        inner.made += 1;
        let made = inner.made;
        let id: Arc<str> = id("G4V", made, now).into();
        inner.group_ids.insert(id.to_string(), made);
        let group = Group {
            id: Arc::clone(&id),
            account,
            making,
            progress: Progress::Pending,
            created_at: now,
            updated_at: now,
            fault: None,
            messages: Vec::new(),
            recipients: HashSet::new(),
        };
        inner.groups.insert(made, group);
        inner.shrink();
        id
    }

    /// Adds messages to a group; refused ones are kept but never sent. Their ids.
    pub(super) fn add(
        &self,
        account: &str,
        group: &str,
        messages: Vec<Message>,
        now: Timestamp,
    ) -> Result<Vec<String>, Refused> {
        let mut inner = lock(&self.inner);
        let number = inner.of(account, group)?;
        let Inner { limits, records, first, by_id, groups, .. } = &mut *inner;
        let group = groups.get_mut(&number).ok_or(Refused::NotFound)?;
        if group.progress != Progress::Pending {
            return Err(Refused::Not("InvalidGroupStatus"));
        }
        if group.messages.len() + messages.len() > limits.group {
            return Err(Refused::TooMany);
        }
        let mut added = Vec::with_capacity(messages.len());
        for mut message in messages {
            let recipient = format!("{}-{}", message.country, message.to);
            let new = group.recipients.insert(recipient);
            if !new && !group.making.allow_duplicates && message.code == "2000" {
                message.code = "1026";
            }
            let position = *first + records.len() as u64;
            let id = id("M4V", position + 1, now);
            by_id.insert(id.clone(), position);
            group.messages.push(position);
            records.push_back(Record {
                id: id.clone(),
                group: Arc::clone(&group.id),
                account: group.account,
                message,
                created_at: now,
                fate: None,
                removed: false,
            });
            added.push(id);
        }
        group.updated_at = now;
        inner.shrink();
        Ok(added)
    }

    /// Removes messages from a group that was not sent yet; those that were not there.
    pub(super) fn remove(
        &self,
        account: &str,
        group: &str,
        message_ids: &[&str],
        now: Timestamp,
    ) -> Result<Vec<String>, Refused> {
        let mut inner = lock(&self.inner);
        let number = inner.of(account, group)?;
        if inner.groups.get(&number).is_none_or(|group| group.progress != Progress::Pending) {
            return Err(Refused::Not("InvalidGroupStatus"));
        }
        let mut missing = Vec::new();
        for id in message_ids {
            let position = inner.by_id.get(*id).copied();
            let record = position.and_then(|position| inner.at_mut(position));
            match record.filter(|record| &*record.group == group && !record.removed) {
                Some(record) => {
                    record.removed = true;
                    let recipient = format!("{}-{}", record.message.country, record.message.to);
                    if let Some(group) = inner.groups.get_mut(&number) {
                        group.recipients.remove(&recipient);
                        group.messages.retain(|kept| Some(*kept) != position);
                        group.updated_at = now;
                    }
                }
                None => missing.push((*id).to_owned()),
            }
        }
        Ok(missing)
    }

    /// Has a group sent now, or at `at`; what the handset gets now.
    pub(super) fn send(
        &self,
        account: &str,
        group: &str,
        at: Option<Timestamp>,
        fault: Option<&Fault>,
        now: Timestamp,
    ) -> Result<Vec<handset::Incoming>, Refused> {
        let mut inner = lock(&self.inner);
        let number = inner.of(account, group)?;
        let group = inner.groups.get_mut(&number).ok_or(Refused::NotFound)?;
        match group.progress {
            Progress::Pending => {}
            Progress::Scheduled(_) => return Err(Refused::Not("ScheduledGroup")),
            Progress::Sent(_) => return Err(Refused::Not("AlreadySent")),
            Progress::Failed => return Err(Refused::Not("FailedGroup")),
            Progress::Deleted => return Err(Refused::Not("DeletedGroup")),
        }
        group.fault = fault.cloned();
        group.updated_at = now;
        if let Some(at) = at {
            group.progress = Progress::Scheduled(at);
            inner.due.insert((at, number));
            return Ok(Vec::new());
        }
        inner.dispatch(number, now)
    }

    /// Sends the groups whose time has come.
    pub(super) fn send_due(&self, now: Timestamp) -> Vec<SentLater> {
        let mut inner = lock(&self.inner);
        let mut sent = Vec::new();
        while let Some((at, number)) = inner.due.first().copied().filter(|(at, _)| *at <= now) {
            inner.due.remove(&(at, number));
            let Some(group) = inner.groups.get(&number) else { continue };
            if group.progress != Progress::Scheduled(at) {
                continue;
            }
            let (account, id, fault) = (group.account, Arc::clone(&group.id), group.fault.clone());
            // The results count from when it was due, whenever somebody looked.
            match inner.dispatch(number, at) {
                Ok(arriving) => sent.push((account, id, fault, arriving)),
                Err(_) => {
                    if let Some(group) = inner.groups.get_mut(&number) {
                        group.progress = Progress::Failed;
                    }
                }
            }
        }
        sent
    }

    /// Changes how far a group is where `change` allows it.
    pub(super) fn change(
        &self,
        account: &str,
        group: &str,
        now: Timestamp,
        change: impl FnOnce(Progress) -> Result<Progress, Refused>,
    ) -> Result<(), Refused> {
        let mut inner = lock(&self.inner);
        let number = inner.of(account, group)?;
        let group = inner.groups.get_mut(&number).ok_or(Refused::NotFound)?;
        group.progress = change(group.progress)?;
        group.updated_at = now;
        Ok(())
    }

    /// Maps a group with its messages.
    pub(super) fn with_group<T>(
        &self,
        account: &str,
        group: &str,
        map: impl FnOnce(Whole<'_>) -> T,
    ) -> Result<T, Refused> {
        let inner = lock(&self.inner);
        let number = inner.of(account, group)?;
        inner.whole(number).map(map).ok_or(Refused::NotFound)
    }

    /// Goes through an account's groups, newest first, until `visit` returns false.
    pub(super) fn visit_groups(&self, account: &str, mut visit: impl FnMut(Whole<'_>) -> bool) {
        let inner = lock(&self.inner);
        let own = inner.groups.iter().rev().filter(|(_, group)| group.account == account);
        for (number, _) in own {
            if !inner.whole(*number).is_some_and(&mut visit) {
                return;
            }
        }
    }

    /// Goes through an account's messages, newest first, until `visit` returns false.
    pub(super) fn visit(&self, account: &str, among: &Among<'_>, visit: impl FnMut(&Record) -> bool) {
        let inner = lock(&self.inner);
        let mut positions: Vec<u64> = match among {
            Among::All => (inner.first..inner.first + inner.records.len() as u64).collect(),
            Among::Ids(ids) => ids.iter().filter_map(|id| inner.by_id.get(id).copied()).collect(),
            Among::Group(id) => {
                let group = inner.group_ids.get(*id).and_then(|number| inner.groups.get(number));
                group.map(|group| group.messages.clone()).unwrap_or_default()
            }
        };
        positions.sort_unstable();
        positions.dedup();
        let records = positions.into_iter().rev().filter_map(|position| inner.at(position));
        let mut own = records.filter(|record| record.account == account && !record.removed);
        let mut visit = visit;
        while own.next().is_some_and(&mut visit) {}
    }

    /// The money of an account, in KRW.
    pub(super) fn balance(&self, account: &str) -> u64 {
        let inner = lock(&self.inner);
        inner.limits.balance - inner.spent.get(account).copied().unwrap_or_default()
    }
}

/// An id of 32 characters: kind, time, and letters that differ for each `counter`.
pub(super) fn id(kind: &str, counter: u64, now: Timestamp) -> String {
    let time = now.strftime("%Y%m%d%H%M%S");
    let letters = format!("{}{}", ids::scrambled(counter), ids::scrambled(counter ^ 0x5a5a_5a5a_5a5a));
    let id = format!("{kind}{time}{letters}").to_ascii_uppercase();
    id[..32.min(id.len())].to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::access::{ACCOUNT, SECOND_ACCOUNT};
    use super::super::message;
    use super::inner::Limits;
    use super::*;
    use crate::credentials::COOLSMS_FROM;

    fn messages(count: usize) -> Vec<Message> {
        let to: Vec<_> = (0..count).map(|number| format!("010{number:08}")).collect();
        message::read(&json!({ "to": to, "from": COOLSMS_FROM, "text": "hello" }), |_| true).unwrap()
    }

    fn small() -> Messages {
        let limits = Limits { messages: 10, group: 5, groups: 4, balance: 100 };
        Messages { inner: Mutex::new(Inner { limits, ..Inner::default() }) }
    }

    #[test]
    fn only_the_newest_messages_and_groups_are_kept() {
        let store = small();
        let now = Timestamp::UNIX_EPOCH;
        let mut groups = Vec::new();
        for _ in 0..3 {
            let group = store.make(ACCOUNT, Making::default(), now);
            store.add(ACCOUNT, &group, messages(5), now).unwrap();
            assert_eq!(store.add(ACCOUNT, &group, messages(1), now), Err(Refused::TooMany));
            groups.push(group);
        }
        let count = |group: &str| store.with_group(ACCOUNT, group, |whole| whole.records.len()).unwrap();
        assert_eq!((count(&groups[0]), count(&groups[1]), count(&groups[2])), (0, 5, 5));
        assert_eq!(lock(&store.inner).by_id.len(), 10);
        for _ in 0..4 {
            store.make(ACCOUNT, Making::default(), now);
        }
        assert_eq!(store.with_group(ACCOUNT, &groups[0], |_| ()), Err(Refused::NotFound));
        assert_eq!(lock(&store.inner).group_ids.len(), 4);
    }

    #[test]
    fn an_account_sees_its_own_groups_only() {
        let store = Messages::default();
        let group = store.make(ACCOUNT, Making::default(), Timestamp::UNIX_EPOCH);
        assert_eq!(store.with_group(SECOND_ACCOUNT, &group, |_| ()), Err(Refused::NotFound));
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(store.add(SECOND_ACCOUNT, &group, messages(1), now), Err(Refused::NotFound));
    }

    #[test]
    fn ids_have_32_characters_and_differ() {
        let ids: HashSet<_> = (0..10_000).map(|counter| id("M4V", counter, Timestamp::UNIX_EPOCH)).collect();
        assert_eq!(ids.len(), 10_000);
        assert!(ids.iter().all(|id| id.len() == 32 && id.starts_with("M4V19700101000000")));
    }

    #[test]
    fn money_runs_out() {
        let store = small();
        let now = Timestamp::UNIX_EPOCH;
        let send = |count| {
            let group = store.make(ACCOUNT, Making::default(), now);
            store.add(ACCOUNT, &group, messages(count), now).unwrap();
            store.send(ACCOUNT, &group, None, None, now).map(|arriving| arriving.len())
        };
        assert_eq!(send(5), Ok(5));
        assert_eq!(store.balance(ACCOUNT), 0);
        assert_eq!(send(1), Err(Refused::NoBalance));
        assert_eq!(store.balance(SECOND_ACCOUNT), 100);
    }
}
