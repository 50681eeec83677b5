//! Administrators: who runs the deployment, and the record of what they did (security 48, 51).

mod audit;
mod person;
mod totp;

pub use audit::{AuditAction, AuditEntry, AuditHash, AuditNumber, NewAuditEntry, RECORD_KEPT, Subject};
pub use person::{
    Admin, AdminId, AdminName, AdminNameError, AdminSession, AdminSessionId, AdminSessionToken,
    AdminSessionTokenDigest, Invitation, InvitationDigest, InvitationSecret, TotpStep,
};
pub use totp::{TotpCode, TotpCodeError, TotpSecret};
