//! The published credentials that the simulated providers accept.
//!
//! They are no secrets: everybody can read them here. Production mode refuses every one of them.

/// The access key of the simulated Naver SENS.
pub const SENS_ACCESS_KEY: &str = "BoninSandboxAccess01";
/// The secret key of the simulated Naver SENS.
pub const SENS_SECRET_KEY: &str = "BoninSandboxSecretKeyNotForProduction001";
/// The SMS service (project) of the simulated Naver SENS.
pub const SENS_SERVICE_ID: &str = "ncp:sms:kr:000000000001:bonin-sandbox";
/// The only sender number that is registered with the simulated Naver SENS.
pub const SENS_FROM: &str = "0255550100";

const ALL: [&str; 4] = [SENS_ACCESS_KEY, SENS_SECRET_KEY, SENS_SERVICE_ID, SENS_FROM];

/// Whether `value` is one of the constants above.
pub(crate) fn is_published(value: &str) -> bool {
    ALL.contains(&value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_published_value_is_known_as_such() {
        assert!(ALL.iter().all(|value| is_published(value)));
        assert!(is_published(&format!(" {SENS_SECRET_KEY}\n")));
        assert!(!is_published("something of one's own"));
        assert!(!is_published(""));
    }

    #[test]
    fn the_keys_have_the_shape_of_real_ones() {
        assert_eq!(SENS_ACCESS_KEY.len(), 20);
        assert_eq!(SENS_SECRET_KEY.len(), 40);
        let account = SENS_SERVICE_ID.split(':').nth(3).unwrap();
        assert!(account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()));
        assert!(SENS_FROM.starts_with("02") && SENS_FROM.bytes().all(|byte| byte.is_ascii_digit()));
    }
}
