//! The key ring's file.
//!
//! ```json
//! {"version": 1, "index_key": 1, "keys": [{"id": 1, "secret": "<32 bytes in base64>", "created_at": "…"}]}
//! ```
//!
//! New keys are added with a higher id and become the ones in use; old ones stay for what they sealed. The
//! index key stays the same for the life of a database.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bonin_domain::keys::{KeyId, KeyRing, RootKey};
use bonin_ports::{Clock, Entropy};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Why the key ring cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file is not there.
    #[error("the key file {0} does not exist; `bonin keys init` makes one")]
    Missing(String),
    /// The file cannot be read or written.
    #[error("the key file {0} cannot be read or written: {1}")]
    Io(String, io::Error),
    /// The file's content is wrong.
    #[error("the key file {0} is not a key ring: {1}")]
    Wrong(String, String),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ring {
    version: u32,
    index_key: u32,
    keys: Vec<Key>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    id: u32,
    secret: Zeroizing<String>,
    created_at: String,
}

/// Reads the ring at `path`.
///
/// # Errors
/// [`KeyFileError`].
pub fn read(path: &Path) -> Result<KeyRing, KeyFileError> {
    let shown = || path.display().to_string();
    let text = match fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(KeyFileError::Missing(shown())),
        Err(error) => return Err(KeyFileError::Io(shown(), error)),
    };
    let wrong = |why: &str| KeyFileError::Wrong(shown(), why.to_owned());
    // The parser's own text could quote a key.
    let ring: Ring = serde_json::from_str(&text).map_err(|_| wrong("its JSON has another shape"))?;
    if ring.version != 1 {
        return Err(wrong("its version is not 1"));
    }
    let mut roots = Vec::with_capacity(ring.keys.len());
    for key in &ring.keys {
        let id = KeyId::new(key.id).ok_or_else(|| wrong("key ids begin at 1"))?;
        let mut secret = Zeroizing::new([0; 32]);
        match STANDARD.decode_slice(key.secret.as_bytes(), &mut *secret) {
            Ok(32) => roots.push(RootKey::new(id, secret)),
            _ => return Err(wrong("a key is not 32 bytes in base64")),
        }
    }
    let index = KeyId::new(ring.index_key).ok_or_else(|| wrong("key ids begin at 1"))?;
    KeyRing::new(roots, index).map_err(|error| wrong(&error.to_string()))
}

/// Makes a ring with one fresh key at `path`, readable by its owner only, unless there is one: of processes
/// that start together one makes it and all read the same.
///
/// # Errors
/// [`KeyFileError`] when the file cannot be written.
pub fn make_if_missing(path: &Path, clock: &dyn Clock, entropy: &dyn Entropy) -> Result<bool, KeyFileError> {
    if path.exists() {
        return Ok(false);
    }
    let io = |error| KeyFileError::Io(path.display().to_string(), error);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(io)?;
    }
    let mut secret = Zeroizing::new([0; 32]);
    entropy.fill(&mut *secret);
    let ring = Ring {
        version: 1,
        index_key: 1,
        keys: vec![Key {
            id: 1,
            secret: Zeroizing::new(STANDARD.encode(*secret)),
            created_at: clock.now().to_string(),
        }],
    };
    let text = Zeroizing::new(serde_json::to_string_pretty(&ring).map_err(|error| io(error.into()))?);
    // Written whole under a name of its own, then linked: nobody ever reads half a ring.
    let mut mark = [0; 8];
    entropy.fill(&mut mark);
    let draft = path.with_extension(format!("{:016x}.tmp", u64::from_le_bytes(mark)));
    write(&draft, text.as_bytes()).map_err(io)?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft).map_err(io)?;
    match linked {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(io(error)),
    }
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file: File = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Whether others than its owner may read the file.
pub fn is_readable_by_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}
