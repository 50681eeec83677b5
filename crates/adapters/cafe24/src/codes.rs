use bonin_domain::messages::FailureClass;

/// What one of Cafe24's result codes says about the message it answers (section 7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Sent, or kept for its time.
    Taken,
    /// Not sent: it was a test.
    Tested,
    /// Not taken, and never will be.
    Refused(FailureClass),
    /// Not taken: id or key are wrong.
    Unauthorized,
    /// Not taken now: out of order, or a limit of our account.
    Unavailable(FailureClass),
    /// Taken perhaps.
    Unclear,
}

/// What `code` says; blanks around it and upper or lower case do not matter.
///
/// | Codes | Meaning | Verdict |
/// | --- | --- | --- |
/// | `success`, `reserved`, `3206` | sent, reserved | taken |
/// | `Test Success!` | test mode | tested |
/// | `-102` | wrong id or key | unauthorized |
/// | `-100`, `0005`, `0099`, `-203`; `1` | server, connection, database, bulk error; system failure | unavailable, provider down |
/// | `-201`, `3219` | no credits left, monthly quota used up | unavailable, quota |
/// | `-114`, `3204`; `114`, `116` | sender not registered or not readable; spoofing and numbering rules | refused, sender |
/// | `3202`, `3205`; `3207`, `3221`, `3222`, `202`, `203`, `216`, `4301` | no such number or subscriber | refused, invalid number |
/// | `-202`, `0002`, `0003`, `0004`, `3203`, `3223`; `3217`, `41`, `2003`, `6072` | text, title or form of the message | refused, content |
/// | `0044` | taken for spam | refused, spam filter |
/// | `3224`; `245`, `4307` | advertisement at night; recipient or carrier lets nothing through | refused, blocked |
/// | `3208` to `3210`, `3213`, `3214`, `204` to `207`, `209` to `211`, `253`, `254`, `4005`, `4008`, `4305`, `8012`, `8200` | phone or network, for now | refused, unreachable |
/// | `-101`, `-105`, `-110`, `0001`, `3201`, `3218`; `3211`, `3220`, `212`, `42`, `4007`, `9999` | a mistake of ours, a duplicate, or no reason | refused, other |
/// | `0`, `-2`, `112` | delivered, waiting, waited in vain: states of a message that was taken | unclear |
/// | any other number of up to 4 digits | not documented: counts as failed | refused, other |
/// | anything else | not one of Cafe24's answers | unclear |
///
/// Codes behind a semicolon belong to delivery. They are not documented for a send, but clients have seen some.
pub fn verdict(code: &str) -> Verdict {
    let code = code.trim();
    match code {
        "3206" => Verdict::Taken,
        "-102" => Verdict::Unauthorized,
        "-100" | "0005" | "0099" | "-203" | "1" => Verdict::Unavailable(FailureClass::ProviderDown),
        "-201" | "3219" => Verdict::Unavailable(FailureClass::Quota),
        "-114" | "3204" | "114" | "116" => Verdict::Refused(FailureClass::Sender),
        "3202" | "3205" | "3207" | "3221" | "3222" | "202" | "203" | "216" | "4301" => {
            Verdict::Refused(FailureClass::InvalidNumber)
        }
        "-202" | "0002" | "0003" | "0004" | "3203" | "3223" | "3217" | "41" | "2003" | "6072" => {
            Verdict::Refused(FailureClass::Content)
        }
        "0044" => Verdict::Refused(FailureClass::SpamFilter),
        "3224" | "245" | "4307" => Verdict::Refused(FailureClass::Blocked),
        "3208" | "3209" | "3210" | "3213" | "3214" | "204" | "205" | "206" | "207" | "209" | "210"
        | "211" | "253" | "254" | "4005" | "4008" | "4305" | "8012" | "8200" => {
            Verdict::Refused(FailureClass::Unreachable)
        }
        "0" | "-2" | "112" => Verdict::Unclear,
        _ if code.eq_ignore_ascii_case("success") || code.eq_ignore_ascii_case("reserved") => Verdict::Taken,
        _ if code.eq_ignore_ascii_case("Test Success!") => Verdict::Tested,
        _ if is_code(code) => Verdict::Refused(FailureClass::Other),
        _ => Verdict::Unclear,
    }
}

