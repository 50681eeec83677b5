//! Verifications by SQL: some of the last day, with rows of their own, the others of earlier days, as what is left of
//! them. Each property follows from the verification's place alone.

use bonin_tests::{Database, Engine};

/// What the two databases write differently.
#[derive(Clone, Copy)]
pub struct Dialect(pub Engine);

impl Dialect {
    /// A moment, from an expression in microseconds since 1970.
    pub fn at(self, micros: &str) -> String {
        match self.0 {
            Engine::Sqlite => format!("({micros})"),
            Engine::Postgres => format!("(timestamptz 'epoch' + ({micros}) * interval '1 microsecond')"),
        }
    }

    /// Tenths of seconds from one moment to another, rounded down.
    pub fn tenths(self, from: &str, until: &str) -> String {
        match self.0 {
            Engine::Sqlite => format!("(({until} - {from}) / 100000)"),
            Engine::Postgres => {
                format!("CAST(floor(extract(epoch FROM ({until} - {from})) * 10) AS bigint)")
            }
        }
    }

    /// The present moment, in microseconds since 1970.
    pub fn now(self) -> &'static str {
        match self.0 {
            Engine::Sqlite => "SELECT CAST(unixepoch() AS INTEGER) * 1000000 AS number",
            Engine::Postgres => "SELECT CAST(extract(epoch FROM now()) AS bigint) * 1000000 AS number",
        }
    }

    /// A moment as the API reads it, from seconds since 1970.
    pub fn written(self, seconds: i64) -> String {
        match self.0 {
            Engine::Sqlite => {
                format!("SELECT strftime('%Y-%m-%dT%H:%M:%SZ', {seconds}, 'unixepoch') AS text")
            }
            Engine::Postgres => format!(
                "SELECT to_char(to_timestamp({seconds}) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') AS text"
            ),
        }
    }

    /// An id of a moment, as the server draws them.
    fn id(self, micros: &str, place: &str) -> String {
        match self.0 {
            Engine::Sqlite => {
                format!("unhex(printf('%012x7%03x8%015x', ({micros}) / 1000, ({place}) % 4096, ({place})))")
            }
            Engine::Postgres => format!(
                "CAST(lpad(to_hex(CAST(({micros}) / 1000 AS bigint)), 12, '0') || '7' \
                 || lpad(to_hex(({place}) % 4096), 3, '0') || '8' || lpad(to_hex({place}), 15, '0') AS uuid)"
            ),
        }
    }

    fn bytes(self, place: &str) -> String {
        match self.0 {
            Engine::Sqlite => format!("unhex(printf('%016x', {place}))"),
            Engine::Postgres => format!("decode(lpad(to_hex({place}), 16, '0'), 'hex')"),
        }
    }

    fn document(self, text: &str) -> String {
        match self.0 {
            Engine::Sqlite => format!("'{text}'"),
            Engine::Postgres => format!("CAST('{text}' AS jsonb)"),
        }
    }
}

/// How many verifications, and how old.
#[derive(Clone, Copy)]
pub struct Extent {
    /// All of them.
    pub count: i64,
    /// One of so many is of the last day.
    pub live: i64,
    /// Over so many earlier days the others are spread.
    pub days: i64,
}

/// Ten thousand, half of them of the last day.
pub const FORTY_DAYS: Extent = Extent { count: 10_000, live: 2, days: 40 };

/// Everything of a verification that follows from its place `i`, at `now`.
fn facts(Extent { count, live, days }: Extent, now: i64) -> String {
    let earlier = days * 86_400;
    format!(
        "WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {count}), f AS (SELECT i, \
         {now} - 1000000 * CAST(CASE WHEN i % {live} = 0 THEN (i * 13) % 86000 + 600 \
             ELSE 90600 + (CAST(i AS bigint) * 397) % {earlier} END AS bigint) - i AS started, \
         i % {live} = 0 AS live, \
         CASE i % 3 WHEN 0 THEN 'default' WHEN 1 THEN 'shop' ELSE 'bank' END AS tenant, \
         CASE (i / 2) % 5 WHEN 0 THEN 'find_id' WHEN 1 THEN 'reset_password' WHEN 2 THEN 'change_phone' \
             ELSE 'sign_up' END AS purpose, \
         CASE (i / 3) % 7 WHEN 5 THEN 'US' WHEN 6 THEN NULL ELSE 'KR' END AS country, \
         CASE (i / 7) % 4 WHEN 0 THEN 'sens' WHEN 1 THEN 'cafe24' WHEN 2 THEN 'coolsms' ELSE 'nexmo' END AS provider, \
         CASE WHEN (i / 5) % 11 < 6 THEN 'verified' WHEN (i / 5) % 11 < 8 THEN 'expired' \
             WHEN (i / 5) % 11 = 8 THEN 'pending' WHEN (i / 5) % 11 = 9 THEN 'cancelled' ELSE 'locked' END AS outcome, \
         i % 53 = 5 AS test_number, i % 47 = 3 AS withheld, 1 + (i / 11) % 2 AS sends, \
         2000000 + (CAST(i AS bigint) * 7919) % 170000000 AS took \
         FROM n) "
    )
}

