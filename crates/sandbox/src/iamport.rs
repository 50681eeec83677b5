//! I'mport (`PortOne` V1): tokens, results of identity verifications, and the way without a window.

mod access;
mod answers;
mod body;
mod certifications;
mod otp;
mod token;

use actix_web::web::{self, PayloadConfig, ServiceConfig};

pub(crate) use token::Store;

const BODY_LIMIT: usize = 64 * 1024;

/// Mounts the real paths.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(
            web::resource("/users/getToken")
                .app_data(PayloadConfig::new(BODY_LIMIT))
                .route(web::post().to(token::token)),
        )
        .service(
            web::resource("/certifications/otp/request")
                .app_data(PayloadConfig::new(BODY_LIMIT))
                .route(web::post().to(otp::request)),
        )
        .service(
            web::resource("/certifications/otp/confirm/{imp_uid}")
                .app_data(PayloadConfig::new(BODY_LIMIT))
                .route(web::post().to(otp::confirm)),
        )
        .service(
            web::resource("/certifications/{imp_uid}")
                .route(web::get().to(certifications::get))
                .route(web::delete().to(certifications::erase)),
        );
}
