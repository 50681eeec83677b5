//! The conformance suite itself: a good sender passes every case, and each bad habit is caught by one.
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bonin_domain::messages::{FailureClass, MessageKind, ProviderReference, euc_kr_len};
use bonin_ports::{Abilities, Accepted, BatchLimit, BulkSender, Encoding, Message, MessageSender, SendError};
use bonin_testkit::conformance::{Provider, Reply, case};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const SECRET: &str = "swordfish";
const TAKEN: &str = r#"{"id":"R-1"}"#;
const LIMIT: usize = 64 * 1024;

/// What a sender does that it must not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Habit {
    None,
    Retries,
    BelievesAnySuccess,
    BelievesRedirects,
    CallsServerErrorsRefusals,
    CallsClientErrorsUnclear,
    NeverGivesUp,
    ReadsWithoutLimit,
    IgnoresCuts,
    TellsTheText,
    TellsItsSecret,
    TellsLongCodes,
    SendsEmoji,
    ForgetsAVerdict,
    ReversesVerdicts,
    SendsOneByOne,
}

/// A sender over a few lines of HTTP.
struct Naive {
    address: Option<String>,
    patience: Duration,
    habit: Habit,
    abilities: Abilities,
}

enum Answered {
    Whole(u16, String),
    NotSent,
    Unclear,
}

impl Naive {
    fn new(base_url: &str, patience: Duration, habit: Habit) -> Arc<Self> {
        let abilities = Abilities {
            kinds: &[MessageKind::Sms, MessageKind::Lms],
            domestic_only: false,
            encoding: Encoding::EucKr,
            senders: Vec::new(),
        };
        let address = base_url.strip_prefix("http://").map(str::to_owned);
        Arc::new(Self { address, patience, habit, abilities })
    }

    async fn call(&self, body: &str) -> Answered {
        let patience = if self.habit == Habit::NeverGivesUp { Duration::from_mins(1) } else { self.patience };
        let call = tokio::time::timeout(patience, self.exchange(body));
        call.await.unwrap_or(Answered::Unclear)
    }

    async fn exchange(&self, body: &str) -> Answered {
        // It speaks no TLS.
        let Some(address) = &self.address else { return Answered::NotSent };
        let Ok(mut stream) = TcpStream::connect(address).await else { return Answered::NotSent };
        let request = format!("POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        if stream.write_all(request.as_bytes()).await.is_err() {
            return Answered::Unclear;
        }
        let mut received = Vec::new();
        while let Ok(1..) = stream.read_buf(&mut received).await {
            if received.len() > LIMIT && self.habit != Habit::ReadsWithoutLimit {
                return Answered::Unclear;
            }
        }
        let received = String::from_utf8_lossy(&received);
        let Some((head, body)) = received.split_once("\r\n\r\n") else { return Answered::Unclear };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let whole = length.is_none_or(|length| length.parse() == Ok(body.len()));
        if !whole && self.habit != Habit::IgnoresCuts {
            return Answered::Unclear;
        }
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        status.map_or(Answered::Unclear, |status| Answered::Whole(status, body.to_owned()))
    }

