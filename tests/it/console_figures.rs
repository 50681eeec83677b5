//! Figures over ten thousand verifications: those of the API and of the console's pages are what SQL of the tests' own
//! counts (requirement J02).

mod counted;
mod course;
mod seed;
mod sparse;

use std::collections::BTreeMap;

use bonin_tests::{ApiKey, Engine, Server, on_both_databases};
use reqwest::Method;
use serde_json::{Value, json};

use counted::{Asked, Counted, FAILED, decimal, money, ratio};
use seed::{Dialect, FORTY_DAYS};

on_both_databases!(
    every_figure_of_the_api_is_what_the_rows_say,
    every_figure_of_the_overview_is_what_the_rows_say,
    a_question_that_was_asked_before_is_answered_by_what_the_rows_say_now,
    costs_in_other_currencies_stand_apart_from_those_in_won,
    figures_are_for_keys_that_may_read_and_faults_name_their_parameter,
);

const CONFIG: &str = "[tenants.shop]\nbrand = \"Shop\"\n[tenants.bank]\nbrand = \"Bank\"\n";

/// Providers, and how pages call them. The last one charges in EUR.
const PROVIDERS: [(&str, &str); 4] =
    [("sens", "Naver SENS"), ("cafe24", "Cafe24"), ("coolsms", "CoolSMS"), ("nexmo", "Nexmo SMS")];

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// Seconds of a moment's day in Korea begin.
fn day_begin(seconds: i64) -> i64 {
    (seconds + 9 * HOUR).div_euclid(DAY) * DAY - 9 * HOUR
}

/// A server with ten thousand verifications, and when that was, in seconds since 1970.
async fn seeded(engine: Engine) -> (Server, i64) {
    let server = Server::on(engine).with_file(CONFIG).start().await;
    let now = server.database().number(Dialect(engine).now());
    seed::write(server.database(), FORTY_DAYS, now);
    (server, now / 1_000_000)
}

/// A span of the API, in seconds since 1970, as parameters.
fn span(server: &Server, from: i64, until: i64) -> String {
    let written =
        |seconds: i64| server.database().text(&Dialect(server.database().engine()).written(seconds));
    format!("from={}&until={}", written(from), written(until))
}

fn asked(from: i64, until: i64, conditions: &[&str]) -> Asked {
    let conditions = conditions.iter().map(|&condition| condition.to_owned()).collect();
    Asked { from: from * 1_000_000, until: until * 1_000_000, conditions }
}

async fn figures(server: &Server, key: &ApiKey, what: &str, query: &str) -> Value {
    let path = format!("/v1/analytics/{what}?{query}");
    let mut figures = server.api().with_key(key, Method::GET, &path, None).await.expect(200).json();
    let members = figures.as_object_mut().expect("an object");
    for member in ["from", "until", "step", "server_time"] {
        assert!(members.remove(member).is_some(), "{member} of {path}");
    }
    figures
}

