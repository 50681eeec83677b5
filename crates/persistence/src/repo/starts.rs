//! Starting and resending: judged under the subjects' locks, stored in the same transaction.

use bonin_domain::TenantId;
use bonin_domain::codes::VerificationId;
use bonin_domain::codes::{Decision, DecisionOutcome, RuleMode, Status, Verification, next_resend};
use bonin_domain::keys::PhoneIndex;
use bonin_domain::spending::Reservation;
use bonin_ports::{Holder, NewCode, Resend, Resent, Start, Started};
use diesel::prelude::*;
use jiff::{SignedDuration, Timestamp};

use super::super::engine::{self, Conn};
use super::history::{history, is_known_client, number_sends};
use super::idempotency::{Recalled, keep, recall};
use super::spending::{Reserved, reserve};
use super::verifications::find;
use crate::failure::Failure;
use crate::rows::{DecisionRow, NewMessageRow, NewVerificationRow, findings_document};
use crate::schema::verifications as v;
use crate::sql::{Instant, Uid};

/// Whether a start reads and writes in several statements that must be one. Without anything that is counted
/// or kept under a key, the one writing statement is enough.
pub fn needs_transaction(start: &Start) -> bool {
    let limits = &start.policy.limits;
    let counts = limits.number != RuleMode::Off || limits.address != RuleMode::Off;
    counts || start.idempotency.is_some() || start.reservation.is_some()
}

pub fn start(c: &mut Conn, start: &Start) -> Result<Started, Failure> {
    match recall(c, start.idempotency.as_ref(), start.now)? {
        Recalled::Fresh => {}
        Recalled::Repeated { verification, token } => {
            return Ok(Started::Repeated { verification: *verification, token });
        }
        Recalled::KeyReused => return Ok(Started::KeyReused),
    }
    let limits = &start.policy.limits;
    let mut subjects = Vec::with_capacity(3);
    if limits.number != RuleMode::Off {
        subjects.push(start.phone_index.lock_key());
    }
    if limits.address != RuleMode::Off {
        subjects.extend([start.origin.address.lock_key(), start.origin.network.lock_key()]);
    }
    engine::lock_subjects(c, subjects)?;

    let known_client = is_known_client(c, start)?;
    let history = history(c, start, known_client)?;
    let mut decision = limits.judge_start(start.destination, &history, start.now);
    if decision.outcome == DecisionOutcome::Allowed {
        decision = within_ceiling(c, &start.tenant, start.reservation.as_ref(), decision)?;
    }
    if decision.outcome != DecisionOutcome::Allowed {
        decision_row(start, &decision).execute(c)?;
        return Ok(Started::Refused(decision));
    }

    let expires_at = later(start.now, start.policy.code_life.duration());
    let verification = Verification {
        id: start.id,
        tenant: start.tenant.clone(),
        purpose: start.purpose,
        locale: start.locale,
        phone: start.phone.clone(),
        status: Status::Pending,
        checks_left: start.policy.max_checks,
        sends: 1,
        created_at: start.now,
        expires_at,
        resend_at: next_resend(limits, 1, &history.number_sends, start.now),
        run_by: None,
        withheld: start.withheld,
    };
    let belonging = Belonging {
        tenant: &start.tenant,
        verification: start.id,
        phone: &start.phone_index,
        test_number: start.test_number,
        now: start.now,
        expires_at,
        reservation: start.reservation,
    };
    engine::insert_together(
        c,
        decision_row(start, &decision),
        belonging.message(&start.code),
        verification_row(start, &verification, known_client),
    )?;
    keep(c, start.idempotency.as_ref(), &verification, start.now)?;
    Ok(Started::Created(verification))
}

