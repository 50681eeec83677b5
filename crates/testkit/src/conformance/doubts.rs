//! What may or may not have been accepted.

use super::expect::{Expected, behaviour_is_unclear, reply_is, slowness_is_unclear};
use super::provider::{Provider, Reply};
use super::server::Behaviour;
use super::subject::{Subject, TEXT, messages};

/// The most bytes of an answer to a send.
const LIMIT: usize = 64 * 1024;

/// Each answer of the provider that leaves it open.
pub async fn documented_doubts_are_unclear<S: Subject + ?Sized>(provider: Provider<S>) {
    for reply in &provider.unclear {
        reply_is(&provider, reply.clone(), Expected::Unclear).await;
    }
}

/// A server or a gateway failed while it had the message.
pub async fn server_errors_are_unclear<S: Subject + ?Sized>(provider: Provider<S>) {
    for status in [500, 502, 504] {
        for body in ["", "<html><body>no</body></html>"] {
            reply_is(&provider, Reply::new(status, "text/html", body), Expected::Unclear).await;
        }
    }
}

/// A success in a form that nobody knows, even one that repeats the message.
pub async fn a_success_that_cannot_be_read_is_unclear<S: Subject + ?Sized>(provider: Provider<S>) {
    let echo = format!("<html><body>{} {TEXT}</body></html>", messages(1)[0].to.e164());
    for body in [echo.as_bytes(), b"{}", b"[]", b"null", b"{\"", b"\xff\xfe\x00"] {
        for content_type in ["application/json", "text/html"] {
            for status in success(&provider) {
                reply_is(&provider, Reply::new(status, content_type, body), Expected::Unclear).await;
            }
        }
    }
}

/// A success that says nothing.
pub async fn an_empty_success_is_unclear<S: Subject + ?Sized>(provider: Provider<S>) {
    for status in success(&provider).into_iter().chain([204]) {
        reply_is(&provider, Reply::json(status, ""), Expected::Unclear).await;
    }
}

/// An answer that would be a success if it were not so long; with its length announced and without.
pub async fn an_answer_over_64_kib_is_unclear<S: Subject + ?Sized>(provider: Provider<S>) {
    let mut reply = sample(&provider);
    reply.body.resize(LIMIT + 1, b' ');
    reply_is(&provider, reply.clone(), Expected::Unclear).await;
    behaviour_is_unclear(&provider, Behaviour::UntilClosed(reply), "an answer of unknown length").await;
}

/// A redirect may be how the provider takes a message, or not: it is neither followed nor believed.
pub async fn a_redirect_is_not_followed<S: Subject + ?Sized>(provider: Provider<S>) {
    for status in [301, 302, 303, 307, 308] {
        behaviour_is_unclear(&provider, Behaviour::Redirect(status), &status.to_string()).await;
    }
}

/// The provider has the request and hangs up.
pub async fn a_connection_cut_after_the_request_is_unclear<S: Subject + ?Sized>(provider: Provider<S>) {
    behaviour_is_unclear(&provider, Behaviour::Cut, "a cut after the request").await;
}

/// The provider hangs up halfway through a success.
pub async fn a_connection_cut_within_the_answer_is_unclear<S: Subject + ?Sized>(provider: Provider<S>) {
    let behaviour = Behaviour::CutWithin(sample(&provider));
    behaviour_is_unclear(&provider, behaviour, "a cut within the answer").await;
}

/// The provider has the request and says nothing.
pub async fn an_answer_that_never_comes_is_unclear<S: Subject + ?Sized>(provider: Provider<S>) {
    slowness_is_unclear(&provider, Behaviour::Silent, "silence").await;
}

/// A byte now and then is no answer: the time-out is that of the whole call.
pub async fn an_answer_that_drips_is_unclear<S: Subject + ?Sized>(provider: Provider<S>) {
    let behaviour = Behaviour::Drip(sample(&provider));
    slowness_is_unclear(&provider, behaviour, "a drip").await;
}

/// An answer of success; to which message does not matter where it is spoiled.
fn sample<S: ?Sized>(provider: &Provider<S>) -> Reply {
    (provider.accept)(&messages(1), "")
}

fn success<S: ?Sized>(provider: &Provider<S>) -> Vec<u16> {
    let mut statuses = vec![200, 202, sample(provider).status];
    statuses.sort_unstable();
    statuses.dedup();
    statuses
}
