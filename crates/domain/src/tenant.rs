//! Tenants: the teams that share one deployment without seeing each other.

use std::fmt;

/// The name of a tenant: 1 to 32 lower-case letters, digits and hyphens, starting with a letter.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TenantId(String);

/// Why a text is not a tenant name.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a tenant name has 1 to 32 lower-case letters, digits and hyphens and starts with a letter")]
pub struct TenantIdError;

impl TenantId {
    /// The tenant for which calls without a key act.
    pub fn default_tenant() -> Self {
        Self("default".to_owned())
    }

    /// Reads a tenant name.
    ///
    /// # Errors
    /// [`TenantIdError`] when `raw` has another form.
    pub fn parse(raw: &str) -> Result<Self, TenantIdError> {
        let starts_well = raw.bytes().next().is_some_and(|first| first.is_ascii_lowercase());
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if starts_well && raw.len() <= 32 && raw.bytes().all(allowed) {
            Ok(Self(raw.to_owned()))
        } else {
            Err(TenantIdError)
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_short_lower_case_names_are_tenants() {
        assert_eq!(TenantId::parse("acme-2").unwrap().as_str(), "acme-2");
        for bad in ["", "2acme", "Acme", "a_b", "a\0", &"a".repeat(33)] {
            assert_eq!(TenantId::parse(bad), Err(TenantIdError), "{bad:?}");
        }
    }
}
