//! Messages that wait for their time: `GET …/reserve-status`, `DELETE …`, and the delivery when it comes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::request::{self, Message};
use super::{admit, errors, send, time};
use crate::answer::Answer;
use crate::faults::{self, Call, Fault, Provider};
use crate::ids;
use crate::lock::lock;
use crate::sandbox::State;

/// How many reservations are kept.
const CAPACITY: usize = 10_000;
const SOONEST: SignedDuration = SignedDuration::from_mins(10);
const SEOUL: &str = "Asia/Seoul";

/// When a message is to go, as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct When {
    due: Timestamp,
    time: String,
    zone: String,
}

/// A time that the service does not take, and why.
#[derive(Debug, thiserror::Error)]
pub(super) enum Invalid {
    #[error(transparent)]
    Body(#[from] request::Invalid),
    #[error("'reserveTimeZone' is not simulated: use a zone without summer time, such as Asia/Seoul")]
    Zone,
    #[error("'reserveTime' must be a time like 2026-01-02 09:00")]
    Time,
    #[error("'reserveTime' must be at least 10 minutes ahead")]
    TooSoon,
}

impl When {
    /// Reads the members of a send call; `None` where it goes at once.
    pub(super) fn read(body: &Map<String, Value>, now: Timestamp) -> Result<Option<Self>, Invalid> {
        let Some(time) = request::optional(body, "reserveTime")? else { return Ok(None) };
        let zone = request::optional(body, "reserveTimeZone")?.unwrap_or(SEOUL);
        if time::offset(zone).is_none() {
            return Err(Invalid::Zone);
        }
        let due = time::parse_minute(time, zone).ok_or(Invalid::Time)?;
        if due.duration_since(now) < SOONEST {
            return Err(Invalid::TooSoon);
        }
        Ok(Some(Self { due, time: time.to_owned(), zone: zone.to_owned() }))
    }
}

/// A message and its recipient as E.164, if that is a number at all.
pub(super) type Addressed = (Message, Option<String>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Ready,
    Canceled,
    Done,
}

struct Reservation {
    id: Arc<str>,
    when: When,
    status: Status,
    messages: Vec<Addressed>,
    fault: Option<Fault>,
}

/// What is to be delivered now.
struct Due {
    id: Arc<str>,
    at: Timestamp,
    messages: Vec<Addressed>,
    fault: Option<Fault>,
}

/// The reservations, the newest 10,000.
#[derive(Default)]
pub(super) struct Reservations {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    reservations: VecDeque<Reservation>,
    made: u64,
}

impl Reservations {
    /// Whether any was ever made.
    pub(super) fn is_empty(&self) -> bool {
        lock(&self.inner).reservations.is_empty()
    }

    /// Whether this one waits; `None` where there is none such.
    pub(super) fn is_waiting(&self, id: &str) -> Option<bool> {
        let inner = lock(&self.inner);
        let found = inner.reservations.iter().find(|reservation| &*reservation.id == id)?;
        Some(found.status == Status::Ready)
    }

    fn make(&self, when: When, messages: Vec<Addressed>, fault: Option<Fault>, now: Timestamp) -> Arc<str> {
        let mut inner = lock(&self.inner);
        inner.made += 1;
        let (made, millisecond) = (inner.made, ids::millisecond(now));
        let suffix = ids::scrambled(made ^ millisecond << 20);
        let id: Arc<str> = format!("RSSA-{millisecond:013}-{:04}-{made:08}-{suffix}", made % 10_000).into();
        let id_kept = Arc::clone(&id);
        inner.reservations.push_back(Reservation {
            id: id_kept,
            when,
            status: Status::Ready,
            messages,
            fault,
        });
        if inner.reservations.len() > CAPACITY {
            inner.reservations.pop_front();
        }
        id
    }