/// Writes them into the database of a server that is at rest.
pub fn write(database: &Database, extent: Extent, now: i64) {
    let dialect = Dialect(database.engine());
    let facts = facts(extent, now);
    let id = dialect.id("started", "i");
    let (phone, at) = (dialect.bytes("i % 3001"), |micros: &str| dialect.at(micros));
    // What the checks came to, and when it ended: pending ones run out in an hour, those that ran out long ago may
    // still stand as pending.
    let checks = "CASE outcome WHEN 'verified' THEN 1 + i % 3 WHEN 'locked' THEN 5 ELSE i % 2 END";
    let (started, took) = (at("started"), at("started + took"));
    let later = at(&format!("{now} + 3600000000"));
    let token = dialect.bytes("i");
    database.execute(&format!(
        "INSERT INTO verifications (id, tenant, purpose, locale, status, token, phone_index, phone, known_client, \
         test_number, withheld, country, checks, max_checks, sends, created_at, sent_at, resend_at, expires_at, \
         ended_at) {facts} SELECT {id}, tenant, purpose, 'ko', \
         CASE WHEN outcome = 'expired' OR (outcome = 'locked' AND i % 4 = 0) THEN 'pending' ELSE outcome END, {token}, \
         {phone}, {token}, false_, test_number, withheld, country, {checks}, 5, sends, {started}, {started}, {started}, \
         CASE WHEN outcome = 'pending' THEN {later} ELSE {expires} END, \
         CASE WHEN outcome IN ('verified', 'cancelled') THEN {took} ELSE NULL END \
         FROM (SELECT f.*, i < 0 AS false_ FROM f WHERE live) AS f",
        expires = at("started + 180000000"),
    ));
    database.execute(&format!(
        "INSERT INTO past_verifications (id, tenant, purpose, phone_index, country, provider, run_by_provider, status, \
         checks, max_checks, sends, accepted, delivered, test_number, withheld, created_at, ended_at) {facts} \
         SELECT {id}, tenant, purpose, {phone}, country, CASE WHEN i % 9 = 1 THEN NULL ELSE provider END, NULL, \
         CASE WHEN outcome = 'pending' THEN 'expired' ELSE outcome END, {checks}, 5, sends, i % 10 > 0, i % 10 > 2, \
         test_number, withheld, {started}, {took} FROM f WHERE NOT live"
    ));
    write_messages(database, dialect, &facts);
    let findings =
        dialect.document(r#"[{"rule": "destination", "value": 0, "threshold": 0, "mode": "block"}]"#);
    let waits = dialect.document(r#"[{"rule": "resend_wait", "value": 1, "threshold": 1, "mode": "block"}]"#);
    let (refused, resent) = (dialect.id("started", "i + 100000"), dialect.id("started", "i + 200000"));
    database.execute(&format!(
        "INSERT INTO decisions (id, tenant, purpose, phone_index, test_number, outcome, findings, created_at) {facts} \
         SELECT {id}, tenant, purpose, {phone}, test_number, 'allowed', {findings}, {started} FROM f \
         UNION ALL SELECT {refused}, tenant, purpose, {phone}, test_number, \
         CASE WHEN i % 3 = 0 THEN 'destination' ELSE 'refused' END, {findings}, {started} FROM f WHERE i % 13 = 4 \
         UNION ALL SELECT {resent}, tenant, purpose, {phone}, test_number, 'refused', {waits}, {started} \
         FROM f WHERE i % 17 = 4"
    ));
    if database.engine() == Engine::Postgres {
        database.execute("ANALYZE");
    }
}

/// One message for each code, a minute after the other, and up to two attempts at each; messages of groups beside them,
/// which are nobody's verification.
fn write_messages(database: &Database, dialect: Dialect, facts: &str) {
    let messages = format!(
        "{facts}, m AS (SELECT f.*, started AS sent, i AS m FROM f UNION ALL \
         SELECT f.*, started + 60000000, i + 300000 FROM f WHERE sends = 2) "
    );
    let (id, verification) = (dialect.id("sent", "m"), dialect.id("started", "i"));
    let (sent, expires) = (dialect.at("sent"), dialect.at("sent + 180000000"));
    let phone = dialect.bytes("i % 3001");
    database.execute(&format!(
        "INSERT INTO messages (id, tenant, verification_id, group_id, kind, phone, phone_index, test_number, created_at, \
         expires_at) {messages} SELECT {id}, tenant, {verification}, NULL, NULL, NULL, {phone}, test_number, {sent}, \
         {expires} FROM m"
    ));
    let (of_group, group) = (dialect.id("sent", "m + 600000"), dialect.id("started", "i + 700000"));
    database.execute(&format!(
        "INSERT INTO messages (id, tenant, verification_id, group_id, kind, phone, phone_index, test_number, created_at, \
         expires_at) {messages} SELECT {of_group}, tenant, NULL, {group}, 'sms', {phone}, {phone}, test_number, {sent}, \
         {expires} FROM m WHERE i % 20 = 0"
    ));
    // The first attempt of some failed in one way or another; the second is by the next provider.
    let first = "CASE m % 13 WHEN 0 THEN 'failed' WHEN 1 THEN 'unknown' WHEN 2 THEN 'failed' WHEN 3 THEN 'expired' \
         WHEN 4 THEN 'sent' WHEN 5 THEN 'accepted' ELSE 'delivered' END";
    let next = "CASE provider WHEN 'sens' THEN 'cafe24' WHEN 'cafe24' THEN 'coolsms' WHEN 'coolsms' THEN 'nexmo' \
         ELSE 'sens' END";
    let attempts = format!(
        "{messages}, a AS (SELECT m.*, 1 AS number, provider AS who, {first} AS state, m AS salt FROM m WHERE m % 17 <> 5 \
         UNION ALL SELECT m.*, 2, {next}, CASE WHEN m % 2 = 0 THEN 'delivered' ELSE 'accepted' END, m + 7 FROM m \
         WHERE m % 17 <> 5 AND m % 13 IN (0, 1)) "
    );
    let asked = dialect.at("sent + 200000 * number");
    let taken = dialect.at("sent + 200000 * number + 50000 + (salt % 37) * 100000");
    let reached = dialect.at("sent + 200000 * number + 130000 + (salt % 301) * 100000");
    let ranks = "CASE state WHEN 'unknown' THEN 1 WHEN 'accepted' THEN 2 WHEN 'sent' THEN 3 WHEN 'expired' THEN 4 \
         WHEN 'failed' THEN 5 ELSE 6 END";
    let columns = |message: &str, filter: &str| {
        format!(
            "INSERT INTO attempts (message_id, number, tenant, provider, state, rank, failure, provider_code, reference, \
             possible_duplicate, started_at, updated_at, accepted_at, polls, country, price_amount, price_currency) \
             {attempts} SELECT {message}, number, tenant, who, state, {ranks}, \
             CASE state WHEN 'failed' THEN CASE salt % 3 WHEN 0 THEN 'unreachable' WHEN 1 THEN 'quota' ELSE NULL END \
                 WHEN 'unknown' THEN 'unclear' WHEN 'expired' THEN 'too_late' ELSE NULL END, \
             '200', CASE WHEN state IN ('accepted', 'sent', 'delivered') OR m % 13 = 2 THEN 'r' ELSE NULL END, \
             i < 0, {asked}, CASE WHEN state = 'delivered' THEN {reached} ELSE {taken} END, {taken}, 0, \
             CASE WHEN i % 29 = 0 THEN 'JP' ELSE country END, \
             CASE WHEN {priced} THEN CASE who WHEN 'sens' THEN '8.4' WHEN 'cafe24' THEN '9' WHEN 'coolsms' THEN '20' \
                 ELSE '0.0333' END ELSE NULL END, \
             CASE WHEN {priced} THEN CASE who WHEN 'nexmo' THEN 'EUR' ELSE 'KRW' END ELSE NULL END FROM a {filter}",
            priced = "state IN ('accepted', 'sent', 'delivered') AND salt % 19 <> 3",
        )
    };
    database.execute(&columns(&id, ""));
    database.execute(&columns(&of_group, "WHERE i % 20 = 0"));
}
