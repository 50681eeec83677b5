//! Faults on demand: what a provider does wrong, for whom and how often.

mod api;
mod body;
mod play;

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde::Serialize;

use crate::lock::lock;

pub(crate) use api::routes;
pub(crate) use play::play;

/// A provider whose faults can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Provider {
    Sens,
    Cafe24,
    Coolsms,
    Nexmo,
    NexmoVerify,
    Iamport,
    Portone,
}

impl Provider {
    /// Finds a provider by its configuration name.
    pub(crate) fn find(name: &str) -> Option<Self> {
        const ALL: [Provider; 7] = [
            Provider::Sens,
            Provider::Cafe24,
            Provider::Coolsms,
            Provider::Nexmo,
            Provider::NexmoVerify,
            Provider::Iamport,
            Provider::Portone,
        ];
        ALL.into_iter().find(|provider| provider.name() == name)
    }

    /// The provider's configuration name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sens => "sens",
            Self::Cafe24 => "cafe24",
            Self::Coolsms => "coolsms",
            Self::Nexmo => "nexmo",
            Self::NexmoVerify => "nexmo_verify",
            Self::Iamport => "iamport",
            Self::Portone => "portone",
        }
    }
}

/// What a caller does to a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Send,
    Read,
}

/// Which calls a fault concerns. Sends only by default: polling in the background must not use up `count`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum On {
    #[default]
    Send,
    Read,
    All,
}

/// The delivery result to report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Receipt {
    Delivered,
    Failed,
}

/// One provider's fault, as set by `PUT /sandbox/faults`.
#[expect(clippy::struct_excessive_bools, reason = "each is a member of the JSON body")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Fault {
    pub(crate) provider: Provider,
    pub(crate) on: On,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    pub(crate) reset: bool,
    pub(crate) malformed: bool,
    pub(crate) delay_ms: u64,
    pub(crate) drip_ms: u64,
    pub(crate) drop: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) receipt: Option<Receipt>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) receipt_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) receipt_delay_ms: Option<u64>,
    pub(crate) duplicate_receipts: u64,
    pub(crate) reorder_receipts: bool,
    /// How many calls are left for it; without it, all until it is removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) count: Option<u64>,
    /// The only number it concerns, as E.164.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<String>,
}

impl Fault {
    fn none(provider: Provider) -> Self {
        Self {
            provider,
            on: On::default(),
            status: None,
            reset: false,
            malformed: false,
            delay_ms: 0,
            drip_ms: 0,
            drop: false,
            receipt: None,
            receipt_code: None,
            receipt_delay_ms: None,
            duplicate_receipts: 0,
            reorder_receipts: false,
            count: None,
            to: None,
        }
    }

    /// Whether the provider takes the call at all.
    pub(crate) fn accepts(&self) -> bool {
        self.status.is_none() && !self.reset
    }

    /// Whether a message to this number (E.164) is concerned.
    pub(crate) fn concerns(&self, number: Option<&str>) -> bool {
        self.to.is_none() || self.to.as_deref() == number
    }

    fn applies_on(&self, call: Call) -> bool {
        match self.on {
            On::All => true,
            On::Send => call == Call::Send,
            On::Read => call == Call::Read,
        }
    }
}

/// The faults that are set, at most one a provider.
#[derive(Default)]
pub(crate) struct Faults {
    set: Mutex<BTreeMap<Provider, Fault>>,
}

impl Faults {
    /// Replaces the provider's fault.
    pub(crate) fn put(&self, fault: Fault) {
        lock(&self.set).insert(fault.provider, fault);
    }

    /// Removes one provider's fault, or all.
    pub(crate) fn remove(&self, provider: Option<Provider>) {
        let mut set = lock(&self.set);
        match provider {
            Some(provider) => drop(set.remove(&provider)),
            None => set.clear(),
        }
    }

    /// The faults that are set.
    pub(crate) fn all(&self) -> Vec<Fault> {
        lock(&self.set).values().cloned().collect()
    }

    /// The fault for this call, which counts as one of its `count`.
    pub(crate) fn take<'a>(
        &self,
        provider: Provider,
        call: Call,
        mut numbers: impl Iterator<Item = Option<&'a str>>,
    ) -> Option<Fault> {
        let mut set = lock(&self.set);
        let fault = set.get_mut(&provider)?;
        let concerned =
            fault.applies_on(call) && (fault.to.is_none() || numbers.any(|to| fault.concerns(to)));
        if !concerned {
            return None;
        }
        let taken = fault.clone();
        if let Some(count) = &mut fault.count {
            *count -= 1;
            if *count == 0 {
                set.remove(&provider);
            }
        }
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(faults: &Faults, call: Call, to: &str) -> bool {
        faults.take(Provider::Sens, call, [Some(to)].into_iter()).is_some()
    }

    #[test]
    fn parallel_calls_never_share_one_of_the_count() {
        let faults = Faults::default();
        faults.put(Fault { count: Some(50), status: Some(500), ..Fault::none(Provider::Sens) });
        let hits = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| (0..25).filter(|_| take(&faults, Call::Send, "+821011112222")).count())
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>()
        });
        assert_eq!(hits, 50);
        assert!(faults.all().is_empty());
    }

    #[test]
    fn a_fault_for_one_number_leaves_the_others_and_its_count_alone() {
        let faults = Faults::default();
        let to = Some("+821011112222".to_owned());
        faults.put(Fault { count: Some(1), to, drop: true, ..Fault::none(Provider::Sens) });
        assert!(!take(&faults, Call::Send, "+821099998888"));
        assert!(!take(&faults, Call::Read, "+821011112222"));
        assert!(take(&faults, Call::Send, "+821011112222"));
        assert!(!take(&faults, Call::Send, "+821011112222"));
    }
}
