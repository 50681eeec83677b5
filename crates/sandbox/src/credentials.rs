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

/// The SMS service id of the simulated Cafe24.
pub const CAFE24_USER_ID: &str = "boninsandbox";
/// The key of the simulated Cafe24.
pub const CAFE24_SECURE_KEY: &str = "b0b0b0b0sandb0x0cafe24cafe240001";
/// The only sender number that is registered with the simulated Cafe24.
pub const CAFE24_FROM: &str = "0255550101";

/// The API key of the simulated CoolSMS.
pub const COOLSMS_API_KEY: &str = "NCSBONINSANDBOX1";
/// The API secret of the simulated CoolSMS.
pub const COOLSMS_API_SECRET: &str = "BONINSANDBOXSECRETNOTFORPROD0001";
/// The only sender number that is registered with the simulated CoolSMS.
pub const COOLSMS_FROM: &str = "0255550102";
/// The OAuth2 client that the simulated CoolSMS knows.
pub const COOLSMS_CLIENT_ID: &str = "BoninSandboxClient01";
/// That client's secret.
pub const COOLSMS_CLIENT_SECRET: &str = "BoninSandboxClientSecretNotProd1";
/// That client's app in the simulated app store.
pub const COOLSMS_APP_ID: &str = "BONINSANDBOXAPP1";
/// The secret with which the simulated CoolSMS calls webhooks.
pub const COOLSMS_WEBHOOK_SECRET: &str = "bonin-sandbox-webhook-secret-01";

/// The API key of the simulated Nexmo.
pub const NEXMO_API_KEY: &str = "b0n1n5bx";
/// The API secret of the simulated Nexmo.
pub const NEXMO_API_SECRET: &str = "BoninSandboxNexmoSecret1";
/// A sender that the simulated Nexmo takes.
pub const NEXMO_FROM: &str = "Bonin";
/// The secret with which the simulated Nexmo signs receipts.
pub const NEXMO_SIGNATURE_SECRET: &str = "BoninSandboxNexmoSignatureSecret0001";

/// The REST API key (`imp_key`) of the simulated I'mport (`PortOne` V1).
pub const IAMPORT_IMP_KEY: &str = "2611210000000001";
/// The REST API secret (`imp_secret`) of the simulated I'mport.
pub const IAMPORT_IMP_SECRET: &str =
    "boninsandboximpsecretnotforproduction0001boninsandboximpsecretnotforproduction0001";
/// The customer code (고객사 식별코드) that the browser SDK of the simulated I'mport is set up with.
pub const IAMPORT_CUSTOMER_CODE: &str = "imp26112101";
/// The only identity verification channel of the simulated I'mport.
pub const IAMPORT_CHANNEL_KEY: &str = "channel-key-b0b0b0b0-0001-4000-8000-000000000001";

/// The API secret of the simulated `PortOne` V2.
pub const PORTONE_API_SECRET: &str =
    "BoninSandboxPortOneSecretNotForProduction0001BoninSandboxPortOneSecretNotForProd001";
/// The only store of the simulated `PortOne` V2.
pub const PORTONE_STORE_ID: &str = "store-b0b0b0b0-0002-4000-8000-000000000001";
/// The only identity verification channel of the simulated `PortOne` V2.
pub const PORTONE_CHANNEL_KEY: &str = "channel-key-b0b0b0b0-0002-4000-8000-000000000002";

const ALL: [&str; 24] = [
    SENS_ACCESS_KEY,
    SENS_SECRET_KEY,
    SENS_SERVICE_ID,
    SENS_FROM,
    CAFE24_USER_ID,
    CAFE24_SECURE_KEY,
    CAFE24_FROM,
    COOLSMS_API_KEY,
    COOLSMS_API_SECRET,
    COOLSMS_FROM,
    COOLSMS_CLIENT_ID,
    COOLSMS_CLIENT_SECRET,
    COOLSMS_APP_ID,
    COOLSMS_WEBHOOK_SECRET,
    NEXMO_API_KEY,
    NEXMO_API_SECRET,
    NEXMO_SIGNATURE_SECRET,
    IAMPORT_IMP_KEY,
    IAMPORT_IMP_SECRET,
    IAMPORT_CUSTOMER_CODE,
    IAMPORT_CHANNEL_KEY,
    PORTONE_API_SECRET,
    PORTONE_STORE_ID,
    PORTONE_CHANNEL_KEY,
];

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
        let code = IAMPORT_CUSTOMER_CODE.strip_prefix("imp").unwrap();
        assert!(code.len() == 8 && code.bytes().all(|byte| byte.is_ascii_digit()));
        assert!(SENS_FROM.starts_with("02") && SENS_FROM.bytes().all(|byte| byte.is_ascii_digit()));
    }
}
