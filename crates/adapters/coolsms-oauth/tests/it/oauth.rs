//! `OAuthClient`

use std::sync::Arc;

use bonin_coolsms_oauth::{ConfigError, OAuthClient, OAuthConfig};
use bonin_http::{Http, Url};
use bonin_ports::{Authorization, OAuthError, OAuthProvider, OAuthTokens};
use bonin_testkit::FixedClock;
use jiff::SignedDuration;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{answer, bodies, now, ok, problem, refusing};

const TOKEN: &str = "/oauth2/v1/access_token";
const CALLBACK: &str = "https://bonin.test/app/oauth/callback";

/// 43 characters, as a verifier has.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn client(base_url: &str) -> OAuthClient {
    client_with(base_url, false)
}

fn client_with(base_url: &str, pkce: bool) -> OAuthClient {
    let config = OAuthConfig::new(base_url, "the-client", "the-client-secret".into(), pkce).unwrap();
    OAuthClient::new(config, Http::default(), Arc::new(FixedClock::new(now())))
}

async fn server(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST")).and(path(TOKEN)).respond_with(answer).mount(&server).await;
    server
}

async fn exchanged(answer: ResponseTemplate) -> Result<OAuthTokens, OAuthError> {
    let server = server(answer).await;
    client(&server.uri()).exchange(&"the-code".into(), CALLBACK, None).await
}

fn shown(token: Option<&secrecy::SecretString>) -> Option<&str> {
    token.map(ExposeSecret::expose_secret)
}

fn asked(verifier: Option<&str>) -> Authorization<'_> {
    Authorization { state: "a b&c", redirect_uri: CALLBACK, scopes: "message:write message:read", verifier }
}

#[tokio::test]
async fn the_login_is_asked_for_with_scope_and_state() {
    let client = client("https://api.coolsms.co.kr");
    assert!(!client.offers_pkce());
    // A verifier is of no use where it is not offered.
    for verifier in [None, Some(VERIFIER)] {
        let url = Url::parse(&client.authorize_url(&asked(verifier))).unwrap();
        assert_eq!((url.host_str(), url.path()), (Some("api.coolsms.co.kr"), "/oauth2/v1/authorize"));
        let pairs: Vec<_> = url.query_pairs().collect();
        let expected = [
            ("client_id", "the-client"),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "message:write message:read"),
            ("state", "a b&c"),
        ];
        assert_eq!(pairs, expected.map(|(name, value)| (name.into(), value.into())));
        assert!(!url.as_str().contains("secret"));
    }
}

#[tokio::test]
async fn where_pkce_is_offered_the_challenge_goes_out_and_the_verifier_follows() {
    let server = server(ok(&json!({ "access_token": "A" }))).await;
    let client = client_with(&server.uri(), true);
    assert!(client.offers_pkce());
    let url = Url::parse(&client.authorize_url(&asked(Some(VERIFIER)))).unwrap();
    let pairs: Vec<_> = url.query_pairs().skip(5).collect();
    let expected = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    assert_eq!(pairs, expected.map(|(name, value)| (name.into(), value.into())));
    assert!(!url.as_str().contains(VERIFIER));

    client.exchange(&"the-code".into(), CALLBACK, Some(&VERIFIER.into())).await.unwrap();
    assert_eq!(bodies(&server, TOKEN).await[0]["code_verifier"], VERIFIER);
    let url = client.authorize_url(&asked(None));
    assert!(!url.contains("code_challenge"), "{url}");
}

#[tokio::test]
async fn a_verifier_is_not_sent_where_pkce_is_not_offered() {
    let server = server(ok(&json!({ "access_token": "A" }))).await;
    client(&server.uri()).exchange(&"the-code".into(), CALLBACK, Some(&VERIFIER.into())).await.unwrap();
    assert!(bodies(&server, TOKEN).await[0].get("code_verifier").is_none());
}

#[tokio::test]
async fn a_code_is_traded_for_tokens_with_an_end() {
    let body =
        json!({ "access_token": "A", "refresh_token": "R", "token_type": "Bearer", "expires_in": 3600 });
    let server = server(ok(&body)).await;
    let tokens = client(&server.uri()).exchange(&"the-code".into(), CALLBACK, None).await.unwrap();
    assert_eq!(tokens.access_token.expose_secret(), "A");
    assert_eq!(shown(tokens.refresh_token.as_ref()), Some("R"));
    assert_eq!(tokens.expires_at, now() + SignedDuration::from_hours(1));
    assert_eq!(
        bodies(&server, TOKEN).await,
        [json!({
            "grant_type": "authorization_code", "code": "the-code", "client_id": "the-client",
            "client_secret": "the-client-secret", "redirect_uri": CALLBACK,
        })]
    );
    let shown = format!("{tokens:?}");
    assert!(!shown.contains('"'), "{shown}");
}

