//! [`SessionRepository`]: who is logged in.

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::accounts::{AccountId, Session, SessionId, SessionPolicy, SessionTokenDigest};
use bonin_domain::codes::Purpose;
use bonin_ports::{
    AnyProof, NewSession, ProofRefusal, RepositoryError, SessionEnd, SessionRepository, StepUp,
};
use diesel::dsl::exists;
use diesel::prelude::*;
use jiff::Timestamp;

use super::super::engine::{Conn, Store};
use super::accounts::hold;
use super::passwords::replace;
use super::proofs;
use crate::failure::Failure;
use crate::rows::SessionRow;
use crate::schema::{accounts as a, sessions as s};
use crate::sql::{Instant, Uid};

#[async_trait]
impl SessionRepository for Store {
    async fn open(&self, new: NewSession) -> Result<bool, RepositoryError> {
        self.write(move |c| open(c, &new)).await
    }

    /// A read, but for the note once a minute.
    async fn find(
        &self,
        tenant: &TenantId,
        token: SessionTokenDigest,
        policy: SessionPolicy,
        now: Timestamp,
    ) -> Result<Option<Session>, RepositoryError> {
        let live = Live { tenant: tenant.clone(), token, seen_after: seen_after(&policy, now), now };
        let found = self
            .read({
                let live = live.clone();
                move |c| live.find(c)
            })
            .await?;
        match found {
            Some(session) if session.seen_at <= noted_before(now) => {
                self.write_once(move |c| live.note(c)).await
            }
            found => Ok(found),
        }
    }

    async fn list(
        &self,
        tenant: &TenantId,
        account: AccountId,
        policy: SessionPolicy,
        now: Timestamp,
    ) -> Result<Vec<Session>, RepositoryError> {
        let tenant = tenant.clone();
        self.read(move |c| {
            let rows: Vec<SessionRow> = s::table
                .filter(s::account_id.eq(Uid(account.as_uuid())))
                .filter(s::tenant.eq(tenant.as_str()))
                .filter(s::seen_at.gt(seen_after(&policy, now)))
                .filter(s::expires_at.gt(Instant(now)))
                .order((s::seen_at.desc(), s::created_at.desc(), s::id.desc()))
                .select(SessionRow::as_select())
                .load(c)?;
            rows.into_iter().map(Session::try_from).collect()
        })
        .await
    }

    async fn end(
        &self,
        tenant: &TenantId,
        account: AccountId,
        which: SessionEnd,
    ) -> Result<usize, RepositoryError> {
        let tenant = tenant.clone();
        self.write(move |c| {
            // Whoever holds the account finds its sessions as they are until the end.
            if hold(c, tenant.as_str(), account)?.is_none() {
                return Ok(0);
            }
            let own = s::table
                .filter(s::account_id.eq(Uid(account.as_uuid())))
                .filter(s::tenant.eq(tenant.as_str()));
            Ok(match which {
                SessionEnd::One(id) => diesel::delete(own.filter(s::id.eq(Uid(id.as_uuid())))).execute(c)?,
                SessionEnd::Others(id) => {
                    diesel::delete(own.filter(s::id.ne(Uid(id.as_uuid())))).execute(c)?
                }
            })
        })
        .await
    }

    async fn step_up(&self, step_up: StepUp) -> Result<Result<(), ProofRefusal>, RepositoryError> {
        self.write(move |c| self::step_up(c, &step_up)).await
    }
}

/// Sessions that were used after this are not idle.
pub fn seen_after(policy: &SessionPolicy, now: Timestamp) -> Instant {
    Instant(now.checked_sub(policy.idle).unwrap_or(Timestamp::MIN))
}

/// Uses that were noted at this moment or before are to be noted again.
pub fn noted_before(now: Timestamp) -> Timestamp {
    now.checked_sub(SessionPolicy::NOTED_EVERY).unwrap_or(Timestamp::MIN)
}

/// The look for a live session.
#[derive(Clone)]
struct Live {
    tenant: TenantId,
    token: SessionTokenDigest,
    seen_after: Instant,
    now: Timestamp,
}

impl Live {
    fn find(&self, c: &mut Conn) -> Result<Option<Session>, Failure> {
        let row: Option<SessionRow> = s::table
            .filter(s::token.eq(self.token.as_bytes().as_slice()))
            .filter(s::tenant.eq(self.tenant.as_str()))
            .filter(s::seen_at.gt(self.seen_after))
            .filter(s::expires_at.gt(Instant(self.now)))
            .select(SessionRow::as_select())
            .get_result(c)
            .optional()?;
        row.map(Session::try_from).transpose()
    }

