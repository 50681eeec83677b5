//! `GET /handset/events`: server-sent events for the page.
//!
//! Each connection starts with a `snapshot`, so a page that lost it, or a sandbox that was started
//! again, needs no other way to catch up.

use std::time::Duration;

use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpResponse};
use futures_util::{Stream, stream};
use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::inbox::Event;
use crate::sandbox::State;

/// How many messages a page shows from before it was opened.
const SNAPSHOT: usize = 300;
/// Tells both sides that the connection lives.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Streams messages as they arrive.
pub(super) async fn events(state: Data<State>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(Box::pin(stream_of(state)))
}

fn stream_of(state: Data<State>) -> impl Stream<Item = Result<Bytes, Error>> {
    stream::unfold(None::<Receiver<Event>>, move |receiver| {
        let state = state.clone();
        async move {
            let Some(mut receiver) = receiver else {
                return Some(start(&state));
            };
            match tokio::time::timeout(HEARTBEAT, receiver.recv()).await {
                Err(_) => Some((Ok(Bytes::from_static(b": still here\n\n")), Some(receiver))),
                Ok(Ok(Event::Arrived(message))) => {
                    Some((Ok(event("message", &json!(message))), Some(receiver)))
                }
                Ok(Ok(Event::Cleared(to))) => {
                    Some((Ok(event("cleared", &json!({ "to": to }))), Some(receiver)))
                }
                // Too slow to see everything: start over.
                Ok(Err(RecvError::Lagged(_))) => Some(start(&state)),
                Ok(Ok(Event::Closed) | Err(RecvError::Closed)) => None,
            }
        }
    })
}

fn start(state: &State) -> (Result<Bytes, Error>, Option<Receiver<Event>>) {
    let (messages, receiver) = state.handset.subscribe(SNAPSHOT);
    (Ok(event("snapshot", &json!({ "messages": messages }))), Some(receiver))
}

fn event(name: &str, data: &Value) -> Bytes {
    Bytes::from(format!("event: {name}\ndata: {data}\n\n"))
}
