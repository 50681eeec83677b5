//! From the errors of sign-ups and consents to problems.

use bonin_domain::accounts::{ConsentFault, NicknameError, TermNameError};
use bonin_services::accounts::{GiveConsentError, SignUpError, SignUpFaults, WithdrawConsentError};

use super::{Detail, FieldCode, FieldError, Problem, ProblemCode};

impl From<NicknameError> for FieldCode {
    fn from(error: NicknameError) -> Self {
        match error {
            NicknameError::Malformed => Self::Malformed,
            NicknameError::TooLong => Self::TooLong,
        }
    }
}

impl From<TermNameError> for FieldCode {
    fn from(_: TermNameError) -> Self {
        Self::Malformed
    }
}

impl FieldError {
    /// Everything that is wrong with a sign-up beyond how it is written.
    pub fn of_sign_up(faults: &SignUpFaults) -> Vec<Self> {
        let password = faults.password.map(|fault| Self::new("password", fault.into()));
        let consents = faults.consents.iter().map(|fault| match fault {
            ConsentFault::Unknown(place) => Self::new(format!("consents[{place}]"), FieldCode::TermUnknown),
            ConsentFault::Outdated(place) => Self::new(format!("consents[{place}]"), FieldCode::TermOutdated),
            ConsentFault::Repeated(place) => Self::new(format!("consents[{place}]"), FieldCode::Repeated),
            ConsentFault::Missing(term) => {
                Self::new("consents", FieldCode::TermMissing).with(Detail::Term(term.clone()))
            }
        });
        password.into_iter().chain(consents).collect()
    }
}

impl Problem {
    /// Why nobody was signed up.
    pub fn of_sign_up(error: &SignUpError) -> Self {
        match error {
            SignUpError::Faults(faults) => Self::fields(FieldError::of_sign_up(faults)),
            SignUpError::Proof(refusal) => Self::of_proof(*refusal),
            SignUpError::IdentityProof(refusal) => Self::of_identity_proof(*refusal),
            SignUpError::IdentityRequired => Self::new(ProblemCode::IdentityRequired),
            SignUpError::TooYoung => Self::new(ProblemCode::TooYoung),
            SignUpError::PhoneTaken => Self::new(ProblemCode::PhoneNumberTaken),
            SignUpError::LoginIdTaken => Self::new(ProblemCode::LoginIdTaken),
            SignUpError::PersonTaken => Self::new(ProblemCode::PersonTaken),
            SignUpError::KeyReused => Self::new(ProblemCode::IdempotencyKeyReused),
            SignUpError::Busy(_) => Self::new(ProblemCode::Unavailable),
            SignUpError::Repository(cause) => Self::from(cause),
        }
    }

    /// Why a consent was not stored.
    pub fn of_give_consent(error: &GiveConsentError) -> Self {
        let fault = match error {
            GiveConsentError::Fault(ConsentFault::Outdated(_)) => {
                FieldError::new("version", FieldCode::TermOutdated)
            }
            GiveConsentError::Fault(
                ConsentFault::Unknown(_) | ConsentFault::Repeated(_) | ConsentFault::Missing(_),
            ) => FieldError::new("term_id", FieldCode::TermUnknown),
            GiveConsentError::Gone => return Self::new(ProblemCode::SessionRequired),
            GiveConsentError::Repository(cause) => return Self::from(cause),
        };
        Self::fields(vec![fault])
    }

    /// Why a consent was not withdrawn.
    pub fn of_withdraw_consent(error: &WithdrawConsentError) -> Self {
        match error {
            WithdrawConsentError::Required => Self::new(ProblemCode::TermRequired),
            WithdrawConsentError::NotFound => Self::new(ProblemCode::NotFound),
            WithdrawConsentError::Gone => Self::new(ProblemCode::SessionRequired),
            WithdrawConsentError::Repository(cause) => Self::from(cause),
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;
    use bonin_domain::accounts::{PasswordFault, TermId};
    use bonin_domain::messages::Locale;
    use serde_json::{Value, json};

    use super::*;

    #[actix_web::test]
    async fn every_fault_of_a_sign_up_is_told_with_its_place() {
        let missing = ConsentFault::Missing(TermId::parse("service").unwrap());
        let faults = SignUpFaults {
            password: Some(PasswordFault::Common),
            consents: vec![
                ConsentFault::Unknown(0),
                ConsentFault::Repeated(1),
                ConsentFault::Outdated(2),
                missing,
            ],
        };
        let answer = Problem::of_sign_up(&SignUpError::Faults(faults)).render(Locale::En, "id", None);
        assert_eq!(answer.status(), 422);
        let body = to_bytes(answer.into_body()).await.unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["code"], "fields_invalid");
        let told = body["errors"].as_array().unwrap().iter();
        let told: Vec<_> = told.map(|error| (&error["field"], &error["code"], &error["term_id"])).collect();
        assert_eq!(
            told,
            [
                (&json!("password"), &json!("password_common"), &Value::Null),
                (&json!("consents[0]"), &json!("term_unknown"), &Value::Null),
                (&json!("consents[1]"), &json!("repeated"), &Value::Null),
                (&json!("consents[2]"), &json!("term_outdated"), &Value::Null),
                (&json!("consents"), &json!("term_missing"), &json!("service")),
            ]
        );
    }

    #[test]
    fn whoever_cannot_be_hashed_for_comes_back_in_a_second() {
        let busy = SignUpError::Busy(bonin_services::accounts::HashingBusy);
        let answer = Problem::of_sign_up(&busy).render(Locale::En, "id", None);
        assert_eq!(answer.status(), 503);
        assert_eq!(answer.headers().get("retry-after").unwrap(), "1");
    }
}