async fn every_figure_of_the_api_is_what_the_rows_say(engine: Engine) {
    let (server, now) = seeded(engine).await;
    let counted = Counted::of(server.database(), now * 1_000_000);
    let key = server.key("shop", &["read"]);
    // Ten days, of which the first has what is left of verifications alone.
    let (from, until) = (day_begin(now) - 9 * DAY, day_begin(now) + DAY);
    let query = span(&server, from, until);
    let all = asked(from, until, &["tenant = 'shop'"]);
    let starts = counted.count("test_verifications", &all, &[]);
    assert!(starts > 1_500, "{starts} of a third of {} are too few to tell anything", FORTY_DAYS.count);

    let filters: [(&str, &[&str], bool); 5] = [
        ("", &[], true),
        ("&purpose=sign_up", &["purpose = 'sign_up'"], true),
        ("&provider=sens", &["provider = 'sens'"], false),
        ("&country=KR", &["country = 'KR'"], false),
        (
            "&provider=coolsms&country=US&purpose=find_id",
            &["provider = 'coolsms'", "country = 'US'", "purpose = 'find_id'"],
            false,
        ),
    ];
    for (parameters, conditions, tells_refusals) in filters {
        let query = format!("{query}{parameters}");
        let mut of = vec!["tenant = 'shop'"];
        of.extend(conditions);
        let of = asked(from, until, &of);
        let told = check_span(&server, &key, &counted, (&of, tells_refusals), &query).await;
        assert!(told["starts"].as_u64() > Some(20), "{parameters}: {told}");
    }
    for (parameters, column) in [
        ("", None),
        ("&by=provider", Some("provider")),
        ("&by=country", Some("country")),
        ("&by=purpose", Some("purpose")),
    ] {
        let told = figures(&server, &key, "series", &format!("{query}{parameters}")).await;
        check_series(&counted, (from, DAY, 10), column, &told);
    }
    let hours = span(&server, until - DAY, until);
    let told = figures(&server, &key, "series", &format!("{hours}&step=hour&by=provider")).await;
    check_series(&counted, (until - DAY, HOUR, 24), Some("provider"), &told);

    // Each tenant's are its own, and together they are everybody's.
    let mut everybodys = 0;
    for tenant in ["default", "shop", "bank"] {
        let key = server.key(tenant, &["read"]);
        let told = figures(&server, &key, "overview", &query).await;
        let of = asked(from, until, &[&format!("tenant = '{tenant}'")]);
        assert_eq!(told, counted.overview(&of, true), "{tenant}");
        everybodys += told["starts"].as_u64().expect("a count");
    }
    assert_eq!(everybodys, counted.count("test_verifications", &asked(from, until, &[]), &[]));
}

async fn a_question_that_was_asked_before_is_answered_by_what_the_rows_say_now(engine: Engine) {
    let (server, now) = seeded(engine).await;
    let database = server.database();
    let counted = Counted::of(database, now * 1_000_000);
    let key = server.key("shop", &["read"]);
    let (from, until) = (day_begin(now) - 39 * DAY, day_begin(now) + DAY);
    let of = asked(from, until, &["tenant = 'shop'"]);
    let query = span(&server, from, until);
    let series = async || figures(&server, &key, "series", &format!("{query}&by=provider")).await;
    let first = (check_span(&server, &key, &counted, (&of, true), &query).await, series().await);
    let second = (check_span(&server, &key, &counted, (&of, true), &query).await, series().await);
    assert_eq!(second, first);

    // Of the last days messages arrive that had failed, and codes are typed.
    let at = |seconds: i64| Dialect(engine).at(&(seconds * 1_000_000).to_string());
    let since = at(day_begin(now) - 3 * DAY);
    database.execute(&format!(
        "UPDATE attempts SET state = 'delivered', rank = 6, failure = NULL, price_amount = '7', price_currency = 'KRW' \
         WHERE started_at >= {since} AND state IN ('failed', 'unknown')"
    ));
    database.execute(&format!(
        "UPDATE verifications SET status = 'verified', checks = 1, ended_at = {} WHERE status = 'pending' \
         AND expires_at > {}",
        at(now),
        at(now),
    ));
    let third = check_span(&server, &key, &counted, (&of, true), &query).await;
    for figure in ["verified", "failed_attempts", "cost", "time_to_verify"] {
        assert_ne!(third[figure], first.0[figure], "{figure}");
    }

    // Days of which nothing changes any more are not counted again: what only somebody at the database does is not seen.
    let settled = at(day_begin(now) - 10 * DAY);
    database.execute(&format!("DELETE FROM attempts WHERE started_at < {settled}"));
    assert_ne!(counted.overview(&of, true), third);
    assert_eq!(figures(&server, &key, "overview", &query).await, third);
}

