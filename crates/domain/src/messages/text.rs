//! The text of a verification message (requirements C04, C06).

use crate::codes::{Code, Purpose};
use crate::messages::{Brand, Locale, euc_kr_len};

/// The most bytes of a verification text in EUC-KR: what every provider takes as one short message.
pub const VERIFICATION_TEXT_LIMIT: usize = 80;

/// Renders the message that carries `code`: brand first, purpose, code, a warning not to share it, no link.
///
/// Always at most [`VERIFICATION_TEXT_LIMIT`] bytes: a long brand gets a shorter wording around it.
pub fn verification_text(brand: &Brand, purpose: Purpose, code: &Code, locale: Locale) -> String {
    let brand = brand.as_str();
    let code = code.reveal();
    let aim = aim(purpose, locale);
    let [full, short, shortest] = match locale {
        Locale::Ko => [
            format!("[{brand}] {aim} 인증번호 {code} 타인에게 알려주지 마세요."),
            format!("[{brand}] {aim} 인증번호 {code} 공유금지"),
            format!("[{brand}] {aim} {code} 공유금지"),
        ],
        Locale::En => [
            format!("[{brand}] {aim} code: {code}. Do not share it with anyone."),
            format!("[{brand}] {aim} code: {code}. Do not share."),
            format!("[{brand}] {aim} {code} Don't share"),
        ],
    };
    let fits = |text: &String| euc_kr_len(text).is_ok_and(|bytes| bytes <= VERIFICATION_TEXT_LIMIT);
    [full, short].into_iter().find(fits).unwrap_or(shortest)
}

fn aim(purpose: Purpose, locale: Locale) -> &'static str {
    match (purpose, locale) {
        (Purpose::SignUp, Locale::Ko) => "회원가입",
        (Purpose::FindId, Locale::Ko) => "아이디 찾기",
        (Purpose::ResetPassword, Locale::Ko) => "비밀번호 재설정",
        (Purpose::SignUp, Locale::En) => "Sign-up",
        (Purpose::FindId, Locale::En) => "Find ID",
        (Purpose::ResetPassword, Locale::En) => "Password reset",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::CodeLength;

    #[test]
    fn the_text_names_brand_purpose_and_code_and_warns() {
        let brand = Brand::parse("본인").unwrap();
        let code = Code::parse("012345", CodeLength::SIX).unwrap();
        assert_eq!(
            verification_text(&brand, Purpose::SignUp, &code, Locale::Ko),
            "[본인] 회원가입 인증번호 012345 타인에게 알려주지 마세요."
        );
        assert_eq!(
            verification_text(&brand, Purpose::ResetPassword, &code, Locale::En),
            "[본인] Password reset code: 012345. Do not share it with anyone."
        );
    }

    #[test]
    fn every_brand_purpose_length_and_language_fits_one_short_message() {
        for brand in ["B", "본인", "Board With Everybody", &"가".repeat(10), &"가".repeat(20)] {
            let brand = Brand::parse(brand).unwrap();
            for purpose in Purpose::ALL {
                for digits in 4..=10 {
                    let code = Code::draw(CodeLength::new(digits).unwrap(), &mut |b: &mut [u8]| b.fill(0));
                    for locale in [Locale::Ko, Locale::En] {
                        let text = verification_text(&brand, purpose, &code, locale);
                        assert!(text.contains(code.reveal()) && text.contains(brand.as_str()), "{text}");
                        assert!(euc_kr_len(&text).unwrap() <= VERIFICATION_TEXT_LIMIT, "{text}");
                    }
                }
            }
        }
    }
}