pub fn resend(c: &mut Conn, resend: &Resend) -> Result<Resent, Failure> {
    match recall(c, resend.idempotency.as_ref(), resend.now)? {
        Recalled::Fresh => {}
        Recalled::Repeated { verification, .. } => return Ok(Resent::Repeated(*verification)),
        Recalled::KeyReused => return Ok(Resent::KeyReused),
    }
    let (limits, now) = (&resend.policy.limits, resend.now);
    if limits.number != RuleMode::Off {
        engine::lock_subjects(c, vec![resend.phone_index.lock_key()])?;
    }
    engine::lock_verification(c, Uid(resend.id.as_uuid()))?;
    let Some(row) = find(c, &resend.tenant, resend.id, Holder::Token(resend.token))? else {
        return Ok(Resent::NotFound);
    };
    let (sends, last_sent) = (row.sends, row.sent_at.0);
    let before = row.at(now)?;
    if before.ended().is_some() {
        return Ok(Resent::Over(before));
    }
    let sent_before = number_sends(c, limits, &resend.phone_index, now)?;
    let mut decision = limits.judge_resend(before.sends, last_sent, &sent_before, now);
    if decision.outcome == DecisionOutcome::Allowed {
        decision = within_ceiling(c, &resend.tenant, resend.reservation.as_ref(), decision)?;
    }
    if decision.findings.iter().any(|finding| finding.until.is_some()) {
        resend_decision_row(resend, &before, &decision).execute(c)?;
    }
    if let DecisionOutcome::Refused { until } = decision.outcome {
        return Ok(Resent::TooEarly(Verification { resend_at: until, ..before }));
    }
    let expires_at = later(now, resend.policy.code_life.duration());
    let after = Verification {
        sends: before.sends + 1,
        expires_at,
        resend_at: next_resend(limits, before.sends + 1, &sent_before, now),
        ..before
    };
    shift_codes(c, Uid(resend.id.as_uuid()), resend.policy.live_codes)?;
    diesel::update(v::table.find(Uid(resend.id.as_uuid())))
        .set((
            v::sends.eq(sends + 1),
            v::code_1.eq(resend.code.digest.as_bytes()),
            v::code_1_until.eq(Instant(expires_at)),
            v::sent_at.eq(Instant(now)),
            v::resend_at.eq(Instant(after.resend_at)),
            v::expires_at.eq(Instant(expires_at)),
        ))
        .execute(c)?;
    let belonging = Belonging {
        tenant: &resend.tenant,
        verification: resend.id,
        phone: &resend.phone_index,
        test_number: resend.test_number,
        now,
        expires_at,
        reservation: resend.reservation,
    };
    belonging.message(&resend.code).execute(c)?;
    keep(c, resend.idempotency.as_ref(), &after, now)?;
    Ok(Resent::Sent(after))
}

/// Puts an allowed message on its tenant's day, last of all: whoever waits for the day holds it until the end.
fn within_ceiling(
    c: &mut Conn,
    tenant: &TenantId,
    reservation: Option<&Reservation>,
    decision: Decision,
) -> Result<Decision, Failure> {
    let Some(reservation) = reservation else { return Ok(decision) };
    let (Reserved::Done(before) | Reserved::Refused(before)) = reserve(c, tenant, reservation)?;
    Ok(decision.and(reservation.finding(before)))
}

/// Moves the codes of a verification one place down; those beyond `live_codes` die.
fn shift_codes(c: &mut Conn, id: Uid, live_codes: u8) -> Result<(), Failure> {
    let row = diesel::update(v::table.find(id));
    let none = (None::<Vec<u8>>, None::<Instant>);
    match live_codes {
        0 | 1 => row
            .set((
                v::code_2.eq(&none.0),
                v::code_2_until.eq(none.1),
                v::code_3.eq(&none.0),
                v::code_3_until.eq(none.1),
            ))
            .execute(c)?,
        2 => row
            .set((
                v::code_2.eq(v::code_1),
                v::code_2_until.eq(v::code_1_until),
                v::code_3.eq(&none.0),
                v::code_3_until.eq(none.1),
            ))
            .execute(c)?,
        _ => row
            .set((
                v::code_3.eq(v::code_2),
                v::code_3_until.eq(v::code_2_until),
                v::code_2.eq(v::code_1),
                v::code_2_until.eq(v::code_1_until),
            ))
            .execute(c)?,
    };
    Ok(())
}