    fn read(&self, answered: Answered, text: &str) -> Result<Accepted, SendError> {
        let cause = || match self.habit {
            Habit::TellsTheText => text.to_owned(),
            Habit::TellsItsSecret => SECRET.to_owned(),
            _ => "no".to_owned(),
        };
        let code = if self.habit == Habit::TellsLongCodes { "0".repeat(41) } else { "code".to_owned() };
        let refused = |class| SendError::Refused { class, code: code.clone() };
        let unavailable = |class| SendError::Unavailable { class, code: code.clone(), cause: cause().into() };
        let unclear = || SendError::Unclear { code: code.clone(), cause: cause().into() };
        let (status, body) = match answered {
            Answered::Whole(status, body) => (status, body),
            Answered::NotSent => return Err(unavailable(FailureClass::ProviderDown)),
            Answered::Unclear => return Err(unclear()),
        };
        let taken = match self.habit {
            Habit::BelievesAnySuccess => (200..300).contains(&status),
            Habit::BelievesRedirects => (300..400).contains(&status) || body == TAKEN,
            Habit::ReadsWithoutLimit => body.trim() == TAKEN,
            Habit::IgnoresCuts => TAKEN.starts_with(&body) && body.starts_with('{') && body.len() > 2,
            _ => status == 202 && body == TAKEN,
        };
        if taken {
            let reference = ProviderReference::parse("R-1").unwrap();
            return Ok(Accepted { reference, code: "202".to_owned(), price: None });
        }
        Err(match status {
            401 | 403 => SendError::Unauthorized { code },
            429 => unavailable(FailureClass::Quota),
            503 => unavailable(FailureClass::ProviderDown),
            400..=499 if self.habit == Habit::CallsClientErrorsUnclear => unclear(),
            400..=499 => refused(FailureClass::Other),
            500..=599 if self.habit == Habit::CallsServerErrorsRefusals => refused(FailureClass::Other),
            _ => unclear(),
        })
    }
}

#[async_trait]
impl MessageSender for Naive {
    fn abilities(&self) -> &Abilities {
        &self.abilities
    }

    async fn send(&self, message: &Message) -> Result<Accepted, SendError> {
        if euc_kr_len(&message.text).is_err() && self.habit != Habit::SendsEmoji {
            return Err(SendError::Refused { class: FailureClass::Content, code: "text".to_owned() });
        }
        let mut verdict = self.read(self.call(&message.text).await, &message.text);
        if verdict.is_err() && self.habit == Habit::Retries {
            verdict = self.read(self.call(&message.text).await, &message.text);
        }
        verdict
    }
}

#[async_trait]
impl BulkSender for Naive {
    fn batch_limit(&self) -> BatchLimit {
        BatchLimit { messages: 7, one_text: false }
    }

    async fn send_many(&self, messages: &[Message]) -> Result<Vec<Result<Accepted, SendError>>, SendError> {
        if self.habit == Habit::SendsOneByOne {
            let mut verdicts = Vec::new();
            for message in messages {
                verdicts.push(self.send(message).await);
            }
            return Ok(verdicts);
        }
        let texts: Vec<_> = messages.iter().map(|message| &*message.text).collect();
        let (status, body) = match self.call(&texts.join("\n")).await {
            Answered::Whole(status, body) => (status, body),
            other => return Err(self.read(other, messages[0].text.as_ref()).unwrap_err()),
        };
        // One word a message, and nothing else.
        let words: Vec<_> = body.split(',').collect();
        let known = status == 202
            && words.len() == messages.len()
            && words.iter().all(|word| ["taken", "refused"].contains(word));
        if !known {
            let body = if body == TAKEN { String::new() } else { body };
            return Err(self.read(Answered::Whole(status, body), messages[0].text.as_ref()).unwrap_err());
        }
        let verdict = |word: &&str| {
            let status = if *word == "taken" { 202 } else { 422 };
            self.read(Answered::Whole(status, TAKEN.to_owned()), "")
        };
        let mut verdicts: Vec<_> = words.iter().map(verdict).collect();
        match self.habit {
            Habit::ForgetsAVerdict => drop(verdicts.pop()),
            Habit::ReversesVerdicts => verdicts.reverse(),
            _ => {}
        }
        Ok(verdicts)
    }
}

