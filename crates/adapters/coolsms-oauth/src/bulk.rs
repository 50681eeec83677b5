//! Many messages in one call, and one verdict for each (section 5.1).

use async_trait::async_trait;
use bonin_ports::{Accepted, BatchLimit, BulkSender, Message, SendError};

use crate::error::CoolsmsError;
use crate::request::{InvalidRequest, MOST_MESSAGES, SendMany};
use crate::results::Verdict;
use crate::sender::{CoolsmsSender, accepted};
use crate::verdicts::{PLACE, join};

type OneVerdict = Result<Accepted, SendError>;

#[async_trait]
impl BulkSender for CoolsmsSender {
    fn batch_limit(&self) -> BatchLimit {
        BatchLimit { messages: MOST_MESSAGES, one_text: false }
    }

    async fn send_many(&self, messages: &[Message]) -> Result<Vec<OneVerdict>, SendError> {
        let images = messages.first().map_or(&[][..], |message| &*message.images);
        // One picture goes to all: another one would reach the wrong people.
        if messages.iter().any(|message| *message.images != *images) {
            return Err(CoolsmsError::from(InvalidRequest::Different).into());
        }
        let (client, image_id) = self.upload(images).await?;
        let mut refusals = Vec::with_capacity(messages.len());
        let mut outgoing = Vec::with_capacity(messages.len());
        for (place, message) in messages.iter().enumerate() {
            let checked = self.outgoing(message, image_id.as_deref()).custom_field(PLACE, place.to_string());
            let refusal = checked.check().err();
            // One that would be refused must not stop the others.
            if refusal.is_none() {
                outgoing.push(checked);
            }
            refusals.push(refusal);
        }
        let (failed, listed) = if outgoing.is_empty() && !messages.is_empty() {
            (Vec::new(), Vec::new())
        } else {
            let sent = client.send_many(&SendMany::new(outgoing).allow_duplicates()).await?;
            (sent.failed, sent.messages)
        };
        let sent = messages.iter().zip(&refusals);
        let to: Vec<_> = sent.map(|(message, refusal)| refusal.is_none().then_some(&message.to)).collect();
        let verdicts = join(&to, &failed, &listed).into_iter().zip(refusals);
        let verdict = |(verdict, refusal): (Option<&Verdict>, Option<InvalidRequest>)| match refusal {
            Some(refusal) => Err(CoolsmsError::from(refusal).into()),
            None => verdict.map_or_else(no_verdict, read),
        };
        Ok(verdicts.map(verdict).collect())
    }
}

fn read(verdict: &Verdict) -> OneVerdict {
    match (verdict.status_code.as_str(), &verdict.message_id) {
        ("2000", Some(message_id)) => accepted(message_id, verdict.status_code.clone()),
        ("2000", None) => no_verdict(),
        (code, _) => Err(CoolsmsError::refusal(code).into()),
    }
}

/// The call was taken, but its answer does not say what became of this message.
fn no_verdict() -> OneVerdict {
    Err(SendError::Unclear { code: "no_verdict".into(), cause: "the answer leaves a message out".into() })
}

#[cfg(test)]
mod tests {
    use bonin_domain::messages::FailureClass;

    use super::*;

    fn verdict(code: &str, id: Option<&str>) -> Verdict {
        Verdict {
            message_id: id.map(str::to_owned),
            status_code: code.to_owned(),
            to: None,
            custom_fields: Vec::new(),
        }
    }

    #[test]
    fn refusals_have_their_class() {
        let refusal = read(&verdict("1029", Some("M"))).unwrap_err();
        assert!(matches!(refusal, SendError::Refused { class: FailureClass::Content, .. }));
        let refusal = read(&verdict("1030", Some("M"))).unwrap_err();
        assert!(matches!(refusal, SendError::Unavailable { class: FailureClass::Quota, .. }));
        let odd = read(&verdict("4000", Some("M"))).unwrap_err();
        assert!(matches!(odd, SendError::Unclear { .. }));
        let nameless = read(&verdict("2000", None)).unwrap_err();
        assert!(matches!(nameless, SendError::Unclear { code, .. } if code == "no_verdict"));
    }
}
