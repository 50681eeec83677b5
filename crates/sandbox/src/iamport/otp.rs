//! `POST /certifications/otp/…` (sheet, section 6). What a wrong code is answered with is not documented: 400.

use actix_web::web::{Bytes, Data, Path};
use actix_web::{Error, HttpRequest, HttpResponse};
use serde_json::json;

use super::body::Fields;
use super::{access, answers};
use crate::answer::Answer;
use crate::credentials::IAMPORT_CHANNEL_KEY;
use crate::faults::{self, Call, Fault, Provider};
use crate::identity::{self, Ask, Carrier, Method, Order, Person, Pg, Refused, Requested, Version};
use crate::sandbox::State;

/// An attempt that can begin.
struct Asked {
    person: &'static Person,
    ask: Ask,
    company: String,
    requested: Requested,
}

/// `POST /certifications/otp/request`
pub(super) async fn request(
    state: Data<State>,
    request: HttpRequest,
    payload: Result<Bytes, Error>,
) -> HttpResponse {
    let fields = Fields::read(&request, payload);
    let asked = match access::admit(&state, &request).and_then(|()| read(&state, &fields)) {
        Ok(asked) => asked,
        Err(refusal) => return refusal.into_response(),
    };
    let number = asked.person.e164();
    let fault = state.faults.take(Provider::Iamport, Call::Send, std::iter::once(number.as_deref()));
    let answer = match fault.as_ref().filter(|fault| !fault.accepts()) {
        Some(fault) => answers::for_status(fault.status.unwrap_or(500)),
        None => send(&state, asked, fault.as_ref()),
    };
    faults::play(fault.as_ref(), answer).await
}

fn read(state: &State, fields: &Fields) -> Result<Asked, Answer> {
    let missing = |name: &str| answers::refusal(400, &format!("{name} 파라메터가 누락되었습니다."));
    let malformed = |name: &str| answers::refusal(400, &format!("{name} 값이 올바르지 않습니다."));
    let text = |name: &str| fields.get(name).ok_or_else(|| missing(name));
    let digits = |name: &str| fields.digits(name).ok_or_else(|| missing(name));

    let name = text("name")?;
    let phone = digits("phone").and_then(|phone| {
        let plausible = phone.starts_with("01") && (10..=11).contains(&phone.len());
        if plausible { Ok(phone) } else { Err(malformed("phone")) }
    })?;
    let birth = digits("birth")?;
    if birth.len() != 6 || jiff::civil::Date::strptime("%y%m%d", &birth).is_err() {
        return Err(malformed("birth"));
    }
    let digit = match text("gender_digit")?.as_bytes() {
        [digit @ b'1'..=b'8'] => char::from(*digit),
        _ => return Err(malformed("gender_digit")),
    };
    let budget = match fields.get("is_mvno") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(malformed("is_mvno")),
    };
    let carrier = match (text("carrier")?, budget) {
        ("SKT", false) => Carrier::Skt,
        ("KT", false) => Carrier::Kt,
        ("LGT", false) => Carrier::Lgu,
        ("SKT", true) => Carrier::SktBudget,
        ("KT", true) => Carrier::KtBudget,
        ("LGT", true) => Carrier::LguBudget,
        _ => return Err(malformed("carrier")),
    };
    if text("channel_key")? != IAMPORT_CHANNEL_KEY {
        return Err(malformed("channel_key"));
    }
    // Only KCP asks in an app; the channel is Danal's.
    if fields.get("verification_method").is_some_and(|method| method != "SMS") {
        return Err(malformed("verification_method"));
    }
    let merchant_uid = fields.get("merchant_uid").map(str::to_owned);
    if merchant_uid.as_deref().is_some_and(|id| !Pg::Danal.takes(id)) {
        return Err(malformed("merchant_uid"));
    }
    let today = identity::today(state.now());
    let person = identity::identified(name, &birth, digit, &phone, today)
        .filter(|person| person.carrier == Some(carrier))
        .ok_or_else(|| answers::refusal(400, "입력하신 정보가 통신사에 등록된 정보와 일치하지 않습니다."))?;
    Ok(Asked {
        person,
        ask: Ask { order: Order::V1(merchant_uid), pg: Pg::Danal, origin: None, custom_data: None },
        company: fields.get("company").unwrap_or("포트원").to_owned(),
        requested: Requested {
            id: None,
            name: name.to_owned(),
            phone,
            birthday: Some(person.birthday(today)),
        },
    })
}

fn send(state: &State, asked: Asked, fault: Option<&Fault>) -> Answer {
    let now = state.now();
    let how = (asked.person, Method::Sms, asked.company);
    match state.identity.send(asked.ask, how, asked.requested, now) {
        Ok((id, message)) => {
            if !fault.is_some_and(|fault| fault.drop) {
                state.handset.receive(message.into_iter().collect(), now);
            }
            answers::success(&json!({ "imp_uid": id }))
        }
        Err(refused) => refusal(refused),
    }
}

/// `POST /certifications/otp/confirm/{imp_uid}`
pub(super) async fn confirm(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    payload: Result<Bytes, Error>,
) -> HttpResponse {
    if let Err(refusal) = access::admit(&state, &request) {
        return refusal.into_response();
    }
    let Some(attempt) = state.identity.find(Version::V1, &id) else {
        return answers::not_found().into_response();
    };
    let fields = Fields::read(&request, payload);
    let number = attempt.number();
    let fault = state.faults.take(Provider::Iamport, Call::Send, std::iter::once(number.as_deref()));
    let answer = match fault.as_ref().filter(|fault| !fault.accepts()) {
        Some(fault) => answers::for_status(fault.status.unwrap_or(500)),
        None => match state.identity.confirm(Version::V1, &id, fields.get("otp"), state.now()) {
            Ok(attempt) => answers::success(&answers::certification(&attempt)),
            Err(refused) => refusal(refused),
        },
    };
    faults::play(fault.as_ref(), answer).await
}

fn refusal(refused: Refused) -> Answer {
    let message = match refused {
        Refused::NotFound => return answers::not_found(),
        Refused::NotSent => "인증번호를 요청하지 않은 건입니다.",
        Refused::AlreadySent | Refused::AlreadyVerified => "이미 처리된 인증건입니다.",
        Refused::Missing => "otp 파라메터가 누락되었습니다.",
        Refused::Wrong => "인증번호가 일치하지 않습니다.",
        Refused::TooMany => "인증번호 입력 횟수를 초과했습니다.",
        Refused::Late => "인증번호 입력 시간이 지났습니다.",
    };
    answers::refusal(400, message)
}
