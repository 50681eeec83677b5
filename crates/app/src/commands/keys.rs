//! `bonin keys init`, `add`, `activate`: the root keys.

use std::path::{Path, PathBuf};

use crate::settings::{key_file, key_file_path, load};
use crate::wiring::{Failure, System};

fn path(file: Option<&Path>) -> Result<PathBuf, Failure> {
    Ok(key_file_path(&load(file)?).unwrap_or_else(|| PathBuf::from("data/keys.json")))
}

/// Makes the key ring's file unless it is there.
pub fn init(file: Option<&Path>) -> Result<(), Failure> {
    let (path, system) = (path(file)?, System::new());
    let made = key_file::make_if_missing(&path, &*system.clock, &*system.entropy)?;
    key_file::read(&path)?;
    let path = path.display();
    if made {
        println!("made {path}; keep a copy of it apart from the database: without it nothing can be read");
    } else {
        println!("{path} is there already and was left as it is");
    }
    Ok(())
}

/// Adds a key that does not seal yet.
pub fn add(file: Option<&Path>) -> Result<(), Failure> {
    let (path, system) = (path(file)?, System::new());
    let id = key_file::add(&path, &*system.clock, &*system.entropy)?;
    println!("added key {id} to {}", path.display());
    println!("restart the processes one after another, then type: bonin keys activate {id}");
    Ok(())
}

/// Makes a key the one that seals.
pub fn activate(file: Option<&Path>, id: u32) -> Result<(), Failure> {
    let (path, system) = (path(file)?, System::new());
    key_file::activate(&path, id, &*system.entropy)?;
    println!("key {id} of {} seals once the processes are restarted, one after another", path.display());
    Ok(())
}
