//! What was surely not accepted.

use bonin_domain::messages::FailureClass;

use super::expect::{Expected, nobody_is_unavailable, reply_is};
use super::provider::{Provider, Reply};
use super::server::{Behaviour, Server};
use super::subject::Subject;

const HTML: &str = "<html><body>no</body></html>";

/// Each refusal that the provider documents has the class that the adapter says.
pub async fn each_documented_refusal_has_its_class<S: Subject + ?Sized>(provider: Provider<S>) {
    for (reply, class) in &provider.refusals {
        reply_is(&provider, reply.clone(), Expected::Refused(*class)).await;
    }
}

/// Wrong keys, tokens, rights and clocks are not the message's fault.
pub async fn wrong_credentials_are_told_apart<S: Subject + ?Sized>(provider: Provider<S>) {
    assert!(!provider.unauthorized.is_empty(), "every provider refuses wrong credentials somehow");
    for reply in &provider.unauthorized {
        reply_is(&provider, reply.clone(), Expected::Unauthorized).await;
    }
}

/// Each answer by which the provider takes nothing now has the class that the adapter says.
pub async fn a_provider_out_of_order_or_over_quota_is_unavailable<S: Subject + ?Sized>(
    provider: Provider<S>,
) {
    for (reply, class) in &provider.unavailable {
        reply_is(&provider, reply.clone(), Expected::Unavailable(*class)).await;
    }
}

/// 429 says by itself that our account sends too much.
pub async fn too_many_requests_are_a_matter_of_quota<S: Subject + ?Sized>(provider: Provider<S>) {
    for body in ["", HTML] {
        let reply = Reply::new(429, "text/html", body);
        reply_is(&provider, reply, Expected::Unavailable(FailureClass::Quota)).await;
    }
}

/// 503 says by itself that the provider took nothing.
pub async fn a_503_is_a_provider_out_of_order<S: Subject + ?Sized>(provider: Provider<S>) {
    for body in ["", HTML] {
        let reply = Reply::new(503, "text/html", body);
        reply_is(&provider, reply, Expected::Unavailable(FailureClass::ProviderDown)).await;
    }
}

/// 4xx without a word that is understood: nothing was accepted, whatever the reason.
pub async fn other_client_errors_are_surely_not_accepted<S: Subject + ?Sized>(provider: Provider<S>) {
    for status in [400, 401, 403, 404, 405, 413, 415, 422] {
        for body in ["", HTML] {
            reply_is(&provider, Reply::new(status, "text/html", body), Expected::NotAccepted).await;
        }
    }
}

/// Where nobody listens, nothing was accepted.
pub async fn a_connection_refused_is_unavailable<S: Subject + ?Sized>(provider: Provider<S>) {
    let base_url = Server::refusing().await;
    nobody_is_unavailable(&provider, &base_url, "a connection refused").await;
}

/// Where TLS is not agreed on, no byte of the request was written.
pub async fn a_failure_of_tls_is_unavailable<S: Subject + ?Sized>(provider: Provider<S>) {
    let server = Server::start(Behaviour::Cut).await;
    let base_url = server.base_url().replace("http://", "https://");
    nobody_is_unavailable(&provider, &base_url, "a failure of TLS").await;
    assert!(server.requests().is_empty(), "no request without TLS");
}
