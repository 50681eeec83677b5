//! The API's description, generated from the controllers.

use actix_web::{HttpResponse, web};
use utoipa::OpenApi;
use utoipa::openapi::Server;

use super::{verifications, views};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Bonin",
        description = "Proves who holds a phone number. Errors are application/problem+json; docs/api.md lists their codes."
    ),
    paths(
        verifications::start,
        verifications::resend,
        verifications::check,
        verifications::show,
        verifications::cancel
    ),
    components(schemas(
        views::ProblemView,
        views::FieldErrorView,
        views::StartBody,
        views::ResendBody,
        views::CheckBody,
        views::StartedView,
        views::VerificationView,
        views::VerifiedView,
        views::DeliveryView
    ))
)]
struct Description;

/// The address people see (`BONIN__PUBLIC__URL`), where one is configured.
pub struct PublicUrl(pub Option<String>);

/// `GET /openapi.json`
pub async fn describe(url: web::Data<PublicUrl>) -> HttpResponse {
    let mut description = Description::openapi();
    description.servers = url.0.clone().map(|url| vec![Server::new(url)]);
    HttpResponse::Ok().json(description)
}
