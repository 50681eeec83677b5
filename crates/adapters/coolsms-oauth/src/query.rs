use bonin_http::Url;
use jiff::Timestamp;

/// Which messages to list (section 7); data of the last 6 months.
#[derive(Clone, Default)]
pub struct ListQuery {
    pairs: Vec<(&'static str, String)>,
}

/// Which groups to list (section 5.3).
#[derive(Clone, Default)]
pub struct GroupQuery {
    pairs: Vec<(&'static str, String)>,
}

/// `2026-01-02T03:04:05.678Z`
pub(crate) fn iso(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

impl ListQuery {
    /// All messages, to be narrowed.
    pub fn all() -> Self {
        Self::default()
    }

    /// One message.
    pub fn message(message_id: &str) -> Self {
        Self::all().with("messageId", message_id)
    }

    /// Several messages.
    pub fn messages<'a>(message_ids: impl IntoIterator<Item = &'a str>) -> Self {
        message_ids.into_iter().fold(Self::all(), |query, id| query.with("messageIds", id))
    }

    /// Those of one group.
    pub fn group(group_id: &str) -> Self {
        Self::all().with("groupId", group_id)
    }

    /// Only those to this recipient, national digits.
    #[must_use]
    pub fn to(self, digits: &str) -> Self {
        self.with("to", digits)
    }

    /// Only those from this sender.
    #[must_use]
    pub fn from(self, digits: &str) -> Self {
        self.with("from", digits)
    }

    /// Only those that were registered from `since` to `until`.
    #[must_use]
    pub fn created(self, since: Timestamp, until: Timestamp) -> Self {
        self.with("dateType", "CREATED").with("startDate", &iso(since)).with("endDate", &iso(until))
    }

    /// Rows per page; 20 where nothing is said.
    #[must_use]
    pub fn limit(self, rows: u16) -> Self {
        self.with("limit", &rows.to_string())
    }

    /// The page after the one that brought `next_key`.
    #[must_use]
    pub fn start_key(mut self, next_key: &str) -> Self {
        self.pairs.retain(|(name, _)| *name != "startKey");
        self.with("startKey", next_key)
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.pairs.push((name, value.to_owned()));
        self
    }

    pub(crate) fn write(&self, url: &mut Url) {
        write(&self.pairs, url);
    }
}

impl GroupQuery {
    /// All groups, to be narrowed.
    pub fn all() -> Self {
        Self::default()
    }

    /// Only those that were made from `since` to `until`.
    #[must_use]
    pub fn created(mut self, since: Timestamp, until: Timestamp) -> Self {
        self.pairs.push(("dateType", "CREATED".to_owned()));
        self.pairs.push(("startDate", iso(since)));
        self.pairs.push(("endDate", iso(until)));
        self
    }

    /// Groups per page; 20 where nothing is said.
    #[must_use]
    pub fn limit(mut self, groups: u16) -> Self {
        self.pairs.push(("limit", groups.to_string()));
        self
    }

    /// The page after the one that brought `next_key`.
    #[must_use]
    pub fn start_key(mut self, next_key: &str) -> Self {
        self.pairs.retain(|(name, _)| *name != "startKey");
        self.pairs.push(("startKey", next_key.to_owned()));
        self
    }

    pub(crate) fn write(&self, url: &mut Url) {
        write(&self.pairs, url);
    }
}

fn write(pairs: &[(&'static str, String)], url: &mut Url) {
    if !pairs.is_empty() {
        url.query_pairs_mut().extend_pairs(pairs);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(query: &ListQuery) -> String {
        let mut url = Url::parse("http://127.0.0.1/").unwrap();
        query.write(&mut url);
        url.query().unwrap_or_default().to_owned()
    }

    #[test]
    fn each_part_has_its_name_and_times_are_utc() {
        let at = |text: &str| text.parse().unwrap();
        let query = ListQuery::group("G4V").to("010").from("02").limit(100);
        let query = query.created(at("2026-01-02T12:04:05+09:00"), at("2026-01-02T03:05:00.1239Z"));
        assert_eq!(
            written(&query),
            "groupId=G4V&to=010&from=02&limit=100&dateType=CREATED\
             &startDate=2026-01-02T03%3A04%3A05.000Z&endDate=2026-01-02T03%3A05%3A00.123Z"
        );
        assert_eq!(written(&ListQuery::messages(["a", "b"])), "messageIds=a&messageIds=b");
        assert_eq!(written(&ListQuery::all()), "");
    }

    #[test]
    fn a_start_key_replaces_the_one_before() {
        let query = ListQuery::message("M").start_key("one").start_key("two");
        assert_eq!(written(&query), "messageId=M&startKey=two");
        let mut url = Url::parse("http://127.0.0.1/").unwrap();
        GroupQuery::all().limit(5).start_key("one").start_key("two").write(&mut url);
        assert_eq!(url.query(), Some("limit=5&startKey=two"));
    }
}
