//! What is known of verifications, for administrators.

use async_trait::async_trait;
use bonin_domain::codes::{Decision, DecisionOutcome, Finding, Purpose, RuleMode, Status, VerificationId};
use bonin_domain::keys::PhoneIndex;
use bonin_ports::{
    FiledDecision, FiledFinding, FiledVerification, RepositoryError, Resend, Start, StoryRepository,
};
use jiff::{SignedDuration, Timestamp};

use super::InMemoryStore;
use super::state::{State, VerificationRow};

/// How far back a number's verifications are looked up.
const REACH: SignedDuration = SignedDuration::from_hours(90 * 24);

impl VerificationRow {
    /// How the verification ended, or stands; where the checks were used up, locked also after the end.
    pub fn filed_status(&self, now: Timestamp) -> Status {
        match self.verification.status {
            Status::Pending if self.verification.checks_left == 0 => Status::Locked,
            Status::Pending if self.verification.expires_at <= now => Status::Expired,
            stored => stored,
        }
    }

    fn filed(&self, now: Timestamp) -> FiledVerification {
        let verification = &self.verification;
        FiledVerification {
            id: verification.id,
            tenant: verification.tenant.clone(),
            purpose: verification.purpose,
            phone_index: self.phone_index,
            phone: Some(verification.phone.clone()),
            country: self.country,
            status: self.filed_status(now),
            checks: self.max_checks - verification.checks_left,
            max_checks: self.max_checks,
            sends: verification.sends,
            test_number: self.test_number,
            withheld: verification.withheld,
            run_by: verification.run_by.as_ref().map(|(provider, _)| provider.clone()),
            created_at: verification.created_at,
            ended_at: self.ended_at.unwrap_or(verification.expires_at),
        }
    }
}

impl State {
    /// Files the decision on a start.
    pub fn file(&mut self, start: &Start, decision: &Decision) {
        self.filed_decisions.push(FiledDecision {
            id: start.id,
            tenant: start.tenant.clone(),
            purpose: start.purpose,
            phone_index: start.phone_index,
            test_number: start.test_number,
            outcome: outcome(decision),
            findings: decision.findings.iter().map(filed).collect(),
            created_at: start.now,
        });
    }

    /// Files the decision on a resend where a rule was hit.
    pub fn file_resend(&mut self, resend: &Resend, purpose: Purpose, decision: &Decision) {
        if decision.findings.iter().any(|finding| finding.until.is_some()) {
            self.filed_decisions.push(FiledDecision {
                id: resend.id,
                tenant: resend.tenant.clone(),
                purpose,
                phone_index: resend.phone_index,
                test_number: resend.test_number,
                outcome: outcome(decision),
                findings: decision.findings.iter().map(filed).collect(),
                created_at: resend.now,
            });
        }
    }
}

fn outcome(decision: &Decision) -> String {
    let name = match decision.outcome {
        DecisionOutcome::Allowed => "allowed",
        DecisionOutcome::Refused { .. } => "refused",
        DecisionOutcome::Destination(_) => "destination",
    };
    name.to_owned()
}

/// Whether a decision is one on a start: only there the destination is judged.
pub fn of_a_start(decision: &FiledDecision) -> bool {
    decision.findings.iter().any(|finding| finding.rule == "destination")
}

fn filed(finding: &Finding) -> FiledFinding {
    FiledFinding {
        rule: finding.rule.as_str().to_owned(),
        value: finding.value,
        threshold: finding.threshold,
        window_secs: finding.window_secs,
        until: finding.until,
        mode: match finding.mode {
            RuleMode::Off => "off",
            RuleMode::Record => "record",
            RuleMode::Block => "block",
        }
        .to_owned(),
    }
}

#[async_trait]
impl StoryRepository for InMemoryStore {
    async fn find(
        &self,
        id: VerificationId,
        now: Timestamp,
    ) -> Result<Option<FiledVerification>, RepositoryError> {
        let state = self.state();
        Ok(state.verifications.iter().find(|row| row.verification.id == id).map(|row| row.filed(now)))
    }

    async fn of_number(
        &self,
        phone: PhoneIndex,
        limit: u16,
        now: Timestamp,
    ) -> Result<Vec<FiledVerification>, RepositoryError> {
        let state = self.state();
        let young = |row: &&VerificationRow| row.verification.created_at + REACH >= now;
        let own = state.verifications.iter().filter(|row| row.phone_index == phone).filter(young);
        let mut found: Vec<_> = own.map(|row| row.filed(now)).collect();
        found.sort_by_key(|filed| std::cmp::Reverse(filed.id.as_uuid()));
        found.truncate(usize::from(limit));
        Ok(found)
    }

    async fn decision(&self, id: VerificationId) -> Result<Option<FiledDecision>, RepositoryError> {
        let state = self.state();
        let mut starts = state.filed_decisions.iter().filter(|decision| of_a_start(decision));
        Ok(starts.find(|decision| decision.id == id).cloned())
    }

    async fn refused_resends(
        &self,
        id: VerificationId,
        phone: PhoneIndex,
    ) -> Result<Vec<FiledDecision>, RepositoryError> {
        let state = self.state();
        let refused = state.filed_decisions.iter().filter(|of| of.outcome != "allowed" && !of_a_start(of));
        Ok(refused.filter(|of| of.id == id && of.phone_index == phone).cloned().collect())
    }

    async fn refused(&self, phone: PhoneIndex, limit: u16) -> Result<Vec<FiledDecision>, RepositoryError> {
        let state = self.state();
        let own = state.filed_decisions.iter();
        let own = own.filter(|decision| decision.phone_index == phone && decision.outcome != "allowed");
        let own = own.filter(|decision| of_a_start(decision));
        let mut found: Vec<_> = own.cloned().collect();
        found.sort_by_key(|decision| std::cmp::Reverse((decision.created_at, decision.id.as_uuid())));
        found.truncate(usize::from(limit));
        Ok(found)
    }
}
