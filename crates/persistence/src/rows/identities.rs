//! Identity verifications.

use bonin_domain::identity::{IdentityApi, IdentityId, IdentityStatus, IdentityVerification, OrderId};
use bonin_domain::keys::Sealed;
use bonin_ports::{DueErasure, IdentityProved};
use diesel::prelude::*;
use jiff::Timestamp;

use super::accounts::person_index;
use super::tenant;
use crate::failure::Failure;
use crate::schema::identity_verifications;
use crate::sql::{Instant, Uid};

/// The columns of an identity verification that its holder's view is made of.
#[derive(Queryable, Selectable)]
#[diesel(table_name = identity_verifications)]
pub struct IdentityRow {
    pub id: Uid,
    pub tenant: String,
    pub purpose: String,
    pub api: String,
    pub order_ref: String,
    pub created_at: Instant,
    pub expires_at: Instant,
    pub completed_at: Option<Instant>,
}

impl IdentityRow {
    /// The identity verification as it stands at `now`.
    pub fn at(self, now: Timestamp) -> Result<IdentityVerification, Failure> {
        let status = match self.completed_at {
            Some(_) => IdentityStatus::Completed,
            None if self.expires_at.0 <= now => IdentityStatus::Expired,
            None => IdentityStatus::Pending,
        };
        Ok(IdentityVerification {
            id: IdentityId::from_uuid(self.id.0),
            tenant: tenant(&self.tenant)?,
            purpose: self.purpose.parse().map_err(|_| Failure::BadRow("identity_verifications.purpose"))?,
            api: api(&self.api)?,
            order: OrderId::parse(&self.order_ref)
                .map_err(|_| Failure::BadRow("identity_verifications.order_ref"))?,
            status,
            created_at: self.created_at.0,
            expires_at: self.expires_at.0,
        })
    }
}

fn api(stored: &str) -> Result<IdentityApi, Failure> {
    IdentityApi::from_name(stored).ok_or(Failure::BadRow("identity_verifications.api"))
}

/// What a proof of an identity stands for, live or not.
#[derive(Queryable, Selectable)]
#[diesel(table_name = identity_verifications)]
pub struct IdentityProofRow {
    pub id: Uid,
    pub identified: Option<Vec<u8>>,
    pub ci: Option<Vec<u8>>,
    pub di: Option<Vec<u8>>,
    pub proof_until: Option<Instant>,
    pub proof_spent_at: Option<Instant>,
}

impl TryFrom<IdentityProofRow> for IdentityProved {
    type Error = Failure;

    fn try_from(row: IdentityProofRow) -> Result<Self, Failure> {
        let identified = row.identified.ok_or(Failure::BadRow("a live proof without its person"))?;
        Ok(Self {
            id: IdentityId::from_uuid(row.id.0),
            identified: Sealed::from_bytes(identified),
            ci: person_index(row.ci.as_deref())?,
            di: person_index(row.di.as_deref())?,
        })
    }
}

/// A result that the provider is still to erase.
#[derive(Queryable, Selectable)]
#[diesel(table_name = identity_verifications)]
pub struct ErasureRow {
    pub id: Uid,
    pub tenant: String,
    pub api: String,
    pub erase: Option<Vec<u8>>,
}

impl TryFrom<ErasureRow> for DueErasure {
    type Error = Failure;

    fn try_from(row: ErasureRow) -> Result<Self, Failure> {
        let reference = row.erase.ok_or(Failure::BadRow("a due erasure without its name"))?;
        Ok(Self {
            id: IdentityId::from_uuid(row.id.0),
            tenant: tenant(&row.tenant)?,
            api: api(&row.api)?,
            reference: Sealed::from_bytes(reference),
        })
    }
}
