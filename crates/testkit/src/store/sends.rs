//! Starts and resends.

use bonin_domain::TenantId;
use bonin_domain::codes::{
    ClientTokenDigest, DecisionOutcome, History, Status, Verification, budget_day, next_resend,
};
use bonin_domain::keys::PhoneIndex;
use bonin_domain::spending::Reservation;
use bonin_ports::{Holder, OutboxEntry, RepositoryError, Resend, Resent, Start, Started};
use jiff::Timestamp;

use super::idempotency::Seen;
use super::state::{AllowedStartRow, ClientClass, MessageRow, Owner, State, VerificationRow};

impl State {
    pub fn start(&mut self, start: Start) -> Result<Started, RepositoryError> {
        match self.seen(start.idempotency.as_ref(), start.now) {
            Seen::Never => {}
            Seen::Same(verification, token) => return Ok(Started::Repeated { verification, token }),
            Seen::OtherRequest => return Ok(Started::KeyReused),
        }
        let id_taken = self.verifications.iter().any(|row| row.verification.id == start.id);
        if id_taken || self.message_exists(&start.code.message) {
            return Err(RepositoryError::Conflict);
        }
        let (limits, now) = (&start.policy.limits, start.now);
        let class = self.class_of(start.origin.client_token, &start.tenant, start.phone_index, now);
        let counter = (start.tenant.clone(), start.phone_index, class, budget_day(now));
        let history = History {
            number_sends: self.number_sends(&start.phone_index),
            address_starts: self.allowed_starts(|row| row.address == start.origin.address),
            network_starts: self.allowed_starts(|row| row.network == start.origin.network),
            wrong_checks: self.wrong_checks.get(&counter).copied().unwrap_or(0),
        };
        let mut decision = limits.judge_start(start.destination, &history, now);
        if let (DecisionOutcome::Allowed, Some(reservation)) = (&decision.outcome, &start.reservation) {
            let (before, _) = self.reserve(&start.tenant, reservation);
            decision = decision.and(reservation.finding(before));
        }
        self.decisions.push((start.id, decision.clone()));
        self.file(&start, &decision);
        if decision.outcome != DecisionOutcome::Allowed {
            return Ok(Started::Refused(decision));
        }
        let verification = Verification {
            id: start.id,
            tenant: start.tenant,
            purpose: start.purpose,
            locale: start.locale,
            phone: start.phone,
            status: Status::Pending,
            checks_left: start.policy.max_checks,
            sends: 1,
            created_at: now,
            expires_at: now + start.policy.code_life.duration(),
            resend_at: next_resend(limits, 1, &history.number_sends, now),
            run_by: None,
            withheld: start.withheld,
        };
        self.allowed_starts.push(AllowedStartRow {
            address: start.origin.address,
            network: start.origin.network,
            at: now,
        });
        self.enqueue(start.code.message, &verification, (start.phone_index, start.reservation), now);
        self.verifications.push(VerificationRow {
            verification: verification.clone(),
            token: start.token,
            phone_index: start.phone_index,
            class,
            max_checks: start.policy.max_checks,
            test_number: start.test_number,
            country: start.country,
            ended_at: None,
            last_sent: now,
            codes: vec![(start.code.digest, verification.expires_at)],
        });
        self.remember(start.idempotency, &verification, now);
        Ok(Started::Created(verification))
    }

    pub fn resend(&mut self, resend: Resend) -> Result<Resent, RepositoryError> {
        match self.seen(resend.idempotency.as_ref(), resend.now) {
            Seen::Never => {}
            Seen::Same(verification, _) => return Ok(Resent::Repeated(verification)),
            Seen::OtherRequest => return Ok(Resent::KeyReused),
        }
        if self.message_exists(&resend.code.message) {
            return Err(RepositoryError::Conflict);
        }
        let (policy, now) = (&resend.policy, resend.now);
        let number_sends = self.number_sends(&resend.phone_index);
        let Some(row) = self.held(&resend.tenant, resend.id, Holder::Token(resend.token)) else {
            return Ok(Resent::NotFound);
        };
        let seen = row.seen_at(now);
        if seen.ended().is_some() {
            return Ok(Resent::Over(seen));
        }
        let mut decision = policy.limits.judge_resend(seen.sends, row.last_sent, &number_sends, now);
        if let (DecisionOutcome::Allowed, Some(reservation)) = (&decision.outcome, &resend.reservation) {
            let (before, _) = self.reserve(&resend.tenant, reservation);
            decision = decision.and(reservation.finding(before));
        }
        self.file_resend(&resend, seen.purpose, &decision);
        let Some(row) = self.held(&resend.tenant, resend.id, Holder::Token(resend.token)) else {
            return Ok(Resent::NotFound);
        };
        if let DecisionOutcome::Refused { until } = decision.outcome {
            return Ok(Resent::TooEarly(Verification { resend_at: until, ..seen }));
        }
        let expires_at = now + policy.code_life.duration();
        row.codes.push((resend.code.digest, expires_at));
        let dead = row.codes.len().saturating_sub(usize::from(policy.live_codes));
        row.codes.drain(..dead);
        row.last_sent = now;
        row.verification.sends += 1;
        row.verification.expires_at = expires_at;
        row.verification.resend_at = next_resend(&policy.limits, row.verification.sends, &number_sends, now);
        let verification = row.verification.clone();
        self.enqueue(resend.code.message, &verification, (resend.phone_index, resend.reservation), now);
        self.remember(resend.idempotency, &verification, now);
        Ok(Resent::Sent(verification))
    }

    fn class_of(
        &self,
        token: Option<ClientTokenDigest>,
        tenant: &TenantId,
        phone_index: PhoneIndex,
        now: Timestamp,
    ) -> ClientClass {
        let live = self.client_tokens.iter().any(|row| {
            Some(row.token) == token
                && row.tenant == *tenant
                && row.phone_index == phone_index
                && row.expires_at > now
        });
        if live { ClientClass::Known } else { ClientClass::Unknown }
    }

    pub(super) fn message_exists(&self, entry: &OutboxEntry) -> bool {
        self.messages.iter().any(|row| row.id == entry.id)
    }

    fn enqueue(
        &mut self,
        entry: OutboxEntry,
        verification: &Verification,
        (phone_index, reservation): (PhoneIndex, Option<Reservation>),
        now: Timestamp,
    ) {
        self.messages.push(MessageRow {
            id: entry.id,
            tenant: verification.tenant.clone(),
            owner: Owner::Verification(verification.id),
            phone_index,
            payload: Some(entry.payload),
            created_at: now,
            expires_at: verification.expires_at,
            due_at: now,
            lease: entry.lease,
            attempts: Vec::new(),
            charge: reservation.filter(|of| of.settles).map(|of| (of.day, of.charge)),
        });
    }
}
