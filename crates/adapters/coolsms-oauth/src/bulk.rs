//! Many messages in one call, and one verdict for each (section 5.1).

use std::collections::HashMap;

use async_trait::async_trait;
use bonin_ports::{Accepted, BatchLimit, BulkSender, Message, SendError};

use crate::error::CoolsmsError;
use crate::request::{InvalidRequest, MOST_MESSAGES, SendMany};
use crate::results::{SentMany, Verdict};
use crate::sender::{CoolsmsSender, accepted, is_number_of, national};

/// The custom field that says which message of the call a verdict is of. It holds the message's place alone.
const PLACE: &str = "n";

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
        let mut verdicts: Vec<Option<OneVerdict>> = Vec::with_capacity(messages.len());
        let mut outgoing = Vec::with_capacity(messages.len());
        for (place, message) in messages.iter().enumerate() {
            let checked = self.outgoing(message, image_id.as_deref()).custom_field(PLACE, place.to_string());
            // One that would be refused must not stop the others.
            verdicts.push(match checked.check() {
                Ok(()) => {
                    outgoing.push(checked);
                    None
                }
                Err(invalid) => Some(Err(CoolsmsError::from(invalid).into())),
            });
        }
        if outgoing.is_empty() && !messages.is_empty() {
            return Ok(verdicts.into_iter().map(|verdict| verdict.unwrap_or_else(no_verdict)).collect());
        }
        let sent = client.send_many(&SendMany::new(outgoing).allow_duplicates()).await?;
        join(messages, &mut verdicts, &sent);
        Ok(verdicts.into_iter().map(|verdict| verdict.unwrap_or_else(no_verdict)).collect())
    }
}

/// Gives each message its verdict: by the place it was sent with, or else by its number, or where it alone is left.
/// The order of the answer's list is not documented, so it decides nothing.
fn join(messages: &[Message], verdicts: &mut [Option<OneVerdict>], sent: &SentMany) {
    let mut places: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, message) in messages.iter().enumerate() {
        places.entry(national(&message.to)).or_default().push(place);
    }
    let mut settle = |verdict: &Verdict| {
        let same = verdict.to.as_ref().and_then(|to| places.get(to)).map_or(&[][..], Vec::as_slice);
        let place = place(verdict, messages).or_else(|| only_open(same, verdicts));
        // The first word counts, unless a later one says that the message went.
        if let Some(place) = place.filter(|&place| verdicts[place].as_ref().is_none_or(Result::is_err)) {
            verdicts[place] = Some(read(verdict));
        }
        place.is_some()
    };
    let failed_without_place = sent.failed.iter().filter(|verdict| !settle(verdict)).count();
    let unplaced: Vec<&Verdict> = sent.messages.iter().filter(|verdict| !settle(verdict)).collect();
    let mut open = (0..verdicts.len()).filter(|&place| verdicts[place].is_none());
    if let (0, [verdict], Some(place), None) = (failed_without_place, &unplaced[..], open.next(), open.next())
        && may_be_to(verdict, &messages[place])
    {
        verdicts[place] = Some(read(verdict));
    }
}

fn place(verdict: &Verdict, messages: &[Message]) -> Option<usize> {
    let (_, place) = verdict.custom_fields.iter().find(|(key, _)| key == PLACE)?;
    let place: usize = place.parse().ok()?;
    may_be_to(verdict, messages.get(place)?).then_some(place)
}

/// Whether the verdict's recipient may be the message's, however the provider writes it.
fn may_be_to(verdict: &Verdict, message: &Message) -> bool {
    verdict.to.as_deref().is_none_or(|to| is_number_of(to, &message.to))
}

