//! What the window is opened with, by the scripts of V1 and V2.

use super::super::people::Pg;
use super::super::store::Order;
use super::words::{EN, KO, Words};
use crate::credentials::{IAMPORT_CHANNEL_KEY, IAMPORT_CUSTOMER_CODE, PORTONE_CHANNEL_KEY, PORTONE_STORE_ID};
use crate::encode::{PageAddress, percent};
use crate::params::Params;

/// Every parameter; in the language that a page was opened with, it stays.
const KNOWN: [&str; 14] = [
    "version",
    "customer_code",
    "store_id",
    "channel_key",
    "merchant_uid",
    "identity_verification_id",
    "pg",
    "page",
    "mode",
    "redirect_url",
    "company",
    "min_age",
    "carrier",
    "custom_data",
];

/// A window that may open.
pub(super) struct Asked {
    pub(super) order: Order,
    pub(super) pg: Option<Pg>,
    /// The page that opened the window.
    pub(super) page: Option<PageAddress>,
    pub(super) back: Back,
    pub(super) min_age: Option<i16>,
    pub(super) custom_data: Option<String>,
    /// The language that was chosen in the window.
    pub(super) words: Option<&'static Words>,
    /// The same window as a query, without its language.
    pub(super) query: String,
    company: Option<String>,
}

/// How the result gets back.
pub(super) enum Back {
    Popup,
    Redirect(PageAddress),
}

/// Why there is no window; shown on the page, never sent to an address that was not checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Version,
    Customer,
    Store,
    Channel,
    Order,
    Pg,
    Page,
    Redirect,
    Mode,
    Carrier,
    Age,
    Person,
    AlreadyVerified,
}

impl Asked {
    /// Reads the query of the window.
    pub(super) fn read(query: &str) -> Result<Self, Fault> {
        let params = Params::lenient(query);
        let address = |name| params.get(name).map(PageAddress::parse);
        let order = match params.get("version") {
            Some("1") => {
                if params.get("customer_code") != Some(IAMPORT_CUSTOMER_CODE) {
                    return Err(Fault::Customer);
                }
                // Older pages name a PG instead of a channel.
                if params.get("channel_key").is_some_and(|key| key != IAMPORT_CHANNEL_KEY) {
                    return Err(Fault::Channel);
                }
                Order::V1(params.get("merchant_uid").map(str::to_owned))
            }
            Some("2") => {
                if params.get("store_id") != Some(PORTONE_STORE_ID) {
                    return Err(Fault::Store);
                }
                if params.get("channel_key") != Some(PORTONE_CHANNEL_KEY) {
                    return Err(Fault::Channel);
                }
                Order::V2(params.get("identity_verification_id").ok_or(Fault::Order)?.to_owned())
            }
            _ => return Err(Fault::Version),
        };
        let pg = params.get("pg").map(|name| Pg::find(name).ok_or(Fault::Pg)).transpose()?;
        if order.id().is_some_and(|id| !pg.unwrap_or(Pg::Danal).takes(id)) {
            return Err(Fault::Order);
        }
        // The window's carriers are not those of the results: KT is KTF here, and KT an error.
        if params.get("carrier").is_some_and(|name| !["SKT", "KTF", "LGT", "MVNO"].contains(&name)) {
            return Err(Fault::Carrier);
        }
        let back = match params.get("mode") {
            Some("popup") => Back::Popup,
            Some("redirect") => Back::Redirect(address("redirect_url").flatten().ok_or(Fault::Redirect)?),
            _ => return Err(Fault::Mode),
        };
        let page = match address("page") {
            Some(None) => return Err(Fault::Page),
            page => page.flatten(),
        };
        let min_age = params.get("min_age").map(|age| age.parse().map_err(|_| Fault::Age)).transpose()?;
        let kept = KNOWN.iter().filter_map(|name| Some((name, params.get(name)?)));
        let kept: Vec<_> = kept.map(|(name, value)| format!("{name}={}", percent(value))).collect();
        Ok(Self {
            order,
            pg,
            page,
            back,
            min_age,
            custom_data: params.get("custom_data").map(str::to_owned),
            words: language(&params),
            query: kept.join("&"),
            company: params.get("company").map(str::to_owned),
        })
    }

