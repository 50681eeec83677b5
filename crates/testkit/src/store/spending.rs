//! What messages cost by the day.

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::codes::RuleMode;
use bonin_domain::messages::{GroupId, MessageId};
use bonin_domain::spending::{Charge, Reservation, SpendingStep, settled};
use bonin_ports::{DaySpending, RepositoryError, SpendingLog};

use super::InMemoryStore;
use super::state::State;

/// A tenant's day.
#[derive(Default)]
pub(super) struct SpendingRow {
    pub charge: Charge,
    pub told: i16,
    pub stopped: bool,
}

impl State {
    /// What stood on the day before, and whether the reservation fits.
    pub fn reserve(&mut self, tenant: &TenantId, reservation: &Reservation) -> (Charge, bool) {
        let key = (reservation.day, tenant.clone());
        let before = self.spending.get(&key).map_or(Charge::ZERO, |row| row.charge);
        let finding = reservation.finding(before);
        let fits = finding.until.is_none() || finding.mode != RuleMode::Block;
        let row = self.spending.entry(key).or_default();
        if fits {
            row.charge = before + reservation.charge;
        } else {
            row.stopped = true;
        }
        (before, fits)
    }

    /// Reckons a message that was just closed at what it really cost.
    pub fn settle(&mut self, message: MessageId) {
        let Some(row) = self.messages.iter().find(|row| row.id == message) else { return };
        let Some((day, reserved)) = row.charge else { return };
        let cost = settled(reserved, row.attempts.iter().map(|row| &row.attempt));
        let key = (day, row.tenant.clone());
        self.change_day(&key, reserved.up_to(cost));
    }

    /// Takes what the messages of a group put on a day off it again.
    pub fn give_back(&mut self, group: GroupId) {
        let own = self.messages.iter().filter(|row| row.group() == Some(group));
        let charges: Vec<_> = own
            .filter_map(|row| row.charge.map(|(day, charge)| ((day, row.tenant.clone()), charge)))
            .collect();
        for (day, charge) in charges {
            self.change_day(&day, charge.up_to(Charge::ZERO));
        }
    }

    fn change_day(&mut self, day: &(i32, TenantId), change: Charge) {
        if let Some(row) = self.spending.get_mut(day) {
            row.charge = row.charge + change;
        }
    }
}

#[async_trait]
impl SpendingLog for InMemoryStore {
    async fn of_day(&self, day: i32) -> Result<Vec<DaySpending>, RepositoryError> {
        let state = self.state();
        let days = state.spending.iter().filter(|((of, _), _)| *of == day);
        let spending = days.map(|((_, tenant), row)| DaySpending {
            tenant: tenant.clone(),
            spent: row.charge,
            stopped: row.stopped,
        });
        let mut spending: Vec<_> = spending.collect();
        spending.sort_by(|one, other| one.tenant.as_str().cmp(other.tenant.as_str()));
        Ok(spending)
    }

    async fn reach(&self, tenant: &TenantId, day: i32, step: SpendingStep) -> Result<bool, RepositoryError> {
        let mut state = self.state();
        let Some(row) = state.spending.get_mut(&(day, tenant.clone())) else { return Ok(false) };
        let is_first = row.told < step.percent();
        row.told = row.told.max(step.percent());
        Ok(is_first)
    }
}
