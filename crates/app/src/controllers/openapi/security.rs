//! Which calls want an API key or a session, for the description.

use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Components, OpenApi};

/// An API key: `Authorization: Bearer <api_key>.<api_secret>`.
pub const KEY: &str = "api_key";

/// A session's token: `Authorization: Bearer <token>`.
pub const SESSION: &str = "session";

/// The session of a browser.
const COOKIE: &str = "session_cookie";

/// What a call wants.
enum Wanted {
    /// A key, with a scope.
    Key(&'static str),
    Session,
    /// Nothing; a key says for which tenant it acts.
    PerhapsKey,
}

/// Adds the schemes, and to each call what it wants.
pub fn describe(description: &mut OpenApi) {
    let bearer = |text: &str| {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(text));
        SecurityScheme::Http(scheme.build())
    };
    let components = description.components.get_or_insert_with(Components::new);
    components.add_security_scheme(KEY, bearer("`<api_key>.<api_secret>`; Basic is taken as well."));
    components.add_security_scheme(SESSION, bearer("The token of a session."));
    let cookie = ApiKeyValue::with_description("__Host-bonin-session", "With `Form-Token` for changes.");
    components.add_security_scheme(COOKIE, SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    for (path, item) in &mut description.paths.paths {
        for (method, operation) in operations(item) {
            operation.security = Some(requirements(&wanted(method, path)));
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let named = [
        ("get", item.get.as_mut()),
        ("put", item.put.as_mut()),
        ("post", item.post.as_mut()),
        ("delete", item.delete.as_mut()),
    ];
    named.into_iter().filter_map(|(method, operation)| operation.map(|operation| (method, operation)))
}

fn wanted(method: &str, path: &str) -> Wanted {
    let mut parts = path.split('/').skip(2);
    match (parts.next().unwrap_or_default(), parts.next()) {
        ("templates", _) => Wanted::Key("admin"),
        ("analytics", _) => Wanted::Key("read"),
        ("messages" | "message-groups", _) if method == "get" => Wanted::Key("read"),
        ("messages" | "message-groups", _) => Wanted::Key("send"),
        ("sessions", None) if method == "post" => Wanted::PerhapsKey,
        ("sessions", _) | ("accounts", Some("me")) => Wanted::Session,
        _ => Wanted::PerhapsKey,
    }
}

fn requirements(wanted: &Wanted) -> Vec<SecurityRequirement> {
    let none: [&str; 0] = [];
    match wanted {
        Wanted::Key(scope) => vec![SecurityRequirement::new(KEY, [*scope])],
        Wanted::Session => {
            vec![SecurityRequirement::new(SESSION, none), SecurityRequirement::new(COOKIE, none)]
        }
        Wanted::PerhapsKey => vec![SecurityRequirement::default(), SecurityRequirement::new(KEY, none)],
    }
}
