//! The texts that tenants write.

use std::collections::HashMap;
use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::access::ApiKeyId;
use bonin_domain::admin::AuditAction;
use bonin_domain::codes::{Code, CodeLength, Purpose};
use bonin_domain::messages::{Brand, Locale, MessageKind, TemplateError, TemplateLintError, WebOtpDomain};
use bonin_ports::{AuditFilter, AuditLog};
use bonin_services::admin::{Actor, Record};
use bonin_services::codes::{TenantTexts, Texts};
use bonin_services::templates::{
    ListTemplates, PreviewTemplate, RevertTemplate, SaveTemplate, SaveTemplateError,
};
use bonin_testkit::{FixedClock, InMemoryStore, SeededEntropy, key_ring};

const OWN: &str = "[{brand}] 가입 번호 {code} {warning}";

struct Desk {
    texts: Arc<Texts>,
    save: SaveTemplate,
    revert: RevertTemplate,
    list: ListTemplates,
    preview: PreviewTemplate,
    tenant: TenantId,
    log: Arc<InMemoryStore>,
}

impl Desk {
    fn new() -> Self {
        let clock = Arc::new(FixedClock::new("2030-01-01T03:00:00Z".parse().expect("a moment")));
        let templates = Arc::new(InMemoryStore::default());
        let brand = |name: &str| Brand::parse(name).expect("a brand");
        let tenant = TenantId::parse("acme").expect("a tenant");
        let site = WebOtpDomain::parse("acme.kr").expect("a site");
        let own = TenantTexts { brand: brand("에이스"), web_otp: Some(site) };
        let texts = Arc::new(Texts::new(
            HashMap::from([(tenant.clone(), own)]),
            TenantTexts { brand: brand("본인"), web_otp: None },
            3,
            templates.clone(),
        ));
        let code_length = CodeLength::SIX;
        let record = Record {
            log: templates.clone(),
            keys: Arc::new(key_ring()),
            clock: clock.clone(),
            entropy: Arc::new(SeededEntropy::new(1)),
        };
        let log = templates.clone();
        Self {
            save: SaveTemplate {
                templates: templates.clone(),
                texts: texts.clone(),
                code_length,
                record: record.clone(),
                clock: clock.clone(),
            },
            revert: RevertTemplate { templates: templates.clone(), texts: texts.clone(), record, clock },
            list: ListTemplates { templates, texts: texts.clone(), code_length },
            preview: PreviewTemplate { texts: texts.clone(), code_length },
            texts,
            tenant,
            log,
        }
    }

    /// The message that a start of `tenant` would send.
    fn message(&self, tenant: &TenantId) -> (MessageKind, String) {
        let code = Code::parse("123456", CodeLength::SIX).expect("a code");
        self.texts.write(tenant, Purpose::SignUp, Locale::Ko, &code)
    }

    async fn save(&self, text: &str, long_allowed: bool) -> Result<i32, SaveTemplateError> {
        let saved = self
            .save
            .execute(&Actor::Terminal, &self.tenant, Purpose::SignUp, Locale::Ko, text, long_allowed)
            .await?;
        Ok(saved.version)
    }
}

#[tokio::test]
async fn a_saved_text_is_used_at_once_and_by_its_tenant_alone() {
    let desk = Desk::new();
    let before = desk.message(&TenantId::default_tenant());
    assert_eq!(desk.save(OWN, false).await.unwrap(), 1);
    let (kind, text) = desk.message(&desk.tenant);
    let expected = "[에이스] 가입 번호 123456 타인에게 알려주지 마세요.\n@acme.kr #123456";
    assert_eq!((kind, text.as_str()), (MessageKind::Sms, expected));
    assert_eq!(desk.message(&TenantId::default_tenant()), before);
}

#[tokio::test]
async fn a_text_that_breaks_a_rule_is_not_saved() {
    let desk = Desk::new();
    let refused = desk.save("{code} {warning}", false).await;
    assert!(matches!(refused, Err(SaveTemplateError::Template(TemplateError::BrandFirst))));
    // The tenant's own brand and site count: 32 bytes, 17 of them the last line with its line feed.
    let long = format!("{OWN} {}", "가".repeat(20));
    let refused = desk.save(&long, false).await;
    let bytes = match refused {
        Err(SaveTemplateError::Lint(TemplateLintError::TooLong { bytes, limit: 80 })) => bytes,
        other => panic!("{other:?}"),
    };
    let (_, example) = desk.preview_of(&long);
    assert_eq!(bytes, bonin_domain::messages::euc_kr_len(&example).unwrap());
    assert!(
        desk.list.execute(&desk.tenant).await.unwrap().iter().all(|template| template.versions.is_empty())
    );
}

