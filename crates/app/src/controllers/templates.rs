//! `/v1/templates`: the texts that a tenant writes for its verification messages.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use bonin_domain::access::{ApiKey, Scope};
use bonin_domain::codes::Purpose;
use bonin_domain::messages::{Locale, MessageKind, VERIFICATION_TEXT_LIMIT, euc_kr_len};
use bonin_services::admin::Actor;
use bonin_services::templates::{
    ListTemplates, PreviewTemplate, RevertTemplate, SaveTemplate, TemplateInUse,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::views::ProblemView;
use crate::http::access::Access;
use crate::http::{body, client};
use crate::problem::{FieldCode, Problem, ProblemCode};

/// What the routes of templates share.
pub struct Templates {
    pub access: Arc<Access>,
    pub list: ListTemplates,
    pub save: SaveTemplate,
    pub revert: RevertTemplate,
    pub preview: PreviewTemplate,
}

type Shared = web::Data<Arc<Templates>>;

impl Templates {
    /// Who is recorded for what is done with a key.
    fn actor(&self, request: &HttpRequest, key: &ApiKey) -> Result<Actor, Problem> {
        let address = client::ip(request, &self.access.trusted_proxies)?;
        Ok(Actor::Key { id: key.id.clone(), address })
    }
}

/// Shows the texts for every purpose and language. Needs a key with the scope `admin`.
#[utoipa::path(
    get,
    path = "/v1/templates",
    responses(
        (status = 200, body = TemplateListView),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 403, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn list(shared: Shared, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let key = shared.access.keyed(&request, Scope::Admin).await?;
    let templates = shared.list.execute(&key.tenant).await.map_err(|error| Problem::from(&error))?;
    let templates = templates.iter().map(TemplateView::from).collect();
    Ok(HttpResponse::Ok().json(TemplateListView { templates }))
}

/// Saves a new version of a text, which is used from now on. Needs a key with the scope `admin`.
#[utoipa::path(
    put,
    path = "/v1/templates/{purpose}/{locale}",
    request_body = SaveTemplateBody,
    params(("purpose" = String, Path), ("locale" = String, Path, description = "`ko` or `en`.")),
    responses(
        (status = 200, body = SavedTemplateView),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 403, body = ProblemView, content_type = "application/problem+json"),
        (status = 404, body = ProblemView, content_type = "application/problem+json"),
        (status = 422, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn save(
    shared: Shared,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let key = shared.access.keyed(&request, Scope::Admin).await?;
    let (purpose, locale) = named(&path)?;
    let mut body = body::read(&request, payload).await?;
    let text = body.fields.required("text", any);
    let long_allowed = body.fields.optional_boolean("allow_lms").unwrap_or(false);
    body.fields.finish()?;
    let Some(text) = text else { return Err(Problem::new(ProblemCode::FieldsInvalid)) };

    let actor = shared.actor(&request, &key)?;
    let saved = shared.save.execute(&actor, &key.tenant, purpose, locale, &text, long_allowed).await;
    let saved = saved.map_err(|error| Problem::of_template(&error))?;

    Ok(HttpResponse::Ok().json(SavedTemplateView {
        purpose: purpose.as_str(),
        locale: locale.as_str(),
        version: saved.version,
        r#type: saved.lint.kind.as_str(),
        text,
        example: saved.lint.longest,
        bytes: saved.lint.bytes,
        price_class_changes: saved.lint.kind != MessageKind::Sms,
        created_at: saved.created_at,
    }))
}

/// Goes back to the built-in text. Needs a key with the scope `admin`.
#[utoipa::path(
    delete,
    path = "/v1/templates/{purpose}/{locale}",
    params(("purpose" = String, Path), ("locale" = String, Path, description = "`ko` or `en`.")),
    responses(
        (status = 204),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 403, body = ProblemView, content_type = "application/problem+json"),
        (status = 404, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn revert(
    shared: Shared,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let key = shared.access.keyed(&request, Scope::Admin).await?;
    let (purpose, locale) = named(&path)?;
    let actor = shared.actor(&request, &key)?;
    let reverted = shared.revert.execute(&actor, &key.tenant, purpose, locale).await;
    reverted.map_err(|error| Problem::from(&error))?;
    Ok(HttpResponse::NoContent().finish())
}

/// Shows what a text would be like, without saving it. Needs a key with the scope `admin`.
#[utoipa::path(
    post,
    path = "/v1/templates/preview",
    request_body = PreviewBody,
    responses(
        (status = 200, body = PreviewView),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 403, body = ProblemView, content_type = "application/problem+json"),
        (status = 422, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn preview(
    shared: Shared,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let key = shared.access.keyed(&request, Scope::Admin).await?;
    let mut body = body::read(&request, payload).await?;
    let text = body.fields.required("text", any);
    let locale = body.fields.optional("locale", str::parse).unwrap_or_default();
    body.fields.finish()?;
    let Some(text) = text else { return Err(Problem::new(ProblemCode::FieldsInvalid)) };

    let preview = shared.preview.execute(&key.tenant, locale, &text);
    let preview = preview.map_err(|error| Problem::of_template(&error))?;

    Ok(HttpResponse::Ok().json(PreviewView {
        example: preview.lint.longest,
        bytes: preview.lint.bytes,
        limit: VERIFICATION_TEXT_LIMIT,
        r#type: preview.lint.kind.as_str(),
        needs_allow_lms: preview.needs_long,
        price_class_changes: preview.price_class_changes,
    }))
}

/// The purpose and language that an address names, in their one spelling.
fn named((purpose, locale): &(String, String)) -> Result<(Purpose, Locale), Problem> {
    let not_found = || Problem::new(ProblemCode::NotFound);
    let purpose = purpose.parse().map_err(|_| not_found())?;
    let spoken: Locale = locale.parse().map_err(|_| not_found())?;
    if spoken.as_str() == locale { Ok((purpose, spoken)) } else { Err(not_found()) }
}

/// Which texts are templates is judged as a whole.
#[expect(clippy::unnecessary_wraps, reason = "the signature of a parser")]
fn any(text: &str) -> Result<String, FieldCode> {
    Ok(text.to_owned())
}

/// The body of a saving.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the controller reads member by member")]
pub struct SaveTemplateBody {
    /// Begins with `{brand}` or `[{brand}]`, has `{code}` and `{warning}` once each, may have `{minutes}`; no
    /// link. The longest message has at most 80 bytes in EUC-KR.
    #[schema(example = "[{brand}] 인증번호 {code} {warning}")]
    text: String,
    /// Allows up to 2,000 bytes; over 90 they are sent as LMS, which costs more.
    allow_lms: Option<bool>,
}

/// The body of a preview.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the controller reads member by member")]
pub struct PreviewBody {
    /// As for saving.
    #[schema(example = "[{brand}] 인증번호 {code} {warning}")]
    text: String,
    /// The language of the warning: `ko` (default) or `en`.
    locale: Option<String>,
}

/// A text that was saved.
#[derive(Serialize, ToSchema)]
pub struct SavedTemplateView {
    /// `sign_up`, `find_id` or `reset_password`.
    purpose: &'static str,
    /// `ko` or `en`.
    locale: &'static str,
    /// 1, 2, … for each purpose and language.
    version: i32,
    /// `sms` or `lms`.
    r#type: &'static str,
    /// As it was sent.
    text: String,
    /// The longest message, with a code of zeros.
    example: String,
    /// Its bytes in EUC-KR.
    bytes: usize,
    /// Whether its messages cost more than short ones.
    price_class_changes: bool,
    /// When it was saved.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// What a text would be like.
#[derive(Serialize, ToSchema)]
pub struct PreviewView {
    /// The longest message, with a code of zeros.
    example: String,
    /// Its bytes in EUC-KR.
    bytes: usize,
    /// Bytes that are saved without `allow_lms`.
    limit: usize,
    /// `sms` or `lms`.
    r#type: &'static str,
    /// Whether it is saved with `allow_lms` only.
    needs_allow_lms: bool,
    /// Whether its messages cost more than short ones.
    price_class_changes: bool,
}

/// The texts for every purpose and language.
#[derive(Serialize, ToSchema)]
pub struct TemplateListView {
    templates: Vec<TemplateView>,
}

/// The text for one purpose and language.
#[derive(Serialize, ToSchema)]
pub struct TemplateView {
    /// `sign_up`, `find_id` or `reset_password`.
    purpose: &'static str,
    /// `ko` or `en`.
    locale: &'static str,
    /// Whether it is the built-in text.
    built_in: bool,
    /// The version in use; missing for the built-in text.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i32>,
    /// `sms` or `lms`.
    r#type: &'static str,
    /// The text with its placeholders.
    text: String,
    /// A message as it is sent, with a code of zeros.
    example: String,
    /// Its bytes in EUC-KR.
    bytes: usize,
    /// Every version, newest first.
    versions: Vec<VersionView>,
}

/// A version of a text.
#[derive(Serialize, ToSchema)]
pub struct VersionView {
    version: i32,
    /// `null` where it went back to the built-in text.
    text: Option<String>,
    /// `sms` or `lms`.
    r#type: &'static str,
    /// When it was saved.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl From<&TemplateInUse> for TemplateView {
    fn from(template: &TemplateInUse) -> Self {
        let versions = template.versions.iter().map(|version| VersionView {
            version: version.version,
            text: version.text.clone(),
            r#type: version.kind.as_str(),
            created_at: version.created_at,
        });
        Self {
            purpose: template.purpose.as_str(),
            locale: template.locale.as_str(),
            built_in: template.version.is_none(),
            version: template.version,
            r#type: template.kind.as_str(),
            text: template.text.clone(),
            bytes: euc_kr_len(&template.example).unwrap_or(template.example.len()),
            example: template.example.clone(),
            versions: versions.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_purpose_and_language_in_one_spelling() {
        let read = |purpose: &str, locale: &str| {
            named(&(purpose.to_owned(), locale.to_owned())).map_err(|problem| problem.to_string())
        };
        assert_eq!(read("sign_up", "ko"), Ok((Purpose::SignUp, Locale::Ko)));
        for (purpose, locale) in [("sign_up", "ko-KR"), ("sign_up", "fr"), ("login", "ko")] {
            assert_eq!(read(purpose, locale), Err("not_found".to_owned()), "{purpose} {locale}");
        }
    }
}
