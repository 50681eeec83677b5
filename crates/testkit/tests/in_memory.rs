//! The contract suites over the in-memory store.

use std::sync::{Arc, LazyLock};

use bonin_testkit::InMemoryStore;

mod a_new_store_for_each_case {
    use super::*;

    bonin_testkit::contract_tests!(Arc::new(InMemoryStore::default()));
}

/// The cases must not disturb each other where they share a database.
mod one_store_for_all_cases {
    use super::*;

    static SHARED: LazyLock<Arc<InMemoryStore>> = LazyLock::new(Arc::default);

    bonin_testkit::contract_tests!(SHARED.clone(), fresh: Arc::new(InMemoryStore::default()));
}

mod as_functions {
    use bonin_testkit::contracts;

    use super::*;

    async fn new_store() -> Arc<dyn contracts::Store> {
        Arc::new(InMemoryStore::default())
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn every_suite_passes() {
        contracts::verification_repository(new_store).await;
        contracts::outbox(new_store).await;
        contracts::message_groups(new_store).await;
        contracts::api_keys(new_store).await;
        contracts::receipts(new_store).await;
        contracts::templates(new_store).await;
        contracts::key_checks(new_store).await;
        contracts::conversions(new_store).await;
        contracts::accounts(new_store).await;
        contracts::passwords(new_store).await;
        contracts::login_attempts(new_store).await;
        contracts::sessions(new_store).await;
        contracts::identities(new_store).await;
        contracts::connections(new_store).await;
        contracts::web_sends(new_store).await;
        contracts::erasures(new_store).await;
        contracts::admins(new_store).await;
        contracts::audit(new_store).await;
        contracts::analytics(new_store).await;
    }
}
