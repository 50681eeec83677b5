//! What answers about terms, fresh accounts and consents look like.

use bonin_domain::accounts::{Consent, Term};
use bonin_services::accounts::{ConsentState, ConsentsSeen, NewAccount};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// What people are asked to agree to.
#[derive(Serialize, ToSchema)]
pub struct TermListView {
    /// The current version of each term, required ones first.
    pub terms: Vec<TermView>,
}

/// One term.
#[derive(Serialize, ToSchema)]
pub struct TermView {
    /// Its name.
    #[schema(example = "service")]
    pub term_id: String,
    /// Its current version.
    #[schema(example = "2026-11-01")]
    pub version: String,
    /// The language of title and text: `ko` or `en`. Another than was asked for where it is not there in that one.
    #[schema(example = "ko")]
    pub locale: &'static str,
    /// Its title.
    #[schema(example = "서비스 이용약관")]
    pub title: String,
    /// Its text, Markdown.
    pub text: String,
    /// Whether nobody may join without it.
    pub required: bool,
}

impl From<&Term> for TermView {
    fn from(term: &Term) -> Self {
        Self {
            term_id: term.id.as_str().to_owned(),
            version: term.version.as_str().to_owned(),
            locale: term.locale.as_str(),
            title: term.title.clone(),
            text: term.text.clone(),
            required: term.required,
        }
    }
}

/// The body of a sign-up.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the controller reads member by member")]
pub struct SignUpBody {
    /// Of the number, for the purpose `sign_up`.
    proof: String,
    /// Of the person, for the purpose `sign_up`, where one is asked for.
    identity_proof: Option<String>,
    /// A mail address; upper and lower case are one.
    #[schema(example = "minsu@example.com")]
    login_id: String,
    /// As typed; what is taken is in docs/api.md.
    password: String,
    /// 1 to 30 characters.
    #[schema(example = "민수")]
    nickname: String,
    /// Each required term once, any others at most once.
    consents: Vec<ConsentBody>,
    /// With a key: where the person is.
    #[schema(example = "203.0.113.7")]
    client_address: Option<String>,
}

/// A yes to the current version of a term.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the controller reads member by member")]
pub struct ConsentBody {
    /// The term.
    #[schema(example = "service")]
    term_id: String,
    /// The version that was shown.
    #[schema(example = "2026-11-01")]
    version: String,
    /// The language in which it was shown: `ko` or `en`. Unless it is given, the one in which `GET /v1/terms` shows it
    /// under the same `Accept-Language`.
    locale: Option<String>,
}

/// An account that was just opened. Times are UTC.
#[derive(Serialize, ToSchema)]
pub struct NewAccountView {
    /// The account's name: 32 lower-case hex digits. Not a secret.
    #[schema(example = "019aa3f2c1d07c4e8f3a5b6c7d8e9f00")]
    pub id: String,
    /// The mail address, in lower case.
    #[schema(example = "minsu@example.com")]
    pub login_id: String,
    /// What the account is called.
    #[schema(example = "민수")]
    pub nickname: String,
    /// The number, masked.
    #[schema(example = "+8210****9876")]
    pub phone_number: String,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// The server's clock, when the answer was first given.
    #[schema(value_type = String, format = DateTime)]
    pub server_time: Timestamp,
}

impl From<&NewAccount> for NewAccountView {
    fn from(account: &NewAccount) -> Self {
        Self {
            id: account.id.to_string(),
            login_id: account.login_id.as_str().to_owned(),
            nickname: account.nickname.as_str().to_owned(),
            phone_number: account.phone_number.masked(),
            created_at: account.created_at,
            server_time: account.created_at,
        }
    }
}

/// All that a member agreed to. Times are UTC.
#[derive(Serialize, ToSchema)]
pub struct ConsentListView {
    /// How the member stands to each term, required ones first.
    pub consents: Vec<ConsentStateView>,
    /// Everything the member said, oldest first.
    pub history: Vec<ConsentView>,
    /// The server's clock.
    #[schema(value_type = String, format = DateTime)]
    pub server_time: Timestamp,
}

/// How a member stands to one term.
#[derive(Serialize, ToSchema)]
pub struct ConsentStateView {
    /// The term.
    #[schema(example = "marketing")]
    pub term_id: String,
    /// Its title; null where it is not in force any more.
    pub title: Option<String>,
    /// Whether nobody may have an account without it.
    pub required: bool,
    /// Its current version; null where it is not in force any more.
    pub current_version: Option<String>,
    /// Whether the member's yes stands.
    pub given: bool,
    /// Whether that yes is to the current version.
    pub up_to_date: bool,
    /// The version of which the member spoke last; null for none.
    pub version: Option<String>,
    /// When; null for never.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
}

/// A yes, or its withdrawal.
#[derive(Serialize, ToSchema)]
pub struct ConsentView {
    /// The term.
    #[schema(example = "marketing")]
    pub term_id: String,
    /// The version.
    #[schema(example = "2026-11-01")]
    pub version: String,
    /// The language in which it was shown.
    #[schema(example = "ko")]
    pub locale: &'static str,
    /// `true` for a yes, `false` for its withdrawal.
    pub given: bool,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

impl From<ConsentsSeen> for ConsentListView {
    fn from(seen: ConsentsSeen) -> Self {
        Self {
            consents: seen.states.into_iter().map(ConsentStateView::from).collect(),
            history: seen.history.iter().map(ConsentView::from).collect(),
            server_time: seen.at,
        }
    }
}

impl From<ConsentState> for ConsentStateView {
    fn from(state: ConsentState) -> Self {
        let latest = state.latest.as_ref();
        Self {
            term_id: state.term.as_str().to_owned(),
            given: state.is_given(),
            up_to_date: state.is_current(),
            version: latest.map(|consent| consent.version.as_str().to_owned()),
            at: latest.map(|consent| consent.at),
            required: state.required,
            current_version: state.current.as_ref().map(|version| version.as_str().to_owned()),
            title: state.title,
        }
    }
}

impl From<&Consent> for ConsentView {
    fn from(consent: &Consent) -> Self {
        Self {
            term_id: consent.term.as_str().to_owned(),
            version: consent.version.as_str().to_owned(),
            locale: consent.locale.as_str(),
            given: consent.given,
            at: consent.at,
        }
    }
}
