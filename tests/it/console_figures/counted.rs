//! The same figures, counted once more: by SQL of the test's own, over views that say what a verification and an attempt
//! are, without any of the server's statements.

use std::collections::BTreeMap;

use bonin_tests::Database;
use serde_json::{Value, json};

use super::seed::Dialect;

/// What is asked for: a span in microseconds since 1970, and conditions on the views' columns.
#[derive(Clone)]
pub struct Asked {
    pub from: i64,
    pub until: i64,
    pub conditions: Vec<String>,
}

/// Counts by SQL.
pub struct Counted<'a> {
    database: &'a Database,
    dialect: Dialect,
}

impl<'a> Counted<'a> {
    /// Adds the views to the database.
    pub fn of(database: &'a Database, now: i64) -> Self {
        let dialect = Dialect(database.engine());
        let now = dialect.at(&now.to_string());
        let by = |taken: &str| {
            format!(
                "(SELECT a.provider FROM attempts AS a JOIN messages AS m ON m.id = a.message_id \
                 WHERE m.verification_id = v.id AND {taken} ORDER BY m.created_at DESC, a.number DESC LIMIT 1)"
            )
        };
        let taken = "(a.state IN ('accepted', 'sent', 'delivered') OR (a.state = 'failed' AND a.reference IS NOT NULL))";
        let has = |what: &str| {
            format!(
                "EXISTS (SELECT 1 FROM attempts AS a JOIN messages AS m ON m.id = a.message_id \
                 WHERE m.verification_id = v.id AND {what})"
            )
        };
        database.execute(&format!(
            "CREATE VIEW test_verifications AS \
             SELECT v.id, v.tenant, v.purpose, v.country, v.created_at, v.ended_at, v.checks, v.sends, \
             coalesce({taken_by}, {asked}) AS provider, {accepted} AS accepted, {delivered} AS delivered, \
             CASE WHEN v.status = 'pending' AND v.checks = v.max_checks THEN 'locked' \
                 WHEN v.status = 'pending' AND v.expires_at <= {now} THEN 'expired' ELSE v.status END AS status \
             FROM verifications AS v WHERE NOT v.test_number AND NOT v.withheld \
             UNION ALL SELECT id, tenant, purpose, country, created_at, ended_at, checks, sends, provider, accepted, \
             delivered, status FROM past_verifications WHERE NOT test_number AND NOT withheld",
            taken_by = by(taken),
            asked = by("0 = 0"),
            accepted = has(taken),
            delivered = has("a.state = 'delivered'"),
        ));
        let all = "SELECT id, purpose, country, withheld FROM verifications UNION ALL \
                   SELECT id, purpose, country, withheld FROM past_verifications";
        database.execute(&format!(
            "CREATE VIEW test_attempts AS SELECT m.tenant, m.created_at, of.purpose, \
             coalesce(of.country, a.country) AS country, a.provider, a.state, a.failure, a.price_amount, a.price_currency, \
             a.started_at, a.accepted_at, a.updated_at, {taken} AS taken \
             FROM attempts AS a JOIN messages AS m ON m.id = a.message_id JOIN ({all}) AS of ON of.id = m.verification_id \
             WHERE NOT m.test_number AND NOT of.withheld"
        ));
        Self { database, dialect }
    }

    fn within(&self, asked: &Asked, more: &[&str]) -> String {
        let (from, until) =
            (self.dialect.at(&asked.from.to_string()), self.dialect.at(&asked.until.to_string()));
        let mut conditions = vec![format!("created_at >= {from}"), format!("created_at < {until}")];
        conditions.extend(asked.conditions.iter().cloned());
        conditions.extend(more.iter().map(|&condition| condition.to_owned()));
        format!("WHERE {}", conditions.join(" AND "))
    }

    /// How many rows there are.
    pub fn count(&self, view: &str, asked: &Asked, more: &[&str]) -> u64 {
        let number = self
            .database
            .number(&format!("SELECT count(*) AS number FROM {view} {}", self.within(asked, more)));
        u64::try_from(number).expect("a count")
    }

    /// How many there are of each value of a column; an empty name for those without one.
    pub fn by(&self, column: &str, view: &str, asked: &Asked, more: &[&str]) -> BTreeMap<String, u64> {
        let within = self.within(asked, more);
        let rows = self.database.texts(&format!(
            "SELECT coalesce({column}, '') || '|' || CAST(count(*) AS text) AS text FROM {view} {within} GROUP BY {column}"
        ));
        let pair = |row: String| {
            let (name, count) = row.rsplit_once('|').expect("two columns");
            (name.to_owned(), count.parse().expect("a count"))
        };
        rows.into_iter().map(pair).collect()
    }

    fn sum(&self, column: &str, view: &str, asked: &Asked) -> u64 {
        let within = self.within(asked, &[]);
        let number = self
            .database
            .number(&format!("SELECT coalesce(sum({column}), 0) AS number FROM {view} {within}"));
        u64::try_from(number).expect("a sum")
    }

