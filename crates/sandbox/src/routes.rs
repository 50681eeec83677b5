//! Where everything is mounted.

use std::sync::Arc;

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;

use crate::credentials::{SENS_ACCESS_KEY, SENS_FROM, SENS_SECRET_KEY, SENS_SERVICE_ID};
use crate::problem::Problem;
use crate::sandbox::State;
use crate::{faults, handset, sens};

/// Mounts each part; the providers' paths are the real ones.
pub(crate) fn mount(config: &mut ServiceConfig, state: Arc<State>) {
    config
        .app_data(Data::from(state))
        .configure(sens::routes)
        .configure(faults::routes)
        .configure(handset::routes)
        .route("/sandbox/credentials", web::get().to(credentials))
        .default_service(web::to(not_found));
}

/// `GET /sandbox/credentials`
async fn credentials() -> HttpResponse {
    HttpResponse::Ok().json(json!({
        "sens": {
            "service_id": SENS_SERVICE_ID,
            "access_key": SENS_ACCESS_KEY,
            "secret_key": SENS_SECRET_KEY,
            "from": SENS_FROM,
        },
    }))
}

async fn not_found() -> HttpResponse {
    Problem::NotFound.error_response()
}
