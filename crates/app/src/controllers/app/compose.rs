//! `/app/send`: writing a message. The form works without a script; with one it counts along.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bonin_domain::messages::{MessageKind, SUBJECT_LIMIT};
use bonin_domain::messaging::{AppScope, FormKey, SendingRoom};
use bonin_services::messaging::{Draft, FormFault, MOST_RECIPIENTS, Measure, TypedMessage};
use jiff::ToSpan as _;
use jiff::tz::{TimeZone, offset};

use super::form_words;
use super::send_words;
use super::sending::Sending;
use super::session::SignedIn;
use crate::pages::form::Form;
use crate::pages::{Faults, Frame};
use crate::problem::{Problem, ProblemCode};

/// The form itself.
pub const FORM: &str = "message";

/// The fields of the form besides the image; a button stands among them when it was pressed.
pub const FIELDS: [&str; 13] = [
    "form_token",
    "form_key",
    "to",
    "from",
    "subject",
    "text",
    "at",
    "had_image",
    "draft",
    "preview",
    "clear",
    "language",
    "without_image",
];

/// The field with the image.
pub const IMAGE: &str = "image";

/// The form, as it is shown.
pub struct Shown {
    /// The answer's status.
    pub status: StatusCode,
    /// What stands in it.
    pub typed: TypedMessage,
    /// What is wrong with it.
    pub faults: Faults,
    /// What tells it from others.
    pub form_key: FormKey,
    /// Whether it comes back from "preview".
    pub previewed: bool,
    /// Whether an image was chosen, which browsers do not keep.
    pub had_image: bool,
    /// Whether it came from what was kept while a permission was asked for.
    pub is_draft: bool,
}

#[derive(Template)]
#[template(path = "app/send.html")]
struct Page<'a> {
    frame: &'a Frame,
    form_token: &'a str,
    form_key: String,
    shown: &'a Shown,
    measure: Measure,
    room: SendingRoom,
    /// Whether images may be stored.
    stores: bool,
    earliest: String,
    furthest: String,
    most: usize,
    subject_limit: usize,
}

impl Page<'_> {
    /// What it is sent as.
    fn kind(&self) -> &'static str {
        send_words::kind(self.measure.kind)
    }

    /// How the counter of the text looks.
    fn counter_state(&self) -> &'static str {
        let limit = self.measure.kind.text_limit();
        match self.measure.bytes {
            bytes if bytes > limit => "long",
            bytes if bytes * 10 >= limit * 9 => "near",
            _ => "ok",
        }
    }
}

/// `GET /app/send`
pub async fn show(sending: web::Data<Arc<Sending>>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let signed = sending.pages.signed_in(&request).await?;
    // What somebody asks to write again goes before what was left lying.
    let (begun, is_draft) = if let Some(again) = again(&sending, &signed).await? {
        (again, false)
    } else if let Some(draft) = draft(&sending, &signed).await? {
        (draft, true)
    } else {
        (empty(&sending, &signed).await?, false)
    };
    let shown = Shown {
        status: StatusCode::OK,
        typed: begun.typed,
        faults: Faults::default(),
        form_key: FormKey::draw(&mut |bytes| sending.entropy.fill(bytes)),
        previewed: false,
        had_image: begun.had_image,
        is_draft,
    };
    answer(&sending, &signed, &shown).await
}

/// The earlier send that the address names, written once more: it went with an image if it went as MMS.
async fn again(sending: &Sending, signed: &SignedIn) -> Result<Option<Draft>, Problem> {
    let Some(id) = signed.frame.parameter("again").and_then(|id| id.parse().ok()) else { return Ok(None) };
    let found = sending.history.find(&signed.connection, id).await;
    let Some(seen) = found.map_err(|error| Problem::from(&error))? else { return Ok(None) };
    let to: Vec<String> = seen.messages.iter().map(|(_, number)| form_words::whole(number)).collect();
    let typed = TypedMessage {
        to: to.join("\n"),
        from: seen.content.from.as_str().to_owned(),
        subject: seen.content.subject.unwrap_or_default(),
        text: seen.content.text,
        at: String::new(),
    };
    Ok(Some(Draft { typed, had_image: seen.send.kind == MessageKind::Mms }))
}