/// All that is told of a span but its course; gives the overview.
async fn check_span(
    server: &Server,
    key: &ApiKey,
    counted: &Counted<'_>,
    (of, tells_refusals): (&Asked, bool),
    query: &str,
) -> Value {
    let overview = figures(server, key, "overview", query).await;
    assert_eq!(overview, counted.overview(of, tells_refusals), "overview of {query}");
    let step = |conditions: &[&str]| counted.count("test_verifications", of, conditions);
    let funnel = json!({
        "started": step(&[]),
        "accepted": step(&["accepted"]),
        "delivered": step(&["delivered"]),
        "typed": step(&["checks > 0"]),
        "verified": step(&["status = 'verified'"]),
    });
    assert_eq!(figures(server, key, "funnel", query).await, funnel, "funnel of {query}");
    check_failures(counted, of, &figures(server, key, "failures", query).await);
    check_latency(counted, of, &figures(server, key, "latency", query).await);
    overview
}

fn check_failures(counted: &Counted<'_>, of: &Asked, told: &Value) {
    let told = told["failures"].as_array().expect("a list");
    let counts: Vec<u64> = told.iter().map(|of| of["count"].as_u64().expect("a count")).collect();
    assert!(counts.is_sorted_by(|one, next| one >= next), "the most frequent first: {counts:?}");
    let mut all: BTreeMap<String, u64> = BTreeMap::new();
    for failure in told {
        let text = |name: &str| failure[name].as_str().expect("a text");
        assert!(!text("text").is_empty(), "{failure}");
        let count = failure["count"].as_u64().expect("a count");
        assert_eq!(all.insert(format!("{} {}", text("class"), text("provider")), count), None, "{failure}");
    }
    let name = "coalesce(failure, 'other') || ' ' || provider";
    assert_eq!(all, counted.by(name, "test_attempts", of, &[FAILED]));
}

fn check_latency(counted: &Counted<'_>, of: &Asked, told: &Value) {
    let told = told["providers"].as_array().expect("a list");
    assert_eq!(told.len(), counted.by("provider", "test_attempts", of, &["taken"]).len());
    for provider in told {
        let name = format!("provider = '{}'", provider["provider"].as_str().expect("a name"));
        for (member, end, which) in
            [("acceptance", "accepted_at", "taken"), ("delivery", "updated_at", "state = 'delivered'")]
        {
            let (columns, conditions) = (("started_at", end), [name.as_str(), which]);
            let mut told = provider[member].clone();
            let histogram = told.as_object_mut().expect("an object").remove("histogram");
            assert_eq!(told, counted.spread("test_attempts", columns, of, &conditions), "{name} {member}");
            let mut above = -1;
            for bar in histogram.expect("a histogram").as_array().expect("a list") {
                #[expect(clippy::cast_possible_truncation, reason = "whole tenths")]
                let most =
                    bar["up_to_seconds"].as_f64().map_or(i64::MAX, |most| (most * 10.0).round() as i64);
                let count = counted.between(columns, of, &conditions, above, most);
                assert_eq!(bar["count"], count, "{name} {member} up to {most} tenths");
                above = most;
            }
            assert_eq!(above, i64::MAX, "the last bar has no end");
        }
    }
}

