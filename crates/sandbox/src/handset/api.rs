//! The handset as JSON.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::inbox::{Handset, Message, Next};
use crate::params::Params;
use crate::problem::Problem;
use crate::sandbox::State;

const DEFAULT_WAIT_MS: u64 = 10_000;
const LONGEST_WAIT_MS: u64 = 60_000;

/// `GET /handset/messages?to=NUMBER`
pub(super) async fn messages(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let to = Params::strict(request.query_string(), &["to"])?.number("to")?;
    let messages = state.handset.messages(to.as_deref());
    Ok(fresh().json(json!({ "messages": messages })))
}

/// `GET /handset/messages/wait?to=NUMBER&after=ID&timeout_ms=N`
pub(super) async fn wait(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let params = Params::strict(request.query_string(), &["to", "after", "timeout_ms"])?;
    let to = params.number("to")?;
    let after = params
        .get("after")
        .map(|id| {
            Uuid::parse_str(id).map_err(|_| Problem::field("after", "id_malformed", "is not a message id"))
        })
        .transpose()?;
    let timeout = match params.get("timeout_ms") {
        None => DEFAULT_WAIT_MS,
        Some(raw) => raw
            .parse::<u64>()
            .map_err(|_| Problem::field("timeout_ms", "type", "must be a whole number of milliseconds"))?,
    };
    let message = match state.handset.next(to.as_deref(), after) {
        Next::Here(message) => message,
        Next::ToCome(receiver) => {
            let waiting = Waiting { handset: &state.handset, to: to.as_deref(), receiver };
            waiting.at_most(Duration::from_millis(timeout.min(LONGEST_WAIT_MS))).await?
        }
    };
    Ok(fresh().json(message))
}

/// `DELETE /handset/messages?to=NUMBER`
pub(super) async fn clear(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let to = Params::strict(request.query_string(), &["to"])?.number("to")?;
    state.handset.clear(to.as_deref());
    Ok(HttpResponse::NoContent().finish())
}

fn fresh() -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.insert_header(("Cache-Control", "no-store"));
    response
}

/// A wait that cleans up after itself, also when the caller hangs up in the middle.
struct Waiting<'a> {
    handset: &'a Handset,
    to: Option<&'a str>,
    receiver: oneshot::Receiver<Arc<Message>>,
}

impl Waiting<'_> {
    async fn at_most(mut self, timeout: Duration) -> Result<Arc<Message>, Problem> {
        match tokio::time::timeout(timeout, &mut self.receiver).await {
            Ok(Ok(message)) => Ok(message),
            // The second: the sandbox closes.
            Err(_) | Ok(Err(_)) => Err(Problem::TimedOut),
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.receiver.close();
        self.handset.forget_waiters(self.to);
    }
}
