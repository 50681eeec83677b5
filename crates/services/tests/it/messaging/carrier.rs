//! A provider that sends groups for people, and does what a test says.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use bonin_domain::PhoneNumber;
use bonin_domain::messages::{DeliveryState, FailureClass, Image, ProviderReference};
use bonin_domain::messaging::GroupFigures;
use bonin_ports::{
    AccountBalance, FollowedMessage, GroupRelease, GroupReport, MessagingAccount, MessagingError,
    MessagingGroups, PreparedGroup, PreparedMessage, WebContent,
};
use jiff::Timestamp;
use secrecy::SecretString;

/// What the next call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Nothing, and says that it could not.
    Away,
    /// What is asked, and its answer is lost.
    Mute,
    /// Nothing, for lack of money.
    Poor,
    /// Nothing, since the sender is not registered: each message is refused by itself.
    Strict,
}

/// What it was asked to do.
#[derive(Default)]
struct Asked {
    groups: HashMap<String, Vec<PhoneNumber>>,
    released: HashMap<String, Option<Timestamp>>,
    cancelled: Vec<String>,
    images: u32,
    follows: u32,
    moods: Vec<Mood>,
    /// Whether what was reserved has gone.
    gone: bool,
    /// What is said of groups, where a test says so.
    told: Option<GroupRelease>,
}

/// The provider.
#[derive(Default)]
pub struct Carrier(Mutex<Asked>);

impl Carrier {
    fn asked(&self) -> MutexGuard<'_, Asked> {
        self.0.lock().expect("no test fails while it is held")
    }

    /// What the next calls do, one after the other; then they do as they are asked.
    pub fn is(&self, moods: &[Mood]) {
        self.asked().moods = moods.iter().rev().copied().collect();
    }

    /// How many groups were released, and for when.
    pub fn released(&self) -> Vec<Option<Timestamp>> {
        self.asked().released.values().copied().collect()
    }

    /// What was reserved goes: it is taken back no more.
    pub fn go(&self) {
        self.asked().gone = true;
    }

    /// What it says of every group from now on.
    pub fn tell(&self, release: GroupRelease) {
        self.asked().told = Some(release);
    }

    pub fn prepared(&self) -> usize {
        self.asked().groups.len()
    }

    pub fn follows(&self) -> u32 {
        self.asked().follows
    }

    pub fn images(&self) -> u32 {
        self.asked().images
    }
}

fn away() -> MessagingError {
    MessagingError::Unavailable { code: "503".to_owned(), cause: "away".into() }
}

fn mute() -> MessagingError {
    MessagingError::Unclear { code: "500".to_owned(), cause: "mute".into() }
}

fn poor() -> MessagingError {
    MessagingError::Refused { class: FailureClass::Quota, code: "402".to_owned() }
}

#[async_trait]
impl MessagingGroups for Carrier {
    async fn prepare(
        &self,
        _: &SecretString,
        _: &WebContent,
        to: &[PhoneNumber],
    ) -> Result<PreparedGroup, MessagingError> {
        let mut asked = self.asked();
        let mood = asked.moods.pop();
        match mood {
            Some(Mood::Away) => return Err(away()),
            Some(Mood::Mute) => return Err(mute()),
            Some(Mood::Poor) => return Err(poor()),
            Some(Mood::Strict) | None => {}
        }
        let group = format!("G{}", asked.groups.len());
        asked.groups.insert(group.clone(), to.to_vec());
        let message = |place| PreparedMessage {
            reference: ProviderReference::parse(&format!("{group}M{place}")),
            refusal: (mood == Some(Mood::Strict)).then(|| (FailureClass::Sender, "1062".to_owned())),
        };
        let messages = (0..to.len()).map(message).collect();
        Ok(PreparedGroup { group, messages })
    }

    async fn release(
        &self,
        _: &SecretString,
        group: &str,
        at: Option<Timestamp>,
    ) -> Result<GroupFigures, MessagingError> {
        let mut asked = self.asked();
        let mood = asked.moods.pop();
        match mood {
            Some(Mood::Away) => return Err(away()),
            Some(Mood::Poor | Mood::Strict) => return Err(poor()),
            Some(Mood::Mute) | None => {}
        }
        let first = asked.released.insert(group.to_owned(), at).is_none();
        if mood.is_some() {
            return Err(mute());
        }
        let pending = u32::try_from(asked.groups[group].len()).expect("a small group");
        Ok(if first { GroupFigures { pending, ..GroupFigures::default() } } else { GroupFigures::default() })
    }

    async fn cancel(&self, _: &SecretString, group: &str) -> Result<bool, MessagingError> {
        let mut asked = self.asked();
        let mood = asked.moods.pop();
        match mood {
            Some(Mood::Away) => return Err(away()),
            Some(Mood::Poor | Mood::Strict) => return Err(poor()),
            Some(Mood::Mute) | None => {}
        }
        if asked.gone || asked.cancelled.iter().any(|other| other == group) {
            return Ok(false);
        }
        asked.cancelled.push(group.to_owned());
        if mood.is_some() { Err(mute()) } else { Ok(true) }
    }

    async fn follow(&self, _: &SecretString, group: &str) -> Result<GroupReport, MessagingError> {
        let mut asked = self.asked();
        asked.follows += 1;
        let is_cancelled = asked.cancelled.iter().any(|other| other == group);
        let size = u32::try_from(asked.groups[group].len()).expect("a small group");
        let released = asked.released.contains_key(group) && !is_cancelled;
        let release = match (released, is_cancelled) {
            (true, _) => GroupRelease::Released,
            (_, true) => GroupRelease::Ended,
            _ => GroupRelease::Unknown,
        };
        let messages = (0..size).filter_map(|place| {
            Some(FollowedMessage {
                reference: ProviderReference::parse(&format!("{group}M{place}"))?,
                state: DeliveryState::Delivered,
                failure: None,
                provider_code: "4000".to_owned(),
            })
        });
        let messages = if released { messages.collect() } else { Vec::new() };
        let delivered = if released { size } else { 0 };
        let profit = bonin_domain::Amount::whole(2);
        Ok(GroupReport {
            release: asked.told.unwrap_or(release),
            figures: GroupFigures { delivered, profit, ..GroupFigures::default() },
            messages,
        })
    }
}

#[async_trait]
impl MessagingAccount for Carrier {
    async fn account(&self, _: &SecretString) -> Result<String, MessagingError> {
        Err(away())
    }

    async fn balance(&self, _: &SecretString) -> Result<AccountBalance, MessagingError> {
        Err(away())
    }

    async fn store_image(&self, _: &SecretString, _: &Image) -> Result<String, MessagingError> {
        let mut asked = self.asked();
        asked.images += 1;
        Ok(format!("I{}", asked.images))
    }
}