/// Each point of each line, `(from, length, count)` being the steps.
fn check_series(
    counted: &Counted<'_>,
    (from, length, count): (i64, i64, i64),
    column: Option<&str>,
    told: &Value,
) {
    assert_eq!(told["by"].as_str(), column);
    let lines = told["series"].as_array().expect("a list");
    // Without a part all are of one, which has no name.
    let name = column.unwrap_or("substr(tenant, 1, 0)");
    let mut names: Vec<String> =
        lines.iter().map(|line| line["name"].as_str().unwrap_or_default().to_owned()).collect();
    for place in 0..count {
        let of = asked(from + place * length, from + (place + 1) * length, &["tenant = 'shop'"]);
        let starts = counted.by(name, "test_verifications", &of, &[]);
        let pending = counted.by(name, "test_verifications", &of, &["status = 'pending'"]);
        let verified = counted.by(name, "test_verifications", &of, &["status = 'verified'"]);
        let failed = counted.by(name, "test_attempts", &of, &[FAILED]);
        let all = counted.cost(&of, &[]);
        let mut told_in_all: BTreeMap<String, i64> = BTreeMap::new();
        for line in lines {
            let line_name = line["name"].as_str().unwrap_or_default();
            let point = &line["points"][usize::try_from(place).expect("a place")];
            let of_line = |counts: &BTreeMap<String, u64>| counts.get(line_name).copied().unwrap_or(0);
            let (starts, verified) = (of_line(&starts), of_line(&verified));
            assert_eq!(point["starts"], starts, "{line_name} {point}");
            assert_eq!(point["verified"], verified, "{line_name} {point}");
            assert_eq!(point["pending"], of_line(&pending), "{line_name} {point}");
            assert_eq!(point["failed_attempts"], of_line(&failed), "{line_name} {point}");
            assert_eq!(
                point["conversion"],
                ratio(verified, starts - of_line(&pending)),
                "{line_name} {point}"
            );
            for amount in point["cost"].as_array().expect("a list") {
                let sum = told_in_all
                    .entry(amount["currency"].as_str().expect("a currency").to_owned())
                    .or_default();
                *sum += ten_thousandths(amount["amount"].as_str().expect("an amount"));
            }
        }
        assert_eq!(told_in_all, all, "cost of step {place} by {column:?}");
        let missing = starts.keys().chain(failed.keys()).find(|known| !names.contains(known));
        assert_eq!(missing, None, "a line for each");
    }
    names.sort();
    names.dedup();
    assert_eq!(names.len(), lines.len(), "each once");
    let points = lines.iter().map(|line| line["points"].as_array().map_or(0, Vec::len));
    assert!(points.into_iter().all(|many| i64::try_from(many) == Ok(count)), "one point for each step");
}

fn ten_thousandths(amount: &str) -> i64 {
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    let fraction: String = fraction.chars().chain("0000".chars()).take(4).collect();
    whole.parse::<i64>().expect("digits") * 10_000 + fraction.parse::<i64>().expect("digits")
}

