//! Groups of messages that are filled first and sent later (section 5.3).

use bonin_http::Method;
use jiff::Timestamp;
use serde_json::json;

use crate::client::{CoolsmsClient, many_limit};
use crate::error::{CoolsmsError, server_time};
use crate::query::{GroupQuery, ListQuery, iso};
use crate::request::{OutgoingMessage, check_count, check_id};
use crate::results::{AddedMessages, Group, GroupPage, MessagePage};
use crate::wire;

const GROUPS: &str = "/messages/v4/groups";

impl CoolsmsClient {
    /// Makes an empty group, `POST /messages/v4/groups`.
    ///
    /// # Errors
    /// [`CoolsmsError`].
    #[tracing::instrument(name = "coolsms.create_group", skip_all)]
    pub async fn create_group(&self, allow_duplicates: bool) -> Result<Group, CoolsmsError> {
        let mut body = json!({ "allowDuplicates": allow_duplicates });
        // Here the app id stands at the top (section 3.5).
        if let Some(app_id) = self.app_id() {
            body["appId"] = json!(app_id);
        }
        wire::group(&self.post(GROUPS, &body).await?.body)
    }

    /// Reads a group, `GET …/{id}`.
    ///
    /// # Errors
    /// [`CoolsmsError`].
    #[tracing::instrument(name = "coolsms.group", skip_all)]
    pub async fn group(&self, group_id: &str) -> Result<Group, CoolsmsError> {
        self.on_group(Method::GET, group_id, "").await
    }

    /// Lists groups, `GET /messages/v4/groups`.
    ///
    /// # Errors
    /// [`CoolsmsError`].
    #[tracing::instrument(name = "coolsms.groups", skip_all)]
    pub async fn groups(&self, query: &GroupQuery) -> Result<GroupPage, CoolsmsError> {
        let mut url = self.url(GROUPS);
        query.write(&mut url);
        wire::groups(&self.get(url).await?.body)
    }

    /// Removes a group that was not sent yet, `DELETE …/{id}`.
    ///
    /// # Errors
    /// [`CoolsmsError`].
    #[tracing::instrument(name = "coolsms.delete_group", skip_all)]
    pub async fn delete_group(&self, group_id: &str) -> Result<Group, CoolsmsError> {
        self.on_group(Method::DELETE, group_id, "").await
    }

    /// Adds up to 10,000 messages, `PUT …/{id}/messages`; a group takes a million. Refused ones are in the
    /// answer and stay in the group, but are not sent.
    ///
    /// # Errors
    /// [`CoolsmsError`] of the whole call.
    #[tracing::instrument(name = "coolsms.add_messages", skip_all)]
    pub async fn add_messages(
        &self,
        group_id: &str,
        messages: &[OutgoingMessage],
    ) -> Result<AddedMessages, CoolsmsError> {
        check_id(group_id)?;
        check_count(messages.len())?;
        messages.iter().try_for_each(OutgoingMessage::check)?;
        let messages: Vec<_> = messages.iter().map(wire::MessageBody::new).collect();
        let url = self.url(&format!("{GROUPS}/{group_id}/messages"));
        let limit = many_limit(messages.len());
        let body = json!({ "messages": messages });
        wire::added(&self.call(Method::PUT, url, Some(&body), Some(limit)).await?.body)
    }

    /// Lists a group's messages, `GET …/{id}/messages`.
    ///
    /// # Errors
    /// [`CoolsmsError`].
    #[tracing::instrument(name = "coolsms.group_messages", skip_all)]
    pub async fn group_messages(
        &self,
        group_id: &str,
        query: &ListQuery,
    ) -> Result<MessagePage, CoolsmsError> {
        check_id(group_id)?;
        let mut url = self.url(&format!("{GROUPS}/{group_id}/messages"));
        query.write(&mut url);
        let answer = self.get(url).await?;
        wire::messages(&answer.body, server_time(&answer))
    }

    /// Removes messages from a group that was not sent yet, `DELETE …/{id}/messages`. How many were not
    /// removed.
    ///
    /// # Errors
    /// [`CoolsmsError`].
    #[tracing::instrument(name = "coolsms.remove_messages", skip_all)]
    pub async fn remove_messages(&self, group_id: &str, message_ids: &[&str]) -> Result<u64, CoolsmsError> {
        check_id(group_id)?;
        check_count(message_ids.len())?;
        let url = self.url(&format!("{GROUPS}/{group_id}/messages"));
        let answer = self
            .call(
                Method::DELETE,
                url,
                Some(&json!({ "messageIds": message_ids })),
                Some(many_limit(message_ids.len())),
            )
            .await?;
        wire::removed(&answer.body)
    }

    /// Sends a group, `POST …/{id}/send`.
    ///
    /// # Errors
    /// [`CoolsmsError`].
    #[tracing::instrument(name = "coolsms.send_group", skip_all)]
    pub async fn send_group(&self, group_id: &str) -> Result<Group, CoolsmsError> {
        self.on_group(Method::POST, group_id, "/send").await
    }

    /// Has a group sent later, `POST …/{id}/schedule`; at most 6 months from now.
    ///
    /// # Errors
    /// [`CoolsmsError`]; a past moment is refused.
    #[tracing::instrument(name = "coolsms.schedule_group", skip_all)]
    pub async fn schedule_group(&self, group_id: &str, moment: Timestamp) -> Result<Group, CoolsmsError> {
        check_id(group_id)?;
        let body = json!({ "scheduledDate": iso(moment) });
        wire::group(&self.post(&format!("{GROUPS}/{group_id}/schedule"), &body).await?.body)
    }

    /// Ends a reservation, `DELETE …/{id}/schedule`: the group fails, and is not sent any more.
    ///
    /// # Errors
    /// [`CoolsmsError`].
    #[tracing::instrument(name = "coolsms.cancel_schedule", skip_all)]
    pub async fn cancel_schedule(&self, group_id: &str) -> Result<Group, CoolsmsError> {
        self.on_group(Method::DELETE, group_id, "/schedule").await
    }

    async fn on_group(&self, method: Method, group_id: &str, rest: &str) -> Result<Group, CoolsmsError> {
        check_id(group_id)?;
        let url = self.url(&format!("{GROUPS}/{group_id}{rest}"));
        wire::group(&self.call::<()>(method, url, None, None).await?.body)
    }
}
