//! Which verifications are looked at.

use bonin_domain::Region;
use bonin_domain::codes::Purpose;
use bonin_domain::messages::ProviderName;

/// Which verifications are looked at; what is `None` makes no difference.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Who took the newest message, or was asked last; of attempts, who was asked.
    pub provider: Option<ProviderName>,
    /// The country of the number.
    pub country: Option<Region>,
    /// What they are for.
    pub purpose: Option<Purpose>,
}

impl Filter {
    /// Whether something is looked at.
    pub fn fits(&self, provider: Option<&ProviderName>, country: Option<Region>, purpose: Purpose) -> bool {
        (self.provider.is_none() || self.provider.as_ref() == provider)
            && (self.country.is_none() || self.country == country)
            && self.purpose.is_none_or(|wanted| wanted == purpose)
    }

    /// Whether starts that were not allowed can be told: they have neither provider nor country.
    pub fn knows_refusals(&self) -> bool {
        self.provider.is_none() && self.country.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_must_be_known_to_fit() {
        let sens = ProviderName::parse("sens").unwrap();
        let all = Filter::default();
        assert!(all.fits(None, None, Purpose::SignUp) && all.knows_refusals());
        let narrow = Filter { provider: Some(sens.clone()), country: Some(Region::KR), purpose: None };
        assert!(narrow.fits(Some(&sens), Some(Region::KR), Purpose::FindId));
        assert!(!narrow.fits(None, Some(Region::KR), Purpose::FindId));
        assert!(!narrow.fits(Some(&sens), None, Purpose::FindId) && !narrow.knows_refusals());
    }
}
