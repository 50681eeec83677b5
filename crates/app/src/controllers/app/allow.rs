//! Asking for one permission more, when it is needed.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use bonin_domain::accounts::FormToken;
use bonin_domain::messaging::AppScope;
use bonin_services::messaging::{AppPage, Draft, LoginAim};

use super::compose;
use super::logged_out;
use super::login::{self, LogIns};
use super::sending::Sending;
use super::session::AppPages;
use crate::pages::form::Form;
use crate::problem::{Problem, ProblemCode};

/// The most bytes of its form: a message and 200 recipients, percent-encoded.
const LARGEST: usize = 64 * 1024;

/// `POST /app/allow`: `scope` is `read`, `cash` or `images`; `page` is `account` where it is asked for there. A form of
/// a message that comes with it is kept.
pub async fn allow(
    pages: web::Data<Arc<AppPages>>,
    log_ins: web::Data<Arc<LogIns>>,
    sending: web::Data<Arc<Sending>>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    // A whole message may come with it.
    let form = Form::read_within(&pages.origins, &request, payload, LARGEST).await?;
    let signed = match pages.logged_in(&request).await {
        Ok(signed) => signed,
        Err(problem) => return logged_out::give_back(&pages, &request, form.text("text"), problem),
    };
    let (has_message, had_image) = (form.has("text"), form.has("had_image"));
    if let Err(problem) = form.check_token(&FormToken::of(&signed.token)) {
        if !has_message {
            return Err(problem);
        }
        let signed = signed.standing_at("/app/send");
        return compose::of_other_session(&sending, &signed, &form, had_image).await;
    }
    let (scope, page) = match form.text("scope") {
        "read" => (AppScope::ReadMessages, AppPage::Messages),
        "cash" => (AppScope::ReadCash, AppPage::Account),
        "images" => (AppScope::StoreFiles, AppPage::Send),
        _ => return Err(Problem::new(ProblemCode::BadRequest)),
    };
    // Where the form comes from the page of a message, that is kept.
    let draft = has_message.then(|| Draft { typed: compose::typed(&form), had_image });
    let page = match form.text("page") {
        _ if draft.is_some() => AppPage::Send,
        "account" => AppPage::Account,
        _ => page,
    };
    if let Some(draft) = &draft {
        let kept = log_ins.finish.drafts.keep(&pages.tenant, signed.session.id, draft).await;
        kept.map_err(|error| Problem::from(&error))?;
    }
    let signed = signed.live()?;
    let aim = LoginAim::Widen(&signed.connection, scope);
    let begun = log_ins.begin(&pages, &request, aim, page).await?;
    Ok(login::leave(signed.frame, &begun))
}