#[tokio::test]
async fn a_token_lives_a_day_where_nothing_is_said() {
    for odd in [json!(null), json!("soon"), json!(-1), json!(1e300), json!({})] {
        let body = json!({ "access_token": "A", "expires_in": odd, "refresh_token": odd["a"] });
        let tokens = exchanged(ok(&body)).await.unwrap();
        assert_eq!(tokens.expires_at, now() + SignedDuration::from_hours(24), "{odd}");
        assert!(tokens.refresh_token.is_none());
    }
    let tokens = exchanged(ok(&json!({ "access_token": "A" }))).await.unwrap();
    assert_eq!(tokens.expires_at, now() + SignedDuration::from_hours(24));
    // The code is spent: whatever else is odd, the token is kept.
    let odd = json!({ "access_token": "A", "expires_in": "3600", "refresh_token": 7 });
    let tokens = exchanged(ok(&odd)).await.unwrap();
    assert_eq!(tokens.expires_at, now() + SignedDuration::from_hours(1));
    assert!(tokens.refresh_token.is_none());
}

#[tokio::test]
async fn a_refresh_keeps_the_old_refresh_token_unless_a_new_one_comes() {
    for (given, kept) in [(Value::Null, "old"), (json!(""), "old"), (json!("new"), "new")] {
        let server = server(ok(&json!({ "access_token": "A", "refresh_token": given }))).await;
        let tokens = client(&server.uri()).refresh(&"old".into()).await.unwrap();
        assert_eq!(shown(tokens.refresh_token.as_ref()), Some(kept));
        assert_eq!(
            bodies(&server, TOKEN).await,
            [json!({ "grant_type": "refresh_token", "refresh_token": "old" })]
        );
    }
}

#[tokio::test]
async fn the_providers_own_error_bodies_are_understood() {
    for (status, name) in [(403, "InvalidGrant"), (400, "InvalidGrant"), (400, "InvalidRefreshToken")] {
        let error = exchanged(problem(status, name, "the-code")).await.unwrap_err();
        let expected = format!("{status}/{name}");
        assert!(matches!(&error, OAuthError::Ended { code } if *code == expected), "{error:?}");
        assert!(!format!("{error:?}").contains("the-code"));
    }
    for (status, name) in
        [(400, "InvalidClient"), (400, "ValidationError"), (403, "Forbidden"), (404, "NotFound")]
    {
        let error = exchanged(problem(status, name, "")).await.unwrap_err();
        assert!(matches!(error, OAuthError::Unauthorized { .. }), "{name}");
    }
    for status in [408, 429, 503] {
        assert!(
            matches!(exchanged(answer(status, "")).await, Err(OAuthError::Unavailable { .. })),
            "{status}"
        );
    }
    for status in [500, 502, 504, 302] {
        assert!(matches!(exchanged(answer(status, "")).await, Err(OAuthError::Unclear { .. })), "{status}");
    }
    let error = client(&refusing()).exchange(&"the-code".into(), CALLBACK, None).await.unwrap_err();
    assert!(matches!(&error, OAuthError::Unavailable { code, .. } if code == "connect"), "{error:?}");
}

#[tokio::test]
async fn a_success_without_a_token_is_unclear_and_repeats_nothing() {
    for body in [
        "",
        "<html>",
        "{}",
        r#"{"access_token":""}"#,
        r#"{"access_token":"a\nb"}"#,
        r#"{"access_token":123456789}"#,
    ] {
        let error = exchanged(answer(200, body)).await.unwrap_err();
        assert!(matches!(&error, OAuthError::Unclear { code, .. } if code == "200"), "{body}");
        assert!(!format!("{error:?}").contains("123456789"));
    }
}

#[test]
fn a_bad_setting_is_named_and_the_secret_not_shown() {
    let config = |base: &str, id: &str, secret: &str| OAuthConfig::new(base, id, secret.into(), true);
    let base = "https://api.coolsms.co.kr";
    let shown = format!("{:?}", config(base, "the-id", "the-secret").unwrap());
    assert!(shown.contains("the-id") && !shown.contains("the-secret"), "{shown}");
    assert!(matches!(config("x", "id", "s"), Err(ConfigError::BaseUrl(_))));
    assert!(matches!(config(base, "", "s"), Err(ConfigError::ClientId(_))));
    assert!(matches!(config(base, "id", "s\n"), Err(ConfigError::ClientSecret(_))));
}
