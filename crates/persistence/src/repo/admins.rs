//! [`AdminRepository`]: who may use the console, and who may become so (security 51).

use async_trait::async_trait;
use bonin_domain::admin::{Admin, AdminName, Invitation, InvitationDigest};
use bonin_ports::{AdminRepository, Joined, RepositoryError};
use diesel::prelude::*;
use jiff::Timestamp;

use super::super::engine::{self, Conn, Store};
use super::admin_sessions::end_all;
use crate::failure::Failure;
use crate::rows::{AdminRow, admin_name};
use crate::schema::{admin_invitations as i, admins as a};
use crate::sql::{Instant, Uid};

#[async_trait]
impl AdminRepository for Store {
    async fn invite(
        &self,
        secret: InvitationDigest,
        invitation: Invitation,
        _: Timestamp,
    ) -> Result<(), RepositoryError> {
        self.write_once(move |c| {
            diesel::insert_into(i::table)
                .values((
                    i::secret.eq(secret.as_bytes().as_slice()),
                    i::admin.eq(invitation.admin.as_ref().map(AdminName::as_str)),
                    i::expires_at.eq(Instant(invitation.expires_at)),
                ))
                .execute(c)?;
            Ok(())
        })
        .await
    }

    async fn find_invitation(
        &self,
        secret: InvitationDigest,
        now: Timestamp,
    ) -> Result<Option<Invitation>, RepositoryError> {
        self.read(move |c| find_invitation(c, &secret, now)).await
    }

    async fn join(
        &self,
        secret: InvitationDigest,
        admin: Admin,
        now: Timestamp,
    ) -> Result<Joined, RepositoryError> {
        self.write(move |c| join(c, &secret, &admin, now)).await
    }

    async fn find(&self, name: &AdminName) -> Result<Option<Admin>, RepositoryError> {
        let name = name.clone();
        self.read(move |c| {
            let row: Option<AdminRow> = a::table
                .filter(a::name.eq(name.as_str()))
                .select(AdminRow::as_select())
                .get_result(c)
                .optional()?;
            row.map(Admin::try_from).transpose()
        })
        .await
    }

    async fn list(&self) -> Result<Vec<Admin>, RepositoryError> {
        self.read(|c| {
            let rows: Vec<AdminRow> = a::table.select(AdminRow::as_select()).load(c)?;
            let mut all: Vec<Admin> = rows.into_iter().map(Admin::try_from).collect::<Result<_, _>>()?;
            // Databases do not agree on the order of texts.
            all.sort_by(|one, other| one.name.cmp(&other.name));
            Ok(all)
        })
        .await
    }

    async fn remove(&self, name: &AdminName) -> Result<bool, RepositoryError> {
        let name = name.clone();
        self.write(move |c| remove(c, &name)).await
    }
}

fn find_invitation(
    c: &mut Conn,
    secret: &InvitationDigest,
    now: Timestamp,
) -> Result<Option<Invitation>, Failure> {
    let row: Option<(Option<String>, Instant)> = i::table
        .find(secret.as_bytes().as_slice())
        .filter(i::expires_at.gt(Instant(now)))
        .select((i::admin, i::expires_at))
        .get_result(c)
        .optional()?;
    let invitation = |(admin, expires_at): (Option<String>, Instant)| {
        let admin = admin.as_deref().map(admin_name).transpose()?;
        Ok(Invitation { admin, expires_at: expires_at.0 })
    };
    row.map(invitation).transpose()
}

fn join(c: &mut Conn, secret: &InvitationDigest, admin: &Admin, now: Timestamp) -> Result<Joined, Failure> {
    // Whoever shows the same secret waits for their turn, and finds it spent.
    engine::lock_subjects(c, vec![lock_key(secret)])?;
    let Some(invitation) = find_invitation(c, secret, now)? else { return Ok(Joined::InvitationGone) };
    let row = AdminRow::from(admin);
    if let Some(name) = &invitation.admin {
        let renewed: Option<Uid> = diesel::update(a::table.filter(a::name.eq(name.as_str())))
            .set((a::password.eq(row.password), a::totp.eq(row.totp), a::last_step.eq(row.last_step)))
            .returning(a::id)
            .get_result(c)
            .optional()?;
        let Some(id) = renewed else { return Ok(Joined::InvitationGone) };
        end_all(c, id)?;
    } else {
        // Two with different invitations may want the same name at once.
        let added =
            diesel::insert_into(a::table).values(&row).on_conflict(a::name).do_nothing().execute(c)?;
        if added == 0 {
            return Ok(Joined::NameTaken);
        }
    }
    diesel::delete(i::table.find(secret.as_bytes().as_slice())).execute(c)?;
    Ok(Joined::Done)
}

fn remove(c: &mut Conn, name: &AdminName) -> Result<bool, Failure> {
    // The row first: whoever is about to log in holds it, and their session is there once they let it go.
    let gone: Option<Uid> = diesel::delete(a::table.filter(a::name.eq(name.as_str())))
        .returning(a::id)
        .get_result(c)
        .optional()?;
    let Some(id) = gone else { return Ok(false) };
    end_all(c, id)?;
    // Somebody else may take the name, and must not be set anew by these.
    diesel::delete(i::table.filter(i::admin.eq(name.as_str()))).execute(c)?;
    Ok(true)
}

/// Sixty-four bits of the digest.
fn lock_key(secret: &InvitationDigest) -> i64 {
    let mut first = [0; 8];
    first.copy_from_slice(&secret.as_bytes()[..8]);
    i64::from_be_bytes(first)
}
