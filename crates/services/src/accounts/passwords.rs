use bonin_domain::PhoneNumber;
use bonin_domain::accounts::{LoginId, Nickname, Password, PasswordFault, PasswordRule};
use bonin_domain::messages::Brand;

/// The words of an account and its service that a password must not be built around, as far as they are known.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    pub login_id: Option<&'a LoginId>,
    pub nickname: Option<&'a Nickname>,
    pub phone: Option<&'a PhoneNumber>,
    pub brand: &'a Brand,
}

/// Judges a new password against its rule and the words of its account (security 26).
///
/// # Errors
/// The first [`PasswordFault`].
pub fn judge_new_password(
    rule: PasswordRule,
    password: &Password,
    login_id: &LoginId,
    nickname: &Nickname,
    phone: &PhoneNumber,
    brand: &Brand,
) -> Result<(), PasswordFault> {
    let words = Words { login_id: Some(login_id), nickname: Some(nickname), phone: Some(phone), brand };
    words.judge(rule, password)
}

impl Words<'_> {
    /// Judges a new password against its rule and these words.
    pub fn judge(self, rule: PasswordRule, password: &Password) -> Result<(), PasswordFault> {
        let mut words = vec![self.brand.as_str(), "bonin"];
        if let Some(login_id) = self.login_id {
            words.extend([login_id.as_str(), login_id.local_part()]);
        }
        words.extend(self.nickname.map(Nickname::as_str));
        // However people write their own number, `+82 10 8675 3092` or `01086753092`: it ends with these digits.
        let number = self.phone.map_or("", PhoneNumber::e164);
        words.extend(number.get(number.len().saturating_sub(8)..));
        rule.judge(password, &words)
    }
}

#[cfg(test)]
mod tests {
    use bonin_domain::Region;

    use super::*;

    fn judged(raw: &str) -> Result<(), PasswordFault> {
        judge_new_password(
            PasswordRule::Standard,
            &Password::parse(raw).unwrap(),
            &LoginId::parse("minsu.kim@example.com").unwrap(),
            &Nickname::parse("푸른고래").unwrap(),
            &PhoneNumber::parse("010-8675-3092", Region::KR).unwrap(),
            &Brand::parse("Boardgame").unwrap(),
        )
    }

    #[test]
    fn a_password_built_around_words_of_the_account_or_the_service_is_refused() {
        for built in [
            "minsu.kim@example.com",
            "minsu.kim99!",
            "푸른고래2026!",
            "01086753092",
            "821086753092!",
            "!86753092!",
            "boardgame#1",
            "Bonin-2026",
        ] {
            assert_eq!(judged(built), Err(PasswordFault::Context), "{built}");
        }
    }

    #[test]
    fn a_password_of_other_words_is_taken() {
        for good in ["correct horse battery staple", "minsu.kim sails the northern sea", "xK9-vuelo-43"] {
            assert_eq!(judged(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn words_that_are_not_known_yet_judge_nothing() {
        let brand = Brand::parse("Boardgame").unwrap();
        let words = Words { login_id: None, nickname: None, phone: None, brand: &brand };
        let judge = |raw: &str| words.judge(PasswordRule::Standard, &Password::parse(raw).unwrap());
        assert_eq!(judge("86753092-0"), Ok(()));
        assert_eq!(judge("minsu.kim99!"), Ok(()));
        assert_eq!(judge("boardgame#1"), Err(PasswordFault::Context));
        assert_eq!(judge("short"), Err(PasswordFault::TooShort));
    }
}
