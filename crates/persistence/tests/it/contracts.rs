//! Every promise of the ports, over both engines.

mod sqlite {
    bonin_testkit::contract_tests!(crate::databases::new_sqlite().await);
}

mod postgres {
    use std::sync::Arc;

    use bonin_persistence::postgres::Store;
    use tokio::sync::OnceCell;

    use crate::databases::new_postgres;

    /// One database for all cases: they run in parallel and must not see each other.
    async fn shared() -> Arc<Store> {
        static SHARED: OnceCell<Arc<Store>> = OnceCell::const_new();
        SHARED.get_or_init(new_postgres).await.clone()
    }

    bonin_testkit::contract_tests!(shared().await, fresh: new_postgres().await);
}