    /// Notes the use, unless others noted one meanwhile; a session that ended meanwhile is gone.
    fn note(&self, c: &mut Conn) -> Result<Option<Session>, Failure> {
        diesel::update(s::table)
            .filter(s::token.eq(self.token.as_bytes().as_slice()))
            .filter(s::tenant.eq(self.tenant.as_str()))
            .filter(s::seen_at.gt(self.seen_after))
            .filter(s::seen_at.le(Instant(noted_before(self.now))))
            .set(s::seen_at.eq(Instant(self.now)))
            .execute(c)?;
        self.find(c)
    }
}

fn open(c: &mut Conn, new: &NewSession) -> Result<bool, Failure> {
    let session = &new.session;
    let Some(row) = hold(c, session.tenant.as_str(), session.account)? else { return Ok(false) };
    if row.password != new.password.as_str() {
        return Ok(false);
    }
    if let Some(replacement) = &new.replacement {
        replace(c, row.id, replacement)?;
    }
    let own = s::table.filter(s::account_id.eq(row.id));
    diesel::delete(own.filter(s::expires_at.le(Instant(session.created_at)))).execute(c)?;
    // Whoever logs in stays, so that one place is the new session's.
    let others: Vec<Uid> =
        own.order((s::seen_at.desc(), s::created_at.desc(), s::id.desc())).select(s::id).load(c)?;
    let kept = usize::from(new.policy.most.saturating_sub(1));
    if let Some(beyond) = others.get(kept..).filter(|beyond| !beyond.is_empty()) {
        diesel::delete(s::table.filter(s::id.eq_any(beyond))).execute(c)?;
    }
    diesel::insert_into(s::table)
        .values((&SessionRow::from(session), s::token.eq(new.token.as_bytes().as_slice())))
        .execute(c)?;
    Ok(true)
}

/// Whether a session of an account has not come to its end. Whether it is idle was looked at when it was shown.
pub fn is_live(
    c: &mut Conn,
    tenant: &str,
    account: AccountId,
    session: SessionId,
    now: Timestamp,
) -> Result<bool, Failure> {
    let live = s::table
        .find(Uid(session.as_uuid()))
        .filter(s::tenant.eq(tenant))
        .filter(s::account_id.eq(Uid(account.as_uuid())))
        .filter(s::expires_at.gt(Instant(now)));
    Ok(diesel::select(exists(live)).get_result(c)?)
}

/// Ends all sessions of an account, but for `spared`.
pub fn end_sessions(c: &mut Conn, account: Uid, spared: Option<Uid>) -> Result<(), Failure> {
    let own = s::table.filter(s::account_id.eq(account));
    match spared {
        Some(id) => diesel::delete(own.filter(s::id.ne(id))).execute(c)?,
        None => diesel::delete(own).execute(c)?,
    };
    Ok(())
}

fn step_up(c: &mut Conn, step_up: &StepUp) -> Result<Result<(), ProofRefusal>, Failure> {
    let (tenant, now) = (step_up.tenant.as_str(), step_up.now);
    let session = Uid(step_up.session.as_uuid());
    let owner: Option<Uid> =
        s::table.find(session).filter(s::tenant.eq(tenant)).select(s::account_id).get_result(c).optional()?;
    let Some(account) = owner.map(|id| AccountId::from_uuid(id.0)) else {
        return Ok(Err(ProofRefusal::Unknown));
    };
    let Some(row) = hold(c, tenant, account)? else { return Ok(Err(ProofRefusal::Unknown)) };
    if !is_live(c, tenant, account, step_up.session, now)? {
        return Ok(Err(ProofRefusal::Unknown));
    }
    let (purpose, number) = (Purpose::StepUp, row.phone_index.as_slice());
    let held = proofs::hold_for_number(c, &step_up.tenant, purpose, step_up.proof, number, now)?;
    if held.is_err() {
        return Ok(held);
    }
    proofs::spend(c, &AnyProof::Phone(step_up.proof), now)?;
    diesel::update(s::table.find(session))
        .set((s::token.eq(step_up.token.as_bytes().as_slice()), s::stepped_up_at.eq(Instant(now))))
        .execute(c)?;
    // Where another person was seen with the number, having it says nothing of who its owner is.
    if row.phone_contested_at.is_none() {
        diesel::update(a::table.find(row.id)).set(a::phone_proved_at.eq(Instant(now))).execute(c)?;
    }
    Ok(Ok(()))
}