/// The only one of these places that has no verdict yet.
fn only_open(places: &[usize], verdicts: &[Option<OneVerdict>]) -> Option<usize> {
    let mut open = places.iter().copied().filter(|&place| verdicts[place].is_none());
    open.next().filter(|_| open.next().is_none())
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
    use bonin_domain::{PhoneNumber, Region};

    use super::*;
    use crate::results::{Group, GroupCounts};

    fn messages(numbers: &[&str]) -> Vec<Message> {
        let to = |raw: &&str| PhoneNumber::parse(raw, Region::KR).unwrap();
        numbers.iter().map(|raw| Message::sms(to(raw), "text")).collect()
    }

    fn verdict(code: &str, id: Option<&str>, to: Option<&str>, place: Option<&str>) -> Verdict {
        Verdict {
            message_id: id.map(str::to_owned),
            status_code: code.to_owned(),
            to: to.map(str::to_owned),
            custom_fields: place.map(|place| (PLACE.to_owned(), place.to_owned())).into_iter().collect(),
        }
    }

    /// What each message is said to be: its reference or its code.
    fn joined(numbers: &[&str], failed: Vec<Verdict>, listed: Vec<Verdict>) -> Vec<String> {
        let group = Group {
            group_id: "G4V".into(),
            status: "SENDING".into(),
            app_id: None,
            count: GroupCounts::default(),
            scheduled_at: None,
            sent_at: None,
            completed_at: None,
        };
        let messages = messages(numbers);
        let mut verdicts: Vec<Option<OneVerdict>> = messages.iter().map(|_| None).collect();
        join(&messages, &mut verdicts, &SentMany { group, messages: listed, failed });
        let told = verdicts.into_iter().map(|verdict| match verdict.unwrap_or_else(no_verdict) {
            Ok(accepted) => accepted.reference.as_str().to_owned(),
            Err(SendError::Refused { code, .. } | SendError::Unclear { code, .. }) => code,
            Err(other) => format!("{other}"),
        });
        told.collect()
    }

    const ONE: &str = "01011112222";
    const TWO: &str = "01033334444";

    #[test]
    fn places_decide_whatever_the_order() {
        let listed =
            vec![verdict("2000", Some("M1"), None, Some("1")), verdict("2000", Some("M0"), None, Some("0"))];
        assert_eq!(joined(&[ONE, ONE], vec![], listed), ["M0", "M1"]);
        let failed = vec![verdict("1062", Some("M0"), Some(ONE), Some("0"))];
        let listed = vec![verdict("2000", Some("M1"), None, Some("1"))];
        assert_eq!(joined(&[ONE, ONE], failed, listed), ["1062", "M1"]);
    }

    #[test]
    fn without_places_numbers_decide_and_order_never() {
        let failed = vec![verdict("1060", Some("M1"), Some(TWO), None)];
        let listed = vec![verdict("2000", Some("M0"), None, None)];
        assert_eq!(joined(&[ONE, TWO], failed.clone(), listed), ["M0", "1060"]);
        // Two to one number, one of which failed: nobody can tell which.
        let listed = vec![verdict("2000", Some("M0"), None, None)];
        assert_eq!(joined(&[TWO, TWO], failed, listed), ["no_verdict", "no_verdict"]);
        let listed = ["M0", "M1"].map(|id| verdict("2000", Some(id), None, None)).to_vec();
        assert_eq!(joined(&[ONE, TWO], vec![], listed), ["no_verdict", "no_verdict"]);
        // The one that is left is not somebody else's.
        let listed = vec![verdict("2000", Some("M0"), Some(TWO), None)];
        assert_eq!(joined(&[ONE], vec![], listed), ["no_verdict"]);
    }

    #[test]
    fn a_message_without_a_verdict_is_unclear() {
        let listed = vec![verdict("2000", Some("M0"), None, Some("0"))];
        assert_eq!(joined(&[ONE, TWO], vec![], listed), ["M0", "no_verdict"]);
        for place in ["7", "-1", "x"] {
            let listed = vec![verdict("2000", Some("M"), None, Some(place))];
            assert_eq!(joined(&[ONE, TWO], vec![], listed), ["no_verdict", "no_verdict"], "{place}");
        }
        let listed = vec![verdict("2000", None, None, Some("0"))];
        assert_eq!(joined(&[ONE], vec![], listed), ["no_verdict"]);
    }

    #[test]
    fn a_place_that_is_of_another_number_is_not_believed() {
        let failed = vec![verdict("1060", Some("M"), Some(TWO), Some("0"))];
        let listed = vec![verdict("2000", Some("M0"), None, Some("0"))];
        assert_eq!(joined(&[ONE, TWO], failed, listed), ["M0", "1060"]);
    }

    #[test]
    fn a_foreign_number_may_be_written_in_any_way() {
        for to in ["6502530000", "16502530000", "+1 650-253-0000"] {
            let failed = vec![verdict("1060", Some("M"), Some(to), Some("1"))];
            let listed = vec![verdict("2000", Some("M0"), None, Some("0"))];
            assert_eq!(joined(&["+81 90-1234-5678", "+1 650 253 0000"], failed, listed), ["M0", "1060"]);
        }
    }

    #[test]
    fn a_message_that_went_once_went() {
        let listed =
            vec![verdict("2000", Some("M0"), None, Some("0")), verdict("1062", None, None, Some("0"))];
        assert_eq!(joined(&[ONE], vec![], listed), ["M0"]);
    }

    #[test]
    fn refusals_have_their_class() {
        let refusal = read(&verdict("1029", Some("M"), None, None)).unwrap_err();
        assert!(matches!(refusal, SendError::Refused { class: FailureClass::Content, .. }));
        let refusal = read(&verdict("1030", Some("M"), None, None)).unwrap_err();
        assert!(matches!(refusal, SendError::Unavailable { class: FailureClass::Quota, .. }));
        let odd = read(&verdict("4000", Some("M"), None, None)).unwrap_err();
        assert!(matches!(odd, SendError::Unclear { .. }));
    }
}
