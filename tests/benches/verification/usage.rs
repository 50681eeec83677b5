//! Processor time and memory of a process, from `/proc`.

/// What a process has used so far.
pub struct Usage {
    pub cpu_ms: f64,
    pub memory_mib: f64,
}

/// Clock ticks a second in `/proc/PID/stat`; a constant of the kernel's interface.
const TICKS: f64 = 100.0;

/// Processor time of the Postgres server at `admin` and all its processes, ended ones included.
pub fn of_postgres(admin: &str) -> f64 {
    let folder = bonin_tests::psql(admin, "SHOW data_directory");
    let pid_file = std::path::Path::new(folder.trim()).join("postmaster.pid");
    let pid_file = std::fs::read_to_string(pid_file).expect("the server's pid file");
    let server: u32 = pid_file.lines().next().and_then(|line| line.parse().ok()).expect("the server's pid");
    let processes = std::fs::read_dir("/proc").expect("/proc").filter_map(|entry| {
        let id: u32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
        let fields = stat(id)?;
        let parent: u32 = fields.get(1)?.parse().ok()?;
        (id == server || parent == server).then_some((id, fields))
    });
    // What ended children used is added to their parent's own account.
    let ticks: f64 = processes
        .map(|(id, fields)| {
            let places = if id == server { 11..15 } else { 11..13 };
            fields[places].iter().filter_map(|text| text.parse::<f64>().ok()).sum::<f64>()
        })
        .sum();
    ticks * 1_000.0 / TICKS
}

/// The fields of `/proc/ID/stat` after the name, which may hold blanks.
fn stat(id: u32) -> Option<Vec<String>> {
    let text = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    Some(text.rsplit(')').next()?.split_whitespace().map(str::to_owned).collect())
}

/// The usage of process `id`.
pub fn of(id: u32) -> Usage {
    let fields = stat(id).expect("the server runs");
    let ticks = |place: usize| fields.get(place).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("the server runs");
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0");
    let kib: f64 = resident.split_whitespace().next().and_then(|text| text.parse().ok()).unwrap_or(0.0);
    Usage { cpu_ms: (ticks(11) + ticks(12)) * 1_000.0 / TICKS, memory_mib: kib / 1_024.0 }
}
