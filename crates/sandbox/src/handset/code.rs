//! Finds the code in a text, as a phone's keyboard would.

use std::ops::Range;

/// Words that announce a code, lower case.
const WORDS: [&str; 15] = [
    "인증번호",
    "인증 번호",
    "인증코드",
    "인증 코드",
    "확인번호",
    "확인코드",
    "보안코드",
    "비밀번호",
    "코드",
    "passcode",
    "password",
    "code",
    "otp",
    "pin",
    "token",
];
/// How many characters may stand between such a word and its code.
const REACH: usize = 40;
const BRACKETS: [(char, char); 10] = [
    ('[', ']'),
    ('(', ')'),
    ('<', '>'),
    ('{', '}'),
    ('【', '】'),
    ('［', '］'),
    ('「', '」'),
    ('\'', '\''),
    ('"', '"'),
    ('“', '”'),
];

/// The code: 4 to 10 digits that stand alone, not part of a phone number, an address, a date or a sum.
///
/// Digits that follow a word such as `인증번호` or `code` win, then digits in brackets, then the first.
pub(super) fn find(text: &str) -> Option<&str> {
    let candidates = candidates(text);
    let announced = words(text).into_iter().find_map(|word_end| {
        candidates.iter().find(|range| {
            text.get(word_end..range.start).is_some_and(|between| between.chars().count() <= REACH)
        })
    });
    let range = announced
        .or_else(|| candidates.iter().find(|range| is_bracketed(text, range)))
        .or_else(|| candidates.first())?;
    Some(&text[range.clone()])
}

fn candidates(text: &str) -> Vec<Range<usize>> {
    let addresses = addresses(text);
    digit_runs(text)
        .into_iter()
        .filter(|run| (4..=10).contains(&run.len()))
        .filter(|run| stands_alone(text, run) && !is_sum_or_year(text, run) && !is_phone(text, run))
        .filter(|run| !addresses.iter().any(|address| address.contains(&run.start)))
        .collect()
}

/// Runs of ASCII digits. Byte offsets are safe to cut at: digits are single bytes.
fn digit_runs(text: &str) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (index, byte) in text.bytes().enumerate() {
        if !byte.is_ascii_digit() {
            continue;
        }
        match runs.last_mut() {
            Some(run) if run.end == index => run.end += 1,
            _ => runs.push(index..index + 1),
        }
    }
    runs
}

fn stands_alone(text: &str, run: &Range<usize>) -> bool {
    let mut before = text[..run.start].chars().rev();
    let mut after = text[run.end..].chars();
    let (left, further_left) = (before.next(), before.next());
    let (right, further_right) = (after.next(), after.next());
    let joins =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '@' | '/' | '\\' | '+');
    // `12-3456`, `1.2345`, `12:3456` and `1,2345` are dates, numbers and times.
    let links = |link: Option<char>, digit: Option<char>| {
        link.is_some_and(|link| matches!(link, '-' | '.' | ':' | ',' | '\u{2013}' | '~'))
            && digit.is_some_and(|digit| digit.is_ascii_digit())
    };
    !left.is_some_and(joins)
        && !right.is_some_and(joins)
        && !links(left, further_left)
        && !links(right, further_right)
}

fn is_sum_or_year(text: &str, run: &Range<usize>) -> bool {
    let before = text[..run.start].trim_end();
    let after = text[run.end..].trim_start();
    before.ends_with(['₩', '$', '€', '£', '¥'])
        || ["원", "년", "월", "won", "KRW", "USD", "%"].iter().any(|unit| after.starts_with(unit))
}

/// Whether the run is a phone number, or one of its groups: `0212345678`, `010 1234 5678`.
fn is_phone(text: &str, run: &Range<usize>) -> bool {
    if text[run.clone()].starts_with('0') && run.len() >= 9 {
        return true;
    }
    let runs = digit_runs(text);
    let Some(at) = runs.iter().position(|other| other == run) else { return false };
    let spaced = |left: &Range<usize>, right: &Range<usize>| {
        matches!(&text[left.end..right.start], " " | "-" | ") " | ")" | "." | ") - ")
    };
    let mut first = at;
    while first > 0 && spaced(&runs[first - 1], &runs[first]) {
        first -= 1;
    }
    let mut last = at;
    while last + 1 < runs.len() && spaced(&runs[last], &runs[last + 1]) {
        last += 1;
    }
    let digits: usize = runs[first..=last].iter().map(Range::len).sum();
    let dialled = text[runs[first].clone()].starts_with('0') || text[..runs[first].start].ends_with('+');
    first != last && dialled && (8..=15).contains(&digits)
}

