//! `/messages/v4/groups` (sheet, section 5.3)

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::access::admit;
use super::body::{self, Payload};
use super::errors::refusal;
use super::query::Query;
use super::store::{Progress, Refused};
use super::{errors, hooks, view};
use crate::answer::Answer;
use crate::faults::{self, Call, Provider};
use crate::sandbox::State;

/// `POST /`
pub(super) async fn create(state: Data<State>, request: HttpRequest, payload: Payload) -> HttpResponse {
    let made = admit(&state, &request, "message:write").and_then(|account| {
        let making = body::making(&body::optional_object(payload)?)?;
        let id = state.coolsms.messages.make(account, making, state.now());
        shown(&state, account, &id)
    });
    made.unwrap_or_else(|refusal| refusal).into_response()
}

/// `GET /`
pub(super) async fn list(state: Data<State>, request: HttpRequest) -> HttpResponse {
    super::settle(&state);
    let answer = admit(&state, &request, "message:read").map(|account| {
        let query = Query::read(request.query_string());
        let now = state.now();
        let (mut groups, mut next, mut started) = (Map::new(), None, query.start_key.is_none());
        state.coolsms.messages.visit_groups(account, |whole| {
            let id = &*whole.group.id;
            started = started || query.start_key.as_deref() == Some(id);
            let field = |name: &str| match name {
                "groupId" => Some(id.to_owned()),
                "dateCreated" => Some(view::iso(whole.group.created_at)),
                "dateUpdated" => Some(view::iso(whole.group.updated_at)),
                _ => None,
            };
            if !started || !query.matches(field) {
                return true;
            }
            if groups.len() == query.limit {
                next = Some(id.to_owned());
                return false;
            }
            groups.insert(id.to_owned(), view::group(&whole, now));
            true
        });
        let shown = json!({
            "startKey": query.start_key, "nextKey": next, "limit": query.limit, "groupList": groups,
        });
        Answer::json(StatusCode::OK, &shown)
    });
    answer.unwrap_or_else(|refusal| refusal).into_response()
}

/// `GET /{id}`
pub(super) async fn get(state: Data<State>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    super::settle(&state);
    let answer = admit(&state, &request, "message:read").and_then(|account| shown(&state, account, &id));
    answer.unwrap_or_else(|refusal| refusal).into_response()
}

/// `DELETE /{id}`
pub(super) async fn remove(state: Data<State>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    change(&state, &request, &id, |progress| match progress {
        Progress::Pending => Ok(Progress::Deleted),
        _ => Err(Refused::Not("NotOperationalStatus")),
    })
}