/// Whether a refusal with this code is about one recipient. In the answer to several it does not say whose number
/// is meant, nor what became of the others.
pub(crate) fn is_about_a_recipient(code: &str) -> bool {
    let of_the_phone = ["245", "4307", "2003", "6072"].contains(&code);
    of_the_phone
        || matches!(verdict(code), Verdict::Refused(FailureClass::InvalidNumber | FailureClass::Unreachable))
}

/// Whether it is written like a result code: up to four digits, a minus sign before them or not. Anything longer
/// could be a number or a text that found its way into the answer, and is never repeated.
pub(crate) fn is_code(raw: &str) -> bool {
    let digits = raw.strip_prefix('-').unwrap_or(raw);
    (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use FailureClass::{
        Blocked, Content, InvalidNumber, Other, ProviderDown, Quota, Sender, SpamFilter, Unreachable,
    };
    use Verdict::{Refused, Taken, Tested, Unauthorized, Unavailable, Unclear};

    use super::*;

    #[test]
    fn each_code_of_a_send_has_its_verdict() {
        for (code, expected) in [
            ("success", Taken),
            ("reserved", Taken),
            ("Test Success!", Tested),
            ("-100", Unavailable(ProviderDown)),
            ("-101", Refused(Other)),
            ("-102", Unauthorized),
            ("-105", Refused(Other)),
            ("-110", Refused(Other)),
            ("-114", Refused(Sender)),
            ("-201", Unavailable(Quota)),
            ("-202", Refused(Content)),
            ("-203", Unavailable(ProviderDown)),
            ("0001", Refused(Other)),
            ("0002", Refused(Content)),
            ("0003", Refused(Content)),
            ("0004", Refused(Content)),
            ("0005", Unavailable(ProviderDown)),
            ("0044", Refused(SpamFilter)),
            ("0099", Unavailable(ProviderDown)),
            ("3201", Refused(Other)),
            ("3202", Refused(InvalidNumber)),
            ("3203", Refused(Content)),
            ("3204", Refused(Sender)),
            ("3205", Refused(InvalidNumber)),
            ("3206", Taken),
            ("3218", Refused(Other)),
            ("3219", Unavailable(Quota)),
            ("3223", Refused(Content)),
            ("3224", Refused(Blocked)),
        ] {
            assert_eq!(verdict(code), expected, "{code}");
        }
    }

    #[test]
    fn each_code_of_a_delivery_has_its_verdict() {
        for (codes, expected) in [
            ("3207 3221 3222 202 203 216 4301", Refused(InvalidNumber)),
            (
                "3208 3209 3210 3213 3214 204 205 206 207 209 210 211 253 254 4005 4008 4305 8012 8200",
                Refused(Unreachable),
            ),
            ("3211 3220 212 42 4007 9999", Refused(Other)),
            ("3217 41 2003 6072", Refused(Content)),
            ("114 116", Refused(Sender)),
            ("245 4307", Refused(Blocked)),
            ("1", Unavailable(ProviderDown)),
            ("0 -2 112", Unclear),
        ] {
            for code in codes.split(' ') {
                assert_eq!(verdict(code), expected, "{code}");
            }
        }
    }

    #[test]
    fn words_are_compared_without_blanks_and_case() {
        for (code, expected) in [(" SUCCESS\r\n", Taken), ("Reserved", Taken), ("test success!", Tested)] {
            assert_eq!(verdict(code), expected, "{code:?}");
        }
    }

    #[test]
    fn a_number_that_nobody_documents_is_a_failure_and_anything_else_a_doubt() {
        for code in ["-103", "-104", "0000", "3299", "7"] {
            assert_eq!(verdict(code), Refused(Other), "{code}");
        }
        for code in ["", "-", "null", "{}", "<html>", "successful", "12345", "01012345678", "--1"] {
            assert_eq!(verdict(code), Unclear, "{code}");
        }
    }
}
