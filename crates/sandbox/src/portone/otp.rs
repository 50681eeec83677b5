//! `POST /identity-verifications/{id}/{send,confirm,resend}` (sheet, section 11)
//!
//! The id need not exist before a send. A wrong code is the company's no (502).

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{Error, HttpRequest, HttpResponse};
use serde_json::{Map, Value, json};

use super::{access, answers};
use crate::answer::Answer;
use crate::credentials::PORTONE_CHANNEL_KEY;
use crate::faults::{self, Call, Fault, Provider};
use crate::handset::Incoming;
use crate::identity::{self, Ask, Method, Order, Person, Pg, Refused, Requested, Version};
use crate::sandbox::State;

/// An identity verification that can begin.
struct Asked {
    person: &'static Person,
    method: Method,
    ask: Ask,
    requested: Requested,
}

/// `POST …/send`
pub(super) async fn send(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    payload: Result<Bytes, Error>,
) -> HttpResponse {
    let asked = access::admit(&state, &request)
        .and_then(|()| answers::object(payload, true))
        .and_then(|body| read(&state, &id, &body));
    let asked = match asked {
        Ok(asked) => asked,
        Err(refusal) => return refusal.into_response(),
    };
    let number = asked.person.e164();
    let fault = state.faults.take(Provider::Portone, Call::Send, std::iter::once(number.as_deref()));
    let answer = under(fault.as_ref(), || {
        let now = state.now();
        let how = (asked.person, asked.method, "포트원".to_owned());
        let (_, message) = state.identity.send(asked.ask, how, asked.requested, now)?;
        deliver(&state, message, fault.as_ref());
        Ok(json!({}))
    });
    faults::play(fault.as_ref(), answer).await
}

fn read(state: &State, id: &str, body: &Map<String, Value>) -> Result<Asked, Answer> {
    let text = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let required = |name: &str| text(name).ok_or_else(|| answers::invalid(name));
    access::own_store(text("storeId"))?;
    let channel = required("channelKey")?;
    let operator = required("operator")?;
    if !["SKT", "KT", "LGU", "SKT_MVNO", "KT_MVNO", "LGU_MVNO"].contains(&operator) {
        return Err(answers::invalid("operator"));
    }
    let method = match required("method")? {
        "SMS" => Method::Sms,
        "APP" => Method::App,
        _ => return Err(answers::invalid("method")),
    };
    let customer =
        body.get("customer").and_then(Value::as_object).ok_or_else(|| answers::invalid("customer"))?;
    let told = |name: &str| customer.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let wrong = |name: &str| answers::invalid(&format!("customer.{name}"));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let name = told("name").ok_or_else(|| wrong("name"))?;
    let phone = told("phoneNumber").filter(|phone| digits(phone)).ok_or_else(|| wrong("phoneNumber"))?;
    told("ipAddress")
        .filter(|ip| ip.parse::<std::net::IpAddr>().is_ok())
        .ok_or_else(|| wrong("ipAddress"))?;
    let number = told("identityNumber");
    if number.is_some_and(|number| number.len() != 7 || !digits(number))
        || (number.is_none() && method == Method::Sms)
    {
        return Err(wrong("identityNumber"));
    }
    let customer_id = told("id");
    if customer_id.is_some_and(|id| id.chars().count() > 200) {
        return Err(wrong("id"));
    }
    if channel != PORTONE_CHANNEL_KEY {
        return Err(answers::refusal(404, "CHANNEL_NOT_FOUND", "채널이 존재하지 않습니다."));
    }
    if !Pg::Danal.takes(id) {
        return Err(answers::invalid("identityVerificationId"));
    }
    let today = identity::today(state.now());
    let person = match number {
        Some(number) => {
            let digit = char::from(number.as_bytes()[6]);
            identity::identified(name, &number[..6], digit, phone, today)
        }
        None => identity::named(name, phone),
    };
    let person = person.filter(|person| person.carrier.is_some_and(|carrier| carrier.new_name() == operator));
    let person = person.ok_or_else(|| {
        answers::pg("NOT_MATCHING", "입력하신 정보가 통신사에 등록된 정보와 일치하지 않습니다.")
    })?;
    let custom_data = text("customData").map(str::to_owned);
    Ok(Asked {
        person,
        method,
        ask: Ask { order: Order::V2(id.to_owned()), pg: Pg::Danal, origin: None, custom_data },
        requested: Requested {
            id: customer_id.map(str::to_owned),
            name: name.to_owned(),
            phone: phone.to_owned(),
            birthday: number.map(|_| person.birthday(today)),
        },
    })
}

/// `POST …/confirm`
pub(super) async fn confirm(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    payload: Result<Bytes, Error>,
) -> HttpResponse {
    let body = access::admit(&state, &request).and_then(|()| answers::object(payload, false));
    let store = |body: &Map<String, Value>| {
        access::own_store(body.get("storeId").and_then(Value::as_str).filter(|id| !id.is_empty()))
    };
    let body = match body.and_then(|body| store(&body).map(|()| body)) {
        Ok(body) => body,
        Err(refusal) => return refusal.into_response(),
    };
    act(&state, &id, |_| {
        let typed = body.get("otp").and_then(Value::as_str);
        let attempt = state.identity.confirm(Version::V2, &id, typed, state.now())?;
        Ok(json!({ "identityVerification": answers::verification(&attempt) }))
    })
    .await
}

/// `POST …/resend`
pub(super) async fn resend(state: Data<State>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    if let Err(refusal) = access::admit_to_store(&state, &request) {
        return refusal.into_response();
    }
    act(&state, &id, |fault| {
        let message = state.identity.resend(Version::V2, &id, state.now())?;
        deliver(&state, message, fault);
        Ok(json!({}))
    })
    .await
}

/// Does something to an identity verification that is there, unless a fault forbids it.
async fn act(
    state: &State,
    id: &str,
    what: impl FnOnce(Option<&Fault>) -> Result<Value, Refused>,
) -> HttpResponse {
    let Some(attempt) = state.identity.find(Version::V2, id) else {
        return answers::not_found().into_response();
    };
    let number = attempt.number();
    let fault = state.faults.take(Provider::Portone, Call::Send, std::iter::once(number.as_deref()));
    let answer = under(fault.as_ref(), || what(fault.as_ref()));
    faults::play(fault.as_ref(), answer).await
}

fn under(fault: Option<&Fault>, what: impl FnOnce() -> Result<Value, Refused>) -> Answer {
    match fault.filter(|fault| !fault.accepts()) {
        Some(fault) => answers::for_status(fault.status.unwrap_or(500)),
        None => what().map_or_else(answers::refused, |body| Answer::json(StatusCode::OK, &body)),
    }
}

fn deliver(state: &State, message: Option<Incoming>, fault: Option<&Fault>) {
    if !fault.is_some_and(|fault| fault.drop) {
        state.handset.receive(message.into_iter().collect(), state.now());
    }
}
