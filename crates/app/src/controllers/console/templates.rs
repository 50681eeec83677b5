//! `/console/templates`: the texts of all tenants.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bonin_domain::TenantId;
use bonin_domain::codes::Purpose;
use bonin_domain::messages::{Locale, MessageKind, VERIFICATION_TEXT_LIMIT};
use bonin_services::templates::{TemplateInUse, TemplatePreview};
use jiff::Timestamp;

use super::session::{ConsolePages, Signed};
use super::{names, template_words, words};
use crate::controllers::templates as api;
use crate::pages::form::Form;
use crate::pages::{Faults, Frame, format, see_other};
use crate::problem::{Problem, ProblemCode};

/// Where they are listed.
const TEMPLATES: &str = "/console/templates";

/// What the pages of texts share.
pub struct Templates {
    pub pages: Arc<ConsolePages>,
    /// The use cases, as the API has them.
    pub texts: Arc<api::Templates>,
    /// The tenants of the configuration.
    pub tenants: Vec<TenantId>,
}

type Shared = web::Data<Arc<Templates>>;

#[derive(Template)]
#[template(path = "console/templates.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    signed: &'a Signed,
    tenants: &'a [TenantId],
    tenant: &'a TenantId,
    templates: &'a [TemplateInUse],
}

#[derive(Template)]
#[template(path = "console/template.html")]
struct EditPage<'a> {
    frame: &'a Frame,
    signed: &'a Signed,
    named: &'a Named,
    in_use: &'a TemplateInUse,
    /// What stands in the field.
    text: &'a str,
    long_allowed: bool,
    preview: Option<TemplatePreview>,
    faults: &'a Faults,
}

/// Which text.
struct Named {
    tenant: TenantId,
    purpose: Purpose,
    locale: Locale,
}

impl ListPage<'_> {
    fn purpose(&self, template: &TemplateInUse) -> &'static str {
        names::purpose(self.frame, template.purpose)
    }

    fn language(&self, template: &TemplateInUse) -> &'static str {
        words::language(self.frame, template.locale)
    }
}

impl EditPage<'_> {
    fn purpose(&self) -> &'static str {
        names::purpose(self.frame, self.named.purpose)
    }

    fn language(&self) -> &'static str {
        words::language(self.frame, self.named.locale)
    }

    fn at(&self, at: &Timestamp) -> String {
        format::minute(*at, self.frame.locale)
    }

    /// How full the message is, in the words of the style sheet.
    fn fullness(preview: &TemplatePreview) -> &'static str {
        match preview.lint.bytes {
            bytes if bytes > VERIFICATION_TEXT_LIMIT => "long",
            bytes if bytes * 10 > VERIFICATION_TEXT_LIMIT * 9 => "near",
            _ => "ok",
        }
    }
}

/// `GET /console/templates?tenant=…`
pub async fn list(shared: Shared, request: HttpRequest) -> HttpResponse {
    let page = async |signed: &Signed| {
        let tenant = match signed.frame.parameter("tenant") {
            Some(name) => shared.known(name)?,
            None => TenantId::default_tenant(),
        };
        let templates = shared.texts.list.execute(&tenant).await.map_err(|error| Problem::from(&error))?;
        let (tenant, tenants, templates) = (&tenant, &shared.tenants, &templates);
        Ok(signed.answer(&ListPage { frame: &signed.frame, signed, tenants, tenant, templates }))
    };
    shared.pages.show(&request, page).await
}

/// `GET /console/templates/{tenant}/{purpose}/{locale}`
pub async fn show(
    shared: Shared,
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
) -> HttpResponse {
    let page = async |signed: &Signed| {
        let named = shared.named(&path)?;
        let in_use = shared.in_use(&named).await?;
        let preview = shared.texts.preview.execute(&named.tenant, named.locale, &in_use.text).ok();
        Ok(edit(signed, StatusCode::OK, &named, &in_use, &Draft::of(&in_use), preview, &Faults::default()))
    };
    shared.pages.show(&request, page).await
}

