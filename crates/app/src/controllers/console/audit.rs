//! `/console/audit`: the record of what administrators did.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bonin_domain::admin::{AdminName, AuditAction, AuditEntry, AuditNumber};
use bonin_services::admin::{Actor, Chain, ReadRecord, RecordPage, Typed};

use super::audit_words;
use super::session::{ConsolePages, Signed};
use crate::pages::{Frame, format};
use crate::problem::{Problem, ProblemCode};

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
    /// Those of the page that were asked for.
    shown: Vec<&'a (AuditEntry, Typed)>,
    action: Option<AuditAction>,
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
            Actor::NOBODY => self.frame.say("알 수 없음", "Somebody unknown"),
            AdminName::TERMINAL => self.frame.say("터미널", "Terminal"),
            name => name,
        }
    }

    fn at(&self, entry: &AuditEntry) -> String {
        format::moment(entry.at, self.frame.locale)
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

        let record = shared.read.execute(&signed.actor(), before.map(AuditNumber)).await;
        let record = record.map_err(|error| Problem::from(&error))?;
        let asked = |entry: &AuditEntry| {
            action.is_none_or(|action| entry.action == action) && (actor.is_empty() || entry.actor == actor)
        };
        let shown = record.entries.iter().filter(|(entry, _)| asked(entry)).collect();
        Ok(signed.answer(&Page { frame, signed, record: &record, shown, action, actor, before }))
    };
    shared.pages.show(&request, page).await
}
