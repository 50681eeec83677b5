//! The API's description, generated from the controllers.

pub mod security;

use actix_web::{HttpResponse, web};
use utoipa::OpenApi;
use utoipa::openapi::Server;

use super::{
    account_lookups, account_views, accounts, analytics, analytics_views, consents, identities,
    identity_otps, identity_views, me, me_views, message_views, messages, password_resets, session_views,
    sessions, templates, terms, verifications, views,
};

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
        terms::list,
        accounts::sign_up,
        consents::list,
        consents::give,
        consents::withdraw,
        sessions::log_in,
        sessions::list,
        sessions::current,
        sessions::log_out,
        sessions::end,
        sessions::end_others,
        sessions::step_up,
        me::show,
        me::close,
        me::change_password,
        me::change_phone,
        account_lookups::look_up,
        password_resets::open,
        password_resets::finish,
        identities::start,
        identities::show,
        identities::complete,
        identity_otps::request,
        identity_otps::confirm,
        messages::send,
        messages::list,
        messages::show,
        messages::show_group,
        messages::cancel,
        templates::list,
        templates::save,
        templates::revert,
        templates::preview,
        analytics::overview,
        analytics::series,
        analytics::funnel,
        analytics::latency,
        analytics::failures
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
        account_views::TermListView,
        account_views::TermView,
        account_views::SignUpBody,
        account_views::ConsentBody,
        account_views::NewAccountView,
        account_views::ConsentListView,
        account_views::ConsentStateView,
        account_views::ConsentView,
        session_views::LogInBody,
        session_views::StepUpBody,
        session_views::SessionView,
        session_views::SessionListView,
        session_views::ListedSessionView,
        me_views::ChangePasswordBody,
        me_views::ChangePhoneBody,
        me_views::CloseAccountBody,
        me_views::OwnAccountView,
        me_views::OwnIdentityView,
        account_lookups::LookUpBody,
        account_lookups::FoundView,
        account_lookups::FoundAccountView,
        password_resets::OpenResetBody,
        password_resets::OpenedResetView,
        password_resets::FinishResetBody,
        identity_views::StartIdentityBody,
        identity_views::CompleteIdentityBody,
        identity_views::RequestOtpBody,
        identity_views::ConfirmOtpBody,
        identity_views::SdkView,
        identity_views::StartedIdentityView,
        identity_views::IdentityView,
        identity_views::OtpRequestedView,
        identity_views::CompletedIdentityView,
        identity_views::AgeView,
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
        templates::VersionView,
        analytics_views::AmountView,
        analytics_views::SpreadView,
        analytics_views::OverviewView,
        analytics_views::SeriesView,
        analytics_views::LineView,
        analytics_views::PointView,
        analytics_views::FunnelView,
        analytics_views::LatencyView,
        analytics_views::ProviderLatencyView,
        analytics_views::MeasuredView,
        analytics_views::BarView,
        analytics_views::FailuresView,
        analytics_views::FailureCountView
    ))
)]
struct Description;

/// The address people see (`BONIN__PUBLIC__URL`), where one is configured.
pub struct PublicUrl(pub Option<String>);

/// The description, without an address.
pub fn description() -> utoipa::openapi::OpenApi {
    let mut description = Description::openapi();
    security::describe(&mut description);
    description
}

/// `GET /openapi.json`
pub async fn describe(url: web::Data<PublicUrl>) -> HttpResponse {
    let mut description = description();
    description.servers = url.0.clone().map(|url| vec![Server::new(url)]);
    HttpResponse::Ok().json(description)
}