fn provider(habit: Habit) -> Provider<dyn MessageSender> {
    let make =
        move |base_url: &str, patience| -> Arc<dyn MessageSender> { Naive::new(base_url, patience, habit) };
    Provider::new(make, Reply::json(202, TAKEN))
        .refusal(Reply::json(422, ""), FailureClass::Other)
        .unauthorized(Reply::json(401, ""))
        .unavailable(Reply::json(429, ""), FailureClass::Quota)
        .unclear(Reply::json(202, r#"{"id":""}"#))
        .secret(SECRET)
}

fn bulk_provider(habit: Habit) -> Provider<dyn BulkSender> {
    let words = |count: usize, refused: &[usize]| {
        let word = |place| if refused.contains(&place) { "refused" } else { "taken" };
        Reply::json(202, (0..count).map(word).collect::<Vec<_>>().join(","))
    };
    let make =
        move |base_url: &str, patience| -> Arc<dyn BulkSender> { Naive::new(base_url, patience, habit) };
    Provider::bulk(make, move |messages, _| words(messages.len(), &[]))
        .partly(move |messages, _, refused| words(messages.len(), refused))
        .refusal(Reply::json(422, ""), FailureClass::Other)
        .unauthorized(Reply::json(401, ""))
        .secret(SECRET)
}

mod good {
    bonin_testkit::message_sender_conformance!(super::provider(super::Habit::None));
}

mod good_bulk {
    bonin_testkit::bulk_sender_conformance!(super::bulk_provider(super::Habit::None));
}

/// Whether a case fails.
fn fails(case: impl Future<Output = ()>) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    catch_unwind(AssertUnwindSafe(|| runtime.block_on(case))).is_err()
}

#[test]
fn each_bad_habit_of_a_sender_is_caught() {
    use Habit::{
        BelievesAnySuccess, BelievesRedirects, CallsClientErrorsUnclear, CallsServerErrorsRefusals,
        IgnoresCuts, ReadsWithoutLimit, Retries, SendsEmoji, TellsItsSecret, TellsLongCodes, TellsTheText,
    };
    assert!(fails(case::server_errors_are_unclear(provider(Retries))));
    assert!(fails(case::a_connection_cut_after_the_request_is_unclear(provider(Retries))));
    assert!(fails(case::an_empty_success_is_unclear(provider(BelievesAnySuccess))));
    assert!(fails(case::a_success_that_cannot_be_read_is_unclear(provider(BelievesAnySuccess))));
    assert!(fails(case::documented_doubts_are_unclear(provider(BelievesAnySuccess))));
    assert!(fails(case::a_redirect_is_not_followed(provider(BelievesRedirects))));
    assert!(fails(case::server_errors_are_unclear(provider(CallsServerErrorsRefusals))));
    assert!(fails(case::other_client_errors_are_surely_not_accepted(provider(CallsClientErrorsUnclear))));
    assert!(fails(case::each_documented_refusal_has_its_class(provider(CallsClientErrorsUnclear))));
    assert!(fails(case::an_answer_over_64_kib_is_unclear(provider(ReadsWithoutLimit))));
    assert!(fails(case::a_connection_cut_within_the_answer_is_unclear(provider(IgnoresCuts))));
    assert!(fails(case::server_errors_are_unclear(provider(TellsTheText))));
    assert!(fails(case::a_connection_refused_is_unavailable(provider(TellsItsSecret))));
    assert!(fails(case::server_errors_are_unclear(provider(TellsLongCodes))));
    assert!(fails(case::a_text_beyond_the_encoding_is_refused_without_a_request(provider(SendsEmoji))));
}

#[test]
fn each_bad_habit_of_a_sender_for_many_is_caught() {
    use Habit::{ForgetsAVerdict, ReversesVerdicts, SendsOneByOne};
    assert!(fails(case::a_full_batch_goes_in_one_request(bulk_provider(ForgetsAVerdict))));
    assert!(fails(case::a_full_batch_goes_in_one_request(bulk_provider(SendsOneByOne))));
    assert!(fails(case::verdicts_are_in_the_order_of_the_messages(bulk_provider(ReversesVerdicts))));
}

#[test]
fn a_sender_that_never_gives_up_is_caught() {
    assert!(fails(case::an_answer_that_never_comes_is_unclear(provider(Habit::NeverGivesUp))));
}
