//! `GET /messages/v4/list`, `/list-old`, `/groups/{id}/messages` and `/statistics`

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value, json};

use super::access::admit;
use super::query::Query;
use super::store::Among;
use super::{body, errors, view};
use crate::answer::Answer;
use crate::faults::{self, Call, Provider};
use crate::sandbox::State;

/// Lists messages with their results.
pub(super) async fn list(state: Data<State>, request: HttpRequest) -> HttpResponse {
    answer(&state, &request, None).await
}

/// Lists the messages of a group.
pub(super) async fn of_group(state: Data<State>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    answer(&state, &request, Some(&id)).await
}

async fn answer(state: &Data<State>, request: &HttpRequest, group: Option<&str>) -> HttpResponse {
    super::settle(state);
    let found = admit(state, request, "message:read").and_then(|account| {
        if let Some(group) = group {
            state.coolsms.messages.with_group(account, group, |_| ()).map_err(body::refused)?;
        }
        Ok(find(state, account, &Query::read(request.query_string()), group))
    });
    let (answer, numbers) = match found {
        Ok(found) => found,
        Err(refusal) => return refusal.into_response(),
    };
    let numbers = numbers.iter().map(Option::as_deref);
    let fault = state.faults.take(Provider::Coolsms, Call::Read, numbers);
    let answer = match fault.as_ref().and_then(|fault| fault.status) {
        Some(status) => errors::for_status(status),
        None => answer,
    };
    faults::play(fault.as_ref(), answer).await
}

/// What was found, and whose it is: a fault may concern one number only.
fn find(state: &State, account: &str, query: &Query, group: Option<&str>) -> (Answer, Vec<Option<String>>) {
    let now = state.now();
    let (mut messages, mut numbers) = (Map::new(), Vec::new());
    let (mut next, mut started) = (None, query.start_key.is_none());
    let among = match (query.ids(), group.or_else(|| query.group())) {
        (Some(ids), _) => Among::Ids(ids),
        (None, Some(group)) => Among::Group(group),
        (None, None) => Among::All,
    };
    state.coolsms.messages.visit(account, &among, |record| {
        started = started || query.start_key.as_ref() == Some(&record.id);
        let field = |name: &str| {
            Some(match name {
                "messageId" => record.id.clone(),
                "groupId" => record.group.to_string(),
                "to" => record.message.to.clone(),
                "from" => record.message.from.clone(),
                "type" => record.message.kind.name().to_owned(),
                "statusCode" => record.code_at(now).to_owned(),
                "dateCreated" => view::iso(record.created_at),
                "dateUpdated" => view::message(record, now)["dateUpdated"].as_str()?.to_owned(),
                _ => return None,
            })
        };
        let in_group = group.is_none_or(|group| &*record.group == group);
        if !started || !in_group || !query.matches(field) {
            return true;
        }
        if messages.len() == query.limit {
            next = Some(record.id.clone());
            return false;
        }
        messages.insert(record.id.clone(), view::message(record, now));
        numbers.push(record.message.number.clone());
        true
    });
    let shown = json!({
        "startKey": query.start_key, "nextKey": next, "limit": query.limit, "messageList": messages,
    });
    (Answer::json(StatusCode::OK, &shown), numbers)
}

/// `GET /messages/v4/statistics`: sums over everything, in one period.
pub(super) async fn statistics(state: Data<State>, request: HttpRequest) -> HttpResponse {
    super::settle(&state);
    let answer = admit(&state, &request, "message:read").map(|account| {
        let now = state.now();
        let (mut all, mut good, mut bad) = (Map::new(), Map::new(), Map::new());
        let mut cost = 0;
        state.coolsms.messages.visit(account, &Among::All, |record| {
            let kind = record.message.kind;
            let ends = match record.code_at(now) {
                "2000" | "3000" => None,
                "4000" => Some(&mut good),
                _ => Some(&mut bad),
            };
            for counts in ends.into_iter().chain([&mut all]) {
                for name in ["total", kind.key()] {
                    let count = counts.get(name).and_then(Value::as_u64).unwrap_or(0);
                    counts.insert(name.to_owned(), json!(count + 1));
                }
            }
            cost += record.fate.as_ref().map_or(0, |_| super::store::price(kind));
            true
        });
        let whole = |counts: &Map<String, Value>| {
            let count = |name: &str| counts.get(name).cloned().unwrap_or(json!(0));
            let mut whole = view::by_type(count);
            whole["total"] = count("total");
            whole
        };
        let shown = json!({
            "balance": cost, "point": 0, "monthlyBalanceAvg": cost, "monthlyPointAvg": 0, "monthPeriod": [],
            "total": whole(&all), "successed": whole(&good), "failed": whole(&bad), "dailyBalanceAvg": cost,
            "dailyPointAvg": 0, "dailyTotalCountAvg": whole(&all)["total"],
            "dailyFailedCountAvg": whole(&bad)["total"], "dailySuccessedCountAvg": whole(&good)["total"],
        });
        Answer::json(StatusCode::OK, &shown)
    });
    answer.unwrap_or_else(|refusal| refusal).into_response()
}
