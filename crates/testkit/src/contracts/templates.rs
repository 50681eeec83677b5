//! Templates: versions that are only ever added, the highest in use.

use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::codes::Purpose;
use bonin_domain::messages::{Locale, MessageKind};
use bonin_ports::{TemplateRepository, TemplateVersion};

use super::Store;
use super::support::race;
use crate::Scene;

/// A version for sign-up in Korean of the scene's own tenant. What it says of its number does not count.
fn version(scene: &Scene, text: Option<&str>) -> TemplateVersion {
    TemplateVersion {
        tenant: scene.own_tenant(),
        purpose: Purpose::SignUp,
        locale: Locale::Ko,
        kind: MessageKind::Sms,
        version: 99,
        text: text.map(str::to_owned),
        created_at: scene.at(0),
    }
}

async fn add(store: &Arc<dyn Store>, version: &TemplateVersion) -> i32 {
    TemplateRepository::add(&**store, version.clone()).await.expect("the store works")
}

async fn in_use(store: &Arc<dyn Store>, tenants: &[TenantId]) -> Vec<TemplateVersion> {
    let mut all = store.in_use().await.expect("the store works");
    all.retain(|version| tenants.contains(&version.tenant));
    all
}

/// Versions ascend from 1 for each tenant, purpose and language, and read back newest first.
pub async fn versions_ascend_for_each_template(store: Arc<dyn Store>) {
    let (scene, other) = (Scene::new(), Scene::new());
    let first = version(&scene, Some("[{brand}] {code}"));
    let second = TemplateVersion {
        kind: MessageKind::Lms,
        text: Some("{code}, 그리고 {brand}".to_owned()),
        created_at: scene.at(1),
        ..first.clone()
    };
    let templates = [
        first.clone(),
        TemplateVersion { tenant: other.own_tenant(), ..first.clone() },
        TemplateVersion { purpose: Purpose::FindId, ..first.clone() },
        TemplateVersion { locale: Locale::En, ..first.clone() },
    ];
    for template in &templates {
        assert_eq!(add(&store, template).await, 1);
    }
    assert_eq!(add(&store, &second).await, 2);
    let versions = store.versions(&first.tenant, Purpose::SignUp, Locale::Ko).await;
    let newest_first =
        vec![TemplateVersion { version: 2, ..second }, TemplateVersion { version: 1, ..first }];
    assert_eq!(versions, Ok(newest_first));
    for template in templates.into_iter().skip(1) {
        let versions = store.versions(&template.tenant, template.purpose, template.locale).await;
        assert_eq!(versions, Ok(vec![TemplateVersion { version: 1, ..template }]));
    }
    let none = store.versions(&scene.own_tenant(), Purpose::ResetPassword, Locale::Ko).await;
    assert_eq!(none, Ok(vec![]));
}

/// Concurrent additions get a number each, without a gap.
pub async fn concurrent_versions_get_a_number_each(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let calls = (0..8).map(|place| {
        let (store, version) = (Arc::clone(&store), version(&scene, Some(&format!("{place} {{code}}"))));
        async move { add(&store, &version).await }
    });
    let mut numbers = race(calls).await;
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=8).collect::<Vec<_>>());
    let versions = store.versions(&scene.own_tenant(), Purpose::SignUp, Locale::Ko).await;
    assert_eq!(versions.expect("the store works").len(), 8);
}

/// The highest version of each template is in use, of all tenants, whenever it was saved.
pub async fn the_highest_version_is_in_use(store: Arc<dyn Store>) {
    let (scene, other) = (Scene::new(), Scene::new());
    let tenants = [scene.own_tenant(), other.own_tenant()];
    assert_eq!(in_use(&store, &tenants).await, []);
    let mut expected = Vec::new();
    for scene in [&scene, &other] {
        for locale in [Locale::Ko, Locale::En] {
            let first =
                TemplateVersion { locale, created_at: scene.at(9), ..version(scene, Some("{code} 1")) };
            let second = TemplateVersion { created_at: scene.at(8), ..version(scene, Some("{code} 2")) };
            add(&store, &first).await;
            let second = TemplateVersion {
                locale,
                version: add(&store, &TemplateVersion { locale, ..second.clone() }).await,
                ..second
            };
            expected.push(second);
        }
    }
    let mut found = in_use(&store, &tenants).await;
    let place = |one: &TemplateVersion| {
        (tenants.iter().position(|tenant| *tenant == one.tenant), one.locale == Locale::En)
    };
    found.sort_by_key(place);
    assert_eq!(found, expected);
    assert!(expected.iter().all(|version| version.version == 2));
}

/// A version without a text goes back to the built-in one: it is the one in use, and those before it stay.
pub async fn a_version_without_text_goes_back_to_the_built_in_one(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let tenants = [scene.own_tenant()];
    let text = version(&scene, Some("{code}"));
    let built_in = TemplateVersion { created_at: scene.at(1), ..version(&scene, None) };
    add(&store, &text).await;
    add(&store, &built_in).await;
    let built_in = TemplateVersion { version: 2, ..built_in };
    assert_eq!(in_use(&store, &tenants).await, std::slice::from_ref(&built_in));
    let versions = store.versions(&tenants[0], Purpose::SignUp, Locale::Ko).await;
    assert_eq!(versions, Ok(vec![built_in, TemplateVersion { version: 1, ..text.clone() }]));
    assert_eq!(add(&store, &text).await, 3);
    assert_eq!(in_use(&store, &tenants).await, [TemplateVersion { version: 3, ..text }]);
}
