//! `/hooks/{provider}`: what providers push to us.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, HttpResponse, web};
use bonin_domain::messages::ProviderName;
use bonin_ports::{Clock, Inbound};
use bonin_services::dispatch::{ReceiveError, ReceiveReceipts};

use crate::http::body;
use crate::problem::{Problem, ProblemCode};

/// The most bytes of a call: hundreds of results at once.
const LARGEST: usize = 1024 * 1024;

/// How long a call may take to come in.
const LONGEST: Duration = Duration::from_secs(10);

/// What the route needs.
pub struct Hooks {
    pub receive: ReceiveReceipts,
    pub clock: Arc<dyn Clock>,
}

/// Takes a provider's receipts: authenticated, stored, then read. 200 says that they are safe with us; anything
/// else makes the provider call again.
pub async fn receive(
    shared: web::Data<Arc<Hooks>>,
    request: HttpRequest,
    provider: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let name = ProviderName::parse(&provider).ok_or_else(|| Problem::new(ProblemCode::NotFound))?;
    if !shared.receive.readers.contains_key(&name) {
        return Err(Problem::new(ProblemCode::NotFound));
    }
    let bytes = tokio::time::timeout(LONGEST, body::collect(payload, LARGEST))
        .await
        .map_err(|_| Problem::new(ProblemCode::BodyTimeout))??;
    let headers: Vec<(String, String)> = request
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect();
    let call = Inbound {
        query: request.query_string(),
        content_type: request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()),
        headers: &headers,
        body: &bytes,
        at: shared.clock.now(),
    };
    match shared.receive.execute(&name, &call).await {
        Ok(()) => Ok(HttpResponse::Ok().finish()),
        Err(ReceiveError::NoSuchProvider) => Err(Problem::new(ProblemCode::NotFound)),
        Err(ReceiveError::NotAuthentic(reason)) => {
            tracing::warn!(provider.name = %name, reason = %reason, "a receipt was refused");
            Err(Problem::new(ProblemCode::ReceiptRefused))
        }
        Err(ReceiveError::Repository(cause)) => Err(Problem::from(&cause)),
    }
}
