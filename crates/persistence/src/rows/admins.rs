//! Administrators, their sessions, and the record.

use bonin_domain::accounts::PasswordHash;
use bonin_domain::admin::{
    Admin, AdminId, AdminName, AdminSession, AdminSessionId, AuditAction, AuditEntry, AuditHash, AuditNumber,
    TotpStep,
};
use bonin_domain::keys::Sealed;
use diesel::prelude::*;

use crate::failure::Failure;
use crate::schema::{admin_sessions, admins, audit};
use crate::sql::{Instant, Uid};

/// An administrator.
#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = admins)]
pub struct AdminRow {
    pub id: Uid,
    pub name: String,
    pub password: String,
    pub totp: Vec<u8>,
    pub last_step: i64,
    pub created_at: Instant,
}

impl From<&Admin> for AdminRow {
    fn from(admin: &Admin) -> Self {
        Self {
            id: Uid(admin.id.as_uuid()),
            name: admin.name.as_str().to_owned(),
            password: admin.password.as_str().to_owned(),
            totp: admin.totp.as_bytes().to_vec(),
            last_step: admin.last_step.0,
            created_at: Instant(admin.created_at),
        }
    }
}

impl TryFrom<AdminRow> for Admin {
    type Error = Failure;

    fn try_from(row: AdminRow) -> Result<Self, Failure> {
        Ok(Self {
            id: AdminId::from_uuid(row.id.0),
            name: admin_name(&row.name)?,
            password: PasswordHash::parse(&row.password).map_err(|_| Failure::BadRow("admins.password"))?,
            totp: Sealed::from_bytes(row.totp),
            last_step: TotpStep(row.last_step),
            created_at: row.created_at.0,
        })
    }
}

pub fn admin_name(stored: &str) -> Result<AdminName, Failure> {
    AdminName::parse(stored).map_err(|_| Failure::BadRow("admins.name"))
}

/// An administrator's session without its token.
#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = admin_sessions)]
pub struct AdminSessionRow {
    pub id: Uid,
    pub admin_id: Uid,
    pub created_at: Instant,
    pub seen_at: Instant,
    pub expires_at: Instant,
}

impl From<&AdminSession> for AdminSessionRow {
    fn from(session: &AdminSession) -> Self {
        Self {
            id: Uid(session.id.as_uuid()),
            admin_id: Uid(session.admin.as_uuid()),
            created_at: Instant(session.created_at),
            seen_at: Instant(session.seen_at),
            expires_at: Instant(session.expires_at),
        }
    }
}

impl AdminSessionRow {
    /// The session of the administrator of this name.
    pub fn of(self, name: &str) -> Result<AdminSession, Failure> {
        Ok(AdminSession {
            id: AdminSessionId::from_uuid(self.id.0),
            admin: AdminId::from_uuid(self.admin_id.0),
            name: admin_name(name)?,
            created_at: self.created_at.0,
            seen_at: self.seen_at.0,
            expires_at: self.expires_at.0,
        })
    }
}

/// An entry of the record.
#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = audit)]
pub struct AuditRow {
    pub number: i64,
    pub row_id: Uid,
    pub at: Instant,
    pub actor: String,
    pub address: Option<String>,
    pub action: String,
    pub subject: Option<String>,
    pub reason: Option<Vec<u8>>,
    pub hash: Vec<u8>,
}

impl From<&AuditEntry> for AuditRow {
    fn from(entry: &AuditEntry) -> Self {
        Self {
            number: entry.number.0,
            row_id: Uid(uuid::Uuid::from_bytes(entry.row)),
            at: Instant(entry.at),
            actor: entry.actor.clone(),
            address: entry.address.clone(),
            action: entry.action.as_str().to_owned(),
            subject: entry.subject.clone(),
            reason: entry.reason.as_ref().map(|reason| reason.as_bytes().to_vec()),
            hash: entry.hash.as_bytes().to_vec(),
        }
    }
}

impl TryFrom<AuditRow> for AuditEntry {
    type Error = Failure;

    fn try_from(row: AuditRow) -> Result<Self, Failure> {
        Ok(Self {
            number: AuditNumber(row.number),
            row: *row.row_id.0.as_bytes(),
            at: row.at.0,
            actor: row.actor,
            address: row.address,
            action: AuditAction::from_name(&row.action).ok_or(Failure::BadRow("audit.action"))?,
            subject: row.subject,
            reason: row.reason.map(Sealed::from_bytes),
            hash: audit_hash(&row.hash)?,
        })
    }
}

pub fn audit_hash(stored: &[u8]) -> Result<AuditHash, Failure> {
    AuditHash::from_bytes(stored).ok_or(Failure::BadRow("audit.hash"))
}
