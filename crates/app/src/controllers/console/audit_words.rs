//! What was done, in words.

use bonin_domain::admin::AuditAction;

use crate::pages::Frame;

/// What was done.
pub fn action(frame: &Frame, action: AuditAction) -> &'static str {
    let (ko, en) = match action {
        AuditAction::AdminInvited => ("관리자 초대", "Invited an administrator"),
        AuditAction::AdminJoined => ("관리자 등록", "Became an administrator"),
        AuditAction::AdminReset => ("비밀번호·인증 앱 재등록", "Set password and app anew"),
        AuditAction::AdminRemoved => ("관리자 삭제", "Removed an administrator"),
        AuditAction::LoggedIn => ("로그인", "Logged in"),
        AuditAction::LogInRefused => ("로그인 거절", "Log in refused"),
        AuditAction::LogInWaits => ("로그인 시도 제한", "Too many log ins"),
        AuditAction::LoggedOut => ("로그아웃", "Logged out"),
        AuditAction::NumberLookedUp => ("번호로 조회", "Looked up a number"),
        AuditAction::VerificationViewed => ("인증 내역 조회", "Looked at a verification"),
        AuditAction::NumberRevealed => ("전체 번호 조회", "Saw a whole number"),
        AuditAction::ProvidersChecked => ("발송사 점검", "Checked providers"),
        AuditAction::TemplateSaved => ("문구 저장", "Saved a text"),
        AuditAction::TemplateReverted => ("기본 문구로 되돌림", "Went back to a built-in text"),
        AuditAction::KeyCreated => ("API 키 생성", "Made an API key"),
        AuditAction::KeyRotated => ("API 키 교체", "Made a second secret"),
        AuditAction::KeyRevoked => ("API 키 폐기", "Revoked a key or secret"),
        AuditAction::AccountsImported => ("회원 가져오기", "Imported accounts"),
        AuditAction::AuditViewed => ("감사 기록 조회", "Looked at the audit log"),
    };
    if frame.korean() { ko } else { en }
}
