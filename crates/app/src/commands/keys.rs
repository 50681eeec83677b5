//! `bonin keys`

use std::path::Path;

use crate::settings::{Tree, key_file, load};
use crate::wiring::{Failure, System};

/// Makes the key ring's file unless it is there.
pub fn init(file: Option<&Path>) -> Result<(), Failure> {
    let tree: Tree = load(file)?;
    let path = tree.keys.file.unwrap_or_else(|| "data/keys.json".to_owned());
    let system = System::new();
    let made = key_file::make_if_missing(Path::new(&path), &*system.clock, &*system.entropy)?;
    key_file::read(Path::new(&path))?;
    if made {
        println!("made {path}; keep a copy of it apart from the database: without it nothing can be read");
    } else {
        println!("{path} is there already and was left as it is");
    }
    Ok(())
}
