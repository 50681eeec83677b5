//! Who sends what: the plans.

use std::collections::BTreeSet;
use std::fmt;

use bonin_domain::TenantId;
use bonin_domain::codes::Purpose;
use bonin_domain::messages::ProviderName;
use bonin_domain::routing::{
    Channel, NumberPrefix, ProviderShare, RouteMode, RoutePlan, RouteRule, RouteTable,
};

use super::list::List;
use super::providers::NAMES;
use super::reader::{Reader, filled};
use super::tree::{self, Tree};

/// The plans, and the providers they name.
#[derive(Clone, Debug)]
pub struct RoutingSettings {
    /// The plans.
    pub table: RouteTable,
    /// The providers.
    pub providers: BTreeSet<String>,
    /// The orders without a provider that sends texts, although some are asked for there. Such a deployment may be
    /// meant: one that only proves numbers.
    pub without_sender: Option<WithoutSender>,
}

/// Names of orders; shown, it says what they lack.
#[derive(Clone, Debug)]
pub struct WithoutSender(String);

impl fmt::Display for WithoutSender {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "no provider of {} sends texts: short messages, notices to owners of accounts, and codes for find_id \
             and reset_password that come there reach nobody",
            self.0
        )
    }
}

/// The provider that sends codes of its own alone.
const VERIFIER: &str = "nexmo_verify";

/// What development uses when nothing is said: every provider that sends our texts.
const DEVELOPMENT_ORDER: [&str; 4] = ["sens", "cafe24", "coolsms", "nexmo"];

pub(super) fn read(reader: &mut Reader, tree: &Tree, production: bool) -> Option<RoutingSettings> {
    let written = &tree.routing;
    let order = match (written.order.0.is_empty(), production) {
        (false, _) => written.order.clone(),
        (true, false) => List(DEVELOPMENT_ORDER.map(str::to_owned).into()),
        (true, true) => {
            reader.complain("ROUTING__ORDER", "is missing: provider names in order, such as sens,cafe24");
            return None;
        }
    };
    let before = reader.complaints.len();
    let default = plan(
        reader,
        "ROUTING",
        &order,
        filled(written.mode.as_ref()).as_deref(),
        &written.weights,
        written.price_share,
    );
    let mut rules = Vec::new();
    for (place, rule) in written.rules.iter().enumerate() {
        rules.extend(read_rule(reader, &format!("ROUTING__RULES[{place}]"), rule, written));
    }
    if reader.complaints.len() > before {
        return None;
    }
    let default = default?;
    let plans = rules.iter().map(|rule: &RouteRule| &rule.plan).chain([&default]);
    let providers: BTreeSet<String> =
        plans.flat_map(RoutePlan::providers).map(|share| share.name.as_str().to_owned()).collect();
    if providers.contains(VERIFIER) && ![4, 6].contains(&tree.codes.length) {
        reader.complain("CODES__LENGTH", "must be 4 or 6 where nexmo_verify is used");
    }
    let without_sender = without_sender(&rules, &default);
    Some(RoutingSettings { table: RouteTable::new(rules, default), providers, without_sender })
}

/// The orders that some message comes to which only a sender of texts can carry: a short message, such as a notice,
/// or a code that no provider may run.
fn without_sender(rules: &[RouteRule], default: &RoutePlan) -> Option<WithoutSender> {
    let sends = |plan: &RoutePlan| plan.providers().iter().any(|share| share.name.as_str() != VERIFIER);
    let codes = Purpose::ALL.into_iter().filter(|purpose| !purpose.always_sends());
    let texts = codes.map(|purpose| (Some(purpose), Channel::Verification)).chain([(None, Channel::Sms)]);
    // The default order stands behind all rules.
    let mut found = BTreeSet::new();
    for (purpose, channel) in texts {
        let asked = |rule: &&RouteRule| {
            rule.purpose.is_none_or(|of| purpose == Some(of)) && rule.channel.is_none_or(|of| of == channel)
        };
        let takes_all =
            |rule: &RouteRule| rule.tenant.is_none() && rule.country.is_none() && rule.prefix.is_none();
        let matching: Vec<(usize, &RouteRule)> =
            rules.iter().enumerate().filter(|(_, rule)| asked(rule)).collect();
        let last = matching.iter().position(|(_, rule)| takes_all(rule));
        let reached = &matching[..last.map_or(matching.len(), |last| last + 1)];
        found.extend(reached.iter().filter(|(_, rule)| !sends(&rule.plan)).map(|(place, _)| *place));
        if last.is_none() && !sends(default) {
            found.insert(rules.len());
        }
    }
    let name = |place| match place {
        place if place < rules.len() => format!("BONIN__ROUTING__RULES[{place}]__ORDER"),
        _ => "BONIN__ROUTING__ORDER".to_owned(),
    };
    let names: Vec<String> = found.into_iter().map(name).collect();
    (!names.is_empty()).then(|| WithoutSender(names.join(", ")))
}

