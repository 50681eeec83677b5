//! Which plan counts for a message (requirement D11).

use crate::codes::Purpose;
use crate::messages::{MessageKind, ProviderName};
use crate::phone::{PhoneNumber, Region};
use crate::routing::{RouteMode, RoutePlan};
use crate::tenant::TenantId;

/// What a message is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Channel {
    /// It carries a verification's code.
    Verification,
    /// A short text.
    Sms,
    /// A long text.
    Lms,
    /// A long text with images.
    Mms,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 4] = [Self::Verification, Self::Sms, Self::Lms, Self::Mms];

    /// The name used in settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Verification => "verification",
            Self::Sms => "sms",
            Self::Lms => "lms",
            Self::Mms => "mms",
        }
    }

    /// Reads a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.as_str() == name)
    }
}

impl From<MessageKind> for Channel {
    /// The channel of a message that carries no code.
    fn from(kind: MessageKind) -> Self {
        match kind {
            MessageKind::Sms => Self::Sms,
            MessageKind::Lms => Self::Lms,
            MessageKind::Mms => Self::Mms,
        }
    }
}

/// The beginning of phone numbers in E.164 form, such as `+8210`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct NumberPrefix(String);

/// A text that is not the beginning of a phone number.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a prefix is a + and 1 to 15 digits that begin with a country code, such as +8210")]
pub struct NumberPrefixError;

impl NumberPrefix {
    /// Reads a prefix.
    ///
    /// # Errors
    /// [`NumberPrefixError`] when `raw` has another form.
    pub fn parse(raw: &str) -> Result<Self, NumberPrefixError> {
        let digits = raw.strip_prefix('+').ok_or(NumberPrefixError)?;
        let plain = (1..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        // No country code begins with 0: `+010` would silently match nothing.
        if plain && !digits.starts_with('0') { Ok(Self(raw.to_owned())) } else { Err(NumberPrefixError) }
    }

    /// The prefix as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the number begins with it.
    pub fn begins(&self, number: &PhoneNumber) -> bool {
        number.e164().starts_with(&self.0)
    }
}

/// A plan for some messages. What is `None` does not matter to it.
#[derive(Clone, PartialEq, Debug)]
pub struct RouteRule {
    /// Whose messages.
    pub tenant: Option<TenantId>,
    /// To numbers of which country.
    pub country: Option<Region>,
    /// To numbers with which beginning.
    pub prefix: Option<NumberPrefix>,
    /// Codes for what; a message without a purpose does not match.
    pub purpose: Option<Purpose>,
    /// What kind of messages.
    pub channel: Option<Channel>,
    /// Who sends them.
    pub plan: RoutePlan,
}

/// What rules look at.
#[derive(Clone, Copy, Debug)]
pub struct RouteQuery<'a> {
    /// Whose message it is.
    pub tenant: &'a TenantId,
    /// Where it goes.
    pub to: &'a PhoneNumber,
    /// What its code is for.
    pub purpose: Option<Purpose>,
    /// What it is.
    pub channel: Channel,
}

impl RouteRule {
    /// A rule that matches everything: fill in what matters.
    pub fn any(plan: RoutePlan) -> Self {
        Self { tenant: None, country: None, prefix: None, purpose: None, channel: None, plan }
    }

    /// Whether everything it names is so.
    pub fn matches(&self, query: &RouteQuery<'_>) -> bool {
        self.tenant.as_ref().is_none_or(|tenant| tenant == query.tenant)
            && self.country.is_none_or(|country| query.to.region() == Some(country))
            && self.prefix.as_ref().is_none_or(|prefix| prefix.begins(query.to))
            && self.purpose.is_none_or(|purpose| query.purpose == Some(purpose))
            && self.channel.is_none_or(|channel| query.channel == channel)
    }
}

/// All rules of a deployment.
#[derive(Clone, PartialEq, Debug)]
pub struct RouteTable {
    rules: Vec<RouteRule>,
    default: RoutePlan,
}

impl RouteTable {
    /// Rules in the order in which they are asked, and the plan where none matches.
    pub fn new(rules: Vec<RouteRule>, default: RoutePlan) -> Self {
        Self { rules, default }
    }

    /// The plan of the first rule that matches, else the default one.
    pub fn plan_for(&self, query: &RouteQuery<'_>) -> &RoutePlan {
        let rule = self.rules.iter().find(|rule| rule.matches(query));
        rule.map_or(&self.default, |rule| &rule.plan)
    }

    /// The plan where no rule matches.
    pub fn default_plan(&self) -> &RoutePlan {
        &self.default
    }

    /// Every provider that some plan names; one that several name comes several times.
    pub fn providers(&self) -> impl Iterator<Item = &ProviderName> {
        self.plans().flat_map(|plan| plan.providers().iter().map(|share| &share.name))
    }