impl Desk {
    fn preview_of(&self, text: &str) -> (MessageKind, String) {
        let preview = self.preview.execute(&self.tenant, Locale::Ko, text).expect("it can be sent");
        (preview.lint.kind, preview.lint.longest)
    }
}

#[tokio::test]
async fn long_messages_must_be_allowed_and_say_that_they_cost_more() {
    let desk = Desk::new();
    let long = format!("{OWN} {}", "가".repeat(40));
    assert!(desk.save(&long, false).await.is_err());
    let preview = desk.preview.execute(&desk.tenant, Locale::Ko, &long).unwrap();
    assert!(preview.needs_long && preview.price_class_changes);
    assert_eq!(preview.lint.kind, MessageKind::Lms);
    desk.save(&long, true).await.unwrap();
    assert_eq!(desk.message(&desk.tenant).0, MessageKind::Lms);
    let preview = desk.preview.execute(&desk.tenant, Locale::Ko, OWN).unwrap();
    assert!(!preview.needs_long && !preview.price_class_changes);
}

#[tokio::test]
async fn versions_add_up_and_the_built_in_text_comes_back() {
    let desk = Desk::new();
    let built_in = desk.message(&desk.tenant);
    desk.revert.execute(&Actor::Terminal, &desk.tenant, Purpose::SignUp, Locale::Ko).await.unwrap();
    assert_eq!(desk.save(OWN, false).await.unwrap(), 1, "going back from nowhere leaves no version");
    assert_eq!(desk.save("{brand} {code} {warning}", false).await.unwrap(), 2);
    let sign_up = desk.list.execute(&desk.tenant).await.unwrap().remove(0);
    assert_eq!((sign_up.purpose, sign_up.locale, sign_up.version), (Purpose::SignUp, Locale::Ko, Some(2)));
    assert_eq!(sign_up.text, "{brand} {code} {warning}");
    assert!(sign_up.example.starts_with("에이스 000000"));

    desk.revert.execute(&Actor::Terminal, &desk.tenant, Purpose::SignUp, Locale::Ko).await.unwrap();
    desk.revert.execute(&Actor::Terminal, &desk.tenant, Purpose::SignUp, Locale::Ko).await.unwrap();
    assert_eq!(desk.message(&desk.tenant), built_in);
    let all = desk.list.execute(&desk.tenant).await.unwrap();
    assert_eq!(all.len(), 2 * Purpose::ALL.len());
    let sign_up = &all[0];
    assert_eq!((sign_up.version, sign_up.text.contains("{code}")), (None, true));
    let versions: Vec<(i32, bool)> =
        sign_up.versions.iter().map(|version| (version.version, version.text.is_some())).collect();
    assert_eq!(versions, [(3, false), (2, true), (1, true)]);
    assert!(all[1..].iter().all(|template| template.versions.is_empty()), "others were not touched");
}

#[tokio::test]
async fn what_was_saved_or_reverted_is_recorded_and_nothing_else() {
    let desk = Desk::new();
    assert!(desk.save("{brand} {code}", false).await.is_err(), "no warning");
    desk.revert.execute(&Actor::Terminal, &desk.tenant, Purpose::SignUp, Locale::Ko).await.unwrap();
    assert!(
        AuditLog::list(&*desk.log, AuditFilter::default(), 10).await.unwrap().is_empty(),
        "nothing was done"
    );

    desk.save("[{brand}] {code} {warning}", false).await.unwrap();
    let (id, address) =
        (ApiKeyId::parse("abcdefgh").expect("an id"), "203.0.113.7".parse().expect("an address"));
    let program = Actor::Key { id, address };
    desk.revert.execute(&program, &desk.tenant, Purpose::SignUp, Locale::Ko).await.unwrap();
    let entries = AuditLog::list(&*desk.log, AuditFilter::default(), 10).await.unwrap();
    let told: Vec<_> = entries.iter().map(|entry| (entry.actor.as_str(), entry.action)).collect();
    let expected =
        [("key:abcdefgh", AuditAction::TemplateReverted), ("terminal", AuditAction::TemplateSaved)];
    assert_eq!(told, expected);
    assert!(entries.iter().all(|entry| entry.subject.as_deref() == Some("name:acme/sign_up/ko")));
    assert_eq!(entries[0].address.as_deref(), Some("203.0.113.7"));
}
