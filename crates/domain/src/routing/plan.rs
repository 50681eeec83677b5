//! Which providers may send, and how one is picked among them.

use crate::messages::ProviderName;

/// How a plan orders its providers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RouteMode {
    /// As written.
    Fixed,
    /// Drawn by weight.
    Weighted,
    /// By conversion, less a price share.
    Adaptive,
}

impl RouteMode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Fixed, Self::Weighted, Self::Adaptive];

    /// The name used in settings and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Weighted => "weighted",
            Self::Adaptive => "adaptive",
        }
    }

    /// Reads the stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == name)
    }
}

/// A provider of a plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProviderShare {
    /// Who.
    pub name: ProviderName,
    /// Its share of the messages, in proportion to the other weights; only [`RouteMode::Weighted`] looks at it.
    /// With 0 it is asked only when those with a weight could not be.
    pub weight: u32,
}

/// The providers that may send a message, and how they are ordered.
#[derive(Clone, PartialEq, Debug)]
pub struct RoutePlan {
    mode: RouteMode,
    providers: Vec<ProviderShare>,
    price_share: f64,
}

/// Why a plan is refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RoutePlanError {
    /// No provider at all.
    #[error("a route names at least one provider")]
    Empty,
    /// The same provider in two places.
    #[error("a route names the provider {0} twice")]
    Twice(ProviderName),
    /// Weights decide, and all of them are 0.
    #[error("a weighted route has at least one weight above 0")]
    NoWeight,
    /// Outside 0 to 1.
    #[error("the price share of a route is a number from 0 to 1")]
    PriceShare,
}

impl RoutePlan {
    /// What the dearest provider loses against a free one unless set otherwise: five points of conversion.
    pub const PRICE_SHARE: f64 = 0.05;

    /// A plan of these providers.
    ///
    /// # Errors
    /// The rule that the list breaks.
    pub fn new(mode: RouteMode, providers: Vec<ProviderShare>) -> Result<Self, RoutePlanError> {
        if providers.is_empty() {
            return Err(RoutePlanError::Empty);
        }
        for (index, share) in providers.iter().enumerate() {
            if providers[..index].iter().any(|earlier| earlier.name == share.name) {
                return Err(RoutePlanError::Twice(share.name.clone()));
            }
        }
        if mode == RouteMode::Weighted && providers.iter().all(|share| share.weight == 0) {
            return Err(RoutePlanError::NoWeight);
        }
        Ok(Self { mode, providers, price_share: Self::PRICE_SHARE })
    }

    /// A plan of one provider, where somebody asked for it by name.
    pub fn single(name: ProviderName) -> Self {
        let providers = vec![ProviderShare { name, weight: 1 }];
        Self { mode: RouteMode::Fixed, providers, price_share: Self::PRICE_SHARE }
    }

    /// The same plan with another price share; only [`RouteMode::Adaptive`] looks at it.
    ///
    /// # Errors
    /// [`RoutePlanError::PriceShare`] outside 0 to 1.
    pub fn with_price_share(self, price_share: f64) -> Result<Self, RoutePlanError> {
        if !(0.0..=1.0).contains(&price_share) {
            return Err(RoutePlanError::PriceShare);
        }
        Ok(Self { price_share, ..self })
    }

    /// How the providers are ordered.
    pub fn mode(&self) -> RouteMode {
        self.mode
    }

    /// The providers, as written.
    pub fn providers(&self) -> &[ProviderShare] {
        &self.providers
    }

    /// How much of its conversion the dearest provider loses against a free one.
    pub fn price_share(&self) -> f64 {
        self.price_share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(name: &str, weight: u32) -> ProviderShare {
        ProviderShare { name: ProviderName::parse(name).unwrap(), weight }
    }

    #[test]
    fn a_plan_names_each_of_its_providers_once() {
        assert_eq!(RoutePlan::new(RouteMode::Fixed, vec![]), Err(RoutePlanError::Empty));
        let twice = vec![share("sens", 1), share("nexmo", 1), share("sens", 2)];
        let error = RoutePlan::new(RouteMode::Fixed, twice).unwrap_err();
        assert_eq!(error.to_string(), "a route names the provider sens twice");
    }

    #[test]
    fn weights_matter_where_they_decide() {
        let weightless = || vec![share("sens", 0), share("nexmo", 0)];
        assert_eq!(RoutePlan::new(RouteMode::Weighted, weightless()), Err(RoutePlanError::NoWeight));
        assert!(RoutePlan::new(RouteMode::Fixed, weightless()).is_ok());
        assert!(RoutePlan::new(RouteMode::Adaptive, weightless()).is_ok());
        assert!(RoutePlan::new(RouteMode::Weighted, vec![share("sens", 0), share("nexmo", 1)]).is_ok());
    }

    #[test]
    fn a_price_share_is_a_part_of_one() {
        let plan = || RoutePlan::single(ProviderName::parse("sens").unwrap());
        assert_eq!(plan().with_price_share(0.1).unwrap().price_share().to_string(), "0.1");
        for bad in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert_eq!(plan().with_price_share(bad), Err(RoutePlanError::PriceShare), "{bad}");
        }
    }

    #[test]
    fn stored_names_read_back() {
        for mode in RouteMode::ALL {
            assert_eq!(RouteMode::from_name(mode.as_str()), Some(mode));
        }
        assert_eq!(RouteMode::from_name("Fixed"), None);
    }
}