    /// Whether some plan looks at conversion.
    pub fn is_adaptive(&self) -> bool {
        self.plans().any(|plan| plan.mode() == RouteMode::Adaptive)
    }

    fn plans(&self) -> impl Iterator<Item = &RoutePlan> {
        self.rules.iter().map(|rule| &rule.plan).chain([&self.default])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::ProviderShare;

    fn plan(name: &str) -> RoutePlan {
        RoutePlan::single(ProviderName::parse(name).unwrap())
    }

    fn tenant(name: &str) -> TenantId {
        TenantId::parse(name).unwrap()
    }

    fn number(raw: &str) -> PhoneNumber {
        PhoneNumber::parse(raw, Region::KR).unwrap()
    }

    fn prefix(raw: &str) -> NumberPrefix {
        NumberPrefix::parse(raw).unwrap()
    }

    #[test]
    fn each_part_of_a_rule_is_looked_at() {
        let (acme, to) = (tenant("acme"), number("010-1234-5678"));
        let code = Some(Purpose::SignUp);
        let query = RouteQuery { tenant: &acme, to: &to, purpose: code, channel: Channel::Verification };
        let any = RouteRule::any(plan("sens"));
        assert!(any.matches(&query));

        let fitting = RouteRule {
            tenant: Some(tenant("acme")),
            country: Some(Region::KR),
            prefix: Some(prefix("+8210")),
            purpose: code,
            channel: Some(Channel::Verification),
            ..any
        };
        assert!(fitting.matches(&query));
        let others = [
            RouteRule { tenant: Some(tenant("other")), ..fitting.clone() },
            RouteRule { country: Some("JP".parse().unwrap()), ..fitting.clone() },
            RouteRule { prefix: Some(prefix("+8211")), ..fitting.clone() },
            RouteRule { purpose: Some(Purpose::FindId), ..fitting.clone() },
            RouteRule { channel: Some(Channel::Sms), ..fitting.clone() },
        ];
        for rule in others {
            assert!(!rule.matches(&query), "{rule:?}");
        }
        let bulk = RouteQuery { purpose: None, channel: MessageKind::Lms.into(), ..query };
        assert!(!RouteRule { channel: None, ..fitting.clone() }.matches(&bulk), "it has no purpose");
        assert!(RouteRule { channel: Some(Channel::Lms), purpose: None, ..fitting }.matches(&bulk));
    }

    #[test]
    fn the_first_rule_that_matches_wins_and_else_the_default_counts() {
        let table = RouteTable::new(
            vec![
                RouteRule { prefix: Some(prefix("+8210")), ..RouteRule::any(plan("cafe24")) },
                RouteRule { country: Some(Region::KR), ..RouteRule::any(plan("sens")) },
                RouteRule { tenant: Some(tenant("acme")), ..RouteRule::any(plan("coolsms")) },
            ],
            plan("nexmo"),
        );
        let found = |tenant: &TenantId, to: &str| {
            let query =
                RouteQuery { tenant, to: &number(to), purpose: None, channel: MessageKind::Sms.into() };
            table.plan_for(&query).providers()[0].name.to_string()
        };
        let (acme, other) = (tenant("acme"), tenant("other"));
        assert_eq!(found(&acme, "010-1234-5678"), "cafe24", "the first of three");
        assert_eq!(found(&acme, "070-1234-5678"), "sens", "the first of two");
        assert_eq!(found(&acme, "+1 212 555 2368"), "coolsms");
        assert_eq!(found(&other, "+1 212 555 2368"), "nexmo");
        let named: Vec<&str> = table.providers().map(ProviderName::as_str).collect();
        assert_eq!(named, ["cafe24", "sens", "coolsms", "nexmo"]);
    }

    #[test]
    fn a_table_is_adaptive_where_any_plan_is() {
        let share = ProviderShare { name: ProviderName::parse("sens").unwrap(), weight: 1 };
        let adaptive = RoutePlan::new(RouteMode::Adaptive, vec![share]).unwrap();
        assert!(!RouteTable::new(vec![], plan("sens")).is_adaptive());
        assert!(RouteTable::new(vec![], adaptive.clone()).is_adaptive());
        assert!(RouteTable::new(vec![RouteRule::any(adaptive)], plan("sens")).is_adaptive());
    }

    #[test]
    fn a_prefix_begins_with_plus_and_a_country_code() {
        for good in ["+1", "+8210", "+821012345678901"] {
            assert_eq!(NumberPrefix::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "+", "8210", "010", "+010", "+82 10", "+8210a", "+8210123456789012", "+٨٢"] {
            assert_eq!(NumberPrefix::parse(bad), Err(NumberPrefixError), "{bad:?}");
        }
    }

    #[test]
    fn names_read_back() {
        for channel in Channel::ALL {
            assert_eq!(Channel::from_name(channel.as_str()), Some(channel));
        }
    }
}