    /// Takes what is due, in the order of time: each reservation once.
    fn take_due(&self, now: Timestamp) -> Vec<Due> {
        let mut inner = lock(&self.inner);
        let ready = inner
            .reservations
            .iter_mut()
            .filter(|reservation| reservation.status == Status::Ready && reservation.when.due <= now);
        let mut due: Vec<_> = ready
            .map(|reservation| {
                reservation.status = Status::Done;
                Due {
                    id: Arc::clone(&reservation.id),
                    at: reservation.when.due,
                    messages: std::mem::take(&mut reservation.messages),
                    fault: reservation.fault.take(),
                }
            })
            .collect();
        due.sort_by_key(|due| due.at);
        due
    }

    fn show(&self, id: &str) -> Option<Answer> {
        let inner = lock(&self.inner);
        let found = inner.reservations.iter().find(|reservation| &*reservation.id == id)?;
        let body = json!({
            "reserveId": id,
            "reserveTimeZone": found.when.zone,
            "reserveTime": found.when.time,
            "reserveStatus": match found.status {
                Status::Ready => "READY",
                Status::Canceled => "CANCELED",
                Status::Done => "DONE",
            },
        });
        Some(Answer::json(StatusCode::OK, &body))
    }

    fn cancel(&self, id: &str) -> Answer {
        let mut inner = lock(&self.inner);
        match inner.reservations.iter_mut().find(|reservation| &*reservation.id == id) {
            None => errors::not_found(),
            Some(reservation) if reservation.status == Status::Ready => {
                reservation.status = Status::Canceled;
                reservation.messages.clear();
                Answer::empty(StatusCode::NO_CONTENT)
            }
            Some(_) => errors::invalid("only a reservation that is READY can be cancelled"),
        }
    }
}

/// Keeps messages for later; returns the reservation's id.
pub(super) fn reserve(
    state: &Data<State>,
    when: When,
    messages: Vec<Addressed>,
    fault: Option<Fault>,
    now: Timestamp,
) -> Arc<str> {
    let due = when.due;
    let id = state.sens.reservations.make(when, messages, fault, now);
    actix_web::rt::spawn(deliver_at(Arc::downgrade(&state.clone().into_inner()), due));
    id
}

/// Delivers at `due`, while the sandbox lives. Its clock need not run as ours does, so it is asked again.
async fn deliver_at(state: Weak<State>, due: Timestamp) {
    while let Some(left) = state.upgrade().and_then(|state| left(&state, due)) {
        tokio::time::sleep(left).await;
    }
}

/// How long it is until `due`; delivers and says `None` when that is now.
fn left(state: &State, due: Timestamp) -> Option<Duration> {
    let left = Duration::try_from(due.duration_since(state.now())).ok().filter(|left| !left.is_zero());
    if left.is_none() {
        deliver_due(state);
    }
    left
}

/// Delivers every reservation whose time has come.
pub(super) fn deliver_due(state: &State) {
    let now = state.now();
    for due in state.sens.reservations.take_due(now) {
        let accepted = send::deliver(state, due.messages, due.fault.as_ref(), due.at, now);
        state.sens.accept_reserved(&due.id, accepted, due.at);
    }
}

/// Shows how far a reservation is.
pub(super) async fn status(state: Data<State>, request: HttpRequest) -> HttpResponse {
    if let Err(refusal) = admit(&state, &request) {
        return refusal.into_response();
    }
    let answer = state.sens.reservations.show(reserve_id(&request)).unwrap_or_else(errors::not_found);
    let fault = state.faults.take(Provider::Sens, Call::Read, std::iter::empty());
    let status = fault.as_ref().and_then(|fault| fault.status);
    faults::play(fault.as_ref(), status.map_or(answer, errors::for_status)).await
}

/// Cancels a reservation that waits.
pub(super) async fn cancel(state: Data<State>, request: HttpRequest) -> HttpResponse {
    match admit(&state, &request) {
        Ok(()) => state.sens.reservations.cancel(reserve_id(&request)).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

fn reserve_id(request: &HttpRequest) -> &str {
    request.match_info().get("reserve_id").unwrap_or_default()
}
