//! Where the binary under test is.

use std::path::PathBuf;
use std::sync::LazyLock;

use crate::environment;

static BONIN: LazyLock<PathBuf> = LazyLock::new(find);

/// The `bonin` binary: `BONIN_TEST_BIN`, or the one that lies beside this test's executable.
///
/// # Panics
/// When there is none.
pub fn bonin() -> &'static PathBuf {
    &BONIN
}

fn find() -> PathBuf {
    let path = environment::read("BONIN_TEST_BIN").map_or_else(beside_this_test, PathBuf::from);
    assert!(
        path.is_file(),
        "the server is not built at {}: run `make test`, or build it with `cargo build --workspace --bins`",
        path.display()
    );
    path
}

/// `target/PROFILE/bonin`, where this test is `target/PROFILE/deps/it-…`.
fn beside_this_test() -> PathBuf {
    let test = std::env::current_exe().expect("a running program has a path");
    let profile = test.parent().and_then(std::path::Path::parent).expect("tests lie in target/PROFILE/deps");
    profile.join(format!("bonin{}", std::env::consts::EXE_SUFFIX))
}