fn read_rule(
    reader: &mut Reader,
    name: &str,
    rule: &tree::RouteRule,
    general: &tree::Routing,
) -> Option<RouteRule> {
    let part = |part: &str| format!("{name}__{part}");
    let tenant = match filled(rule.tenant.as_ref()) {
        Some(text) => Some(reader.read(&part("TENANT"), TenantId::parse(&text))?),
        None => None,
    };
    let country = match filled(rule.country.as_ref()) {
        Some(text) => Some(reader.read(&part("COUNTRY"), text.parse())?),
        None => None,
    };
    let prefix = match filled(rule.prefix.as_ref()) {
        Some(text) => Some(reader.read(&part("PREFIX"), NumberPrefix::parse(&text))?),
        None => None,
    };
    let purpose = match filled(rule.purpose.as_ref()) {
        Some(text) => Some(reader.read(&part("PURPOSE"), text.parse())?),
        None => None,
    };
    let channel = match filled(rule.channel.as_ref()) {
        Some(text) => {
            let channel = Channel::from_name(&text).ok_or("must be verification, sms, lms or mms");
            Some(reader.read(&part("CHANNEL"), channel)?)
        }
        None => None,
    };
    let mode = filled(rule.mode.as_ref()).or_else(|| filled(general.mode.as_ref()));
    let share = rule.price_share.or(general.price_share);
    let plan = plan(reader, name, &rule.order, mode.as_deref(), &rule.weights, share)?;
    Some(RouteRule { tenant, country, prefix, purpose, channel, plan })
}

fn plan(
    reader: &mut Reader,
    name: &str,
    order: &List,
    mode: Option<&str>,
    weights: &List,
    price_share: Option<f64>,
) -> Option<RoutePlan> {
    let mode = match mode {
        None | Some("fixed") => RouteMode::Fixed,
        Some("weighted") => RouteMode::Weighted,
        Some("adaptive") => RouteMode::Adaptive,
        Some(_) => {
            reader.complain(&format!("{name}__MODE"), "must be fixed, weighted or adaptive");
            return None;
        }
    };
    let strange = weights.0.iter().find(|word| {
        word.split_once(':').is_none_or(|(of, _)| !order.0.iter().any(|name| name == of.trim()))
    });
    if strange.is_some() {
        reader.complain(&format!("{name}__WEIGHTS"), "must be name:number of providers in the order");
        return None;
    }
    let mut shares = Vec::new();
    for word in &order.0 {
        let known = NAMES.contains(&word.as_str()).then(|| ProviderName::parse(word)).flatten();
        let Some(provider) = known else {
            reader.complain(&format!("{name}__ORDER"), format!("must be of {}", NAMES.join(", ")));
            return None;
        };
        shares.push(ProviderShare { name: provider, weight: weight_of(reader, name, word, weights)? });
    }
    let price_share = price_share.unwrap_or(RoutePlan::PRICE_SHARE);
    let plan = reader.read(&format!("{name}__ORDER"), RoutePlan::new(mode, shares))?;
    reader.read(&format!("{name}__PRICE_SHARE"), plan.with_price_share(price_share))
}

/// The weight of a provider, written as `sens:70`; 1 where none is.
fn weight_of(reader: &mut Reader, name: &str, provider: &str, weights: &List) -> Option<u32> {
    let written = weights.0.iter().filter_map(|word| word.split_once(':'));
    match written.into_iter().find(|(of, _)| of.trim() == provider) {
        None => Some(1),
        Some((_, weight)) => {
            let weight = weight.trim().parse().map_err(|_| "must be name:number, such as sens:70,cafe24:30");
            reader.read(&format!("{name}__WEIGHTS"), weight)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(names: &[&str]) -> RoutePlan {
        let share = |name: &&str| ProviderShare { name: ProviderName::parse(name).unwrap(), weight: 1 };
        RoutePlan::new(RouteMode::Fixed, names.iter().map(share).collect()).unwrap()
    }

    fn by_nexmo() -> RouteRule {
        RouteRule::any(plan(&["nexmo_verify"]))
    }

    fn found(rules: &[RouteRule], default: &[&str]) -> Option<String> {
        without_sender(rules, &plan(default)).map(|found| found.0)
    }

    #[test]
    fn an_order_without_a_sender_is_named_where_texts_go_by_it() {
        assert_eq!(found(&[], &["nexmo_verify"]).as_deref(), Some("BONIN__ROUTING__ORDER"));
        let abroad = RouteRule { country: Some("JP".parse().unwrap()), ..by_nexmo() };
        let resets = RouteRule { purpose: Some(Purpose::ResetPassword), ..by_nexmo() };
        let codes = RouteRule { channel: Some(Channel::Verification), ..by_nexmo() };
        for rule in [abroad.clone(), resets, codes.clone()] {
            let named = found(std::slice::from_ref(&rule), &["sens"]);
            assert_eq!(named.as_deref(), Some("BONIN__ROUTING__RULES[0]__ORDER"), "{rule:?}");
        }
        let all = "BONIN__ROUTING__RULES[0]__ORDER, BONIN__ROUTING__RULES[1]__ORDER, BONIN__ROUTING__ORDER";
        assert_eq!(found(&[abroad, codes], &["nexmo_verify"]).as_deref(), Some(all));
    }

    #[test]
    fn an_order_that_only_codes_for_a_provider_come_to_needs_no_sender() {
        assert_eq!(found(&[], &["nexmo_verify", "nexmo"]), None);
        let sign_up = RouteRule { purpose: Some(Purpose::SignUp), ..by_nexmo() };
        assert_eq!(found(&[sign_up], &["sens"]), None);
        let before = RouteRule::any(plan(&["sens"]));
        assert_eq!(found(&[before, by_nexmo()], &["nexmo_verify"]), None, "nothing comes so far");
        let rules = [
            RouteRule { channel: Some(Channel::Sms), ..RouteRule::any(plan(&["sens"])) },
            RouteRule { purpose: Some(Purpose::FindId), ..RouteRule::any(plan(&["sens"])) },
            RouteRule { purpose: Some(Purpose::ResetPassword), ..RouteRule::any(plan(&["sens"])) },
        ];
        assert_eq!(found(&rules, &["nexmo_verify"]), None);
        assert_eq!(found(&rules[..2], &["nexmo_verify"]).as_deref(), Some("BONIN__ROUTING__ORDER"));
    }
}
