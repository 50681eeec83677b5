use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::codes::Purpose;
use bonin_domain::messages::Locale;
use bonin_ports::{RepositoryError, TemplateRepository, TemplateVersion};

use super::InMemoryStore;
use super::state::State;

impl State {
    /// The versions of one template, in the order in which they were added.
    fn versions<'a>(
        &'a self,
        tenant: &'a TenantId,
        purpose: Purpose,
        locale: Locale,
    ) -> impl DoubleEndedIterator<Item = &'a TemplateVersion> {
        let is_of = move |version: &&TemplateVersion| {
            (&version.tenant, version.purpose, version.locale) == (tenant, purpose, locale)
        };
        self.templates.iter().filter(is_of)
    }
}

#[async_trait]
impl TemplateRepository for InMemoryStore {
    async fn add(&self, template: TemplateVersion) -> Result<i32, RepositoryError> {
        let mut state = self.state();
        let highest = state.versions(&template.tenant, template.purpose, template.locale).next_back();
        let version = highest.map_or(1, |highest| highest.version + 1);
        state.templates.push(TemplateVersion { version, ..template });
        Ok(version)
    }

    async fn in_use(&self) -> Result<Vec<TemplateVersion>, RepositoryError> {
        let state = self.state();
        let is_in_use = |version: &&TemplateVersion| {
            state.versions(&version.tenant, version.purpose, version.locale).next_back() == Some(*version)
        };
        Ok(state.templates.iter().filter(is_in_use).cloned().collect())
    }

    async fn versions(
        &self,
        tenant: &TenantId,
        purpose: Purpose,
        locale: Locale,
    ) -> Result<Vec<TemplateVersion>, RepositoryError> {
        Ok(self.state().versions(tenant, purpose, locale).rev().cloned().collect())
    }
}
