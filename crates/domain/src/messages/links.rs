//! What phones turn into links.

use std::net::Ipv4Addr;

use unicode_normalization::UnicodeNormalization;

/// Top-level domains without ASCII that sites in Korea use.
const KOREAN_ENDS: [&str; 3] = [".한국", ".닷컴", ".닷넷"];

/// Whether phones would make a part of `text` clickable: a host name or an address, with or without a scheme.
pub(super) fn looks_like_a_link(text: &str) -> bool {
    let folded: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let of_a_host = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '-');
    // Hangul ends a name too: phones find `bonin.kr` in `bonin.kr에서`.
    folded.contains("://")
        || folded.contains("www.")
        || KOREAN_ENDS.iter().any(|end| folded.contains(end))
        || folded.split(|character| !of_a_host(character)).any(is_a_host)
}

fn is_a_host(word: &str) -> bool {
    let word = word.trim_matches(['.', '-']);
    word.parse::<Ipv4Addr>().is_ok()
        || word.rsplit_once('.').is_some_and(|(name, end)| {
            !name.is_empty() && end.len() >= 2 && end.bytes().all(|byte| byte.is_ascii_alphabetic())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_seen_with_and_without_scheme() {
        for link in [
            "https://x",
            "www.bonin",
            "bonin.kr",
            "가입은 bonin.kr에서",
            "(BONIN.KR)",
            "bonin.kr/a",
            "a@b.kr",
            "보기:bit.ly/3x.",
            "본인.한국",
            "bonin．kr",
            "1.2.3.4",
        ] {
            assert!(looks_like_a_link(link), "{link}");
        }
        for text in
            ["St. Mary", "1.5초", "U.S.A.", "24/7", "끝.다음", "code: 000000. Do not share", "a...", ""]
        {
            assert!(!looks_like_a_link(text), "{text}");
        }
    }
}
