//! What a tenant's messages may cost a day (requirement B11).
//!
//! A message is reckoned when it is put into the outbox, at the dearest provider that may be asked, and counts for the
//! Korean day on which it is to go out. When it is closed it is reckoned once more, at what was surely or possibly taken:
//! a message that nobody took costs nothing, one that two took costs twice.

use std::collections::BTreeMap;
use std::iter::Sum;
use std::ops::Add;

use jiff::Timestamp;

use crate::codes::{Finding, Rule, RuleMode, budget_day, next_budget_day};
use crate::messages::{Attempt, DeliveryState, Price};
use crate::{Amount, TenantId};

/// The currency of ceilings.
const KRW: &str = "KRW";

/// What messages are reckoned at, in ten-thousandths of a won. Fractions below are rounded up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Charge(i64);

impl Charge {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// So many whole won.
    pub fn won(won: u32) -> Self {
        Self(i64::from(won) * 10_000)
    }

    /// A sum in won.
    pub fn of(amount: Amount) -> Self {
        Self(amount.ten_thousandths())
    }

    /// As it is stored.
    pub fn from_units(units: i64) -> Self {
        Self(units)
    }

    /// As it is stored.
    pub fn units(self) -> i64 {
        self.0
    }

    /// Where it is stored from.
    pub fn as_units(&self) -> &i64 {
        &self.0
    }

    /// In whole won, rounded up; nothing below zero.
    pub fn whole_won(self) -> u32 {
        u32::try_from((self.0.max(0).saturating_add(9_999)) / 10_000).unwrap_or(u32::MAX)
    }

    /// What has to be added to this to make `other`.
    #[must_use]
    pub fn up_to(self, other: Self) -> Self {
        Self(other.0.saturating_sub(self.0))
    }
}

impl Add for Charge {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Charge {
    fn sum<I: Iterator<Item = Self>>(charges: I) -> Self {
        charges.fold(Self::ZERO, Add::add)
    }
}

/// The ceilings of a deployment: what the messages of a tenant may cost a day.
#[derive(Clone, Debug)]
pub struct Ceilings {
    /// Whether they are applied.
    pub mode: RuleMode,
    /// Of tenants that have none of their own; `None` is no ceiling.
    pub general: Option<Charge>,
    /// Tenants' own, by name.
    pub own: BTreeMap<String, Charge>,
}

impl Ceilings {
    /// No ceiling for anybody.
    pub fn none() -> Self {
        Self { mode: RuleMode::Off, general: None, own: BTreeMap::new() }
    }

    /// The ceiling of a tenant, where one is looked at.
    pub fn of(&self, tenant: &TenantId) -> Option<Charge> {
        let ceiling = self.own.get(tenant.as_str()).copied().or(self.general);
        ceiling.filter(|_| self.mode != RuleMode::Off)
    }

    /// Whether any tenant has one that is looked at.
    pub fn any(&self) -> bool {
        self.mode != RuleMode::Off && (self.general.is_some() || !self.own.is_empty())
    }
}

/// What a message, or the messages of a group, put on the day of their tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// What they are reckoned at, all together.
    pub charge: Charge,
    /// The most that the day may come to.
    pub ceiling: Charge,
    /// The day on which they are to go out ([`budget_day`]).
    pub day: i32,
    /// When that day ends.
    pub until: Timestamp,
    /// Whether the ceiling is applied; never `Off`.
    pub mode: RuleMode,
    /// Whether they are reckoned once more when they are closed.
    pub settles: bool,
}

impl Reservation {
    /// A reservation for messages that are due at `due`; `None` where the rule is off.
    pub fn new(charge: Charge, ceiling: Charge, mode: RuleMode, due: Timestamp) -> Option<Self> {
        let (day, until) = (budget_day(due), next_budget_day(due));
        (mode != RuleMode::Off).then_some(Self { charge, ceiling, day, until, mode, settles: true })
    }

    /// The same, never reckoned once more: what a withheld message gave back would tell that nobody got it.
    #[must_use]
    pub fn for_good(self) -> Self {
        Self { settles: false, ..self }
    }

    /// The most that may stand on the day before these messages; `None` where nothing may, or where the ceiling is not
    /// applied.
    pub fn room(&self) -> Room {
        match self.mode {
            RuleMode::Block if self.charge > self.ceiling => Room::None,
            RuleMode::Block => Room::UpTo(self.ceiling.0 - self.charge.0),
            RuleMode::Record | RuleMode::Off => Room::Any,
        }
    }

    /// What the rule found, where `spent` stood on the day before these messages.
    pub fn finding(&self, spent: Charge) -> Finding {
        let passed = spent + self.charge > self.ceiling;
        Finding {
            rule: Rule::Spending,
            value: spent.whole_won(),
            threshold: self.ceiling.whole_won(),
            window_secs: None,
            until: passed.then_some(self.until),
            mode: self.mode,
        }
    }
}

/// How much may stand on a day before something is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// Whatever stands there.
    Any,
    /// So much, in the units of [`Charge::units`].
    UpTo(i64),
    /// Not even nothing: what is to be added passes the ceiling by itself.
    None,
}

