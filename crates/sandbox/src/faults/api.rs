//! `/sandbox/faults`

use actix_web::web::{self, Bytes, Data, ServiceConfig};
use actix_web::{Error, HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::{Provider, body};
use crate::params::Params;
use crate::problem::Problem;
use crate::sandbox::State;

/// Mounts the calls that set, show and remove faults.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(
        web::resource("/sandbox/faults")
            .app_data(web::PayloadConfig::new(16 * 1024))
            .route(web::get().to(show))
            .route(web::put().to(put))
            .route(web::delete().to(remove)),
    );
}

/// `GET /sandbox/faults`
async fn show(state: Data<State>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "faults": state.faults.all() }))
}

/// `PUT /sandbox/faults`
async fn put(state: Data<State>, payload: Result<Bytes, Error>) -> Result<HttpResponse, Problem> {
    let payload = payload.map_err(|_| Problem::TooLarge)?;
    let Ok(Value::Object(members)) = serde_json::from_slice(&payload) else {
        return Err(Problem::Unreadable);
    };
    let fault = body::read(&members)?;
    state.faults.put(fault.clone());
    Ok(HttpResponse::Ok().json(fault))
}

/// `DELETE /sandbox/faults?provider=NAME`
async fn remove(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let params = Params::strict(request.query_string(), &["provider"])?;
    let provider = params
        .get("provider")
        .map(|name| {
            Provider::find(name)
                .ok_or_else(|| Problem::field("provider", "unknown", "is not a simulated provider"))
        })
        .transpose()?;
    state.faults.remove(provider);
    Ok(HttpResponse::NoContent().finish())
}
