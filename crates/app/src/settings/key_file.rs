//! The key ring's file.
//!
//! ```json
//! {"version": 1, "index_key": 1, "active_key": 1, "keys": [{"id": 1, "secret": "<32 bytes in base64>", "created_at": "…"}]}
//! ```
//!
//! The active key seals; the others read what they sealed. A key is changed in two steps, each followed by a
//! restart of one process after another: `bonin keys add`, then `bonin keys activate`. The index key stays the
//! same for the life of a database.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

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
    active_key: u32,
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
    let ring = parse(path)?;
    let wrong = |why: &str| KeyFileError::Wrong(path.display().to_string(), why.to_owned());
    let mut roots = Vec::with_capacity(ring.keys.len());
    for key in &ring.keys {
        let id = KeyId::new(key.id).ok_or_else(|| wrong("key ids begin at 1"))?;
        let mut secret = Zeroizing::new([0; 32]);
        match STANDARD.decode_slice(key.secret.as_bytes(), &mut *secret) {
            Ok(32) => roots.push(RootKey::new(id, secret)),
            _ => return Err(wrong("a key is not 32 bytes in base64")),
        }
    }
    let named = |id| KeyId::new(id).ok_or_else(|| wrong("key ids begin at 1"));
    KeyRing::new(roots, named(ring.index_key)?, named(ring.active_key)?)
        .map_err(|error| wrong(&error.to_string()))
}

fn parse(path: &Path) -> Result<Ring, KeyFileError> {
    let shown = || path.display().to_string();
    let text = match fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(KeyFileError::Missing(shown())),
        Err(error) => return Err(KeyFileError::Io(shown(), error)),
    };
    // The parser's own text could quote a key.
    let ring: Ring = serde_json::from_str(&text)
        .map_err(|_| KeyFileError::Wrong(shown(), "its JSON has another shape".to_owned()))?;
    if ring.version != 1 {
        return Err(KeyFileError::Wrong(shown(), "its version is not 1".to_owned()));
    }
    Ok(ring)
}

/// Adds a fresh key that reads but does not seal yet, and tells its number.
///
/// # Errors
/// [`KeyFileError`]; the file is as it was then.
pub fn add(path: &Path, clock: &dyn Clock, entropy: &dyn Entropy) -> Result<u32, KeyFileError> {
    read(path)?;
    let mut ring = parse(path)?;
    let id = ring.keys.iter().map(|key| key.id).max().unwrap_or(0) + 1;
    ring.keys.push(fresh(id, clock, entropy));
    replace(path, &ring, entropy)?;
    Ok(id)
}

/// Makes a key of the ring the one that seals from now on.
///
/// # Errors
/// [`KeyFileError`]; the file is as it was then.
pub fn activate(path: &Path, id: u32, entropy: &dyn Entropy) -> Result<(), KeyFileError> {
    read(path)?;
    let mut ring = parse(path)?;
    if !ring.keys.iter().any(|key| key.id == id) {
        return Err(KeyFileError::Wrong(path.display().to_string(), format!("it has no key {id}")));
    }
    ring.active_key = id;
    replace(path, &ring, entropy)
}

fn fresh(id: u32, clock: &dyn Clock, entropy: &dyn Entropy) -> Key {
    let mut secret = Zeroizing::new([0; 32]);
    entropy.fill(&mut *secret);
    Key { id, secret: Zeroizing::new(STANDARD.encode(*secret)), created_at: clock.now().to_string() }
}

/// Writes a ring whole under a name of its own beside `path`: nobody ever reads half a ring.
fn draft(path: &Path, ring: &Ring, entropy: &dyn Entropy) -> io::Result<PathBuf> {
    let text = Zeroizing::new(serde_json::to_string_pretty(ring)?);
    let mut mark = [0; 8];
    entropy.fill(&mut mark);
    let draft = path.with_extension(format!("{:016x}.tmp", u64::from_le_bytes(mark)));
    write(&draft, text.as_bytes())?;
    Ok(draft)
}

fn replace(path: &Path, ring: &Ring, entropy: &dyn Entropy) -> Result<(), KeyFileError> {
    let io = |error| KeyFileError::Io(path.display().to_string(), error);
    let draft = draft(path, ring, entropy).map_err(io)?;
    fs::rename(&draft, path).map_err(io)
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
    let ring = Ring { version: 1, index_key: 1, active_key: 1, keys: vec![fresh(1, clock, entropy)] };
    let draft = draft(path, &ring, entropy).map_err(io)?;
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
