use std::collections::BTreeMap;

use async_trait::async_trait;
use bonin_domain::keys::{KeyCheck, KeyId};
use bonin_ports::{KeyCheckRepository, KeyCheckVerdict, RepositoryError};

use super::InMemoryStore;

#[async_trait]
impl KeyCheckRepository for InMemoryStore {
    async fn compare(&self, checks: &[KeyCheck]) -> Result<KeyCheckVerdict, RepositoryError> {
        Ok(compare(&self.state().key_checks, checks))
    }

    async fn agree(&self, checks: &[KeyCheck]) -> Result<KeyCheckVerdict, RepositoryError> {
        let known = &mut self.state().key_checks;
        let verdict = compare(known, checks);
        if verdict == KeyCheckVerdict::Same {
            known.extend(checks.iter().map(|check| (check.id, check.value)));
        }
        Ok(verdict)
    }
}

fn compare(known: &BTreeMap<KeyId, [u8; 32]>, checks: &[KeyCheck]) -> KeyCheckVerdict {
    for (id, value) in known {
        match checks.iter().find(|check| check.id == *id) {
            None => return KeyCheckVerdict::Missing(id.number()),
            Some(check) if check.value != *value => return KeyCheckVerdict::Different(id.number()),
            Some(_) => {}
        }
    }
    KeyCheckVerdict::Same
}
