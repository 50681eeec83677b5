//! The text of a verification message (requirements C04, C06).

use crate::codes::{Code, Purpose};
use crate::messages::template::Part;
use crate::messages::{Brand, Locale, Template, WebOtpDomain, euc_kr_len};

/// The most bytes of a verification text in EUC-KR: what every provider takes as one short message.
pub const VERIFICATION_TEXT_LIMIT: usize = 80;

impl Template {
    /// The template that counts until a tenant writes its own.
    pub fn built_in(purpose: Purpose, locale: Locale) -> Self {
        let aim = aim(purpose, locale);
        let (before, after) = match locale {
            Locale::Ko => (format!("] {aim} 인증번호 "), " "),
            Locale::En => (format!("] {aim} code: "), ". "),
        };
        let text = |text: &str| Part::Text(text.to_owned());
        Self::of(vec![text("["), Part::Brand, Part::Text(before), Part::Code, text(after), Part::Warning])
    }
}

/// Renders the message that carries `code` by the built-in template: brand first, purpose, code, a warning not
/// to share it, no link; with a site, its line last.
///
/// Always at most [`VERIFICATION_TEXT_LIMIT`] bytes: a long brand gets a shorter wording around it, and where
/// even the shortest leaves no room for the site's line, the line is left out, since the code can be typed.
pub fn verification_text(
    brand: &Brand,
    purpose: Purpose,
    code: &Code,
    locale: Locale,
    web_otp: Option<&WebOtpDomain>,
) -> String {
    // Nothing in the built-in template depends on the code's life.
    let full = Template::built_in(purpose, locale).render(brand, code, locale, 0, None);
    let [short, shortest] = shorter(brand, purpose, code, locale);
    let fits = |text: &String| euc_kr_len(text).is_ok_and(|bytes| bytes <= VERIFICATION_TEXT_LIMIT);
    if let Some(site) = web_otp {
        let lined = [&full, &short, &shortest].map(|text| site.add_line(text, code));
        if let Some(text) = lined.into_iter().find(fits) {
            return text;
        }
    }
    [full, short].into_iter().find(fits).unwrap_or(shortest)
}

fn shorter(brand: &Brand, purpose: Purpose, code: &Code, locale: Locale) -> [String; 2] {
    let (brand, aim, code) = (brand.as_str(), aim(purpose, locale), code.reveal());
    match locale {
        Locale::Ko => {
            [format!("[{brand}] {aim} 인증번호 {code} 공유금지"), format!("[{brand}] {aim} {code} 공유금지")]
        }
        Locale::En => [
            format!("[{brand}] {aim} code: {code}. Do not share."),
            format!("[{brand}] {aim} {code} Don't share"),
        ],
    }
}

/// What `{warning}` stands for.
pub(super) fn warning(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "타인에게 알려주지 마세요.",
        Locale::En => "Do not share it with anyone.",
    }
}

fn aim(purpose: Purpose, locale: Locale) -> &'static str {
    match (purpose, locale) {
        (Purpose::SignUp, Locale::Ko) => "회원가입",
        (Purpose::FindId, Locale::Ko) => "아이디 찾기",
        (Purpose::ResetPassword, Locale::Ko) => "비밀번호 재설정",
        (Purpose::ChangePhone, Locale::Ko) => "번호 변경",
        (Purpose::StepUp, Locale::Ko) => "본인 확인",
        (Purpose::SignUp, Locale::En) => "Sign-up",
        (Purpose::FindId, Locale::En) => "Find ID",
        (Purpose::ResetPassword, Locale::En) => "Password reset",
        (Purpose::ChangePhone, Locale::En) => "New number",
        (Purpose::StepUp, Locale::En) => "Confirmation",
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
            verification_text(&brand, Purpose::SignUp, &code, Locale::Ko, None),
            "[본인] 회원가입 인증번호 012345 타인에게 알려주지 마세요."
        );
        assert_eq!(
            verification_text(&brand, Purpose::ResetPassword, &code, Locale::En, None),
            "[본인] Password reset code: 012345. Do not share it with anyone."
        );
    }

    #[test]
    fn the_built_in_templates_keep_the_rules_of_templates() {
        let brand = Brand::parse("본인").unwrap();
        let code = Code::parse("012345", CodeLength::SIX).unwrap();
        for purpose in Purpose::ALL {
            for locale in [Locale::Ko, Locale::En] {
                let built_in = Template::built_in(purpose, locale);
                assert_eq!(Template::parse(built_in.as_str()).as_ref(), Ok(&built_in));
                let sent = verification_text(&brand, purpose, &code, locale, None);
                assert_eq!(built_in.render(&brand, &code, locale, 3, None), sent);
            }
        }
        let korean = Template::built_in(Purpose::FindId, Locale::Ko);
        assert_eq!(korean.as_str(), "[{brand}] 아이디 찾기 인증번호 {code} {warning}");
    }

    #[test]
    fn the_wording_makes_room_for_the_line_of_a_site() {
        let brand = Brand::parse("본인").unwrap();
        let code = Code::parse("012345", CodeLength::SIX).unwrap();
        let text = |site: &str| {
            let site = WebOtpDomain::parse(site).unwrap();
            verification_text(&brand, Purpose::SignUp, &code, Locale::Ko, Some(&site))
        };
        assert_eq!(
            text("bonin.kr"),
            "[본인] 회원가입 인증번호 012345 타인에게 알려주지 마세요.\n@bonin.kr #012345"
        );
        assert_eq!(
            text("login.members.bonin.kr"),
            "[본인] 회원가입 인증번호 012345 공유금지\n@login.members.bonin.kr #012345"
        );
        let no_room = text(&format!("{}.kr", "a".repeat(40)));
        assert_eq!(no_room, "[본인] 회원가입 인증번호 012345 타인에게 알려주지 마세요.");
    }

    #[test]
    fn every_brand_purpose_length_and_language_fits_one_short_message() {
        let site = WebOtpDomain::parse("bonin.kr").unwrap();
        for brand in ["B", "본인", "Board With Everybody", &"가".repeat(10), &"가".repeat(20)] {
            let brand = Brand::parse(brand).unwrap();
            for purpose in Purpose::ALL {
                for digits in 4..=10 {
                    let code = Code::draw(CodeLength::new(digits).unwrap(), &mut |b: &mut [u8]| b.fill(0));
                    for locale in [Locale::Ko, Locale::En] {
                        for site in [None, Some(&site)] {
                            let text = verification_text(&brand, purpose, &code, locale, site);
                            assert!(text.contains(code.reveal()) && text.contains(brand.as_str()), "{text}");
                            assert!(euc_kr_len(&text).unwrap() <= VERIFICATION_TEXT_LIMIT, "{text}");
                        }
                    }
                }
            }
        }
    }
}
