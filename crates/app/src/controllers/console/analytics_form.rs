//! The filters of `/console/analytics`.

use bonin_domain::TenantId;
use bonin_domain::analytics::{AnalyticsRange, Step};
use bonin_domain::codes::Purpose;
use bonin_domain::messages::ProviderName;
use bonin_services::analytics::{By, Filter, Question};
use jiff::{SignedDuration, Timestamp};

use super::names;
use crate::pages::{Faults, Frame};

/// What can be chosen of the configuration.
pub struct Choices {
    /// Its tenants.
    pub tenants: Vec<String>,
    /// Its providers.
    pub providers: Vec<ProviderName>,
}

/// The filters as they are typed.
pub struct FormView {
    /// How far back.
    pub ranges: Vec<Choice>,
    /// Whose.
    pub tenants: Vec<Choice>,
    /// Of which provider.
    pub providers: Vec<Choice>,
    /// For what.
    pub purposes: Vec<Choice>,
    /// To which country.
    pub country: String,
    /// By what the course over time is parted.
    pub parts: Vec<Choice>,
}

/// A value that can be chosen.
pub struct Choice {
    /// As it is sent.
    pub value: String,
    /// As it is shown.
    pub name: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// The spans that can be chosen: the last 24 hours, and days.
const RANGES: [(&str, &str, &str); 4] = [
    ("24h", "24시간", "24 hours"),
    ("7", "7일", "7 days"),
    ("30", "30일", "30 days"),
    ("90", "90일", "90 days"),
];

fn typed<'a>(frame: &'a Frame, name: &str) -> &'a str {
    frame.parameter(name).unwrap_or_default().trim()
}

impl Choices {
    /// The form, with what was typed.
    pub fn form(&self, frame: &Frame) -> FormView {
        let range = Some(typed(frame, "range")).filter(|range| !range.is_empty()).unwrap_or("7");
        let chosen = |name: &str, value: &str| typed(frame, name) == value;
        let all = |name: &str| Choice {
            value: String::new(),
            name: frame.say("전체", "All").to_owned(),
            chosen: chosen(name, ""),
        };
        let ranges = RANGES.iter().map(|(value, ko, en)| Choice {
            value: (*value).to_owned(),
            name: frame.say(ko, en).to_owned(),
            chosen: range == *value,
        });
        let tenants = self.tenants.iter().map(|tenant| Choice {
            value: tenant.clone(),
            name: tenant.clone(),
            chosen: chosen("tenant", tenant),
        });
        let providers = self.providers.iter().map(|provider| Choice {
            value: provider.to_string(),
            name: names::provider(provider.as_str()).to_owned(),
            chosen: chosen("provider", provider.as_str()),
        });
        let purposes = Purpose::ALL.into_iter().map(|purpose| Choice {
            value: purpose.to_string(),
            name: names::purpose(frame, purpose).to_owned(),
            chosen: chosen("purpose", purpose.as_str()),
        });
        let by = Some(typed(frame, "by")).filter(|by| !by.is_empty()).unwrap_or(By::Provider.as_str());
        let parts = By::ALL.into_iter().map(|part| Choice {
            value: part.as_str().to_owned(),
            name: names::part(frame, part).to_owned(),
            chosen: by == part.as_str(),
        });
        FormView {
            ranges: ranges.collect(),
            tenants: std::iter::once(all("tenant")).chain(tenants).collect(),
            providers: std::iter::once(all("provider")).chain(providers).collect(),
            purposes: std::iter::once(all("purpose")).chain(purposes).collect(),
            country: typed(frame, "country").to_owned(),
            parts: parts.collect(),
        }
    }

    /// What the filters ask, and by what the course over time is parted; `None` with a fault for each that is wrong.
    pub fn question(&self, frame: &Frame, faults: &mut Faults) -> Option<(Question, By)> {
        let unknown = || frame.say("목록에 있는 것을 골라 주세요.", "Choose one of the list.");
        let tenant = match typed(frame, "tenant") {
            "" => None,
            name => {
                let known = self.tenants.iter().any(|tenant| tenant == name);
                let tenant = TenantId::parse(name).ok().filter(|_| known);
                if tenant.is_none() {
                    faults.add("tenant", unknown());
                }
                tenant
            }
        };
        let provider = match typed(frame, "provider") {
            "" => None,
            name => {
                let provider = self.providers.iter().find(|provider| provider.as_str() == name).cloned();
                if provider.is_none() {
                    faults.add("provider", unknown());
                }
                provider
            }
        };
        let country = match typed(frame, "country") {
            "" => None,
            tag => {
                let country = tag.to_ascii_uppercase().parse().ok();
                if country.is_none() {
                    let two = frame.say("KR처럼 영문 두 글자로 적어 주세요.", "Two letters, such as KR.");
                    faults.add("country", two);
                }
                country
            }
        };
        let purpose = match typed(frame, "purpose") {
            "" => None,
            name => {
                let purpose = name.parse().ok();
                if purpose.is_none() {
                    faults.add("purpose", unknown());
                }
                purpose
            }
        };
        let by = match typed(frame, "by") {
            "" => Some(By::Provider),
            name => By::from_name(name),
        };
        if by.is_none() {
            faults.add("by", unknown());
        }
        let range = range(frame.now, typed(frame, "range"));
        if range.is_none() {
            faults.add("range", unknown());
        }
        let range = range.filter(|_| faults.is_empty())?;
        Some((Question { tenant, range, filter: Filter { provider, country, purpose } }, by?))
    }
}

fn range(now: Timestamp, chosen: &str) -> Option<AnalyticsRange> {
    match chosen {
        "24h" => {
            let day = SignedDuration::from_hours(23);
            let next = now.checked_add(SignedDuration::from_micros(1)).ok()?;
            AnalyticsRange::new(now.checked_sub(day).ok()?, next, Step::Hour).ok()
        }
        "" => Some(AnalyticsRange::last_days(now, 7)),
        days @ ("7" | "30" | "90") => Some(AnalyticsRange::last_days(now, days.parse().ok()?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_hours_ends_with_the_hour_that_runs() {
        let now: Timestamp = "2026-11-21T05:20:00Z".parse().unwrap();
        let hours = range(now, "24h").unwrap();
        assert_eq!(
            (hours.steps().count(), hours.until().to_string()),
            (24, "2026-11-21T06:00:00Z".to_owned())
        );
        assert_eq!(range(now, "").unwrap().steps().count(), 7);
        assert_eq!(range(now, "90").unwrap().steps().count(), 90);
        assert_eq!((range(now, "0"), range(now, "91"), range(now, "x")), (None, None, None));
    }
}
