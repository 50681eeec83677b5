//! Runs a sender against the server, and says what must have come out.

use std::error::Error;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use bonin_domain::messages::FailureClass;
use bonin_ports::{Accepted, Message, SendError};

use super::provider::{Provider, Reply};
use super::server::{Behaviour, Server};
use super::subject::{Subject, TEXT, messages};

/// What every call may take: longer than loopback needs on a busy machine.
const PATIENT: Duration = Duration::from_secs(5);
/// What a call may take whose answer does not come.
const IMPATIENT: Duration = Duration::from_millis(400);
/// A sender that is not done so long after its patience waits without an end.
const GRACE: Duration = Duration::from_secs(3);
/// The most bytes of a code; it is stored.
const CODE: usize = 40;

type Verdicts = Vec<Result<Accepted, SendError>>;

/// What an error must be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Expected {
    Refused(FailureClass),
    Unauthorized,
    Unavailable(FailureClass),
    Unclear,
    /// Any of the above but the last.
    NotAccepted,
}

impl Expected {
    pub(super) fn fits(self, error: &SendError) -> bool {
        match (self, error) {
            (Self::Refused(expected), SendError::Refused { class, .. })
            | (Self::Unavailable(expected), SendError::Unavailable { class, .. }) => expected == *class,
            (Self::Unauthorized, SendError::Unauthorized { .. })
            | (Self::Unclear, SendError::Unclear { .. }) => true,
            (Self::NotAccepted, error) => !matches!(error, SendError::Unclear { .. }),
            _ => false,
        }
    }
}

/// Some messages get `reply`; they must fail as `expected`, after one request.
pub(super) async fn reply_is<S: Subject + ?Sized>(provider: &Provider<S>, reply: Reply, expected: Expected) {
    let shown =
        format!("{} {}", reply.status, String::from_utf8_lossy(&reply.body[..reply.body.len().min(80)]));
    behaviour_is(provider, Behaviour::Reply(reply), PATIENT, expected, &shown).await;
}

/// A server that is too slow must be given up.
pub(super) async fn slowness_is_unclear<S: Subject + ?Sized>(
    provider: &Provider<S>,
    behaviour: Behaviour,
    shown: &str,
) {
    behaviour_is(provider, behaviour, IMPATIENT, Expected::Unclear, shown).await;
}

/// A server that does not play by the rules must leave the message in doubt.
pub(super) async fn behaviour_is_unclear<S: Subject + ?Sized>(
    provider: &Provider<S>,
    behaviour: Behaviour,
    shown: &str,
) {
    behaviour_is(provider, behaviour, PATIENT, Expected::Unclear, shown).await;
}

async fn behaviour_is<S: Subject + ?Sized>(
    provider: &Provider<S>,
    behaviour: Behaviour,
    patience: Duration,
    expected: Expected,
    shown: &str,
) {
    let server = Server::start(behaviour).await;
    let subject = (provider.make)(&server.base_url(), patience);
    let messages = messages(subject.some());
    let verdicts = send_within(patience, provider, &*subject, &messages).await;
    fail_as(&verdicts, expected, shown);
    assert_eq!(server.requests().len(), 1, "after {shown}: one request and never a second one");
}

/// Nobody who could answer is at `base_url`.
pub(super) async fn nobody_is_unavailable<S: Subject + ?Sized>(
    provider: &Provider<S>,
    base_url: &str,
    shown: &str,
) {
    let subject = (provider.make)(base_url, PATIENT);
    let verdicts = send(provider, &*subject, &messages(subject.some())).await;
    fail_as(&verdicts, Expected::Unavailable(FailureClass::ProviderDown), shown);
}

/// A server that accepts what `messages` says, a sender for it, and what came of it.
pub(super) async fn accepted<S: Subject + ?Sized>(
    provider: &Provider<S>,
    messages: impl FnOnce(&S) -> Vec<Message>,
) -> (Verdicts, Vec<String>) {
    let (server, subject) = accepting(provider).await;
    let messages = messages(&subject);
    server.will_take(Arc::clone(&provider.accept), &messages);
    let verdicts = send(provider, &*subject, &messages).await;
    (verdicts, server.requests())
}

/// A server that has no messages to answer to yet, and a sender for it.
pub(super) async fn accepting<S: Subject + ?Sized>(provider: &Provider<S>) -> (Server, Arc<S>) {
    let server = Server::start(Behaviour::Made).await;
    let subject = (provider.make)(&server.base_url(), PATIENT);
    (server, subject)
}

/// Sends, and checks that nothing shows in what comes back.
pub(super) async fn send<S: Subject + ?Sized>(
    provider: &Provider<S>,
    subject: &S,
    messages: &[Message],
) -> Verdicts {
    send_within(PATIENT, provider, subject, messages).await
}

async fn send_within<S: Subject + ?Sized>(
    patience: Duration,
    provider: &Provider<S>,
    subject: &S,
    messages: &[Message],
) -> Verdicts {
    let verdicts = tokio::time::timeout(patience + GRACE, subject.verdicts(messages)).await;
    let verdicts = verdicts.expect("a call ends by itself");
    assert!(!verdicts.is_empty(), "a verdict");
    for (place, verdict) in verdicts.iter().enumerate() {
        // A verdict of the whole call stands for all: the first message's number is looked for everywhere.
        let own: Vec<&Message> = messages.first().into_iter().chain(messages.get(place)).collect();
        tells_nothing(verdict, provider, &own);
    }
    verdicts
}

fn fail_as(verdicts: &Verdicts, expected: Expected, shown: &str) {
    for verdict in verdicts {
        let fits = verdict.as_ref().is_err_and(|error| expected.fits(error));
        assert!(fits, "after {shown}: {verdict:?} is not {expected:?}");
    }
}

fn tells_nothing<S: ?Sized>(
    verdict: &Result<Accepted, SendError>,
    provider: &Provider<S>,
    messages: &[&Message],
) {
    let told = told(verdict);
    let (_, code) = TEXT.rsplit_once(' ').expect("a text that ends with its code");
    for hidden in [TEXT, code].into_iter().chain(provider.secrets.iter().map(String::as_str)) {
        assert!(!told.contains(hidden), "it shows the text or a secret: {told}");
    }
    for message in messages {
        assert!(!told.contains(message.to.national_digits()), "it shows the number: {told}");
    }
    let code = match verdict {
        Ok(accepted) => &accepted.code,
        Err(
            SendError::Refused { code, .. }
            | SendError::Unauthorized { code }
            | SendError::Unavailable { code, .. }
            | SendError::Unclear { code, .. },
        ) => code,
    };
    assert!((1..=CODE).contains(&code.len()), "the code has 1 to 40 bytes: {told}");
}

/// Everything that a log could show.
fn told(verdict: &Result<Accepted, SendError>) -> String {
    let mut told = format!("{verdict:?}");
    let mut cause = verdict.as_ref().err().map(|error| error as &dyn Error);
    while let Some(error) = cause {
        write!(told, " / {error} / {error:?}").expect("a text takes what is written");
        cause = error.source();
    }
    told
}
