//! Refusals of the SMS API: a status and a text, with HTTP status 200.

use actix_web::http::StatusCode;

use crate::faults::Fault;
use crate::nexmo::call::NotAdmitted;

/// Why a message is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: String,
    pub(super) text: String,
    pub(super) http: StatusCode,
}

/// A refusal by its status.
pub(super) fn refusal(status: &str) -> Refusal {
    Refusal { status: status.to_owned(), text: meaning(status).to_owned(), http: StatusCode::OK }
}

/// 2: a parameter that must be there.
pub(super) fn missing(parameter: &str) -> Refusal {
    Refusal { text: format!("Missing {parameter} param"), ..refusal("2") }
}

/// 3: a parameter that is not what it should be.
pub(super) fn invalid(parameter: &str) -> Refusal {
    Refusal { text: format!("Invalid value for param: {parameter}"), ..refusal("3") }
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
        return Some(Refusal { http, ..refusal(status) });
    }
    fault.receipt_code.as_deref().filter(|_| fault.receipt.is_none()).map(refusal)
}

impl From<NotAdmitted> for Refusal {
    fn from(why: NotAdmitted) -> Self {
        match why {
            NotAdmitted::Missing(part) => Self { text: format!("Missing {part}"), ..refusal("2") },
            NotAdmitted::Wrong => refusal("4"),
        }
    }
}

fn meaning(status: &str) -> &'static str {
    match status {
        "1" => "Throughput Rate Exceeded",
        "2" => "Missing mandatory params",
        "3" => "Invalid value for param",
        "4" => "Bad Credentials",
        "5" => "Internal Error",
        "6" => "Unroutable message - rejected",
        "7" => "Number barred",
        "8" => "Partner account barred",
        "9" => "Quota Exceeded - rejected",
        "10" => "Too many existing binds",
        "11" => "Account not enabled for HTTP",
        "12" => "Message too long",
        "14" => "Invalid Signature",
        "15" => "Illegal Sender Address - rejected",
        "22" => "Invalid network code",
        "23" => "Invalid callback URL",
        "29" => "Non White-listed Destination - rejected",
        "32" => "Signature and API secret disallowed",
        "33" => "Number De-activated",
        _ => "Error",
    }
}
