//! From the errors of messages that callers write to problems.

use bonin_domain::LineType;
use bonin_domain::messages::{ImageError, SenderIdError};
use bonin_services::messages::{CancelGroupError, Fault, Place, ReadMessageError, Rule, SendMessagesError};

use super::{Detail, FieldCode, FieldError, Measured, Problem, ProblemCode};

impl From<SenderIdError> for FieldCode {
    fn from(_: SenderIdError) -> Self {
        Self::Malformed
    }
}

impl From<ImageError> for FieldCode {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::NotJpeg => Self::NotJpeg,
            ImageError::TooManyBytes(_) | ImageError::TooLarge(..) => Self::ImageTooLarge,
        }
    }
}

/// The member of the request.
fn field(place: Place) -> String {
    match place {
        Place::Recipients => "to".to_owned(),
        Place::Recipient(index) => format!("to[{index}]"),
        Place::RecipientText(index) => format!("to[{index}].text"),
        Place::RecipientSubject(index) => format!("to[{index}].subject"),
        Place::Text => "text".to_owned(),
        Place::Subject => "subject".to_owned(),
        Place::From => "from".to_owned(),
        Place::Kind => "type".to_owned(),
        Place::Images => "images".to_owned(),
        Place::ScheduledAt => "scheduled_at".to_owned(),
        Place::Provider => "provider".to_owned(),
    }
}

impl From<Fault> for FieldError {
    fn from(Fault { place, rule }: Fault) -> Self {
        let code = match rule {
            Rule::Missing => FieldCode::Missing,
            Rule::TooMany(_) => FieldCode::TooMany,
            Rule::Repeated => FieldCode::Repeated,
            Rule::CountryNotAllowed => FieldCode::CountryNotAllowed,
            Rule::NotMobile(LineType::Fixed) => FieldCode::Landline,
            Rule::NotMobile(LineType::Voip) => FieldCode::InternetPhone,
            Rule::NotMobile(LineType::Special) => FieldCode::SpecialNumber,
            Rule::NotMobile(LineType::Mobile) => FieldCode::NotMobile,
            Rule::ControlCharacter => FieldCode::Malformed,
            Rule::Unencodable(_) => FieldCode::Unencodable,
            Rule::TooLong { .. } => FieldCode::TooLong,
            Rule::NoSubject => FieldCode::SubjectNotTaken,
            Rule::ImagesNeedMms => FieldCode::TypeMustBeMms,
            Rule::Past => FieldCode::TimePast,
            Rule::TooFar => FieldCode::TimeTooFar,
            Rule::SenderUnknown => FieldCode::SenderUnknown,
            Rule::ProviderUnknown => FieldCode::ProviderUnknown,
            Rule::ProviderUnable => FieldCode::ProviderUnable,
            Rule::NoRoute => FieldCode::NoRoute,
        };
        let error = Self::new(field(place), code);
        match rule {
            Rule::TooMany(most) => error.with(Detail::Most(most)),
            Rule::Unencodable(character) => error.with(Detail::Character(character)),
            Rule::TooLong { bytes, limit, kind } => {
                let subject = matches!(place, Place::Subject | Place::RecipientSubject(_));
                let of = if subject { Measured::Subject } else { Measured::Text(kind) };
                error.with(Detail::Bytes { bytes, limit, of })
            }
            _ => error,
        }
    }
}

impl Problem {
    /// What a caller is told whose messages were not taken.
    pub fn of_send(error: SendMessagesError) -> Self {
        match error {
            SendMessagesError::Faults(faults) => {
                Self::fields(faults.into_iter().map(FieldError::from).collect())
            }
            SendMessagesError::KeyReused => Self::new(ProblemCode::IdempotencyKeyReused),
            SendMessagesError::CeilingReached { until } => {
                Self::new(ProblemCode::CeilingReached).retry_at(until)
            }
            SendMessagesError::Repository(cause) => Self::from(&cause),
        }
    }

    /// What a caller is told who asked for a message that is not shown.
    pub fn of_message(error: &ReadMessageError) -> Self {
        match error {
            ReadMessageError::NotFound => Self::new(ProblemCode::MessageNotFound),
            ReadMessageError::Repository(cause) => Self::from(cause),
        }
    }

    /// What a caller is told who asked for a group that is not shown.
    pub fn of_group(error: &ReadMessageError) -> Self {
        match error {
            ReadMessageError::NotFound => Self::new(ProblemCode::MessageGroupNotFound),
            ReadMessageError::Repository(cause) => Self::from(cause),
        }
    }

    /// What a caller is told whose reservation was not cancelled.
    pub fn of_cancel_group(error: &CancelGroupError) -> Self {
        match error {
            CancelGroupError::TooLate => Self::new(ProblemCode::MessageGroupSent),
            CancelGroupError::NotFound => Self::new(ProblemCode::MessageGroupNotFound),
            CancelGroupError::Repository(cause) => Self::from(cause),
        }
    }
}

#[cfg(test)]
mod tests {
    use bonin_domain::messages::{Locale, MessageKind};

    use super::*;

    #[test]
    fn faults_name_the_member_and_say_what_to_do() {
        let kind = MessageKind::Sms;
        let fault = Fault { place: Place::Text, rule: Rule::TooLong { bytes: 92, limit: 90, kind } };
        let error = FieldError::from(fault);
        assert_eq!((error.field.as_str(), error.code), ("text", FieldCode::TooLong));
        assert_eq!(error.detail.unwrap().message(Locale::En), "has 92 bytes, sms takes 90");
        let fault = Fault { place: Place::RecipientText(3), rule: Rule::Unencodable('😀') };
        let error = FieldError::from(fault);
        assert_eq!((error.field.as_str(), error.code), ("to[3].text", FieldCode::Unencodable));
        assert!(error.detail.unwrap().message(Locale::Ko).contains('😀'));
    }

    #[test]
    fn one_fault_with_a_code_of_its_own_is_the_problem() {
        let fault = |place, rule| Fault { place, rule };
        let problem = |faults: Vec<Fault>| Problem::of_send(SendMessagesError::Faults(faults)).to_string();
        assert_eq!(problem(vec![fault(Place::From, Rule::SenderUnknown)]), "sender_unknown");
        assert_eq!(problem(vec![fault(Place::Recipient(0), Rule::NoRoute)]), "no_route");
        let both = vec![fault(Place::From, Rule::SenderUnknown), fault(Place::ScheduledAt, Rule::Past)];
        assert_eq!(problem(both), "fields_invalid");
    }
}
