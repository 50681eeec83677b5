//! `/console/audit`: the record of what administrators did.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bonin_domain::admin::{AdminName, AuditAction, AuditEntry, AuditNumber};
use bonin_ports::AuditFilter;
use bonin_services::admin::{Actor, Chain, ReadRecord, RecordPage, Typed};

use super::audit_words;
use super::session::{ConsolePages, Signed};
use crate::pages::{Frame, encode, format};
use crate::problem::{Problem, ProblemCode};

/// Where it is.
const AUDIT: &str = "/console/audit";

/// What the page of the record shares.
pub struct Audit {
    pub pages: Arc<ConsolePages>,
    pub read: ReadRecord,
}

#[derive(Template)]
#[template(path = "console/audit.html")]
struct Page<'a> {
    frame: &'a Frame,
    signed: &'a Signed,
    record: &'a RecordPage,
    action: Option<AuditAction>,
    /// What was typed into the field.
    actor: &'a str,
    before: Option<i64>,
}

impl Page<'_> {
    fn actions(&self) -> Vec<(AuditAction, &'static str)> {
        AuditAction::ALL.into_iter().map(|action| (action, self.action_name(action))).collect()
    }

    fn action_name(&self, action: AuditAction) -> &'static str {
        audit_words::action(self.frame, action)
    }

    fn chosen(&self, action: AuditAction) -> bool {
        self.action == Some(action)
    }

    fn deed(&self, entry: &AuditEntry) -> &'static str {
        self.action_name(entry.action)
    }

    fn who<'b>(&'b self, entry: &'b AuditEntry) -> &'b str {
        match entry.actor.as_str() {
            Actor::NOBODY => unknown(self.frame),
            AdminName::TERMINAL => terminal(self.frame),
            name => name,
        }
    }

    fn at(&self, entry: &AuditEntry) -> String {
        format::second(entry.at, self.frame.locale)
    }

    /// Whether some of the entries that are shown stand before those that were judged: a search finds more than the place
    /// where it begins.
    fn unjudged(&self) -> bool {
        let oldest = self.record.entries.last().map(|(entry, _)| entry.number.0);
        oldest.zip(self.record.judged).is_some_and(|(oldest, (from, _))| oldest < from.0)
    }

    /// Whether the page shows some entries only.
    fn filtered(&self) -> bool {
        self.action.is_some() || !self.actor.is_empty()
    }

    /// The address of the page from the entry before `before` on, or of the newest ones, with the same filter.
    fn address(&self, before: Option<&AuditNumber>) -> String {
        let before = before.map(|number| format!("before={}", number.0));
        let action = self.action.map(|action| format!("action={}", action.as_str()));
        let actor = Some(self.actor).filter(|actor| !actor.is_empty());
        let actor = actor.map(|actor| format!("actor={}", encode(actor)));
        let parts: Vec<String> = [before, action, actor].into_iter().flatten().collect();
        if parts.is_empty() { AUDIT.to_owned() } else { format!("{AUDIT}?{}", parts.join("&")) }
    }

    /// The subject without the word before it, which says what it is to programs.
    fn subject(entry: &AuditEntry) -> &str {
        let stored = entry.subject.as_deref().unwrap_or_default();
        stored.strip_prefix("name:").unwrap_or(stored)
    }

    fn verification(entry: &AuditEntry) -> Option<&str> {
        entry.subject.as_deref()?.strip_prefix("verification:")
    }
}

/// `GET /console/audit?before=…&action=…&actor=…`
pub async fn page(shared: web::Data<Arc<Audit>>, request: HttpRequest) -> HttpResponse {
    let page = async |signed: &Signed| {
        let not_found = || Problem::new(ProblemCode::NotFound);
        let frame = &signed.frame;
        let before = match frame.parameter("before") {
            Some(number) => Some(number.parse::<i64>().map_err(|_| not_found())?),
            None => None,
        };
        let action = frame.parameter("action").filter(|name| !name.is_empty());
        let action = action.map(|name| AuditAction::from_name(name).ok_or_else(not_found)).transpose()?;
        let actor = frame.parameter("actor").unwrap_or_default().trim();

        let filter = AuditFilter { before: before.map(AuditNumber), action, actor: stored(frame, actor) };
        let record = shared.read.execute(&signed.actor(), filter).await;
        let record = record.map_err(|error| Problem::from(&error))?;
        Ok(signed.answer(&Page { frame, signed, record: &record, action, actor, before }))
    };
    shared.pages.show(&request, page).await
}

/// Who was typed, as it stands in the record: the page shows words for those who have no name.
fn stored(frame: &Frame, typed: &str) -> Option<String> {
    let stored = match typed {
        "" => return None,
        typed if typed.eq_ignore_ascii_case(terminal(frame)) => AdminName::TERMINAL.to_owned(),
        typed if typed.eq_ignore_ascii_case(unknown(frame)) => Actor::NOBODY.to_owned(),
        typed => typed.to_ascii_lowercase(),
    };
    Some(stored)
}

fn terminal(frame: &Frame) -> &str {
    frame.say("터미널", "Terminal")
}

fn unknown(frame: &Frame) -> &str {
    frame.say("알 수 없음", "Somebody unknown")
}
