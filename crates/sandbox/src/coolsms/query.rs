//! What a list call asks for: fields with operators, and the older comma lists (sheet, sections 1 and 7).

use actix_web::web;
use jiff::Timestamp;

const LIMIT: usize = 20;
const MOST: usize = 500;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Eq,
    Ne,
    Like,
    Gte,
    Lte,
    Gt,
    Lt,
}

struct Condition {
    field: String,
    operator: Operator,
    /// Any of them will do.
    values: Vec<String>,
}

/// A list call.
pub(super) struct Query {
    pub(super) start_key: Option<String>,
    pub(super) limit: usize,
    conditions: Vec<Condition>,
}

impl Query {
    /// Reads a query string; what is not known is ignored.
    pub(super) fn read(raw: &str) -> Self {
        let pairs = web::Query::<Vec<(String, String)>>::from_query(raw);
        let pairs = pairs.map(web::Query::into_inner).unwrap_or_default();
        let get = |name: &str| pairs.iter().find(|(key, value)| key == name && !value.is_empty());
        let text = |name: &str| get(name).map(|(_, value)| value.clone());
        let limit = text("limit").and_then(|limit| limit.parse().ok()).unwrap_or(LIMIT).clamp(1, MOST);
        let mut query = Self { start_key: text("startKey"), limit, conditions: Vec::new() };
        let date = if text("dateType").as_deref() == Some("UPDATED") { "dateUpdated" } else { "dateCreated" };
        for (key, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
            let (name, bracket) = key.split_once('[').unwrap_or((key, "eq"));
            match name {
                "startDate" => query.push(date, Operator::Gte, value),
                "endDate" => query.push(date, Operator::Lte, value),
                "messageIds" => query.any("messageId", value),
                "messageId" | "groupId" | "to" | "from" | "type" | "statusCode" | "dateCreated"
                | "dateUpdated" => {
                    query.push(name, operator(bracket.trim_end_matches(']')), value);
                }
                _ => {}
            }
        }
        let list = |name: &str| text(name).unwrap_or_default();
        let (criteria, conds, values) = (list("criteria"), list("cond"), list("value"));
        if !criteria.is_empty() {
            let mut conds = conds.split(',');
            for (field, value) in criteria.split(',').zip(values.split(',')) {
                query.push(field, operator(conds.next().unwrap_or("eq")), value);
            }
        }
        query
    }

    fn push(&mut self, field: &str, operator: Operator, value: &str) {
        self.conditions.push(Condition { field: field.to_owned(), operator, values: vec![value.to_owned()] });
    }

    fn any(&mut self, field: &str, value: &str) {
        let known = self.conditions.iter_mut();
        let mut known = known.filter(|known| known.field == field && known.operator == Operator::Eq);
        match known.next() {
            Some(condition) => condition.values.push(value.to_owned()),
            None => self.push(field, Operator::Eq, value),
        }
    }

    /// The messages that are asked for by name, any of them.
    pub(super) fn ids(&self) -> Option<&[String]> {
        let mut named =
            self.conditions.iter().filter(|one| one.field == "messageId" && one.operator == Operator::Eq);
        named.next().map(|one| one.values.as_slice())
    }

    /// The group that is asked for.
    pub(super) fn group(&self) -> Option<&str> {
        let mut named =
            self.conditions.iter().filter(|one| one.field == "groupId" && one.operator == Operator::Eq);
        named.next().and_then(|one| one.values.first()).map(String::as_str)
    }

    /// Whether all conditions hold; fields that `field` does not know hold anything.
    pub(super) fn matches(&self, field: impl Fn(&str) -> Option<String>) -> bool {
        self.conditions.iter().all(|condition| {
            let Some(found) = field(&condition.field) else { return true };
            condition.values.iter().any(|wanted| holds(condition.operator, &found, wanted))
        })
    }
}

fn operator(name: &str) -> Operator {
    match name {
        "ne" => Operator::Ne,
        "like" => Operator::Like,
        "gte" => Operator::Gte,
        "lte" => Operator::Lte,
        "gt" => Operator::Gt,
        "lt" => Operator::Lt,
        _ => Operator::Eq,
    }
}

fn holds(operator: Operator, found: &str, wanted: &str) -> bool {
    // Times are compared as such, whatever their zone.
    let order = match (found.parse::<Timestamp>(), wanted.parse::<Timestamp>()) {
        (Ok(found), Ok(wanted)) => found.cmp(&wanted),
        _ => found.cmp(wanted),
    };
    match operator {
        Operator::Eq => order.is_eq(),
        Operator::Ne => order.is_ne(),
        Operator::Like => found.contains(wanted.trim_matches('%')),
        Operator::Gte => order.is_ge(),
        Operator::Lte => order.is_le(),
        Operator::Gt => order.is_gt(),
        Operator::Lt => order.is_lt(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(raw: &str) -> bool {
        Query::read(raw).matches(|name| match name {
            "messageId" => Some("M1".to_owned()),
            "to" => Some("01012345678".to_owned()),
            "dateCreated" => Some("2026-01-02T03:04:05.678Z".to_owned()),
            _ => None,
        })
    }

    #[test]
    fn each_way_to_ask_is_understood() {
        for raw in [
            "",
            "messageId=M1",
            "messageId[eq]=M1&to=01012345678",
            "messageIds=M0&messageIds=M1",
            "messageIds[0]=M0&messageIds[1]=M1",
            "messageIds%5B%5D=M1",
            "to[ne]=010",
            "to[like]=%251234%25",
            "startDate=2026-01-02T12:04:05%2B09:00&endDate=2026-01-02T03:04:06Z",
            "dateCreated[gte]=2026-01-02T03:04:05.678Z&dateCreated[lt]=2026-01-02T03:04:05.679Z",
            "criteria=messageId,to&cond=eq,like&value=M1,0101",
            "unknown=1&type=",
        ] {
            assert!(matches(raw), "{raw}");
        }
        for raw in [
            "messageId=M2",
            "messageIds=M0&messageIds=M2",
            "to[ne]=01012345678",
            "startDate=2026-01-02T12:04:06%2B09:00",
            "dateCreated[gt]=2026-01-02T03:04:05.678Z",
            "criteria=messageId,to&cond=eq,eq&value=M1,0101",
        ] {
            assert!(!matches(raw), "{raw}");
        }
    }

    #[test]
    fn a_page_has_20_unless_something_else_is_said() {
        assert_eq!(Query::read("").limit, 20);
        assert_eq!(Query::read("limit=5").limit, 5);
        assert_eq!(Query::read("limit=100000").limit, 500);
        assert_eq!(Query::read("startKey=a").start_key.as_deref(), Some("a"));
    }
}
