//! A new database for each server under test.

use std::path::{Path, PathBuf};
use std::process::Command;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;

use crate::{environment, scratch};

/// Which database a test runs on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    /// A file in the server's own folder.
    Sqlite,
    /// A database of its own in the private cluster.
    Postgres,
}

/// A database that exists for one test. A Postgres one is dropped with this value, whoever is connected.
#[derive(Debug)]
pub enum Database {
    /// The file.
    Sqlite(PathBuf),
    /// The database's name.
    Postgres(String),
}

impl Database {
    /// A new one; a SQLite file will lie in `folder`.
    ///
    /// # Panics
    /// When Postgres is wanted and not provided, or refuses.
    pub fn create(engine: Engine, folder: &Path) -> Self {
        match engine {
            Engine::Sqlite => Self::Sqlite(folder.join("bonin.db")),
            Engine::Postgres => {
                let name = scratch::unique("bonin_test_");
                psql(&cluster_url(), &format!("CREATE DATABASE {name} TEMPLATE template0"));
                Self::Postgres(name)
            }
        }
    }

    /// What `BONIN__DATABASE__URL` is set to.
    ///
    /// # Panics
    /// When Postgres is wanted and not provided.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite://{}", path.display()),
            Self::Postgres(name) => {
                let cluster = cluster_url();
                let (base, _) = cluster.rsplit_once('/').expect("the cluster's URL names a database");
                format!("{base}/{name}")
            }
        }
    }

    /// Everything the database holds: the SQLite file and its companions, or a dump of the Postgres one.
    ///
    /// # Panics
    /// When it cannot be read.
    pub fn contents(&self) -> Vec<u8> {
        match self {
            Self::Sqlite(path) => ["", "-wal", "-shm", "-journal"]
                .into_iter()
                .map(|suffix| PathBuf::from(format!("{}{suffix}", path.display())))
                .filter(|file| file.exists())
                .flat_map(|file| std::fs::read(file).expect("a database file can be read"))
                .collect(),
            Self::Postgres(_) => pg_dump(&self.url()),
        }
    }

    /// How many rows a table has.
    ///
    /// # Panics
    /// When it cannot be read.
    pub fn count(&self, table: &str) -> i64 {
        self.number(&format!("SELECT count(*) AS number FROM {table}"))
    }

    /// The one number that a statement yields, in a column named `number`.
    ///
    /// # Panics
    /// When the statement fails.
    pub fn number(&self, statement: &str) -> i64 {
        self.text(&format!("SELECT CAST(number AS text) AS text FROM ({statement}) AS one"))
            .parse()
            .expect("a number")
    }

    /// The one text that a statement yields, in a column named `text`.
    ///
    /// # Panics
    /// When the statement fails.
    pub fn text(&self, statement: &str) -> String {
        match self {
            Self::Sqlite(path) => {
                let answer = sql_query(statement).get_result::<One>(&mut open(path));
                answer.expect("it answers").text
            }
            Self::Postgres(_) => psql(&self.url(), statement).trim().to_owned(),
        }
    }

    /// The texts that a statement yields, in a column named `text`: one for each row.
    ///
    /// # Panics
    /// When the statement fails.
    pub fn texts(&self, statement: &str) -> Vec<String> {
        match self {
            Self::Sqlite(path) => {
                let rows = sql_query(statement).load::<One>(&mut open(path)).expect("it answers");
                rows.into_iter().map(|row| row.text).collect()
            }
            Self::Postgres(_) => psql(&self.url(), statement).lines().map(str::to_owned).collect(),
        }
    }

    /// Does what statements say.
    ///
    /// # Panics
    /// When one fails.
    pub fn execute(&self, statements: &str) {
        match self {
            Self::Sqlite(path) => open(path).batch_execute(statements).expect("it does"),
            Self::Postgres(_) => drop(psql(&self.url(), statements)),
        }
    }

    /// Which it is.
    pub fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }
}

fn open(path: &Path) -> SqliteConnection {
    let path = path.to_str().expect("a path in UTF-8");
    let mut connection = SqliteConnection::establish(path).expect("the file opens");
    connection.batch_execute("PRAGMA busy_timeout = 5000").expect("it takes settings");
    // Only later versions than some machines have bring their own.
    unhex_utils::register_impl(&mut connection, |digits: String| -> Vec<u8> {
        let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let pairs = digits.as_bytes().chunks(2);
        pairs.map(|pair| pair.iter().filter_map(digit).fold(0, |byte, digit| byte << 4 | digit)).collect()
    })
    .expect("it takes a function");
    connection
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// The bytes that hex digits stand for.
    fn unhex(digits: Text) -> Binary;
}

#[derive(QueryableByName)]
struct One {
    #[diesel(sql_type = Text)]
    text: String,
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Self::Postgres(name) = self {
            // The cluster goes at the end of the run; a database left in it does no harm.
            let _ = command("psql")
                .args(["-qc", &format!("DROP DATABASE {name} WITH (FORCE)")])
                .arg(cluster_url())
                .output();
        }
    }
}

/// Runs `statement` by psql and gives what it printed: rows, their columns parted by `|`.
///
/// # Panics
/// When it fails.
pub fn psql(url: &str, statement: &str) -> String {
    let mut psql = command("psql");
    psql.args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-c", statement]).arg(url);
    String::from_utf8(output(psql)).expect("psql prints UTF-8")
}

/// A whole database as SQL text, its data included.
///
/// # Panics
/// When it fails.
pub fn pg_dump(url: &str) -> Vec<u8> {
    let mut dump = command("pg_dump");
    dump.arg(url);
    output(dump)
}

fn cluster_url() -> String {
    environment::provided("BONIN_TEST_POSTGRES_URL")
}

/// A program of the cluster's own version, with nothing from the developer's environment.
fn command(program: &str) -> Command {
    let psql = PathBuf::from(environment::provided("BONIN_TEST_PSQL"));
    let mut command = Command::new(psql.with_file_name(program));
    command.env_clear().env("LC_ALL", "C.UTF-8").env("PGCONNECT_TIMEOUT", "10");
    command
}

fn output(mut command: Command) -> Vec<u8> {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
