use bonin_domain::messages::FailureClass;

/// What a `statusCode` says of a message (section 11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// `2000`: taken.
    Accepted,
    /// `3000`: the carrier has it, its report is awaited.
    Sent,
    /// `4000`: it reached the phone.
    Delivered,
    /// 1xxx: refused when it was registered, so it never went.
    Refused(FailureClass),
    /// Another 2xxx or 3xxx: it went and failed.
    Failed(FailureClass),
    /// Missing, or of a range that nobody documents.
    Unknown,
}

impl Outcome {
    /// Reads a status code.
    pub fn of(code: &str) -> Self {
        match code {
            "2000" => Self::Accepted,
            "3000" => Self::Sent,
            "4000" => Self::Delivered,
            _ if code.len() != 4 || !code.bytes().all(|b| b.is_ascii_digit()) => Self::Unknown,
            _ => match code.as_bytes()[0] {
                b'1' => Self::Refused(failure_class(code)),
                b'2' | b'3' => Self::Failed(failure_class(code)),
                _ => Self::Unknown,
            },
        }
    }
}

/// The common class of a status code that says that a message failed (section 11).
///
/// A code that nobody documents is [`FailureClass::Other`].
pub fn failure_class(code: &str) -> FailureClass {
    match code {
        // The recipient's number has a wrong form; no such subscriber.
        "3010" | "3032" => FailureClass::InvalidNumber,
        // No answer in time, busy, no coverage, switched off, storage full, line suspended, call not available,
        // queue full, radio failure; 3108: Kakao sends in the day only.
        "3040" | "3041" | "3042" | "3043" | "3044" | "3045" | "3051" | "3053" | "3056" | "3057" | "3108" => {
            FailureClass::Unreachable
        }
        // Recipient blocked or opted out, blocked by KISA, our account blocked, cannot be sent, another trouble of
        // the handset, no SMS there, rejected or deleted by the carrier, adult check; Kakao: not a user, blocked.
        "1060" | "1061" | "1064" | "2060" | "2061" | "2063" | "2064" | "3031" | "3046" | "3047" | "3050"
        | "3052" | "3060" | "3104" | "3107" => FailureClass::Blocked,
        "2254" | "3054" | "3055" => FailureClass::SpamFilter,
        // Not enough balance.
        "1030" | "2230" => FailureClass::Quota,
        // Sender not registered, of a wrong form, forged or protected.
        "1062" | "2062" | "3013" | "3059" => FailureClass::Sender,
        // Fields missing or of a wrong form, subject, image, type, character set, length, custom fields, Kakao's
        // channel and templates.
        "1010" | "1011" | "1013" | "1014" | "1022" | "1023" | "1025" | "1026" | "1027" | "1028" | "1029"
        | "1031" | "1032" | "1033" | "1034" | "1041" | "1042" | "1043" | "1044" | "1045" | "1046"
        | "1047" | "1048" | "1049" | "1050" | "1051" | "1052" | "1053" | "2011" | "3011" | "3101"
        | "3102" | "3103" | "3105" | "3106" => FailureClass::Content,
        // No such account.
        "1020" => FailureClass::Credentials,
        // Server error, no route, a partner's server.
        "1024" | "2024" | "3024" | "1058" | "3058" | "3012" => FailureClass::ProviderDown,
        // 1021: no such message; 3014, 3048: unknown even to the carrier.
        _ => FailureClass::Other,
    }
}

/// Whether it is a documented code of a message that was refused at registration or on the platform.
pub(crate) fn is_refusal(code: &str) -> bool {
    code.starts_with(['1', '2']) && (code == "1021" || failure_class(code) != FailureClass::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Section 11, row by row.
    #[test]
    fn each_documented_code_has_its_class() {
        use FailureClass::{
            Blocked, Content, Credentials, InvalidNumber, Other, ProviderDown, Quota, Sender, SpamFilter,
            Unreachable,
        };
        let table: &[(FailureClass, &[&str])] = &[
            (Content, &["1010", "1011", "1013", "1014", "1022", "1023", "1025", "1026", "1027", "1028"]),
            (Content, &["1029", "1031", "1032", "1033", "1034", "1041", "1047", "1053", "2011", "3011"]),
            (Content, &["3101", "3102", "3103", "3105", "3106"]),
            (Credentials, &["1020"]),
            (ProviderDown, &["1024", "2024", "3024", "1058", "3058", "3012"]),
            (Quota, &["1030", "2230"]),
            (Blocked, &["1060", "2060", "1061", "2061", "1064", "2064", "2063", "3031", "3046", "3050"]),
            (Blocked, &["3047", "3052", "3060", "3104", "3107"]),
            (Sender, &["1062", "2062", "3013", "3059"]),
            (SpamFilter, &["2254", "3054", "3055"]),
            (InvalidNumber, &["3010", "3032"]),
            (Unreachable, &["3040", "3041", "3042", "3043", "3044", "3045", "3051", "3053", "3056", "3057"]),
            (Unreachable, &["3108"]),
            (Other, &["1021", "3014", "3048", "1999", "2999", "3999", "", "soon"]),
        ];
        for (class, codes) in table {
            for code in *codes {
                assert_eq!(failure_class(code), *class, "{code}");
            }
        }
    }

    #[test]
    fn ranges_say_how_far_a_message_came() {
        assert_eq!(Outcome::of("2000"), Outcome::Accepted);
        assert_eq!(Outcome::of("3000"), Outcome::Sent);
        assert_eq!(Outcome::of("4000"), Outcome::Delivered);
        assert_eq!(Outcome::of("1062"), Outcome::Refused(FailureClass::Sender));
        assert_eq!(Outcome::of("2062"), Outcome::Failed(FailureClass::Sender));
        assert_eq!(Outcome::of("3043"), Outcome::Failed(FailureClass::Unreachable));
        for code in ["", "0", "40000", "4001", "5000", "abcd", "２０００"] {
            assert_eq!(Outcome::of(code), Outcome::Unknown, "{code}");
        }
    }
}
