//! Naver Cloud Platform SENS, SMS API v2.

mod errors;
mod files;
mod list;
mod request;
mod reservations;
mod results;
mod send;
mod sign;
mod store;
mod text;
mod time;
mod unsubscribes;

use actix_web::web::{self, Bytes, ServiceConfig};
use actix_web::{Error, HttpRequest, HttpResponse};
use serde_json::{Map, Value};

use crate::answer::Answer;
use crate::credentials::{SENS_ACCESS_KEY, SENS_SECRET_KEY, SENS_SERVICE_ID};
use crate::sandbox::State;

pub(crate) use store::Store;

/// A hundred messages of 2,000 bytes fit well, and so does an image.
const BODY_LIMIT: usize = 1024 * 1024;

/// Mounts the SENS paths; what is not simulated answers like an unknown gateway path.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(
        web::scope("/sms/v2")
            .app_data(web::PayloadConfig::new(BODY_LIMIT))
            .service(
                web::resource("/services/{service_id}/messages")
                    .route(web::post().to(send::send))
                    .route(web::get().to(list::list))
                    .default_service(web::to(not_found)),
            )
            .service(
                web::resource("/services/{service_id}/messages/{message_id}")
                    .route(web::get().to(list::get))
                    .default_service(web::to(not_found)),
            )
            .service(
                web::resource("/services/{service_id}/reservations/{reserve_id}/reserve-status")
                    .route(web::get().to(reservations::status))
                    .default_service(web::to(not_found)),
            )
            .service(
                web::resource("/services/{service_id}/reservations/{reserve_id}")
                    .route(web::delete().to(reservations::cancel))
                    .default_service(web::to(not_found)),
            )
            .service(
                web::resource("/services/{service_id}/files")
                    .route(web::post().to(files::upload))
                    .default_service(web::to(not_found)),
            )
            .service(
                web::resource("/services/{service_id}/unsubscribes")
                    .route(web::get().to(unsubscribes::list))
                    .route(web::post().to(unsubscribes::add))
                    .route(web::delete().to(unsubscribes::remove))
                    .default_service(web::to(not_found)),
            )
            .default_service(web::to(not_found)),
    );
}

async fn not_found() -> HttpResponse {
    errors::not_found().into_response()
}

/// Lets a request in whose key, signature and clock are right and which names our service. What is due by
/// now is delivered first, so that whoever asks sees it.
fn admit(state: &State, request: &HttpRequest) -> Result<(), Answer> {
    let keys = sign::Keys { access: SENS_ACCESS_KEY, secret: SENS_SECRET_KEY };
    sign::verify(&sign::Signed::of(request), &keys, state.now())
        .map_err(|refusal| errors::unauthenticated(&refusal.to_string()))?;
    match request.match_info().get("service_id").map(percent_decoded) {
        Some(service) if service == SENS_SERVICE_ID => {
            reservations::deliver_due(state);
            Ok(())
        }
        _ => Err(errors::unknown_service()),
    }
}

/// The JSON object of a body.
fn object(payload: Result<Bytes, Error>) -> Result<Map<String, Value>, Answer> {
    let payload = payload.map_err(|_| errors::too_large())?;
    match serde_json::from_slice(&payload) {
        Ok(Value::Object(body)) => Ok(body),
        _ => Err(errors::unreadable()),
    }
}

/// Clients send the colons of a service id raw or percent-encoded.
fn percent_decoded(raw: &str) -> String {
    raw.replace("%3A", ":").replace("%3a", ":")
}