/// The form that was kept while a permission was asked for.
///
/// # Errors
/// 503.
pub async fn draft(sending: &Sending, signed: &SignedIn) -> Result<Option<Draft>, Problem> {
    let (tenant, session) = (&signed.connection.tenant, signed.session.id);
    sending.drafts.find(tenant, session).await.map_err(|error| Problem::from(&error))
}

/// A form that is empty but for the sender that was used last.
async fn empty(sending: &Sending, signed: &SignedIn) -> Result<Draft, Problem> {
    let from =
        sending.history.last_sender(&signed.connection).await.map_err(|error| Problem::from(&error))?;
    let from = from.map_or_else(String::new, |from| from.as_str().to_owned());
    Ok(Draft { typed: TypedMessage { from, ..TypedMessage::default() }, had_image: false })
}

/// The form that somebody filled in.
pub fn typed(form: &Form) -> TypedMessage {
    let field = |name| form.text(name).to_owned();
    TypedMessage {
        to: field("to"),
        from: field("from"),
        subject: field("subject"),
        text: field("text"),
        at: field("at"),
    }
}

/// The form as it came from a browser that logged in anew since it was shown: nothing of it is done, and nothing of it
/// is lost.
///
/// # Errors
/// 503.
pub async fn of_other_session(
    sending: &Sending,
    signed: &SignedIn,
    form: &Form,
    had_image: bool,
) -> Result<HttpResponse, Problem> {
    let drawn = || FormKey::draw(&mut |bytes| sending.entropy.fill(bytes));
    let mut faults = Faults::default();
    faults.add(FORM, form_words::other_session(&signed.frame));
    let shown = Shown {
        status: ProblemCode::FormTokenRefused.status(),
        typed: typed(form),
        faults,
        form_key: FormKey::parse(form.text("form_key")).unwrap_or_else(|_| drawn()),
        previewed: false,
        had_image,
        is_draft: form.has("draft"),
    };
    answer(sending, signed, &shown).await
}

/// The faults in words, one text for each field; what is wrong with one for several reasons has a line for each.
pub fn in_words(frame: &Frame, typed: &TypedMessage, found: &[FormFault], room: SendingRoom) -> Faults {
    let mut faults = Faults::default();
    for (place, first) in found.iter().enumerate() {
        let is_first = found[..place].iter().all(|earlier| earlier.field != first.field);
        let same = found.iter().filter(|fault| is_first && fault.field == first.field);
        let texts: Vec<String> = same.map(|fault| form_words::fault(frame, typed, fault, room)).collect();
        faults.add(form_words::name(first.field), texts.join("\n"));
    }
    faults
}

/// The form as an answer.
///
/// # Errors
/// 503.
pub async fn answer(sending: &Sending, signed: &SignedIn, shown: &Shown) -> Result<HttpResponse, Problem> {
    let room = sending.send.room(&signed.connection).await.map_err(|error| Problem::from(&error))?;
    let here = signed.frame.now.to_zoned(TimeZone::fixed(offset(9)));
    let local = |moment: &jiff::Zoned| moment.strftime("%Y-%m-%dT%H:%M").to_string();
    let later = |span: jiff::Span| here.checked_add(span).map_or_else(|_| local(&here), |at| local(&at));
    let page = Page {
        frame: &signed.frame,
        form_token: &signed.form_token,
        form_key: shown.form_key.reveal(),
        shown,
        measure: sending.compose.measure(&shown.typed, shown.had_image),
        room,
        stores: signed.connection.scopes.holds(AppScope::StoreFiles),
        earliest: later(1.minute()),
        furthest: later(6.months()),
        most: MOST_RECIPIENTS,
        subject_limit: SUBJECT_LIMIT,
    };
    Ok(signed.frame.answer(shown.status, &page))
}
