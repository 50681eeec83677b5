//! Checks and cancelling.

use bonin_domain::TenantId;
use bonin_domain::codes::{Limits, Status, VerificationId, budget_day};
use bonin_domain::keys::PhoneIndex;
use bonin_ports::{Cancelled, Check, Holder, Spent};
use jiff::Timestamp;

use super::state::{ClientClass, ClientTokenRow, MessageRow, ProofRow, State};

impl State {
    pub fn spend_check(&mut self, check: Check) -> Spent {
        let now = check.now;
        let Some(place) = self.place(&check.tenant, check.id, Holder::Token(check.token)) else {
            return Spent::NotFound;
        };
        let row = &self.verifications[place];
        let (seen, phone_index) = (row.seen_at(now), row.phone_index);
        if seen.ended().is_some() {
            return Spent::Over(seen);
        }
        let wrong = self.wrong_checks_today(&check.tenant, phone_index, now);
        if wrong >= u32::from(Limits::WRONG_CHECKS_CEILING) {
            return Spent::NumberExhausted(seen);
        }
        let row = &mut self.verifications[place];
        row.verification.checks_left -= 1;
        let mut live = row.codes.iter().filter(|(_, end)| *end > now);
        if live.any(|(digest, _)| check.code.as_slice().contains(digest)) {
            return self.succeed(place, check);
        }
        if row.verification.run_by.is_some() {
            return Spent::Undecided(row.seen_at(now));
        }
        row.lock_where_none_are_left();
        let missed = row.verification.clone();
        self.count_miss(place, &check);
        Spent::Missed(missed)
    }

    /// Marks a success with its proof and client token.
    pub(super) fn succeed(&mut self, place: usize, check: Check) -> Spent {
        let row = &mut self.verifications[place];
        row.verification.status = Status::Verified;
        row.ended_at = Some(check.now);
        row.codes.clear();
        let (proof, expires_at) = check.proof;
        let verification = check.id;
        self.proofs.push(ProofRow { proof, verification, expires_at, spent: false, refusals: 0 });
        let (token, expires_at) = check.client_token;
        let phone_index = row.phone_index;
        self.client_tokens.push(ClientTokenRow { token, tenant: check.tenant, phone_index, expires_at });
        Spent::Matched(row.verification.clone())
    }

    /// Counts a miss for the number.
    pub(super) fn count_miss(&mut self, place: usize, check: &Check) {
        let row = &self.verifications[place];
        let counter = (check.tenant.clone(), row.phone_index, row.class, budget_day(check.now));
        *self.wrong_checks.entry(counter).or_default() += 1;
    }

    fn wrong_checks_today(&self, tenant: &TenantId, phone_index: PhoneIndex, now: Timestamp) -> u32 {
        let of_class = |class| {
            let counter = (tenant.clone(), phone_index, class, budget_day(now));
            self.wrong_checks.get(&counter).copied().unwrap_or(0)
        };
        of_class(ClientClass::Known) + of_class(ClientClass::Unknown)
    }

    pub fn cancel(
        &mut self,
        tenant: &TenantId,
        id: VerificationId,
        holder: Holder,
        now: Timestamp,
    ) -> Cancelled {
        let Some(row) = self.held(tenant, id, holder) else {
            return Cancelled::NotFound;
        };
        let seen = row.seen_at(now);
        if seen.ended().is_some() {
            return Cancelled::Over(seen);
        }
        row.verification.status = Status::Cancelled;
        row.ended_at = Some(now);
        row.codes.clear();
        let cancelled = row.verification.clone();
        let waiting =
            |message: &&mut MessageRow| message.verification() == Some(id) && message.attempts.is_empty();
        for message in self.messages.iter_mut().filter(waiting) {
            message.payload = None;
        }
        Cancelled::Done(cancelled)
    }
}