async fn every_figure_of_the_overview_is_what_the_rows_say(engine: Engine) {
    let (server, now) = seeded(engine).await;
    let counted = Counted::of(server.database(), now * 1_000_000);
    let administrator = server.administrator().await;
    let clock = || server.database().number(Dialect(engine).now()) / 1_000_000;
    // The page goes by its own clock: where an hour ends while it is asked for, it is asked for again.
    let (hour, page) = loop {
        let before = clock() / HOUR;
        let page = administrator.get("/console").await.expect(200).text;
        if clock() / HOUR == before {
            break (before * HOUR, page);
        }
    };
    let begin = day_begin(hour);
    let today = asked(begin, begin + DAY, &[]);
    let overview = counted.overview(&today, true);
    let figure = |name: &str| overview[name].as_u64().expect("a count");
    let (starts, verified, pending) = (figure("starts"), figure("verified"), figure("pending"));
    assert_eq!(stat(&page, "인증 시작"), grouped(starts));
    assert_eq!(stat(&page, "인증 완료"), grouped(verified));
    assert_eq!(stat(&page, "전환율"), share(verified, starts - pending));
    assert_eq!(stat(&page, "실패한 발송"), grouped(figure("failed_attempts")));
    assert_eq!(stat(&page, "거부한 시작"), grouped(figure("refused_starts")));
    let median = overview["time_to_verify"]["median_seconds"].as_f64();
    assert_eq!(stat(&page, "인증까지 걸린 시간"), took(median));
    let cost = counted.cost(&today, &[]);
    assert_eq!(stat(&page, "오늘 쓴 비용"), spent(&cost, figure("attempts")), "{}", money(&cost));

    // The hours that are over, and the same of yesterday.
    for (name, refused) in [("인증 시작", false), ("거부한 시작", true)] {
        let many = |of: &Asked| {
            if refused { counted.refused(of) } else { counted.count("test_verifications", of, &[]) }
        };
        let note = note(&page, name);
        if hour == begin {
            assert_eq!(note, "");
            continue;
        }
        let (now, before) = (many(&asked(begin, hour, &[])), many(&asked(begin - DAY, hour - DAY, &[])));
        let (hours, change) = ((hour - begin) / HOUR, changed(now, before));
        let expected = if before == 0 {
            format!("어제 {hours}시까지 0")
        } else {
            format!("{hours}시까지 어제보다 {change}")
        };
        assert_eq!(note, expected);
    }
    let steps = [
        ("시작", vec![]),
        ("발송사 접수", vec!["accepted"]),
        ("도착 확인", vec!["delivered"]),
        ("번호 입력", vec!["checks > 0"]),
        ("인증 완료", vec!["status = 'verified'"]),
    ];
    // In the first minutes of a Korean day there may be nothing yet.
    let quiet = starts == 0 && figure("attempts") == 0 && figure("refused_starts") == 0;
    assert_eq!(page.contains("오늘은 아직 인증이 없어요"), quiet);
    for (name, conditions) in steps.into_iter().filter(|_| !quiet) {
        let count = counted.count("test_verifications", &today, &conditions);
        let text = format!("{} ({})", grouped(count), share(count, starts));
        assert!(page.contains(&format!("<li><span>{name}</span>")), "{name}");
        assert!(page.contains(&format!("<strong>{text}</strong>")), "{name}: {text}");
    }
    for (name, shown) in PROVIDERS {
        let provider = format!("provider = '{name}'");
        let of = asked(begin, begin + DAY, &[&provider]);
        let many = |conditions: &[&str]| counted.count("test_attempts", &of, conditions);
        let attempts = many(&[]);
        let accepted = many(&["taken"]);
        let (failed, delivered) = (many(&[FAILED]), many(&["state = 'delivered'"]));
        let ended = |conditions: &[&str]| counted.count("test_verifications", &of, conditions);
        let conversion = share(ended(&["status = 'verified'"]), ended(&["status <> 'pending'"]));
        let median = counted.spread("test_attempts", ("started_at", "accepted_at"), &of, &["taken"]);
        let row: Vec<String> = vec![
            grouped(attempts),
            share(accepted, attempts),
            share(failed, attempts),
            share(delivered, accepted),
            conversion,
            took(median["median_seconds"].as_f64()),
        ];
        assert_eq!(cells(&page, shown), row, "{name}");
    }
}

