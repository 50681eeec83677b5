//! What the provider's numbers mean.

use bonin_domain::messages::FailureClass;

/// The common class of a receipt's `err-code` other than `0` (section 4).
///
/// A code that nobody documents is [`FailureClass::Other`].
pub fn failure_class(err_code: &str) -> FailureClass {
    match err_code {
        // Absent for good, as after a number was given up.
        "3" => FailureClass::InvalidNumber,
        // Absent for now, busy, network error, destination unreachable.
        "2" | "7" | "8" | "12" => FailureClass::Unreachable,
        // Barred by the user, opted out, age, blocked by the carrier, prepaid without funds; consent, regulation.
        "4" | "9" | "13" | "14" | "15" | "53" | "54" => FailureClass::Blocked,
        "6" => FailureClass::SpamFilter,
        // Illegal message; content filter.
        "10" | "52" => FailureClass::Content,
        // Entity and header (sender) filters.
        "50" | "51" => FailureClass::Sender,
        // Portability error and no route: the provider's network, not the person's.
        "5" | "11" => FailureClass::ProviderDown,
        _ => FailureClass::Other,
    }
}

/// What a status other than `0` says of a call that was to send something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    /// Not taken, because of this message.
    Refused(FailureClass),
    /// Not taken, because of our account.
    Unauthorized,
    /// Not taken now.
    Unavailable(FailureClass),
    /// Nobody documents it.
    Undocumented,
}

/// The statuses of the SMS API (section 3.1).
pub(crate) fn sms_verdict(status: &str) -> Verdict {
    match status {
        "1" | "9" | "10" => Verdict::Unavailable(FailureClass::Quota),
        "2" | "3" | "6" | "22" | "23" => Verdict::Refused(FailureClass::Other),
        // Credentials, account barred, HTTP not enabled, signature, signature beside a secret.
        "4" | "8" | "11" | "14" | "32" => Verdict::Unauthorized,
        "5" => Verdict::Unavailable(FailureClass::ProviderDown),
        // Barred; not on the list of a demo account.
        "7" | "29" => Verdict::Refused(FailureClass::Blocked),
        "12" => Verdict::Refused(FailureClass::Content),
        "15" => Verdict::Refused(FailureClass::Sender),
        "33" => Verdict::Refused(FailureClass::InvalidNumber),
        _ => Verdict::Undocumented,
    }
}

/// The statuses of Verify's request and control (section 2.7).
pub(crate) fn verify_verdict(status: &str) -> Verdict {
    match status {
        "1" | "9" => Verdict::Unavailable(FailureClass::Quota),
        // 15: not a supported network; 19: not now; 20: own codes are not enabled.
        "2" | "3" | "6" | "15" | "19" | "20" => Verdict::Refused(FailureClass::Other),
        "4" | "8" => Verdict::Unauthorized,
        "5" => Verdict::Unavailable(FailureClass::ProviderDown),
        // The velocity rules of the network; not on the list of a demo account.
        "7" | "29" => Verdict::Refused(FailureClass::Blocked),
        // Another verification of this number runs there. It is not ours to take over: a stranger may hold it.
        "10" => Verdict::Unavailable(FailureClass::Other),
        _ => Verdict::Undocumented,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_delivery_codes_have_their_class() {
        use FailureClass::{
            Blocked, Content, InvalidNumber, Other, ProviderDown, Sender, SpamFilter, Unreachable,
        };
        let table = [
            (Other, &["1", "99", "", "4711", "x"][..]),
            (Unreachable, &["2", "7", "8", "12"]),
            (InvalidNumber, &["3"]),
            (Blocked, &["4", "9", "13", "14", "15", "53", "54"]),
            (ProviderDown, &["5", "11"]),
            (SpamFilter, &["6"]),
            (Content, &["10", "52"]),
            (Sender, &["50", "51"]),
        ];
        for (class, codes) in table {
            for code in codes {
                assert_eq!(failure_class(code), class, "{code}");
            }
        }
    }
}
