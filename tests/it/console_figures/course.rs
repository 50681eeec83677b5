//! The course over time by provider, country and purpose.

use bonin_tests::{Engine, on_both_databases};
use serde_json::Value;

use super::counted::Counted;
use super::seed::Dialect;
use super::{DAY, asked, between, day_begin, grouped, seeded, share};

on_both_databases!(the_course_of_each_part_is_what_the_rows_say);

/// How pages are asked for parts, what the charts are called, and one part: its condition and its name.
const PARTS: [(&str, &str, &str, &str); 4] = [
    ("provider", "발송사별", "provider = 'cafe24'", "Cafe24"),
    ("country", "국가별", "country = 'US'", "US"),
    ("country", "국가별", "country IS NULL", "알 수 없음"),
    ("purpose", "목적별", "purpose = 'find_id'", "아이디 찾기"),
];

async fn the_course_of_each_part_is_what_the_rows_say(engine: Engine) {
    let (server, now) = seeded(engine).await;
    let counted = Counted::of(server.database(), now * 1_000_000);
    let administrator = server.administrator().await;
    let today = || day_begin(server.database().number(Dialect(engine).now()) / 1_000_000);
    for (by, called, condition, name) in PARTS {
        // The page goes by its own clock: where a day ends while it is asked for, it is asked for again.
        let (today, page) = loop {
            let before = today();
            let address = format!("/console/analytics?range=7&by={by}&tenant=shop");
            let page = administrator.get(&address).await.expect(200).text;
            if today() == before {
                break (before, page);
            }
        };
        assert!(page.contains(&format!("<option value=\"{by}\" selected>{called}</option>")), "{by} stays");
        let from = today - 6 * DAY;
        let starts = Course::read(&page, "starts-of-parts", &format!("{called} 시작 추이"), name);
        let conversion = Course::read(&page, "conversion-of-parts", &format!("{called} 전환율 추이"), name);
        assert_eq!((starts.written.len(), conversion.written.len()), (7, 7), "a row for each day");
        for (place, at) in (0..7).zip((from..).step_by(usize::try_from(DAY).expect("a day"))) {
            let of = asked(at, at + DAY, &["tenant = 'shop'", condition]);
            let many = |conditions: &[&str]| counted.count("test_verifications", &of, conditions);
            let (all, ended) = (many(&[]), many(&["status <> 'pending'"]));
            let verified = many(&["status = 'verified'"]);
            assert_eq!(starts.drawn[place].as_f64(), Some(number(all)), "{name} on day {place}");
            assert_eq!(starts.written[place], grouped(all), "{name} on day {place}");
            assert_eq!(conversion.written[place], share(verified, ended), "{name} on day {place}");
            match conversion.drawn[place].as_f64() {
                None => assert_eq!(ended, 0, "{name} on day {place}"),
                Some(drawn) => {
                    let counted = number(verified) * 100.0 / number(ended);
                    assert!((drawn - counted).abs() < 0.01, "{name} on day {place}: {drawn}, {counted}");
                }
            }
        }
    }
    let page = administrator.get("/console/analytics?by=weather").await.expect(422).text;
    assert!(page.contains("aria-describedby=\"by-error\""), "the choice is marked");
}

/// What a chart shows of one part.
struct Course<'a> {
    drawn: Vec<Value>,
    written: Vec<&'a str>,
}

impl<'a> Course<'a> {
    fn read(page: &'a str, chart: &str, title: &str, name: &str) -> Self {
        let data = between(page, &format!("aria-labelledby=\"chart-{chart}\" data-chart=\""), "\"");
        let data: Value = serde_json::from_str(&data.replace("&#34;", "\"")).expect("what is drawn");
        let sets = data["sets"].as_array().expect("a list");
        let set = sets.iter().find(|set| set["name"] == name).unwrap_or_else(|| panic!("{name}: {data}"));
        let (_, table) = page.split_once(&format!("aria-label=\"{title}\"")).expect(title);
        let head: Vec<&str> = between(table, "<thead>", "</thead>").split("</th>").collect();
        let column = head.iter().position(|cell| cell.ends_with(&format!(">{name}"))).expect(name);
        let rows = between(table, "<tbody>", "</tbody>").split("</tr>");
        let cells = rows.filter_map(|row| row.split("</t").nth(column)?.rsplit_once('>'));
        Self {
            drawn: set["values"].as_array().expect("a list").clone(),
            written: cells.map(|(_, cell)| cell).collect(),
        }
    }
}

fn number(count: u64) -> f64 {
    f64::from(u32::try_from(count).expect("a small number"))
}