async fn costs_in_other_currencies_stand_apart_from_those_in_won(engine: Engine) {
    let (server, now) = seeded(engine).await;
    let counted = Counted::of(server.database(), now * 1_000_000);
    let administrator = server.administrator().await;
    let today = || day_begin(server.database().number(Dialect(engine).now()) / 1_000_000);
    // The page goes by its own clock: where a day ends while it is asked for, it is asked for again.
    let (today, page) = loop {
        let before = today();
        let page = administrator.get("/console/analytics?range=7").await.expect(200).text;
        if today() == before {
            break (before, page);
        }
    };
    let (from, until) = (today - 6 * DAY, today + DAY);
    let cost = counted.cost(&asked(from, until, &[]), &[]);
    assert!(cost["KRW"] > 0 && cost["EUR"] > 0, "both were spent: {cost:?}");
    assert_eq!(stat(&page, "비용"), spent(&cost, 1));
    let all = asked(from, until, &[]);
    let unpriced = unpriced(&counted, &all);
    assert!(note(&page, "비용").ends_with(&unpriced) && !unpriced.is_empty(), "{unpriced}");

    let chart = between(&page, "aria-labelledby=\"chart-cost\" data-chart=\"", "\"").replace("&#34;", "\"");
    let chart: Value = serde_json::from_str(&chart).expect("what is drawn");
    let (_, table) = page.split_once("aria-label=\"발송사별 비용 (KRW)\"").expect("its table");
    let head: Vec<&str> = between(table, "<thead>", "</thead>").split("</th>").collect();
    let rows: Vec<&str> = between(table, "<tbody>", "</tbody>").split("</tr>").collect();
    for (name, shown) in PROVIDERS {
        let provider = format!("provider = '{name}'");
        let of = |from, until| {
            let asked = asked(from, until, &[&provider]);
            (counted.cost(&asked, &[]), counted.count("test_attempts", &asked, &[]), asked)
        };
        let (cost, attempts, all) = of(from, until);
        let noted = format!("{}{}", spent(&cost, attempts), self::unpriced(&counted, &all));
        assert_eq!(cells(&page, shown).last(), Some(&noted), "{name} among providers");
        // One scale shows one currency.
        let column = head.iter().position(|cell| cell.ends_with(&format!(">{shown}")));
        let set = chart["sets"].as_array().expect("a list").iter().find(|set| set["name"] == shown);
        assert_eq!((column.is_some(), set.is_some()), (name != "nexmo", name != "nexmo"), "{name}");
        let (Some(column), Some(set)) = (column, set) else { continue };
        let drawn = set["values"].as_array().expect("a list");
        assert_eq!(drawn.len(), 7, "{name}");
        for (place, (drawn, row)) in (0..).zip(drawn.iter().zip(&rows)) {
            let (day, attempts, _) = of(from + place * DAY, from + (place + 1) * DAY);
            let cell = row.split("</t").nth(column).expect("a cell");
            let spent = spent(&day, attempts);
            assert!(cell.ends_with(&format!(">{spent}")), "{name} on day {place}: {cell}, {day:?}");
            let won = day.get("KRW").copied().unwrap_or(0);
            assert_eq!(ten_thousandths(&drawn.to_string()), won, "{name} on day {place}");
        }
    }
}

/// The value of a figure on a page.
fn stat<'a>(page: &'a str, name: &str) -> &'a str {
    between(
        page,
        &format!("<span class=\"stat-name\">{name}</span><strong class=\"stat-value\">"),
        "</strong>",
    )
}

/// What goes with it.
fn note<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("<span class=\"stat-name\">{name}</span>")).expect(name);
    between(rest, "<span class=\"stat-note\">", "</span>")
}

/// The figures in a provider's row.
fn cells(page: &str, provider: &str) -> Vec<String> {
    let row = between(page, &format!("<tr><th scope=\"row\">{provider}</th>"), "</tr>");
    let cells = row.split("<td class=\"number\"").skip(1);
    cells.map(|cell| between(cell, ">", "</td>").to_owned()).collect()
}

fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = page.split_once(before).unwrap_or_else(|| panic!("no {before}"));
    rest.split_once(after).unwrap_or_else(|| panic!("no {after}")).0
}

fn grouped(count: u64) -> String {
    if count < 1_000 { count.to_string() } else { format!("{},{:03}", count / 1_000, count % 1_000) }
}

fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let tenths = (part * 2_000 + whole) / (2 * whole);
    // Nothing and all are said of nothing and all alone.
    let tenths = if part == 0 || part >= whole { tenths } else { tenths.clamp(1, 999) };
    format!("{}.{}%", tenths / 10, tenths % 10)
}

fn took(seconds: Option<f64>) -> String {
    let Some(seconds) = seconds else { return "–".to_owned() };
    if seconds < 60.0 {
        return format!("{seconds:.1}초");
    }
    format!("{}분 {}초", (seconds / 60.0).floor(), (seconds % 60.0).floor())
}

