//! Every promise of the ports, over both engines.

mod sqlite {
    bonin_testkit::contract_tests!(crate::databases::new_sqlite().await);
}

mod postgres {
    use std::sync::Arc;

    use tokio::sync::OnceCell;

    use crate::databases::{Opened, new_postgres};

    /// One database for all cases: they run in parallel and must not see each other.
    async fn shared() -> Arc<Opened> {
        static SHARED: OnceCell<Arc<Opened>> = OnceCell::const_new();
        SHARED.get_or_init(new_postgres).await.clone()
    }

    bonin_testkit::contract_tests!(shared().await, fresh: new_postgres().await);
}
