//! The words of the page, in both languages. The page carries both, so switching needs no reload.

use serde::Serialize;

use crate::language;

/// Every text of the page; `{name}` is filled in by the script.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Words {
    pub(super) lang: &'static str,
    pub(super) title: &'static str,
    pub(super) skip: &'static str,
    pub(super) product: &'static str,
    pub(super) headline: &'static str,
    pub(super) lede: &'static str,
    pub(super) fact_any: &'static str,
    pub(super) fact_memory: &'static str,
    pub(super) fact_json: &'static str,
    pub(super) inbox: &'static str,
    pub(super) list: &'static str,
    pub(super) filter: &'static str,
    pub(super) filter_hint: &'static str,
    pub(super) filter_reset: &'static str,
    pub(super) only: &'static str,
    pub(super) language: &'static str,
    pub(super) language_label: &'static str,
    pub(super) clear: &'static str,
    pub(super) clear_title: &'static str,
    pub(super) clear_text: &'static str,
    pub(super) clear_yes: &'static str,
    pub(super) clear_no: &'static str,
    pub(super) cleared: &'static str,
    pub(super) clear_failed: &'static str,
    pub(super) loading: &'static str,
    pub(super) empty_title: &'static str,
    pub(super) empty_text: &'static str,
    pub(super) none_title: &'static str,
    pub(super) none_text: &'static str,
    pub(super) example: &'static str,
    pub(super) copy: &'static str,
    pub(super) copied: &'static str,
    pub(super) copy_code: &'static str,
    pub(super) copy_failed: &'static str,
    pub(super) copied_aloud: &'static str,
    pub(super) lost: &'static str,
    pub(super) back: &'static str,
    pub(super) arrived: &'static str,
    pub(super) arrived_code: &'static str,
    pub(super) to: &'static str,
    pub(super) today: &'static str,
    pub(super) yesterday: &'static str,
    pub(super) no_script: &'static str,
}

/// Korean.
pub(super) const KO: Words = Words {
    lang: "ko",
    title: "메시지 · 가상 휴대폰",
    skip: "메시지로 건너뛰기",
    product: "Bonin 샌드박스",
    headline: "가상 휴대폰",
    lede: "개발 중에 보낸 문자는 실제 통신망 대신 이 휴대폰으로 도착합니다.",
    fact_any: "어떤 번호로 보내도 모두 여기서 받습니다.",
    fact_memory: "메시지는 메모리에만 있고, 샌드박스를 끄면 사라집니다.",
    fact_json: "같은 내용을 JSON으로 읽을 수 있습니다.",
    inbox: "메시지",
    list: "받은 메시지",
    filter: "받는 번호로 찾기",
    filter_hint: "번호 검색",
    filter_reset: "검색 지우기",
    only: "{number} 번호의 메시지만 보기",
    language: "English",
    language_label: "Switch to English",
    clear: "메시지 모두 지우기",
    clear_title: "메시지를 모두 지울까요?",
    clear_text: "모든 번호의 메시지가 지워지며, 되돌릴 수 없습니다.",
    clear_yes: "지우기",
    clear_no: "취소",
    cleared: "메시지를 모두 지웠습니다",
    clear_failed: "메시지를 지우지 못했습니다. 잠시 후 다시 시도해 주세요.",
    loading: "메시지를 불러오는 중입니다",
    empty_title: "아직 받은 메시지가 없습니다",
    empty_text: "인증번호를 요청하면 이 화면에 바로 도착합니다.",
    none_title: "찾는 메시지가 없습니다",
    none_text: "이 번호로 온 메시지가 아직 없습니다.",
    example: "터미널에서 요청해 보기",
    copy: "복사",
    copied: "복사됨",
    copy_code: "인증번호 {code} 복사",
    copy_failed: "복사하지 못했습니다. 직접 선택해 복사해 주세요.",
    copied_aloud: "복사했습니다",
    lost: "연결이 끊어졌습니다. 다시 연결하고 있습니다…",
    back: "다시 연결되었습니다",
    arrived: "{number} 번호로 새 메시지가 도착했습니다",
    arrived_code: "{number} 번호로 인증번호가 도착했습니다: {code}",
    to: "받는 번호",
    today: "오늘",
    yesterday: "어제",
    no_script: "이 화면을 쓰려면 브라우저에서 자바스크립트를 허용해 주세요. 메시지는 JSON으로도 읽을 수 있습니다.",
};

/// English.
pub(super) const EN: Words = Words {
    lang: "en",
    title: "Messages · Virtual handset",
    skip: "Skip to messages",
    product: "Bonin sandbox",
    headline: "Virtual handset",
    lede: "While you develop, text messages arrive on this phone instead of a real network.",
    fact_any: "It receives messages for every number you send to.",
    fact_memory: "Messages live in memory only and are gone when the sandbox stops.",
    fact_json: "The same messages are there as JSON.",
    inbox: "Messages",
    list: "Received messages",
    filter: "Find by recipient number",
    filter_hint: "Search numbers",
    filter_reset: "Clear search",
    only: "Show only messages to {number}",
    language: "한국어",
    language_label: "한국어 화면 보기",
    clear: "Delete all messages",
    clear_title: "Delete all messages?",
    clear_text: "Messages to every number will be deleted. This cannot be undone.",
    clear_yes: "Delete",
    clear_no: "Cancel",
    cleared: "All messages deleted",
    clear_failed: "The messages could not be deleted. Please try again.",
    loading: "Loading messages",
    empty_title: "No messages yet",
    empty_text: "Ask for a code and it will arrive here.",
    none_title: "No messages found",
    none_text: "Nothing has arrived for this number yet.",
    example: "Try it from a terminal",
    copy: "Copy",
    copied: "Copied",
    copy_code: "Copy code {code}",
    copy_failed: "Copying failed. Please select the text and copy it.",
    copied_aloud: "Copied",
    lost: "Connection lost. Reconnecting…",
    back: "Connected again",
    arrived: "New message for {number}",
    arrived_code: "Code {code} arrived for {number}",
    to: "To",
    today: "Today",
    yesterday: "Yesterday",
    no_script: "This page needs JavaScript. The messages are also available as JSON.",
};

/// The language that a browser prefers; English when it names neither.
pub(super) fn preferred(accept_language: Option<&str>) -> &'static Words {
    if language::prefers_korean(accept_language) { &KO } else { &EN }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_follows_the_browser() {
        for (header, lang) in [
            (Some("ko-KR,ko;q=0.9,en-US;q=0.8"), "ko"),
            (Some("en-US,en;q=0.9,ko;q=0.8"), "en"),
            (Some("fr, ko;q=0.5, en;q=0.4"), "ko"),
            (Some("fr"), "en"),
            (Some("ko"), "ko"),
            (None, "en"),
        ] {
            assert_eq!(preferred(header).lang, lang, "{header:?}");
        }
    }
}