fn changed(now: u64, before: u64) -> String {
    match now.cmp(&before) {
        std::cmp::Ordering::Equal => "±0%".to_owned(),
        std::cmp::Ordering::Greater => format!("+{}", share(now - before, before)),
        std::cmp::Ordering::Less => format!("−{}", share(before - now, before)),
    }
}

/// What pages say of attempts that a provider took and whose price is not known.
fn unpriced(counted: &Counted<'_>, asked: &Asked) -> String {
    match counted.count("test_attempts", asked, &["taken", "price_amount IS NULL"]) {
        0 => String::new(),
        many => format!(" · 가격을 모르는 {}건 제외", grouped(many)),
    }
}

/// KRW first, then the others; what so many attempts cost is not known where no price is.
fn spent(cost: &BTreeMap<String, i64>, attempts: u64) -> String {
    let written = |sum: i64| {
        let text = decimal(sum);
        let (whole, fraction) =
            text.split_once('.').map_or((text.as_str(), ""), |(whole, fraction)| (whole, fraction));
        let whole = grouped(whole.parse().expect("digits"));
        if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") }
    };
    match (cost.get("KRW"), cost.get("EUR")) {
        (Some(won), Some(euros)) => format!("{}원 + €{}", written(*won), written(*euros)),
        (Some(won), None) => format!("{}원", written(*won)),
        (None, Some(euros)) => format!("€{}", written(*euros)),
        (None, None) if attempts > 0 => "–".to_owned(),
        (None, None) => "0원".to_owned(),
    }
}

async fn figures_are_for_keys_that_may_read_and_faults_name_their_parameter(engine: Engine) {
    let server = Server::on(engine).start().await;
    let (reads, sends) = (server.key("default", &["read"]), server.key("default", &["send"]));
    for what in ["overview", "series", "funnel", "latency", "failures"] {
        let path = format!("/v1/analytics/{what}");
        let _ = server.api().get(&path).await.expect_problem(401, "key_required");
        let sent = server.api().with_key(&sends, Method::GET, &path, None).await;
        let _ = sent.expect_problem(403, "scope_missing");
        let wrong = format!(
            "{path}?from=2026-11-01&until=x&step=week&country=Korea&purpose=fun&provider=A&tenant=shop"
        );
        let answer = server.api().with_key(&reads, Method::GET, &wrong, None).await;
        let fields = answer.expect_problem(422, "fields_invalid").fields();
        let named = |field: &str, code: &str| (field.to_owned(), code.to_owned());
        assert_eq!(
            fields,
            [
                named("from", "zone_missing"),
                named("until", "malformed"),
                named("step", "unsupported"),
                named("provider", "malformed"),
                named("country", "malformed"),
                named("purpose", "unsupported"),
                named("tenant", "unknown"),
            ],
            "{what}"
        );
        let backwards = format!("{path}?from=2026-11-02T00:00:00Z&until=2026-11-01T00:00:00Z");
        let answer = server.api().with_key(&reads, Method::GET, &backwards, None).await;
        assert_eq!(answer.expect(422).fields(), [named("from", "backwards")], "{what}");
        let long = format!("{path}?from=2025-01-01T00:00:00Z&until=2026-11-01T00:00:00Z");
        let answer = server.api().with_key(&reads, Method::GET, &long, None).await;
        assert_eq!(answer.expect(422).fields(), [named("from", "span_too_long")], "{what}");
    }
    let by = "/v1/analytics/overview?by=provider";
    let answer = server.api().with_key(&reads, Method::GET, by, None).await;
    assert_eq!(answer.expect(422).fields(), [("by".to_owned(), "unknown".to_owned())]);
    let nothing = figures(&server, &reads, "overview", "").await;
    assert_eq!((&nothing["starts"], &nothing["conversion"]), (&json!(0), &Value::Null));
    assert_eq!(nothing["time_to_verify"], json!({ "count": 0, "median_seconds": null, "p95_seconds": null }));
}
