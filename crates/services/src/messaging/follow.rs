use std::sync::Arc;

use bonin_domain::messages::FailureClass;
use bonin_domain::messaging::{AppScope, Connection, WebSend, WebSendState};
use bonin_ports::{Clock, GroupRelease, GroupReport, MessagingGroups, WebSendNews, WebSendRepository};
use jiff::SignedDuration;

use super::{AccessTokens, CallError};

/// How long a send is not asked after again.
const PAUSE: SignedDuration = SignedDuration::from_secs(3);

/// Asks the provider what became of a send, when somebody looks at it.
pub struct FollowSend {
    /// Where sends are stored.
    pub sends: Arc<dyn WebSendRepository>,
    /// Tells what became of groups.
    pub groups: Arc<dyn MessagingGroups>,
    /// Calls for people.
    pub tokens: AccessTokens,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl FollowSend {
    /// Asks after a send that may still change and went within 72 hours, unless that was done within 3 seconds, and notes
    /// the answer. Whether something was noted.
    ///
    /// # Errors
    /// [`CallError`]; [`CallError::ScopeMissing`] where the person has not allowed to look.
    #[tracing::instrument(name = "messaging.follow", skip_all)]
    pub async fn execute(&self, connection: &Connection, send: &WebSend) -> Result<bool, CallError> {
        let now = self.clock.now();
        let Some(group) = send.group.as_deref().filter(|_| send.is_followed(now)) else { return Ok(false) };
        if send.followed_at.is_some_and(|at| now.duration_since(at) < PAUSE) {
            return Ok(false);
        }
        let follow = |access| async move { self.groups.follow(&access, group).await };
        let report = self.tokens.call(connection, AppScope::ReadMessages, follow).await?;
        for news in news(send, report, send.scheduled_at.is_some_and(|at| at > now)) {
            self.sends.note(&connection.tenant, send.id, news, now).await?;
        }
        Ok(true)
    }
}

/// What a report says of a send; `is_later` where its time has not come.
fn news(send: &WebSend, report: GroupReport, is_later: bool) -> Vec<WebSendNews> {
    let state = if is_later { WebSendState::Scheduled } else { WebSendState::Sent };
    let moved = match (report.release, send.state) {
        (GroupRelease::Released, WebSendState::Unclear | WebSendState::Scheduled) if state != send.state => {
            Some(WebSendNews::Released { state, figures: Some(report.figures) })
        }
        // Somebody took it back at the provider's own site.
        (GroupRelease::Ended, WebSendState::Scheduled) if is_later => Some(WebSendNews::Cancelled),
        (GroupRelease::Ended, WebSendState::Unclear | WebSendState::Scheduled) => Some(ended(&report)),
        _ => None,
    };
    let followed = WebSendNews::Followed { figures: report.figures, messages: report.messages };
    moved.into_iter().chain([followed]).collect()
}

/// A group that never went, by the reason of its first message that has one.
fn ended(report: &GroupReport) -> WebSendNews {
    let reason =
        report.messages.iter().find_map(|message| Some((message.failure?, message.provider_code.clone())));
    let (class, code) = reason.unwrap_or_else(|| (FailureClass::Other, "group_ended".to_owned()));
    WebSendNews::Ended { class, code }
}