/// `PUT /{id}/messages`
pub(super) async fn add(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> HttpResponse {
    let added = admit(&state, &request, "message:write").and_then(|account| {
        let messages = body::messages(body::object(payload)?.get("messages"), &state.coolsms.files)?;
        let store = &state.coolsms.messages;
        let count = store.add(account, &id, messages, state.now()).map_err(body::refused)?.len();
        store
            .with_group(account, &id, |whole| {
                let added = &whole.records[whole.records.len().saturating_sub(count)..];
                let failed = added.iter().filter(|record| record.message.code != "2000").count();
                let results: Vec<_> = added.iter().map(|record| view::registered(record)).collect();
                // A text, as in the provider's samples.
                let shown = json!({ "errorCount": failed.to_string(), "resultList": results });
                Answer::json(StatusCode::OK, &shown)
            })
            .map_err(body::refused)
    });
    added.unwrap_or_else(|refusal| refusal).into_response()
}

/// `DELETE /{id}/messages`
pub(super) async fn remove_messages(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> HttpResponse {
    let removed = admit(&state, &request, "message:write").and_then(|account| {
        let body = body::object(payload)?;
        let ids = body.get("messageIds").and_then(Value::as_array);
        let ids: Option<Vec<&str>> = ids.and_then(|ids| ids.iter().map(Value::as_str).collect());
        let ids = ids.filter(|ids| !ids.is_empty()).ok_or_else(|| errors::invalid("messageIds"))?;
        let missing =
            state.coolsms.messages.remove(account, &id, &ids, state.now()).map_err(body::refused)?;
        let result = |id: &&str| {
            let code = if missing.iter().any(|gone| gone == id) { "ResourceNotFound" } else { "Success" };
            json!({ "messageId": id, "resultCode": code })
        };
        let results: Vec<_> = ids.iter().map(result).collect();
        let shown = json!({ "groupId": *id, "errorCount": missing.len(), "resultList": results });
        Ok(Answer::json(StatusCode::OK, &shown))
    });
    removed.unwrap_or_else(|refusal| refusal).into_response()
}

/// `POST /{id}/send`
pub(super) async fn send(state: Data<State>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    super::settle(&state);
    let account = admit(&state, &request, "message:write");
    dispatch(&state, account, &id, None).await
}

/// `POST /{id}/schedule`
pub(super) async fn schedule(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> HttpResponse {
    let now = state.now();
    let read = admit(&state, &request, "message:write").and_then(|account| {
        let at = body::schedule(&body::object(payload)?, now)?;
        let at = at.ok_or_else(|| errors::invalid("scheduledDate"))?;
        if at <= now {
            return Err(refusal(400, "InvalidScheduledDate", "과거로 예약할 수 없습니다."));
        }
        Ok((account, at))
    });
    match read {
        Ok((account, at)) => dispatch(&state, Ok(account), &id, Some(at)).await,
        Err(refusal) => refusal.into_response(),
    }
}

/// `DELETE /{id}/schedule`
pub(super) async fn unschedule(state: Data<State>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    super::settle(&state);
    change(&state, &request, &id, |progress| match progress {
        Progress::Scheduled(_) => Ok(Progress::Failed),
        _ => Err(Refused::Not("InvalidStatus")),
    })
}

/// Has a group sent, now or later, under the faults that are set for its numbers.
async fn dispatch(
    state: &Data<State>,
    account: Result<&'static str, Answer>,
    id: &str,
    at: Option<Timestamp>,
) -> HttpResponse {
    let store = &state.coolsms.messages;
    let ready = account.and_then(|account| {
        let numbers = store
            .with_group(account, id, |whole| {
                let numbers = whole.records.iter().map(|record| record.message.number.clone());
                numbers.collect::<Vec<_>>()
            })
            .map_err(body::refused)?;
        if numbers.is_empty() { Err(errors::invalid("messages")) } else { Ok((account, numbers)) }
    });
    let (account, numbers) = match ready {
        Ok(ready) => ready,
        Err(refusal) => return refusal.into_response(),
    };
    let now = state.now();
    let fault = state.faults.take(Provider::Coolsms, Call::Send, numbers.iter().map(Option::as_deref));
    let answer = match fault.as_ref().filter(|fault| !fault.accepts()) {
        Some(fault) => errors::for_status(fault.status.unwrap_or(500)),
        None => match store.send(account, id, at, fault.as_ref(), now) {
            Ok(arriving) => {
                state.handset.receive(arriving, now);
                match at {
                    Some(at) => super::wake_at(state, at),
                    None => hooks::push(state, account, id, fault.as_ref()),
                }
                shown(state, account, id).unwrap_or_else(|refusal| refusal)
            }
            Err(refused) => body::refused(refused),
        },
    };
    faults::play(fault.as_ref(), answer).await
}

fn change(
    state: &State,
    request: &HttpRequest,
    id: &str,
    change: impl FnOnce(Progress) -> Result<Progress, Refused>,
) -> HttpResponse {
    let answer = admit(state, request, "message:write").and_then(|account| {
        state.coolsms.messages.change(account, id, state.now(), change).map_err(body::refused)?;
        shown(state, account, id)
    });
    answer.unwrap_or_else(|refusal| refusal).into_response()
}

fn shown(state: &State, account: &str, id: &str) -> Result<Answer, Answer> {
    let now = state.now();
    let group = state.coolsms.messages.with_group(account, id, |whole| view::group(&whole, now));
    group.map(|group| Answer::json(StatusCode::OK, &group)).map_err(body::refused)
}
