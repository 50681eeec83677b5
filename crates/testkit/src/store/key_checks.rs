use async_trait::async_trait;
use bonin_domain::keys::KeyCheck;
use bonin_ports::{KeyCheckRepository, KeyCheckVerdict, RepositoryError};

use super::InMemoryStore;

#[async_trait]
impl KeyCheckRepository for InMemoryStore {
    async fn agree(&self, checks: &[KeyCheck]) -> Result<KeyCheckVerdict, RepositoryError> {
        let known = &mut self.state().key_checks;
        for (id, value) in &*known {
            match checks.iter().find(|check| check.id == *id) {
                None => return Ok(KeyCheckVerdict::Missing(id.number())),
                Some(check) if check.value != *value => return Ok(KeyCheckVerdict::Different(id.number())),
                Some(_) => {}
            }
        }
        known.extend(checks.iter().map(|check| (check.id, check.value)));
        Ok(KeyCheckVerdict::Same)
    }
}
