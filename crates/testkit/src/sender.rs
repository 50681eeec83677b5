use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bonin_domain::messages::{DeliveryState, FailureClass, MessageKind, ProviderReference};
use bonin_ports::{
    Abilities, Accepted, DeliveryReport, DeliveryReports, Encoding, Message, MessageSender, ReportError,
    SendError, SentMessage, TakenMessage,
};

/// What a [`ScriptedSender`] answers to one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendStep {
    /// Taken; the references are `sent-1`, `sent-2` and so on.
    Accepted,
    /// Refused for good.
    Refused(FailureClass),
    /// The credentials are wrong.
    Unauthorized,
    /// Surely not taken; another provider may be tried.
    Unavailable(FailureClass),
    /// No answer came, and [`DeliveryReports::find`] says that the provider never saw the message.
    UnclearLost,
    /// No answer came, and [`DeliveryReports::find`] finds the message.
    UnclearTaken,
}

/// What a [`ScriptedSender`] answers when it is asked to find a message, instead of looking for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FindStep {
    /// It is known under this reference.
    Found(ProviderReference),
    /// There is surely none such.
    Nothing,
    /// The provider could not say.
    Error,
}

/// What a [`ScriptedSender`] answers when it is asked for a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportStep {
    /// This report.
    Report(DeliveryReport),
    /// The provider could not say.
    Error,
}

/// A message sender that records what it is given and answers by script; without one it accepts everything
/// and reports every message as accepted.
pub struct ScriptedSender {
    script: Mutex<Script>,
    abilities: Abilities,
}

/// One that carries every kind everywhere, from any sender.
impl Default for ScriptedSender {
    fn default() -> Self {
        Self::able_to(Abilities {
            kinds: &MessageKind::ALL,
            domestic_only: false,
            encoding: Encoding::EucKr,
            senders: Vec::new(),
        })
    }
}

#[derive(Default)]
struct Script {
    sends: VecDeque<SendStep>,
    finds: VecDeque<FindStep>,
    reports: VecDeque<ReportStep>,
    messages: Vec<Message>,
    taken: HashMap<(String, String), ProviderReference>,
    reported: Vec<ProviderReference>,
}

impl ScriptedSender {
    /// One with these abilities.
    pub fn able_to(abilities: Abilities) -> Self {
        Self { script: Mutex::default(), abilities }
    }

    /// Appends `steps` to the answers to come; afterwards messages are accepted.
    pub fn will_answer(&self, steps: impl IntoIterator<Item = SendStep>) {
        self.script().sends.extend(steps);
    }

    /// Appends `steps` to the findings to come; afterwards it looks at what it took.
    pub fn will_find(&self, steps: impl IntoIterator<Item = FindStep>) {
        self.script().finds.extend(steps);
    }

    /// Appends `steps` to the reports to come; afterwards every message is reported as accepted.
    pub fn will_report(&self, steps: impl IntoIterator<Item = ReportStep>) {
        self.script().reports.extend(steps);
    }

    /// Every message it was given, whatever it answered, oldest first.
    pub fn messages(&self) -> Vec<Message> {
        self.script().messages.clone()
    }

