//! One term as it is written: a block of `name: value` lines between two lines `---`, then the text in Markdown.

use bonin_domain::accounts::{Term, TermId, TermVersion};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The line before and after the block.
const FENCE: &str = "---";

/// The names of the block; each stands in it once.
const NAMES: [&str; 6] = ["id", "version", "locale", "title", "required", "effective"];

/// Where dates without a time begin.
const ZONE: &str = "Asia/Seoul";

/// The value of a name, and its line.
type Value<'a> = (&'a str, usize);

/// Reads a term. Lines may end as on Windows; the text is what follows the block, without empty lines around it.
///
/// # Errors
/// `<file>:<line>: <what is wrong>`, of the first fault.
pub fn read(file: &str, content: &str) -> Result<Term, String> {
    let at = |line: usize, what: &str| format!("{file}:{line}: {what}");
    let content = content.strip_prefix('\u{feff}').unwrap_or(content);
    let mut lines = content.lines().zip(1..);
    if lines.next().map(|(line, _)| line) != Some(FENCE) {
        return Err(at(1, "must begin with a line --- that opens the block of names"));
    }
    let mut values: [Option<Value>; NAMES.len()] = [None; NAMES.len()];
    let end = loop {
        let Some((line, number)) = lines.next() else {
            return Err(at(content.lines().count(), "the block of names lacks the line --- that closes it"));
        };
        if line == FENCE {
            break number;
        }
        let (name, value) = line.split_once(':').ok_or_else(|| at(number, "is not written name: value"))?;
        let place = NAMES.iter().position(|known| *known == name);
        let place = place.ok_or_else(|| at(number, &format!("is none of {}", NAMES.join(", "))))?;
        let value = value.trim();
        if value.is_empty()
            || (value.len() > 1 && value.starts_with(['"', '\'']) && value.ends_with(&value[..1]))
        {
            return Err(at(number, "needs a value, without quotes"));
        }
        if values[place].replace((value, number)).is_some() {
            return Err(at(number, &format!("{name} is there twice")));
        }
    };
    let mut values = values.into_iter().zip(NAMES);
    let mut next = || match values.next() {
        Some((Some(value), _)) => Ok(value),
        Some((None, name)) => Err(at(end, &format!("{name} is missing"))),
        None => Err(at(end, "a name is missing")),
    };
    let (id, version, locale, title) = (next()?, next()?, next()?, next()?);
    let (required, effective) = (next()?, next()?);
    let text: Vec<&str> = lines.map(|(line, _)| line).collect();
    let text = text.join("\n").trim_matches('\n').trim_end().to_owned();
    if text.is_empty() {
        return Err(at(end + 1, "the text is missing"));
    }
    if let Some(number) = content.lines().position(|line| line.contains(is_forbidden)) {
        return Err(at(number + 1, "holds a control character"));
    }
    Ok(Term {
        id: TermId::parse(id.0)
            .map_err(|_| at(id.1, "id has 1 to 64 lower-case letters, digits, hyphens and underscores"))?,
        version: TermVersion::parse(version.0)
            .map_err(|_| at(version.1, "version has 1 to 32 visible ASCII characters"))?,
        locale: match locale.0 {
            "ko" | "en" => locale.0.parse().map_err(|_| at(locale.1, "locale is ko or en"))?,
            _ => return Err(at(locale.1, "locale is ko or en")),
        },
        title: title.0.to_owned(),
        text,
        required: required.0.parse().map_err(|_| at(required.1, "required is true or false"))?,
        effective: moment(effective.0).ok_or_else(|| {
            at(effective.1, "effective is a date such as 2026-11-01 (in Seoul), or a time with its offset")
        })?,
    })
}

fn is_forbidden(letter: char) -> bool {
    letter.is_control() && letter != '\t'
}

/// A date is its first moment in Seoul; a time has an offset.
fn moment(text: &str) -> Option<Timestamp> {
    let at = if text.len() == "2026-11-01".len() {
        text.parse::<Date>().ok()?.to_zoned(TimeZone::get(ZONE).ok()?).ok()?.timestamp()
    } else {
        text.parse::<Timestamp>().ok()?
    };
    Timestamp::from_microsecond(at.as_microsecond()).ok()
}

