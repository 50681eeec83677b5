//! The names of the groups of calls, in both languages, in the order in which they are told.

use bonin_domain::messages::Locale;

/// A group of calls: the tag of the description, its name, and what it is for.
pub struct Group {
    pub tag: &'static str,
    name: [&'static str; 2],
    aim: [&'static str; 2],
}

impl Group {
    /// Its name.
    pub fn name(&self, locale: Locale) -> &'static str {
        of(self.name, locale)
    }

    /// What it is for.
    pub fn aim(&self, locale: Locale) -> &'static str {
        of(self.aim, locale)
    }
}

fn of([korean, english]: [&'static str; 2], locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => korean,
        Locale::En => english,
    }
}

/// Every group. A test sees that no tag of the description is missing.
pub const GROUPS: [Group; 13] = [
    Group {
        tag: "verifications",
        name: ["휴대폰 인증", "Phone verification"],
        aim: [
            "인증번호를 보내고 확인해요. 성공하면 받는 proof로 가입이나 아이디 찾기를 이어 갈 수 있어요.",
            "Sends a code and checks it. The proof of a success goes into a sign-up, a look-up or a reset.",
        ],
    },
    Group {
        tag: "identities",
        name: ["본인확인", "Identity verification"],
        aim: [
            "본인확인 기관의 창으로 실명과 나이를 확인해요.",
            "Verifies name and age through the provider's window.",
        ],
    },
    Group {
        tag: "identity_otps",
        name: ["창 없는 본인확인", "Identity without a window"],
        aim: [
            "본인확인 기관의 창 대신 통신사 인증번호로 확인해요.",
            "Verifies with a carrier's one-time password in place of the window.",
        ],
    },
    Group {
        tag: "terms",
        name: ["약관", "Terms"],
        aim: ["지금 동의를 받아야 하는 약관이에요.", "The terms that are in force."],
    },
    Group {
        tag: "accounts",
        name: ["회원가입", "Sign-up"],
        aim: ["인증한 번호로 계정을 만들어요.", "Opens an account for a number that was proved."],
    },
    Group {
        tag: "sessions",
        name: ["로그인", "Sessions"],
        aim: [
            "로그인하고, 로그인한 곳을 보고, 끝내요.",
            "Logs in, tells where somebody is logged in, and logs out.",
        ],
    },
    Group {
        tag: "me",
        name: ["내 계정", "Own account"],
        aim: [
            "로그인한 사람이 자기 계정을 보고, 바꾸고, 닫아요.",
            "Whoever is logged in sees, changes and closes the account.",
        ],
    },
    Group {
        tag: "consents",
        name: ["약관 동의", "Consents"],
        aim: ["약관 동의를 보고, 더하고, 거둬요.", "Shows consents, gives and withdraws them."],
    },
    Group {
        tag: "account_lookups",
        name: ["아이디 찾기", "Finding a login id"],
        aim: [
            "인증한 번호나 사람의 아이디를 알려 줘요.",
            "Tells the login ids of a number or a person that was proved.",
        ],
    },
    Group {
        tag: "password_resets",
        name: ["비밀번호 재설정", "Password reset"],
        aim: [
            "인증을 마친 사람이 새 비밀번호를 정해요.",
            "Sets a new password for whoever proved number or person.",
        ],
    },
    Group {
        tag: "messages",
        name: ["메시지", "Messages"],
        aim: [
            "문자를 바로 보내거나 예약하고, 결과를 확인해요.",
            "Sends messages at once or later, and tells what became of them.",
        ],
    },
    Group {
        tag: "analytics",
        name: ["통계", "Figures"],
        aim: [
            "인증이 얼마나 끝까지 가는지, 얼마나 걸리는지, 무엇이 잘못됐는지 알려 줘요.",
            "Tells how far verifications come, how long they take and what went wrong.",
        ],
    },
    Group {
        tag: "templates",
        name: ["인증 문구", "Texts of codes"],
        aim: ["인증번호 문자의 문구를 관리해요.", "The texts in which codes are sent."],
    },
];
