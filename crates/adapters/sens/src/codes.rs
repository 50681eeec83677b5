use bonin_domain::messages::FailureClass;

/// The common class of a delivery result code, `messages[].statusCode` other than `0` (section 10).
///
/// A code that nobody documents is [`FailureClass::Other`].
pub fn failure_class(code: &str) -> FailureClass {
    match code {
        // 1002 and 1012, E901: the gateway's own check of the recipient.
        "3001" | "3003" | "1002" | "1012" | "E901" => FailureClass::InvalidNumber,
        // Timed out, radio failure, switched off, buffer full, no coverage, busy; 1019: gave up meanwhile.
        "2000" | "2001" | "2002" | "2003" | "2004" | "2005" | "2007" | "3005" | "1019" => {
            FailureClass::Unreachable
        }
        // Adult check, suspended line, recipient or carrier refuses; E916, E917: listed; E919: hours.
        "3002" | "3004" | "3006" | "3013" | "E916" | "E917" | "E919" => FailureClass::Blocked,
        "3012" | "1004" => FailureClass::SpamFilter,
        "1005" => FailureClass::Quota,
        // Anti-spoofing rules, blocked or unregistered sender; callback number missing or malformed.
        "3017" | "3018" | "3019" | "3023" | "1003" | "1011" | "E905" | "E918" => FailureClass::Sender,
        // Format, size, character set, attachments and missing parts of the message.
        "3007" | "3009" | "3010" | "3016" | "3022" | "1006" | "1007" | "1008" | "1010" | "1013" | "1014"
        | "1015" | "1016" | "1017" | "1020" | "E900" | "E902" | "E903" | "E904" | "E906" | "E907"
        | "E908" | "E909" | "E910" | "E911" | "E912" | "E913" | "E914" | "E920" | "E921" | "E922" => {
            FailureClass::Content
        }
        // Client key missing, no permission to send.
        "1009" | "1018" => FailureClass::Credentials,
        // Server error, busy, no route.
        "3011" | "3015" | "1001" => FailureClass::ProviderDown,
        _ => FailureClass::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_codes_have_their_class() {
        let table = [
            ("2000", FailureClass::Unreachable),
            ("2003", FailureClass::Unreachable),
            ("3001", FailureClass::InvalidNumber),
            ("3003", FailureClass::InvalidNumber),
            ("3006", FailureClass::Blocked),
            ("3011", FailureClass::ProviderDown),
            ("3012", FailureClass::SpamFilter),
            ("3018", FailureClass::Sender),
            ("3022", FailureClass::Content),
            ("3023", FailureClass::Sender),
            ("1001", FailureClass::ProviderDown),
            ("1005", FailureClass::Quota),
            ("1018", FailureClass::Credentials),
            ("E901", FailureClass::InvalidNumber),
            ("E916", FailureClass::Blocked),
            ("E922", FailureClass::Content),
        ];
        for (code, class) in table {
            assert_eq!(failure_class(code), class, "{code}");
        }
    }

    #[test]
    fn what_says_nothing_or_is_not_documented_is_other() {
        for code in ["2006", "3000", "3008", "3014", "E915", "E999", "4711", "", "success"] {
            assert_eq!(failure_class(code), FailureClass::Other, "{code}");
        }
    }
}