#[cfg(test)]
mod tests {
    use bonin_domain::messages::Locale;

    use super::*;

    const BLOCK: &str =
        "id: service\nversion: 2026-11-01\nlocale: ko\ntitle: 이용약관: 첫째\nrequired: true\n";

    fn written(block: &str) -> String {
        format!("---\n{block}---\n\n# 제목\n\n내용  \n\n")
    }

    fn refusal(content: &str) -> String {
        read("t.md", content).unwrap_err()
    }

    #[test]
    fn a_term_is_its_block_and_its_text() {
        let term = read("t.md", &written(&format!("{BLOCK}effective: 2026-11-01\n"))).unwrap();
        assert_eq!((term.id.as_str(), term.version.as_str()), ("service", "2026-11-01"));
        assert_eq!((term.locale, term.required), (Locale::Ko, true));
        assert_eq!(term.title, "이용약관: 첫째");
        assert_eq!(term.text, "# 제목\n\n내용");
        assert_eq!(term.effective.to_string(), "2026-10-31T15:00:00Z", "midnight in Seoul");
    }

    #[test]
    fn how_lines_end_makes_no_other_text() {
        let unix = written(&format!("{BLOCK}effective: 2026-11-01\n"));
        let windows = format!("\u{feff}{}", unix.replace('\n', "\r\n"));
        assert_eq!(read("t.md", &windows), read("t.md", &unix));
    }

    #[test]
    fn a_term_takes_effect_on_a_date_in_seoul_or_at_a_moment() {
        let effective = |text: &str| {
            read("t.md", &written(&format!("{BLOCK}effective: {text}\n")))
                .map(|term| term.effective.to_string())
        };
        assert_eq!(effective("2026-11-01T09:00:00+09:00").as_deref(), Ok("2026-11-01T00:00:00Z"));
        assert_eq!(effective("2026-11-01T00:00:00.1234567Z").as_deref(), Ok("2026-11-01T00:00:00.123456Z"));
        for wrong in ["soon", "2026-13-01", "2026-11-01T09:00:00", "2026-11-1", "20261101"] {
            assert!(effective(wrong).unwrap_err().starts_with("t.md:7: effective is a date"), "{wrong}");
        }
    }

    #[test]
    fn a_fault_is_told_with_its_line() {
        let full = format!("{BLOCK}effective: 2026-11-01\n");
        let cases = [
            (String::new(), "t.md:1: must begin"),
            ("# Title\n".to_owned(), "t.md:1: must begin"),
            (" ---\nid: a\n---\nt".to_owned(), "t.md:1: must begin"),
            ("---\nid: service\nversion: 1\n".to_owned(), "t.md:3: the block of names lacks"),
            (written("id service\n"), "t.md:2: is not written name: value"),
            (written("\n"), "t.md:2: is not written name: value"),
            (written(&format!("{full}author: me\n")), "t.md:8: is none of id, version, locale,"),
            (written(&format!("{full} id: service\n")), "t.md:8: is none of"),
            (written(&format!("{full}title: again\n")), "t.md:8: title is there twice"),
            (written(BLOCK), "t.md:7: effective is missing"),
            (written(&full.replace("title: 이용약관: 첫째", "title:")), "t.md:5: needs a value"),
            (
                written(&full.replace("id: service", "id: \"service\"")),
                "t.md:2: needs a value, without quotes",
            ),
            (written(&full.replace("id: service", "id: Service")), "t.md:2: id has"),
            (written(&full.replace("version: 2026-11-01", "version: 첫째")), "t.md:3: version has"),
            (written(&full.replace("locale: ko", "locale: fr")), "t.md:4: locale is ko or en"),
            (written(&full.replace("locale: ko", "locale: ko-KR")), "t.md:4: locale is ko or en"),
            (written(&full.replace("required: true", "required: yes")), "t.md:6: required is true or false"),
            (format!("---\n{full}---\n\n \n"), "t.md:9: the text is missing"),
            (format!("---\n{full}---\na\nb\u{7}\n"), "t.md:10: holds a control character"),
        ];
        for (content, expected) in cases {
            let told = refusal(&content);
            assert!(told.starts_with(expected), "{told} instead of {expected}");
        }
    }
}
