//! `POST /app/send`

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use bonin_domain::accounts::FormToken;
use bonin_domain::messaging::{AppScope, ConnectionState, FormKey, WebSendId};
use bonin_services::messaging::{ComposedMessage, Draft, FormSent, SendWebError, TypedMessage};

use super::compose::{self, FIELDS, FORM, IMAGE, Shown};
use super::form_words;
use super::limit_words;
use super::logged_out;
use super::sending::Sending;
use super::session::SignedIn;
use crate::pages::upload::Upload;
use crate::pages::{Faults, see_other};
use crate::problem::{Problem, ProblemCode};

/// Sends the form, shows how it would look, or shows it again with what is wrong.
pub async fn send(
    sending: web::Data<Arc<Sending>>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    sending.pages.check_flood(&request)?;
    let Upload { form, file } =
        Upload::read(&sending.pages.origins, &request, payload, &FIELDS, IMAGE).await?;
    let signed = match sending.pages.logged_in(&request).await {
        Ok(signed) => signed,
        Err(problem) => return logged_out::give_back(&sending.pages, &request, form.text("text"), problem),
    };
    // Whoever says that it goes without a picture may have one chosen all the same.
    let is_without = form.has("without_image");
    let file = file.filter(|_| !is_without);
    let had_image = file.is_some() || (form.has("had_image") && !is_without);
    let lost_image = had_image && file.is_none();
    if form.check_token(&FormToken::of(&signed.token)).is_err() {
        return compose::of_other_session(&sending, &signed, &form, had_image).await;
    }
    let typed = compose::typed(&form);
    if signed.connection.state != ConnectionState::Live {
        keep_draft(&sending, &signed, &typed, had_image).await?;
    }
    let signed = signed.live()?;
    // Without it nobody could tell the same form sent twice.
    let form_key =
        FormKey::parse(form.text("form_key")).map_err(|_| Problem::new(ProblemCode::BadRequest))?;
    let mut shown = Shown {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        faults: Faults::default(),
        form_key,
        previewed: form.has("preview"),
        had_image,
        is_draft: form.has("draft"),
        typed,
    };
    if form.has("clear") {
        forget_draft(&sending, &signed).await?;
        return Ok(see_other("/app/send").finish());
    }
    if form.has("language") {
        shown.status = StatusCode::OK;
        return compose::answer(&sending, &signed, &shown).await;
    }
    match sending.compose.execute(&shown.typed, file) {
        Err(faults) => {
            let room = sending.send.room(&signed.connection).await.map_err(|error| Problem::from(&error))?;
            shown.faults = compose::in_words(&signed.frame, &shown.typed, &faults, room);
        }
        Ok(_) if shown.previewed => shown.status = StatusCode::OK,
        // Browsers forget the picture when the form comes back: without it, it would be another message.
        Ok(_) if lost_image => shown.faults.add(IMAGE, form_words::image_lost(&signed.frame)),
        Ok(message) => {
            if let Some(answer) = send_now(&sending, &signed, &mut shown, &message).await? {
                return Ok(answer);
            }
        }
    }
    compose::answer(&sending, &signed, &shown).await
}

/// Where to go on; nothing where the form says what is wrong after all.
async fn send_now(
    sending: &Sending,
    signed: &SignedIn,
    shown: &mut Shown,
    message: &ComposedMessage,
) -> Result<Option<HttpResponse>, Problem> {
    match sending.send.execute(&signed.connection, &shown.form_key, message).await {
        Ok(FormSent::Before(id)) => {
            let found = sending.history.find(&signed.connection, id).await;
            let found = found.map_err(|error| Problem::from(&error))?;
            if found.is_some_and(|sent| sent.says(message)) {
                forget_sent(sending, signed, shown, id, false).await;
                return Ok(Some(see_other(&format!("/app/messages/{id}?repeated=1")).finish()));
            }
            // Written after the way back in the browser: it is not lost, and goes with the next press.
            shown.status = StatusCode::CONFLICT;
            shown.form_key = FormKey::draw(&mut |bytes| sending.entropy.fill(bytes));
            shown.faults.add(FORM, form_words::other_sent(&signed.frame));
            Ok(None)
        }
        Ok(FormSent::New(id)) => {
            forget_sent(sending, signed, shown, id, shown.is_draft).await;
            let repeated = sending.compose.measure(&shown.typed, shown.had_image).repeated;
            let told = if repeated > 0 { format!("?folded={repeated}") } else { String::new() };
            Ok(Some(see_other(&format!("/app/messages/{id}{told}")).finish()))
        }
        Err(SendWebError::TooMany { room, until }) => {
            let (field, text) =
                limit_words::too_many(&signed.frame, message, sending.send.limits, room, until);
            shown.faults.add(form_words::name(field), text);
            Ok(None)
        }
        Err(SendWebError::ScopeMissing(AppScope::StoreFiles)) => {
            shown.faults.add(IMAGE, form_words::images_not_allowed(&signed.frame));
            Ok(None)
        }
        Err(SendWebError::ScopeMissing(_) | SendWebError::Ended) => {
            keep_draft(sending, signed, &shown.typed, shown.had_image).await?;
            Err(Problem::new(ProblemCode::PermissionEnded))
        }
        // It may have been sent: its own page says what is known, and no form offers to send it once more.
        Err(SendWebError::NotNoted { id, .. }) => {
            forget_sent(sending, signed, shown, id, shown.is_draft).await;
            Ok(Some(see_other(&format!("/app/messages/{id}")).finish()))
        }
        Err(SendWebError::Repository(error)) => Err(Problem::from(&error)),
    }
}

/// Forgets the draft that the form came from (`is_its_own`), or one that says the same; one of another message stays.
async fn forget_sent(sending: &Sending, signed: &SignedIn, shown: &Shown, id: WebSendId, is_its_own: bool) {
    let forgotten = async {
        if is_its_own
            || compose::draft(sending, signed).await?.is_some_and(|draft| draft.typed == shown.typed)
        {
            forget_draft(sending, signed).await?;
        }
        Ok::<_, Problem>(())
    };
    // It is sent, or may be: a draft that stays is no reason to say anything else.
    if forgotten.await.is_err() {
        tracing::warn!(send.id = %id, "the draft of a send was not forgotten");
    }
}

async fn forget_draft(sending: &Sending, signed: &SignedIn) -> Result<(), Problem> {
    let (tenant, session) = (&signed.connection.tenant, signed.session.id);
    sending.drafts.forget(tenant, session).await.map_err(|error| Problem::from(&error))
}

async fn keep_draft(
    sending: &Sending,
    signed: &SignedIn,
    typed: &TypedMessage,
    had_image: bool,
) -> Result<(), Problem> {
    let (tenant, session) = (&signed.connection.tenant, signed.session.id);
    let draft = Draft { typed: typed.clone(), had_image };
    sending.drafts.keep(tenant, session, &draft).await.map_err(|error| Problem::from(&error))
}