fn decision_row<'a>(start: &'a Start, decision: &Decision) -> DecisionRow<'a> {
    let counted = start.policy.limits.address != RuleMode::Off;
    DecisionRow {
        id: Uid(start.id.as_uuid()),
        tenant: start.tenant.as_str(),
        purpose: start.purpose.as_str(),
        phone_index: start.phone_index.as_bytes(),
        test_number: start.test_number,
        address: counted.then(|| start.origin.address.as_bytes()),
        network: counted.then(|| start.origin.network.as_bytes()),
        outcome: outcome_name(decision),
        findings: findings_document(&decision.findings),
        created_at: Instant(start.now),
        verification_id: None,
    }
}

/// A resend stores its decision where a rule was hit, under the name of its message. It counts for no address.
fn resend_decision_row<'a>(
    resend: &'a Resend,
    verification: &Verification,
    decision: &Decision,
) -> DecisionRow<'a> {
    DecisionRow {
        id: Uid(resend.code.message.id.as_uuid()),
        tenant: resend.tenant.as_str(),
        purpose: verification.purpose.as_str(),
        phone_index: resend.phone_index.as_bytes(),
        test_number: resend.test_number,
        address: None,
        network: None,
        outcome: outcome_name(decision),
        findings: findings_document(&decision.findings),
        created_at: Instant(resend.now),
        verification_id: Some(Uid(resend.id.as_uuid())),
    }
}

fn outcome_name(decision: &Decision) -> &'static str {
    match decision.outcome {
        DecisionOutcome::Allowed => "allowed",
        DecisionOutcome::Refused { .. } => "refused",
        DecisionOutcome::Destination(_) => "destination",
    }
}

fn verification_row<'a>(
    start: &'a Start,
    verification: &Verification,
    known_client: bool,
) -> NewVerificationRow<'a> {
    NewVerificationRow {
        id: Uid(start.id.as_uuid()),
        tenant: start.tenant.as_str(),
        purpose: start.purpose.as_str(),
        locale: start.locale.as_str(),
        status: "pending",
        token: start.token.as_bytes(),
        phone_index: start.phone_index.as_bytes(),
        phone: start.phone.as_bytes(),
        known_client,
        test_number: start.test_number,
        checks: 0,
        max_checks: i16::try_from(verification.checks_left).unwrap_or(i16::MAX),
        sends: 1,
        code_1: start.code.digest.as_bytes(),
        code_1_until: Instant(verification.expires_at),
        created_at: Instant(start.now),
        sent_at: Instant(start.now),
        resend_at: Instant(verification.resend_at),
        expires_at: Instant(verification.expires_at),
        withheld: start.withheld,
        country: start.country.map(|country| country.to_string()),
    }
}

/// Which verification a message belongs to, and until when it is of use.
struct Belonging<'a> {
    tenant: &'a TenantId,
    verification: VerificationId,
    phone: &'a PhoneIndex,
    test_number: bool,
    now: Timestamp,
    expires_at: Timestamp,
    reservation: Option<Reservation>,
}

impl<'a> Belonging<'a> {
    fn message(&self, code: &'a NewCode) -> NewMessageRow<'a> {
        let lease = code.message.lease;
        let settling = self.reservation.filter(|reservation| reservation.settles);
        NewMessageRow {
            id: Uid(code.message.id.as_uuid()),
            tenant: self.tenant.as_str(),
            verification_id: Uid(self.verification.as_uuid()),
            phone_index: self.phone.as_bytes(),
            test_number: self.test_number,
            payload: code.message.payload.as_bytes(),
            created_at: Instant(self.now),
            expires_at: Instant(self.expires_at),
            due_at: Instant(lease.map_or(self.now, |(_, until)| until)),
            lease: lease.map(|(lease, _)| Uid(lease.as_uuid())),
            charge: settling.map(|reservation| reservation.charge.units()),
            charge_day: settling.map(|reservation| reservation.day),
        }
    }
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}