/// `POST /console/templates/{tenant}/{purpose}/{locale}`: shows what the text would be like, or saves it (`do=save`).
pub async fn save(
    shared: Shared,
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
    payload: web::Payload,
) -> HttpResponse {
    let saved = async |signed: &Signed, form: &Form| {
        let named = shared.named(&path)?;
        let draft = Draft::typed(form);
        let mut faults = Faults::default();
        let preview = match shared.texts.preview.execute(&named.tenant, named.locale, &draft.text) {
            Ok(preview) => Some(preview),
            Err(error) => {
                faults.add("text", template_words::fault(&signed.frame, &error, &draft.text)?);
                None
            }
        };
        if let Some(preview) = preview.as_ref().filter(|preview| preview.needs_long && !draft.long_allowed) {
            faults.add("text", template_words::too_long(&signed.frame, preview.lint.bytes));
        }
        if faults.is_empty() && form.text("do") == "save" {
            let Named { tenant, purpose, locale } = &named;
            let (actor, text) = (signed.actor(), &draft.text);
            let save = &shared.texts.save;
            let done = save.execute(&actor, tenant, *purpose, *locale, text, draft.long_allowed).await;
            done.map_err(|error| Problem::of_template(&error))?;
            return Ok(see_other(&address(&named)).finish());
        }
        let in_use = shared.in_use(&named).await?;
        let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        Ok(edit(signed, status, &named, &in_use, &draft, preview, &faults))
    };
    shared.pages.change(&request, payload, &typed_address(&path), saved).await
}

/// `POST /console/templates/{tenant}/{purpose}/{locale}/revert`
pub async fn revert(
    shared: Shared,
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
    payload: web::Payload,
) -> HttpResponse {
    let reverted = async |signed: &Signed, _: &Form| {
        let named = shared.named(&path)?;
        let Named { tenant, purpose, locale } = &named;
        let done = shared.texts.revert.execute(&signed.actor(), tenant, *purpose, *locale).await;
        done.map_err(|error| Problem::from(&error))?;
        Ok(see_other(&address(&named)).finish())
    };
    shared.pages.change(&request, payload, &typed_address(&path), reverted).await
}

/// `GET /console/templates/{tenant}/{purpose}/{locale}/revert`: the way to the text.
pub async fn to_text(
    shared: Shared,
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
) -> HttpResponse {
    let page = async |_: &Signed| Ok(see_other(&address(&shared.named(&path)?)).finish());
    shared.pages.show(&request, page).await
}

/// A text that somebody writes.
struct Draft {
    text: String,
    long_allowed: bool,
}

impl Draft {
    fn of(in_use: &TemplateInUse) -> Self {
        Self { text: in_use.text.clone(), long_allowed: in_use.kind == MessageKind::Lms }
    }

    fn typed(form: &Form) -> Self {
        // Browsers end the lines of a field with two characters, messages with one.
        Self { text: form.text("text").replace("\r\n", "\n"), long_allowed: form.has("long") }
    }
}

impl Templates {
    fn known(&self, name: &str) -> Result<TenantId, Problem> {
        let tenant = TenantId::parse(name).ok().filter(|tenant| self.tenants.contains(tenant));
        tenant.ok_or_else(|| Problem::new(ProblemCode::NotFound))
    }

    fn named(&self, (tenant, purpose, locale): &(String, String, String)) -> Result<Named, Problem> {
        let not_found = || Problem::new(ProblemCode::NotFound);
        Ok(Named {
            tenant: self.known(tenant)?,
            purpose: purpose.parse().map_err(|_| not_found())?,
            locale: locale.parse().map_err(|_| not_found())?,
        })
    }

    async fn in_use(&self, named: &Named) -> Result<TemplateInUse, Problem> {
        let all = self.texts.list.execute(&named.tenant).await.map_err(|error| Problem::from(&error))?;
        let mut all = all.into_iter();
        let found = all.find(|one| one.purpose == named.purpose && one.locale == named.locale);
        found.ok_or_else(|| Problem::new(ProblemCode::NotFound))
    }
}

/// The address of a text's page as it was asked for; there need be none.
fn typed_address((tenant, purpose, locale): &(String, String, String)) -> String {
    format!("{TEMPLATES}/{tenant}/{purpose}/{locale}")
}

/// The address of a text's page, of parts that were parsed.
fn address(named: &Named) -> String {
    let Named { tenant, purpose, locale } = named;
    format!("{TEMPLATES}/{tenant}/{}/{}", purpose.as_str(), locale.as_str())
}

fn edit(
    signed: &Signed,
    status: StatusCode,
    named: &Named,
    in_use: &TemplateInUse,
    draft: &Draft,
    preview: Option<TemplatePreview>,
    faults: &Faults,
) -> HttpResponse {
    let page = EditPage {
        frame: &signed.frame,
        signed,
        named,
        in_use,
        text: &draft.text,
        long_allowed: draft.long_allowed,
        preview,
        faults,
    };
    signed.frame.answer(status, &page)
}
