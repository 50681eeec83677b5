//! The API's description, generated from the controllers.

use actix_web::{HttpResponse, web};
use utoipa::OpenApi;
use utoipa::openapi::Server;

use super::{message_views, messages, templates, verifications, views};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Bonin",
        description = "Proves who holds a phone number, and sends messages. Errors are application/problem+json; docs/api.md lists their codes."
    ),
    paths(
        verifications::start,
        verifications::resend,
        verifications::check,
        verifications::show,
        verifications::cancel,
        messages::send,
        messages::list,
        messages::show,
        messages::show_group,
        messages::cancel,
        templates::list,
        templates::save,
        templates::revert,
        templates::preview
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
        views::DeliveryView,
        message_views::SendBody,
        message_views::SentView,
        message_views::SentMessageView,
        message_views::MessageView,
        message_views::MessageListView,
        message_views::HistoryView,
        message_views::AttemptView,
        message_views::FailureView,
        message_views::PriceView,
        message_views::GroupView,
        templates::SaveTemplateBody,
        templates::SavedTemplateView,
        templates::PreviewBody,
        templates::PreviewView,
        templates::TemplateListView,
        templates::TemplateView,
        templates::VersionView
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