/// What a closed message cost: each attempt that a provider took, or may have taken, at the price that is known of it in
/// won, else at what was reserved for the message. Test numbers cost nothing.
pub fn settled<'a>(reserved: Charge, attempts: impl IntoIterator<Item = &'a Attempt>) -> Charge {
    let taken = attempts.into_iter().filter(|attempt| may_cost(attempt.state) && !attempt.is_test());
    let known = |price: &&Price| price.currency() == KRW;
    let cost = |attempt: &Attempt| {
        attempt.price.as_ref().filter(known).map_or(reserved, |price| Charge::of(Amount::of(price)))
    };
    taken.map(cost).sum()
}

/// Whether an attempt may cost something when its message is closed: what failed or ran out by then never left.
fn may_cost(state: DeliveryState) -> bool {
    !matches!(state, DeliveryState::Failed | DeliveryState::Expired)
}

/// A part of a ceiling; who runs the deployment is told once a day when it is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SpendingStep {
    /// Half of it.
    Half,
    /// Four fifths.
    Most,
    /// All of it, or what is left is too little for the next message: it was stopped.
    All,
}

impl SpendingStep {
    /// The step that `spent` has reached; `None` below half of the ceiling.
    pub fn reached(spent: Charge, ceiling: Charge) -> Option<Self> {
        let share = |percent: i64| i128::from(spent.0) * 100 >= i128::from(ceiling.0) * i128::from(percent);
        [Self::All, Self::Most, Self::Half].into_iter().find(|step| share(i64::from(step.percent())))
    }

    /// 50, 80 or 100.
    pub fn percent(self) -> i16 {
        match self {
            Self::Half => 50,
            Self::Most => 80,
            Self::All => 100,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::{MessageId, ProviderName};

    fn noon() -> Timestamp {
        "2026-11-21T03:00:00Z".parse().unwrap()
    }

    fn at(charge: u32, ceiling: u32, mode: RuleMode) -> Reservation {
        Reservation::new(Charge::won(charge), Charge::won(ceiling), mode, noon()).unwrap()
    }

    #[test]
    fn a_fraction_of_a_ten_thousandth_is_rounded_up() {
        let of = |written: &str| Charge::of(Amount::parse(written).unwrap()).units();
        assert_eq!((of("8.4"), of("0.00001"), of("20")), (84_000, 1, 200_000));
        assert_eq!(Charge::from_units(84_000).whole_won(), 9);
    }

    #[test]
    fn the_last_message_that_fits_fills_the_ceiling() {
        assert_eq!(at(20, 100, RuleMode::Block).room(), Room::UpTo(Charge::won(80).units()));
        assert_eq!(at(20, 19, RuleMode::Block).room(), Room::None);
        assert_eq!(at(20, 19, RuleMode::Record).room(), Room::Any);
        assert_eq!(Reservation::new(Charge::won(1), Charge::ZERO, RuleMode::Off, noon()), None);
        let reservation = at(20, 100, RuleMode::Block);
        assert_eq!(reservation.finding(Charge::won(80)).until, None);
        let refused = reservation.finding(Charge::won(81));
        assert_eq!(refused.until, Some(next_budget_day(noon())));
        assert_eq!((refused.value, refused.threshold), (81, 100));
    }

    #[test]
    fn a_message_costs_what_was_taken_or_may_have_been() {
        use DeliveryState::{Accepted, Delivered, Failed, Unknown};
        let attempt = |provider: &str, state, price: Option<(&str, &str)>| Attempt {
            message: MessageId::from_uuid(uuid::Uuid::nil()),
            number: 1,
            provider: ProviderName::parse(provider).unwrap(),
            state,
            failure: None,
            provider_code: None,
            reference: None,
            possible_duplicate: false,
            country: None,
            price: price.and_then(|(amount, currency)| Price::parse(amount, currency)),
            event: None,
            route: None,
            started_at: noon(),
            accepted_at: noon(),
            updated_at: noon(),
        };
        let sens = |state, price| attempt("sens", state, price);
        let cost = |attempts: &[Attempt]| settled(Charge::won(20), attempts).units();
        let price = Some(("8.4", "KRW"));
        assert_eq!(cost(&[]), 0);
        assert_eq!(cost(&[sens(Failed, None), sens(Failed, price)]), 0);
        assert_eq!(cost(&[sens(Failed, None), sens(Accepted, price)]), 84_000);
        assert_eq!(cost(&[sens(Unknown, None), sens(Accepted, price)]), 284_000);
        let abroad = sens(Accepted, Some(("0.05", "EUR")));
        assert_eq!(cost(&[abroad]), 200_000, "won are not known of another currency");
        assert_eq!(cost(&[attempt(Attempt::TEST_NUMBERS, Delivered, None)]), 0);
    }

    #[test]
    fn steps_are_reached_exactly() {
        let reached = |spent| SpendingStep::reached(Charge::from_units(spent), Charge::from_units(1_000));
        assert_eq!(reached(499), None);
        assert_eq!(reached(500), Some(SpendingStep::Half));
        assert_eq!(reached(799), Some(SpendingStep::Half));
        assert_eq!(reached(800), Some(SpendingStep::Most));
        assert_eq!(reached(999), Some(SpendingStep::Most));
        assert_eq!(reached(1_000), Some(SpendingStep::All));
    }
}
