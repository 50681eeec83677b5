//! [`KeyCheckRepository`]: whether the keys in hand sealed this database.

use async_trait::async_trait;
use bonin_domain::keys::KeyCheck;
use bonin_ports::{KeyCheckRepository, KeyCheckVerdict, RepositoryError};
use diesel::prelude::*;

use super::super::engine::{Conn, Store};
use crate::failure::Failure;
use crate::schema::key_checks as k;

#[async_trait]
impl KeyCheckRepository for Store {
    async fn compare(&self, checks: &[KeyCheck]) -> Result<KeyCheckVerdict, RepositoryError> {
        let checks = checks.to_vec();
        self.read(move |c| compare(c, &checks)).await
    }

    async fn agree(&self, checks: &[KeyCheck]) -> Result<KeyCheckVerdict, RepositoryError> {
        let checks = checks.to_vec();
        self.write(move |c| agree(c, &checks)).await
    }
}

fn agree(c: &mut Conn, checks: &[KeyCheck]) -> Result<KeyCheckVerdict, Failure> {
    let verdict = compare(c, checks)?;
    if verdict != KeyCheckVerdict::Same {
        return Ok(verdict);
    }
    for check in checks {
        let id = i32::try_from(check.id.number()).map_err(|_| Failure::BadRow("key_checks.key_id"))?;
        // Two processes may bring a new key at once: the first one's value stays.
        diesel::insert_into(k::table)
            .values((k::key_id.eq(id), k::value.eq(check.value.as_slice())))
            .on_conflict_do_nothing()
            .execute(c)?;
    }
    compare(c, checks)
}

fn compare(c: &mut Conn, checks: &[KeyCheck]) -> Result<KeyCheckVerdict, Failure> {
    let kept: Vec<(i32, Vec<u8>)> = k::table.order(k::key_id).load(c)?;
    for (id, value) in kept {
        let id = u32::try_from(id).map_err(|_| Failure::BadRow("key_checks.key_id"))?;
        match checks.iter().find(|check| check.id.number() == id) {
            None => return Ok(KeyCheckVerdict::Missing(id)),
            Some(check) if check.value.as_slice() != value => return Ok(KeyCheckVerdict::Different(id)),
            Some(_) => {}
        }
    }
    Ok(KeyCheckVerdict::Same)
}