    /// Who asks, as the window shows it.
    pub(super) fn site(&self) -> String {
        let page = self.page.as_ref().map(|page| page.origin().to_owned());
        self.company.clone().or(page).unwrap_or_else(|| "포트원".to_owned())
    }
}

/// The language that was chosen.
pub(super) fn language(params: &Params) -> Option<&'static Words> {
    match params.get("lang") {
        Some("ko") => Some(&KO),
        Some("en") => Some(&EN),
        _ => None,
    }
}

impl Fault {
    /// The parameter that is wrong, by its name in the address.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::Version => "version",
            Self::Customer => "customer_code",
            Self::Store => "store_id",
            Self::Channel => "channel_key",
            Self::Order => "merchant_uid, identity_verification_id",
            Self::Pg => "pg",
            Self::Page => "page",
            Self::Redirect => "redirect_url",
            Self::Mode => "mode",
            Self::Carrier => "carrier (9010)",
            Self::Age => "min_age",
            Self::Person => "person, outcome",
            Self::AlreadyVerified => "identity_verification_id",
        }
    }

    /// What is wrong with it.
    pub(super) fn why(self, words: &Words) -> &'static str {
        match self {
            Self::Customer | Self::Store | Self::Channel => words.not_ours,
            Self::Redirect => words.no_way_back,
            Self::AlreadyVerified => words.already_verified,
            Self::Version
            | Self::Order
            | Self::Pg
            | Self::Page
            | Self::Mode
            | Self::Carrier
            | Self::Age
            | Self::Person => words.malformed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(more: &str) -> String {
        format!(
            "version=1&customer_code={IAMPORT_CUSTOMER_CODE}&channel_key={IAMPORT_CHANNEL_KEY}&merchant_uid=9f1c\
             &mode=popup{more}"
        )
    }

    #[test]
    fn a_window_survives_its_own_query() {
        let raw =
            query("&company=%EB%B3%B8%EC%9D%B8+%26%20co&page=http%3A%2F%2F127.0.0.1%3A8080%2Fjoin&lang=en");
        let asked = Asked::read(&raw).unwrap_or_else(|fault| panic!("{fault:?}"));
        let again = Asked::read(&asked.query).unwrap_or_else(|fault| panic!("{fault:?}"));
        assert_eq!(again.site(), "본인 & co");
        assert_eq!(again.order, Order::V1(Some("9f1c".to_owned())));
        assert_eq!(
            again.page.map(|page| page.origin().to_owned()),
            asked.page.map(|page| page.origin().to_owned())
        );
        assert!(asked.words.is_some() && again.words.is_none());
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (raw, fault) in [
            (String::new(), Fault::Version),
            (query("").replace(IAMPORT_CUSTOMER_CODE, "imp00000000"), Fault::Customer),
            (query("").replace(IAMPORT_CHANNEL_KEY, "channel-key-other"), Fault::Channel),
            (query("&pg=paypal"), Fault::Pg),
            (query("&pg=kcp_v2.X").replace("=9f1c", "=9f-1c"), Fault::Order),
            (query("&carrier=KT"), Fault::Carrier),
            (query("&min_age=old"), Fault::Age),
            (query("&page=/join"), Fault::Page),
            (query("").replace("mode=popup", "mode=frame"), Fault::Mode),
            (query("").replace("mode=popup", "mode=redirect"), Fault::Redirect),
            (
                query("&redirect_url=javascript:alert(1)").replace("mode=popup", "mode=redirect"),
                Fault::Redirect,
            ),
            (format!("version=2&store_id=store-x&channel_key={PORTONE_CHANNEL_KEY}"), Fault::Store),
            (
                format!("version=2&store_id={PORTONE_STORE_ID}&channel_key={IAMPORT_CHANNEL_KEY}"),
                Fault::Channel,
            ),
            (
                format!("version=2&store_id={PORTONE_STORE_ID}&channel_key={PORTONE_CHANNEL_KEY}"),
                Fault::Order,
            ),
        ] {
            assert_eq!(Asked::read(&raw).err(), Some(fault), "{raw}");
        }
        assert!(Asked::read(&query("&carrier=KTF&pg=inicis_unified.MOI&min_age=19")).is_ok());
    }
}
