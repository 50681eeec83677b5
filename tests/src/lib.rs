//! The harness of the end-to-end tests: it starts the real `bonin` binary and talks to it as a client would.
//!
//! A test is an async function of an [`Engine`], run on both databases through [`on_both_databases!`]:
//!
//! ```ignore
//! use bonin_tests::{Engine, Server, numbers, on_both_databases};
//!
//! async fn the_code_on_the_handset_proves_the_number(engine: Engine) {
//!     let server = Server::on(engine).start().await;
//!     let number = numbers::fresh();
//!     let verification = server.api().start(&number).await;
//!     let code = server.handset().code(&number).await;
//!     server.api().check(&verification, &code).await.expect(200);
//! }
//! on_both_databases!(the_code_on_the_handset_proves_the_number);
//! ```
//!
//! `make test` provides what the tests need: `BONIN_TEST_BIN`, the binary, and `BONIN_TEST_POSTGRES_URL`,
//! `BONIN_TEST_PSQL`, the private Postgres of `tests/postgres.sh`. Nothing is skipped when it is missing.
//!
//! Everything listens on loopback, lives in a temporary folder and is gone when its value is dropped, also when
//! a test panics: then the last lines of the server's log are shown.

mod administrator;
mod api;
mod binary;
mod database;
mod environment;
mod handset;
mod member;
pub mod numbers;
mod process;
mod sandbox;
mod scratch;
mod server;
mod turns;
mod visitor;
mod wait;

pub use administrator::{Administrator, one_time_password};
pub use api::{Answer, Api, ApiKey, Verification};
pub use binary::bonin;
pub use database::{Database, Engine, pg_dump, psql};
pub use handset::{Handset, Message};
pub use member::{LoggedIn, Member};
pub use process::{Exit, Process};
pub use sandbox::{Sandbox, SandboxProcess};
pub use scratch::Scratch;
pub use server::{Server, ServerBuilder};
pub use turns::{shared_turn, turn};
pub use visitor::{Visitor, field_of, people, value_after, way_out};
pub use wait::{Deadline, until};

/// Runs an async function of an [`Engine`] as two tests, `NAME::on_sqlite` and `NAME::on_postgres`.
#[macro_export]
macro_rules! on_both_databases {
    ($($name:ident),+ $(,)?) => {
        $(
            mod $name {
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn on_sqlite() {
                    super::$name($crate::Engine::Sqlite).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn on_postgres() {
                    super::$name($crate::Engine::Postgres).await;
                }
            }
        )+
    };
}
