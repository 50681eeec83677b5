//! What answers about one's own account look like.

use bonin_services::accounts::OwnAccount;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// An account as its owner sees it. Times are UTC.
#[derive(Serialize, ToSchema)]
pub struct OwnAccountView {
    /// The account's name: 32 lower-case hex digits.
    #[schema(example = "019aa3f2c1d07c4e8f3a5b6c7d8e9f00")]
    pub id: String,
    /// The mail address, in full.
    #[schema(example = "minsu@example.com")]
    pub login_id: String,
    /// What it is called.
    #[schema(example = "민수")]
    pub nickname: String,
    /// The phone number, masked.
    #[schema(example = "+8210****9876")]
    pub phone_number: String,
    /// When the number was last proved.
    #[schema(value_type = String, format = DateTime)]
    pub phone_proved_at: Timestamp,
    /// The identity verification behind it, or null.
    pub identity: Option<OwnIdentityView>,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// The server's clock.
    #[schema(value_type = String, format = DateTime)]
    pub server_time: Timestamp,
}

/// An identity verification of an account.
#[derive(Serialize, ToSchema)]
pub struct OwnIdentityView {
    /// When the person was identified.
    #[schema(value_type = String, format = DateTime)]
    pub verified_at: Timestamp,
}

impl OwnAccountView {
    /// An account as it stands at `now`.
    pub fn new(own: &OwnAccount, now: Timestamp) -> Self {
        let account = &own.account;
        Self {
            id: account.id.to_string(),
            login_id: own.login_id.as_str().to_owned(),
            nickname: own.nickname.as_str().to_owned(),
            phone_number: own.phone_number.masked(),
            phone_proved_at: account.phone_proved_at,
            identity: account.person.as_ref().map(|person| OwnIdentityView { verified_at: person.at }),
            created_at: account.created_at,
            server_time: now,
        }
    }
}

/// The body of a change of password.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the controller reads member by member")]
pub struct ChangePasswordBody {
    /// As typed.
    current_password: String,
    /// As typed; what is taken is in docs/api.md.
    new_password: String,
    /// With a key: where the person is.
    client_address: Option<String>,
}

/// The body of a change of number.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the controller reads member by member")]
pub struct ChangePhoneBody {
    /// Of the new number, for the purpose `change_phone`.
    proof: String,
    /// May be missing within 10 minutes of a step-up, unless another person was seen with the account's number.
    password: Option<String>,
    /// With a key: where the person is.
    client_address: Option<String>,
}

/// The body with which an account is closed.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the controller reads member by member")]
pub struct CloseAccountBody {
    /// As typed.
    password: String,
    /// With a key: where the person is.
    client_address: Option<String>,
}