/// Web and mail addresses.
fn addresses(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for token in text.split_inclusive(char::is_whitespace) {
        let end = start + token.len();
        let lower = token.to_ascii_lowercase();
        let opening = ["http://", "https://", "www."].iter().filter_map(|sign| lower.find(sign)).min();
        if let Some(opening) = opening {
            found.push(start + opening..end);
        } else if is_bare_address(&lower) {
            found.push(start..end);
        }
        start = end;
    }
    found
}

/// `bonin.example/1234`, `bonin.example?n=1234`
fn is_bare_address(token: &str) -> bool {
    let Some(path) = token.find(['/', '?']) else { return false };
    let host = &token[..path];
    host.rsplit_once('.').is_some_and(|(name, top)| {
        !name.is_empty() && top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic())
    })
}

/// Where the announcing words end, in the order of the text.
fn words(text: &str) -> Vec<usize> {
    // Keeps byte offsets as they are, which full lower-casing would not.
    let lower = text.to_ascii_lowercase();
    let mut ends: Vec<usize> = WORDS
        .iter()
        .flat_map(|word| lower.match_indices(word))
        .filter(|(start, word)| {
            let before = lower[..*start].chars().next_back();
            let after = lower[start + word.len()..].chars().next();
            let inside = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphabetic());
            !word.is_ascii() || !(inside(before) || inside(after))
        })
        .map(|(start, word)| start + word.len())
        .collect();
    ends.sort_unstable();
    ends
}

fn is_bracketed(text: &str, run: &Range<usize>) -> bool {
    let before = text[..run.start].trim_end().chars().next_back();
    let after = text[run.end..].trim_start().chars().next();
    BRACKETS.iter().any(|(open, close)| before == Some(*open) && after == Some(*close))
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn the_code_is_found_in_texts_as_people_write_them() {
        for (text, code) in [
            ("[본인] 인증번호 [123456]를 입력해 주세요.", "123456"),
            ("[Web발신]\n[본인] 인증번호는 004211입니다. 타인에게 알려주지 마세요.", "004211"),
            ("Your Bonin code is 482913.", "482913"),
            ("482913 is your verification code", "482913"),
            ("G-482913 is your Google verification code.", "482913"),
            ("[BoardWith] 인증번호 [8421] 를 입력해주세요. 문의 1588-1234", "8421"),
            ("인증번호:12345678", "12345678"),
            ("Code: 1234567890", "1234567890"),
            ("본인확인 7391 입력", "7391"),
            ("주문 20261 접수. 인증번호 5512", "5512"),
            ("이벤트 9000 참여, 아래 숫자를 입력하세요 <7391>", "7391"),
            ("2026년 11월 21일 인증번호 [334455]", "334455"),
            ("인증번호 발송: 02-555-0100 에서 [334455]", "334455"),
            ("코드 654321\n\n@bonin.example #654321", "654321"),
            ("50000원 결제 인증번호 [224466]", "224466"),
        ] {
            assert_eq!(find(text), Some(code), "{text}");
        }
    }

    #[test]
    fn phone_numbers_addresses_dates_and_sums_are_no_codes() {
        for text in [
            "",
            "안녕하세요",
            "문의 02-1234-5678",
            "문의 0212345678",
            "문의 010 1234 5678",
            "문의 +82 10 1234 5678",
            "문의 (02) 1234-5678",
            "Call 1588-1234",
            "01012345678",
            "https://bonin.example/a/123456",
            "https://bonin.example/?c=123456",
            "bonin.example/123456 을 여세요",
            "www.bonin.example?c=123456",
            "2026-11-21 까지",
            "2026년 11월",
            "50000원이 결제되었습니다",
            "₩ 50000",
            "잔액 12,3456",
            "user1234 님",
            "1234@bonin.example",
            "12345678901",
            "123",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }
}