    /// Ten-thousandths of each currency.
    pub fn cost(&self, asked: &Asked, more: &[&str]) -> BTreeMap<String, i64> {
        let mut conditions = vec!["price_amount IS NOT NULL"];
        conditions.extend(more);
        let within = self.within(asked, &conditions);
        let rows = self.database.texts(&format!(
            "SELECT price_currency || '|' || CAST(sum(CAST(round(CAST(price_amount AS numeric) * 10000) AS bigint)) \
             AS text) AS text FROM test_attempts {within} GROUP BY price_currency"
        ));
        let pair = |row: String| {
            let (currency, sum) = row.split_once('|').expect("two columns");
            (currency.to_owned(), sum.parse().expect("a sum"))
        };
        rows.into_iter().map(pair).collect()
    }

    /// Count, median and 95th percentile (nearest rank, in seconds) of the time from one column to another.
    pub fn spread(&self, view: &str, (from, until): (&str, &str), asked: &Asked, more: &[&str]) -> Value {
        let count = self.count(view, asked, more);
        let (within, tenths) = (self.within(asked, more), self.dialect.tenths(from, until));
        let at = |percent: u64| {
            let rank = (percent * count).div_ceil(100).max(1);
            let tenths = self.database.number(&format!(
                "SELECT {tenths} AS number FROM {view} {within} ORDER BY 1 LIMIT 1 OFFSET {}",
                rank - 1
            ));
            f64::from(u32::try_from(tenths).expect("tenths")) / 10.0
        };
        if count == 0 {
            return json!({ "count": 0, "median_seconds": null, "p95_seconds": null });
        }
        json!({ "count": count, "median_seconds": at(50), "p95_seconds": at(95) })
    }

    /// How many took longer than `above` and at most `most` tenths of seconds.
    pub fn between(
        &self,
        (from, until): (&str, &str),
        asked: &Asked,
        more: &[&str],
        above: i64,
        most: i64,
    ) -> u64 {
        let tenths = self.dialect.tenths(from, until);
        let mut conditions = more.to_vec();
        let (low, high) = (format!("{tenths} > {above}"), format!("{tenths} <= {most}"));
        conditions.extend([low.as_str(), high.as_str()]);
        self.count("test_attempts", asked, &conditions)
    }

    /// Starts that were not allowed.
    pub fn refused(&self, asked: &Asked) -> u64 {
        // Resends leave decisions, too, that say nothing of the destination.
        let of_a_start = "CAST(findings AS text) LIKE '%destination%'";
        self.count("decisions", asked, &["outcome <> 'allowed'", "NOT test_number", of_a_start])
    }

    /// The members of an overview, without those of the span.
    pub fn overview(&self, asked: &Asked, tells_refusals: bool) -> Value {
        let statuses = self.by("status", "test_verifications", asked, &[]);
        let of = |status: &str| statuses.get(status).copied().unwrap_or(0);
        let starts: u64 = statuses.values().sum();
        let (verified, decided) = (of("verified"), starts - of("pending"));
        let cost = self.cost(asked, &[]);
        // A provider's attempts are not all of the verifications that count for it.
        let of_a_provider = asked.conditions.iter().any(|condition| condition.starts_with("provider"));
        let mut overview = json!({
            "starts": starts,
            "pending": of("pending"),
            "verified": verified,
            "expired": of("expired"),
            "cancelled": of("cancelled"),
            "locked": of("locked"),
            "conversion": ratio(verified, decided),
            "sends": self.sum("sends", "test_verifications", asked),
            "attempts": self.count("test_attempts", asked, &[]),
            "failed_attempts": self.count("test_attempts", asked, &[FAILED]),
            "time_to_verify":
                self.spread("test_verifications", ("created_at", "ended_at"), asked, &["status = 'verified'"]),
            "cost": money(&cost),
            "cost_per_verified": if of_a_provider { Value::Null } else { per_user(&cost, verified) },
        });
        if tells_refusals {
            overview["refused_starts"] = json!(self.refused(asked));
        }
        overview
    }
}

/// Attempts that did not bring their message, as far as is known.
pub const FAILED: &str = "state IN ('failed', 'expired', 'unknown')";

/// To four places.
pub fn ratio(part: u64, whole: u64) -> Value {
    let thousands = |part: u64, whole: u64| (part * 20_000 + whole) / (2 * whole);
    if whole == 0 { Value::Null } else { json!(as_float(thousands(part, whole)) / 1e4) }
}

fn as_float(number: u64) -> f64 {
    f64::from(u32::try_from(number).expect("a small number"))
}

/// Amounts as answers write them, from ten-thousandths.
pub fn money(cost: &BTreeMap<String, i64>) -> Value {
    let amount = |(currency, sum): (&String, &i64)| json!({ "amount": decimal(*sum), "currency": currency });
    Value::Array(cost.iter().map(amount).collect())
}

fn per_user(cost: &BTreeMap<String, i64>, verified: u64) -> Value {
    let verified = i64::try_from(verified).expect("a count");
    if verified == 0 {
        return json!([]);
    }
    // To the hundredth, halves up.
    let each = |sum: i64| (2 * sum + verified * 100) / (2 * verified * 100) * 100;
    let amount =
        |(currency, sum): (&String, &i64)| json!({ "amount": decimal(each(*sum)), "currency": currency });
    Value::Array(cost.iter().map(amount).collect())
}

/// A decimal number without zeros at its end.
pub fn decimal(sum: i64) -> String {
    let written = format!("{}.{:04}", sum / 10_000, sum % 10_000);
    written.trim_end_matches('0').trim_end_matches('.').to_owned()
}
