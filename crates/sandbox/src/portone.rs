//! `PortOne` V2: identity verifications by the shop's own id.

mod access;
mod answers;
mod list;
mod otp;
mod tokens;
mod verifications;

use actix_web::web::{self, PayloadConfig, ServiceConfig};

pub(crate) use tokens::Store;

const BODY_LIMIT: usize = 64 * 1024;

/// Mounts the real paths.
pub(crate) fn routes(config: &mut ServiceConfig) {
    let at = |path: &str| web::resource(path.to_owned()).app_data(PayloadConfig::new(BODY_LIMIT));
    config
        .service(at("/login/api-secret").route(web::post().to(tokens::log_in)))
        .service(at("/token/refresh").route(web::post().to(tokens::refresh)))
        .service(at("/identity-verifications").route(web::get().to(list::list)))
        .service(at("/identity-verifications/{id}/send").route(web::post().to(otp::send)))
        .service(at("/identity-verifications/{id}/confirm").route(web::post().to(otp::confirm)))
        .service(at("/identity-verifications/{id}/resend").route(web::post().to(otp::resend)))
        .service(at("/identity-verifications/{id}").route(web::get().to(verifications::get)));
}
