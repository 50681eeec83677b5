//! Where everything is mounted.

use std::sync::Arc;

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;

use crate::credentials::{
    CAFE24_FROM, CAFE24_SECURE_KEY, CAFE24_USER_ID, COOLSMS_API_KEY, COOLSMS_API_SECRET, COOLSMS_APP_ID,
    COOLSMS_CLIENT_ID, COOLSMS_CLIENT_SECRET, COOLSMS_FROM, COOLSMS_WEBHOOK_SECRET, IAMPORT_CHANNEL_KEY,
    IAMPORT_CUSTOMER_CODE, IAMPORT_IMP_KEY, IAMPORT_IMP_SECRET, NEXMO_API_KEY, NEXMO_API_SECRET, NEXMO_FROM,
    NEXMO_SIGNATURE_SECRET, PORTONE_API_SECRET, PORTONE_CHANNEL_KEY, PORTONE_STORE_ID, SENS_ACCESS_KEY,
    SENS_FROM, SENS_SECRET_KEY, SENS_SERVICE_ID,
};
use crate::problem::Problem;
use crate::sandbox::State;
use crate::{cafe24, coolsms, design, faults, handset, iamport, identity, nexmo, portone, sens};

/// Mounts each part; the providers' paths are the real ones.
pub(crate) fn mount(config: &mut ServiceConfig, state: Arc<State>) {
    config
        .app_data(Data::from(state))
        .configure(sens::routes)
        .configure(cafe24::routes)
        .configure(coolsms::routes)
        .configure(nexmo::routes)
        .configure(iamport::routes)
        .configure(portone::routes)
        .configure(identity::routes)
        .configure(faults::routes)
        .configure(handset::routes)
        .route("/design.css", web::get().to(design::style))
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
        "cafe24": {
            "user_id": CAFE24_USER_ID,
            "secure_key": CAFE24_SECURE_KEY,
            "from": CAFE24_FROM,
        },
        "coolsms": {
            "api_key": COOLSMS_API_KEY,
            "api_secret": COOLSMS_API_SECRET,
            "from": COOLSMS_FROM,
            "client_id": COOLSMS_CLIENT_ID,
            "client_secret": COOLSMS_CLIENT_SECRET,
            "app_id": COOLSMS_APP_ID,
            "webhook_secret": COOLSMS_WEBHOOK_SECRET,
        },
        "nexmo": {
            "api_key": NEXMO_API_KEY,
            "api_secret": NEXMO_API_SECRET,
            "from": NEXMO_FROM,
            "signature_secret": NEXMO_SIGNATURE_SECRET,
        },
        "iamport": {
            "imp_key": IAMPORT_IMP_KEY,
            "imp_secret": IAMPORT_IMP_SECRET,
            "customer_code": IAMPORT_CUSTOMER_CODE,
            "channel_key": IAMPORT_CHANNEL_KEY,
        },
        "portone": {
            "api_secret": PORTONE_API_SECRET,
            "store_id": PORTONE_STORE_ID,
            "channel_key": PORTONE_CHANNEL_KEY,
        },
    }))
}

async fn not_found() -> HttpResponse {
    Problem::NotFound.error_response()
}
