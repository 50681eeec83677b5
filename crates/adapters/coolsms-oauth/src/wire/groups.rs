//! Groups as answers bring them (section 5.2).

use std::collections::BTreeMap;

use bonin_domain::Amount;
use bonin_domain::messages::MessageKind;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{lenient, moment, number, read};
use crate::error::CoolsmsError;
use crate::results::{Group, GroupCounts, GroupPage, GroupProfit};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GroupBody {
    group_id: String,
    #[serde(default, deserialize_with = "lenient")]
    account_id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    status: Option<String>,
    #[serde(default, deserialize_with = "or_nothing")]
    app: AppBody,
    #[serde(default, deserialize_with = "or_nothing")]
    count: CountBody,
    #[serde(default, deserialize_with = "charged_kinds")]
    count_for_charge: Vec<MessageKind>,
    #[serde(default, deserialize_with = "or_nothing")]
    balance: SumBody,
    #[serde(default, deserialize_with = "or_nothing")]
    point: SumBody,
    #[serde(default, deserialize_with = "moment")]
    scheduled_date: Option<Timestamp>,
    #[serde(default, deserialize_with = "moment")]
    date_sent: Option<Timestamp>,
    #[serde(default, deserialize_with = "moment")]
    date_completed: Option<Timestamp>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct AppBody {
    #[serde(deserialize_with = "lenient")]
    app_id: Option<String>,
    #[serde(deserialize_with = "or_nothing")]
    profit: ProfitBody,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ProfitBody {
    #[serde(deserialize_with = "amount")]
    sms: Amount,
    #[serde(deserialize_with = "amount")]
    lms: Amount,
    #[serde(deserialize_with = "amount")]
    mms: Amount,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SumBody {
    #[serde(deserialize_with = "amount")]
    sum: Amount,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CountBody {
    #[serde(deserialize_with = "number")]
    total: u64,
    #[serde(deserialize_with = "number")]
    sent_failed: u64,
    #[serde(deserialize_with = "number")]
    sent_success: u64,
    #[serde(deserialize_with = "number")]
    sent_pending: u64,
    #[serde(deserialize_with = "number")]
    registered_failed: u64,
    #[serde(deserialize_with = "number")]
    registered_success: u64,
}

impl From<GroupBody> for Group {
    fn from(body: GroupBody) -> Self {
        let (count, profit) = (body.count, body.app.profit);
        Self {
            group_id: body.group_id,
            account_id: body.account_id,
            status: body.status.unwrap_or_default(),
            app_id: body.app.app_id,
            profit: GroupProfit { sms: profit.sms, lms: profit.lms, mms: profit.mms },
            charged_kinds: body.count_for_charge,
            charged: body.balance.sum + body.point.sum,
            count: GroupCounts {
                total: count.total,
                registered: count.registered_success,
                refused: count.registered_failed,
                delivered: count.sent_success,
                failed: count.sent_failed,
                pending: count.sent_pending,
            },
            scheduled_at: body.scheduled_date,
            sent_at: body.date_sent,
            completed_at: body.date_completed,
        }
    }
}

/// Reads a group.
pub(crate) fn group(body: &[u8]) -> Result<Group, CoolsmsError> {
    read::<GroupBody>(body).map(Group::from)
}

/// Reads a page of groups, which is an object keyed by id.
pub(crate) fn groups(body: &[u8]) -> Result<GroupPage, CoolsmsError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        #[serde(default, deserialize_with = "lenient")]
        next_key: Option<String>,
        group_list: BTreeMap<String, GroupBody>,
    }
    let body: Body = read(body)?;
    Ok(GroupPage {
        groups: body.group_list.into_values().map(Group::from).collect(),
        next_key: body.next_key,
    })
}

/// A part of a group; odd figures are no reason to call a group that went out unclear.
fn or_nothing<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Default + DeserializeOwned,
    D: Deserializer<'de>,
{
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).unwrap_or_default())
}

/// Money as a text or a number; what is no sum is nothing.
fn amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
    Ok(lenient(deserializer)?.and_then(|text| Amount::parse(&text)).unwrap_or_default())
}

/// The kinds of which something was charged, from `{"sms": {"82": 1}, "lms": {}}`.
fn charged_kinds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<MessageKind>, D::Error> {
    let kinds = Value::deserialize(deserializer)?;
    let is_charged = |kind: &MessageKind| match kinds.get(kind.as_str()) {
        Some(Value::Object(countries)) => countries.values().any(|count| !is_nothing(count)),
        _ => false,
    };
    Ok(MessageKind::ALL.into_iter().filter(is_charged).collect())
}

fn is_nothing(count: &Value) -> bool {
    match count {
        Value::Number(count) => count.as_f64() == Some(0.0),
        Value::String(count) => count.parse() == Ok(0),
        _ => true,
    }
}
