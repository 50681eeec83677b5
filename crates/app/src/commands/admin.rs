//! `bonin admin invite`, `list`: who may use the console.

use std::path::Path;

use bonin_domain::admin::{AdminName, Invitation};
use bonin_services::admin::InviteAdmin;

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
