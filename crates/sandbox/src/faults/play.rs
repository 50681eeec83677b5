//! Sends a provider's answer the way a fault wants it: late, cut, broken or drop by drop.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::web::Bytes;
use futures_util::stream;

use super::Fault;
use crate::answer::Answer;

/// The error that makes the server close the connection before a byte of the answer is out.
#[derive(Debug, thiserror::Error)]
#[error("a sandbox fault cut the connection")]
struct Cut;

/// Answers under `fault`, or as it is without one.
pub(crate) async fn play(fault: Option<&Fault>, mut answer: Answer) -> HttpResponse {
    let Some(fault) = fault else {
        return answer.into_response();
    };
    if fault.delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(fault.delay_ms)).await;
    }
    if fault.reset {
        return HttpResponse::Ok().streaming(stream::iter([Err::<Bytes, Cut>(Cut)]));
    }
    if fault.malformed {
        // The first half of a JSON text is never a JSON text.
        answer.body.truncate(answer.body.len() / 2);
    }
    if fault.drip_ms > 0 {
        drip(answer, Duration::from_millis(fault.drip_ms))
    } else {
        answer.into_response()
    }
}

/// The head at once, then a byte after each `pause`.
fn drip(answer: Answer, pause: Duration) -> HttpResponse {
    let length = answer.body.len() as u64;
    let drops = stream::unfold(answer.body, move |mut left| async move {
        if left.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let drop = left.split_to(1);
        Some((Ok::<_, Cut>(drop), left))
    });
    HttpResponse::build(answer.status)
        .content_type(answer.content_type)
        .body(SizedStream::new(length, Box::pin(drops)))
}
