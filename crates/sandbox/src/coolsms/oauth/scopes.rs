//! What an app may ask for (sheet, section 3.4).

/// A scope and what it means to the person who is asked.
const OPEN: [(&str, &str); 27] = [
    ("message:write", "문자 메시지 보내기"),
    ("message:read", "보낸 메시지와 결과 보기"),
    ("senderid:read", "등록된 발신번호 보기"),
    ("senderid:write", "발신번호 등록하고 지우기"),
    ("cash:read", "잔액 보기"),
    ("cash:write", "충전 설정 바꾸기"),
    ("storage:read", "올린 파일 보기"),
    ("storage:write", "그림 파일 올리기"),
    ("users:read", "회원 정보 보기"),
    ("users.profile:read", "프로필 보기"),
    ("accounts:read", "계정 정보 보기"),
    ("account:read", "계정 정보 보기"),
    ("pricing:read", "단가 보기"),
    ("notification:read", "알림 설정 보기"),
    ("coolog:read", "사용 기록 보기"),
    ("iam:read", "API 키와 권한 보기"),
    ("iam:write", "API 키와 권한 바꾸기"),
    ("images:read", "이미지 보기"),
    ("images:write", "이미지 올리기"),
    ("kakao:read", "카카오 채널 보기"),
    ("kakao:write", "카카오 채널 관리하기"),
    ("webhook:read", "웹훅 보기"),
    ("webhook:write", "웹훅 등록하고 지우기"),
    ("contacts:read", "주소록 보기"),
    ("contacts:write", "주소록 바꾸기"),
    ("commerce:read", "커머스 정보 보기"),
    ("commerce:write", "커머스 정보 바꾸기"),
];

/// The scopes of the registered app, for a login that names none.
const REGISTERED: [&str; 5] = ["message:write", "message:read", "cash:read", "storage:write", "users:read"];

/// Reads a list of scopes; nothing when one is unknown or for members only.
pub(super) fn read(raw: &str) -> Option<Vec<&'static str>> {
    let mut named = Vec::new();
    for name in raw.split_whitespace() {
        let (known, _) = OPEN.iter().find(|(known, _)| *known == name)?;
        if !named.contains(known) {
            named.push(known);
        }
    }
    Some(if named.is_empty() { REGISTERED.to_vec() } else { named })
}

/// What a scope means, in Korean.
pub(super) fn meaning(scope: &str) -> &'static str {
    OPEN.iter().find(|(known, _)| *known == scope).map_or("", |(_, meaning)| meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_scopes_and_roles_are_refused() {
        assert_eq!(read("message:write cash:read"), Some(vec!["message:write", "cash:read"]));
        assert_eq!(read("cash:read cash:read"), Some(vec!["cash:read"]));
        assert_eq!(read(""), Some(REGISTERED.to_vec()));
        for wrong in ["message:write role-oauth2", "message", "message:write,cash:read"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
