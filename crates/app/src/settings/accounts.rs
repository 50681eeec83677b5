//! Accounts: what a sign-up needs, and how long sessions live.

use bonin_domain::accounts::{PasswordRule, SessionPolicy};
use jiff::SignedDuration;

use super::reader::Reader;
use super::tree::Accounts;

/// What a sign-up needs, and how long sessions live.
#[derive(Clone, Debug)]
pub struct AccountSettings {
    /// Which new passwords are taken.
    pub password_rule: PasswordRule,
    /// Whether a sign-up needs an identity proof.
    pub identity_required: bool,
    /// Whether a person may have one account only.
    pub one_per_person: bool,
    /// The least age, if anybody is asked: 14 or 19.
    pub least_age: Option<u8>,
    /// How long sessions live.
    pub sessions: SessionPolicy,
}

pub(super) fn read(reader: &mut Reader, written: &Accounts) -> Option<AccountSettings> {
    let before = reader.complaints.len();
    let password_rule = match written.password_rule.as_str() {
        "standard" => PasswordRule::Standard,
        "six_to_sixteen" => PasswordRule::SixToSixteen,
        _ => {
            reader.complain("ACCOUNTS__PASSWORD_RULE", "must be standard or six_to_sixteen");
            PasswordRule::default()
        }
    };
    let asked = match written.identity.as_str() {
        "optional" => false,
        "required" => true,
        _ => {
            reader.complain("ACCOUNTS__IDENTITY", "must be optional or required");
            true
        }
    };
    let least_age = match written.least_age {
        0 => None,
        14 | 19 => Some(written.least_age),
        _ => {
            reader.complain("ACCOUNTS__LEAST_AGE", "must be 0, 14 or 19");
            None
        }
    };
    if !(5..=1_440).contains(&written.session_idle_minutes) {
        reader.complain("ACCOUNTS__SESSION_IDLE_MINUTES", "must be 5 to 1440");
    }
    if !(1..=720).contains(&written.session_hours) {
        reader.complain("ACCOUNTS__SESSION_HOURS", "must be 1 to 720");
    }
    let sessions = SessionPolicy {
        idle: SignedDuration::from_mins(i64::from(written.session_idle_minutes)),
        absolute: SignedDuration::from_hours(i64::from(written.session_hours)),
        ..SessionPolicy::default()
    };
    let settings = AccountSettings {
        password_rule,
        identity_required: asked || written.one_per_person || least_age.is_some(),
        one_per_person: written.one_per_person,
        least_age,
        sessions,
    };
    (reader.complaints.len() == before).then_some(settings)
}
