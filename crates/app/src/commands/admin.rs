//! `bonin admin invite`, `list`, `remove`: who may use the console; `audit`: whether the record of what they did is whole.

use std::path::Path;

use bonin_domain::admin::{AdminName, Invitation};
use bonin_services::admin::{Chain, CheckRecord, CheckedRecord, InviteAdmin, RemoveAdmin};

use super::{on_runtime, ready_database, settings};
use crate::settings::Settings;
use crate::wiring::console::record;
use crate::wiring::{Failure, System, agree_on_keys, key_ring};

/// Makes an invitation and shows it.
pub fn invite(file: Option<&Path>, reset: Option<AdminName>) -> Result<(), Failure> {
    let settings = settings(file)?;
    on_runtime(async {
        let system = System::new();
        let keys = key_ring(&settings, &system)?;
        let store = ready_database(&settings).await?;
        agree_on_keys(&store, &keys).await?;
        let record = record(&system, &store, &keys);
        let invite = InviteAdmin {
            admins: store.admins.clone(),
            record,
            clock: system.clock.clone(),
            entropy: system.entropy.clone(),
        };
        let invited = invite.execute(reset).await?;
        println!("token: {}", invited.secret.reveal());
        println!("type it into {}", place(&settings));
        println!("it counts once, for {} minutes", Invitation::LIFE.as_mins());
        Ok(())
    })
}

/// Lists the administrators.
pub fn list(file: Option<&Path>) -> Result<(), Failure> {
    let settings = settings(file)?;
    on_runtime(async {
        let admins = ready_database(&settings).await?.admins.list().await?;
        if admins.is_empty() {
            println!("there are no administrators; `bonin admin invite` invites one");
        }
        for admin in admins {
            println!("{}  since {}", admin.name, admin.created_at);
        }
        Ok(())
    })
}

/// Removes an administrator.
pub fn remove(file: Option<&Path>, name: &AdminName) -> Result<(), Failure> {
    let settings = settings(file)?;
    on_runtime(async {
        let system = System::new();
        let keys = key_ring(&settings, &system)?;
        let store = ready_database(&settings).await?;
        agree_on_keys(&store, &keys).await?;
        let record = record(&system, &store, &keys);
        RemoveAdmin { admins: store.admins.clone(), record }.execute(name).await?;
        println!("{name} is removed, and logged out everywhere");
        Ok(())
    })
}

/// Walks the record, and shows its newest hash; fails where it does not hold.
pub fn audit(file: Option<&Path>) -> Result<(), Failure> {
    let settings = settings(file)?;
    on_runtime(async {
        let log = ready_database(&settings).await?.audit;
        let checked = CheckRecord { log, clock: System::new().clock }.execute().await?;
        let CheckedRecord { entries, newest: Some((newest, hash)), chain } = checked else {
            println!("the record is empty");
            return Ok(());
        };
        println!("entries: {entries}");
        println!("newest: {}", newest.0);
        println!("hash: {hash}");
        match chain {
            Chain::Holds => {
                println!("the record holds, from its beginning to the newest entry");
                Ok(())
            }
            Chain::Broken(number) => Err(format!(
                "the record does not hold: entry {} is not as it was written, or the one before it is missing",
                number.0
            )
            .into()),
        }
    })
}

/// Where invitations are typed. The token does not stand in the address, which histories and logs keep.
fn place(settings: &Settings) -> String {
    match &settings.admin_url {
        Some(url) => format!("{}/console/join", url.trim_end_matches('/')),
        // Only the running server knows the port that it was given.
        None if settings.admin_bind.port() == 0 => {
            "/console/join, at the address that `bonin serve` shows as `listening admin=…`".to_owned()
        }
        None => format!("http://{}/console/join", settings.admin_bind),
    }
}