    /// The references it was asked to report on, oldest first.
    pub fn reported(&self) -> Vec<ProviderReference> {
        self.script().reported.clone()
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Script {
    fn take(&mut self, message: &Message) -> ProviderReference {
        let name = format!("sent-{}", self.messages.len());
        let reference = ProviderReference::parse(&name).expect("a short printable reference");
        let content = (message.to.e164().to_owned(), message.text.to_string());
        self.taken.insert(content, reference.clone());
        reference
    }
}

#[async_trait]
impl MessageSender for ScriptedSender {
    fn abilities(&self) -> &Abilities {
        &self.abilities
    }

    async fn send(&self, message: &Message) -> Result<Accepted, SendError> {
        let mut script = self.script();
        script.messages.push(message.clone());
        let unclear = || SendError::Unclear {
            code: "time_out".to_owned(),
            cause: "the script says that no answer came".into(),
        };
        match script.sends.pop_front().unwrap_or(SendStep::Accepted) {
            SendStep::Accepted => {
                Ok(Accepted { reference: script.take(message), code: "202".to_owned(), price: None })
            }
            SendStep::Refused(class) => Err(SendError::Refused { class, code: "400".to_owned() }),
            SendStep::Unauthorized => Err(SendError::Unauthorized { code: "401".to_owned() }),
            SendStep::Unavailable(class) => Err(SendError::Unavailable {
                class,
                code: "503".to_owned(),
                cause: "the script says unavailable".into(),
            }),
            SendStep::UnclearLost => Err(unclear()),
            SendStep::UnclearTaken => {
                script.take(message);
                Err(unclear())
            }
        }
    }
}

fn no_report() -> ReportError {
    ReportError { code: "503".to_owned(), cause: None }
}

#[async_trait]
impl DeliveryReports for ScriptedSender {
    async fn report(&self, taken: &TakenMessage<'_>) -> Result<DeliveryReport, ReportError> {
        let mut script = self.script();
        script.reported.push(taken.reference.clone());
        match script.reports.pop_front() {
            Some(ReportStep::Report(report)) => Ok(report),
            Some(ReportStep::Error) => Err(no_report()),
            None => Ok(DeliveryReport::of(DeliveryState::Accepted)),
        }
    }

    async fn find(&self, sent: &SentMessage<'_>) -> Result<Option<ProviderReference>, ReportError> {
        let mut script = self.script();
        match script.finds.pop_front() {
            Some(FindStep::Found(reference)) => Ok(Some(reference)),
            Some(FindStep::Nothing) => Ok(None),
            Some(FindStep::Error) => Err(no_report()),
            None => {
                let content = (sent.message.to.e164().to_owned(), sent.message.text.to_string());
                Ok(script.taken.get(&content).cloned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bonin_domain::{PhoneNumber, Region};
    use jiff::Timestamp;

    use super::*;

    fn message(text: &str) -> Message {
        Message::sms(PhoneNumber::parse("010-1234-5678", Region::KR).unwrap(), text)
    }

    async fn found(sender: &ScriptedSender, message: &Message) -> Option<String> {
        let (since, until) = (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH);
        let sent = SentMessage { message, since, until };
        let found = sender.find(&sent).await.unwrap();
        found.map(|reference| reference.as_str().to_owned())
    }

    #[tokio::test]
    async fn messages_are_recorded_and_answered_by_the_script_then_accepted() {
        let sender = ScriptedSender::default();
        sender.will_answer([SendStep::Refused(FailureClass::Sender), SendStep::UnclearTaken]);
        sender.will_answer([SendStep::UnclearLost]);
        let refused = sender.send(&message("a")).await;
        assert!(matches!(refused, Err(SendError::Refused { class: FailureClass::Sender, .. })));
        assert!(matches!(sender.send(&message("b")).await, Err(SendError::Unclear { .. })));
        assert!(matches!(sender.send(&message("c")).await, Err(SendError::Unclear { .. })));
        assert_eq!(sender.send(&message("d")).await.unwrap().reference.as_str(), "sent-4");
        let texts: Vec<_> = sender.messages().into_iter().map(|message| message.text).collect();
        assert_eq!(texts, ["a", "b", "c", "d"].map(Arc::from));
        assert_eq!(found(&sender, &message("b")).await.as_deref(), Some("sent-2"));
        assert_eq!(found(&sender, &message("c")).await, None);
        sender.will_find([FindStep::Nothing]);
        assert_eq!(found(&sender, &message("b")).await, None);
    }

    #[tokio::test]
    async fn reports_follow_the_script_and_then_say_nothing_new() {
        let sender = ScriptedSender::default();
        let reference = ProviderReference::parse("sent-1").unwrap();
        let delivered =
            DeliveryReport { code: Some("0".to_owned()), ..DeliveryReport::of(DeliveryState::Delivered) };
        let to = PhoneNumber::parse("010-1234-5678", Region::KR).unwrap();
        let taken = TakenMessage { reference: &reference, to: &to, accepted_at: Timestamp::UNIX_EPOCH };
        sender.will_report([ReportStep::Error, ReportStep::Report(delivered.clone())]);
        assert!(sender.report(&taken).await.is_err());
        assert_eq!(sender.report(&taken).await.unwrap(), delivered);
        assert_eq!(sender.report(&taken).await.unwrap().state, DeliveryState::Accepted);
        assert_eq!(sender.reported(), vec![reference; 3]);
    }
}
