//! Refusals of Verify: a status and a text, with HTTP status 200.

use actix_web::http::StatusCode;
use serde_json::{Value, json};

use super::machine::CannotDo;
use crate::faults::Fault;
use crate::nexmo::call::NotAdmitted;

/// Why a call is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    status: String,
    text: String,
    /// The verification that the answer names.
    request_id: Option<String>,
    http: StatusCode,
}

fn refusal(status: &str, text: impl Into<String>) -> Refusal {
    Refusal { status: status.to_owned(), text: text.into(), request_id: None, http: StatusCode::OK }
}

/// 2: a parameter that must be there.
pub(super) fn missing(parameter: &str) -> Refusal {
    refusal("2", format!("Your request is incomplete and missing the mandatory parameter: {parameter}"))
}

/// 3: a parameter that is not what it should be.
pub(super) fn invalid(parameter: &str) -> Refusal {
    refusal("3", format!("Invalid value for param: {parameter}"))
}

/// 6: to a check of what is unknown or finished.
pub(super) fn not_found(request_id: &str) -> Refusal {
    refusal(
        "6",
        format!(
            "The Nexmo platform was unable to process this message for the following reason: Request \
             '{request_id}' was not found or it has been verified already."
        ),
    )
}

/// 10: another verification of the number runs.
pub(super) fn concurrent(running: &str) -> Refusal {
    let text = "Concurrent verifications to the same number are not allowed";
    Refusal { request_id: Some(running.to_owned()), ..refusal("10", text) }
}

/// 15: a country that is not served.
pub(super) fn unsupported_network() -> Refusal {
    refusal("15", "The destination number is not in a supported network")
}

/// 16: a wrong code.
pub(super) fn wrong_code(request_id: &str) -> Refusal {
    let text = "The code provided does not match the expected value";
    Refusal { request_id: Some(request_id.to_owned()), ..refusal("16", text) }
}

/// 17: one wrong code too many.
pub(super) fn too_many_codes(request_id: &str) -> Refusal {
    let text = "The wrong code was provided too many times. Request terminated";
    Refusal { request_id: Some(request_id.to_owned()), ..refusal("17", text) }
}

/// 20: codes of one's own.
pub(super) fn own_code() -> Refusal {
    refusal("20", "This account does not support the parameter: pin_code.")
}

/// 101: nothing, or not yet.
pub(super) fn no_response() -> Refusal {
    refusal("101", "No response found")
}

/// 6 or 19: a command that is not carried out.
pub(super) fn cannot(why: CannotDo, request_id: &str) -> Refusal {
    match why {
        CannotDo::Over => {
            refusal("6", format!("The requestId '{request_id}' does not exist or its no longer active."))
        }
        CannotDo::TooEarly => refusal(
            "19",
            format!("Verification request ['{request_id}'] can't be cancelled within the first 30 seconds."),
        ),
        // The two blanks are the real one's.
        CannotDo::TooLate => refusal(
            "19",
            format!(
                "Verification request  ['{request_id}'] can't be cancelled now. Too many attempts to \
                 re-deliver have already been made."
            ),
        ),
        CannotDo::NothingLeft => {
            refusal("19", format!("No more events are left to execute for the request ['{request_id}']"))
        }
    }
}

/// The refusal that a fault asks for, if it asks for one: by HTTP status, or by a status of Nexmo's own.
pub(super) fn of_fault(fault: &Fault) -> Option<Refusal> {
    if !fault.accepts() {
        let http = fault.status.and_then(|status| StatusCode::from_u16(status).ok());
        let http = http.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let status = match http.as_u16() {
            401 | 403 => "4",
            429 => "1",
            400..=499 => "3",
            _ => "5",
        };
        return Some(Refusal { http, ..refusal(status, meaning(status)) });
    }
    let status = fault.receipt_code.as_deref().filter(|_| fault.receipt.is_none())?;
    Some(refusal(status, meaning(status)))
}

fn meaning(status: &str) -> &'static str {
    match status {
        "1" => "Throttled",
        "3" => "Invalid value for param",
        "4" => "Bad credentials",
        "7" => "The number you are trying to verify is blacklisted for verification",
        "8" => "The api_key you supplied is for an account that has been barred from submitting messages",
        "9" => "Partner quota exceeded",
        "15" => "The destination number is not in a supported network",
        "29" => "Non-Permitted Destination",
        _ => "Server Error",
    }
}

impl From<NotAdmitted> for Refusal {
    fn from(why: NotAdmitted) -> Self {
        match why {
            NotAdmitted::Missing(part) => refusal("2", format!("Missing {part}")),
            NotAdmitted::Wrong => refusal("4", "Bad credentials"),
        }
    }
}

impl Refusal {
    pub(super) fn http(&self) -> StatusCode {
        self.http
    }

    pub(super) fn body(&self) -> Value {
        let mut body = json!({ "status": self.status, "error_text": self.text });
        if let Some(id) = &self.request_id {
            body["request_id"] = json!(id);
        }
        if self.status == "7" {
            body["network"] = json!("45005");
        }
        body
    }
}
