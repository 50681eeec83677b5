use std::net::IpAddr;
use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::access::ApiKeyId;
use bonin_domain::admin::{AdminName, AuditAction, NewAuditEntry, Subject};
use bonin_domain::keys::{KeyRing, SealedField};
use bonin_ports::{AuditLog, Clock, Entropy, RepositoryError};

/// Who does something that is recorded, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Whoever runs commands on the server.
    Terminal,
    /// Somebody at the console who is not logged in, and may be anybody.
    Somebody {
        /// From where.
        address: IpAddr,
    },
    /// A program that showed an API key.
    Key {
        /// Which key.
        id: ApiKeyId,
        /// From where.
        address: IpAddr,
    },
    /// An administrator.
    Admin {
        /// Who.
        name: AdminName,
        /// From where.
        address: IpAddr,
    },
}

impl Actor {
    /// What stands in the record for somebody who is not known; no administrator's name.
    pub const NOBODY: &'static str = "-";

    /// From where, where that can be told.
    fn address(&self) -> Option<IpAddr> {
        match self {
            Self::Terminal => None,
            Self::Somebody { address } | Self::Key { address, .. } | Self::Admin { address, .. } => {
                Some(*address)
            }
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Terminal => AdminName::TERMINAL.to_owned(),
            Self::Somebody { .. } => Self::NOBODY.to_owned(),
            // No administrator's name has a colon.
            Self::Key { id, .. } => format!("key:{id}"),
            Self::Admin { name, .. } => name.to_string(),
        }
    }
}

/// Adds to the record of what administrators did (security 48).
#[derive(Clone)]
pub struct Record {
    /// The record.
    pub log: Arc<dyn AuditLog>,
    /// Seals reasons.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Draws rows and nonces.
    pub entropy: Arc<dyn Entropy>,
}

impl Record {
    /// Records a deed; `reason` is what somebody typed as its reason. Whoever shows or changes something records it
    /// first: what cannot be recorded is not done.
    ///
    /// # Errors
    /// The store's; nothing was recorded then.
    #[tracing::instrument(name = "admin.record", skip_all, fields(admin.action = action.as_str()))]
    pub async fn execute(
        &self,
        actor: &Actor,
        action: AuditAction,
        subject: Option<Subject>,
        reason: Option<&str>,
    ) -> Result<(), RepositoryError> {
        let mut row = [0; 16];
        self.entropy.fill(&mut row);
        let fill = &mut |bytes: &mut [u8]| self.entropy.fill(bytes);
        let seal = |reason: &str| {
            let tenant = TenantId::default_tenant();
            self.keys.seal(&tenant, SealedField::AuditReason, &row, reason.as_bytes(), fill)
        };
        let entry = NewAuditEntry {
            row,
            at: self.clock.now(),
            actor: actor.name(),
            address: actor.address().map(|address| address.to_canonical().to_string()),
            action,
            subject,
            reason: reason.map(seal),
        };
        let entry = self.log.append(entry).await?;
        // The database's owner could replace the whole record; the log is beyond their reach (decision 20).
        tracing::info!(
            admin.number = entry.number.0,
            admin.action = action.as_str(),
            admin.hash = %entry.hash,
            "a deed was recorded"
        );
        Ok(())
    }
}
