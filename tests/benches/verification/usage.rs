//! Processor time and memory of a process, from `/proc`.

/// What a process has used so far.
pub struct Usage {
    pub cpu_ms: f64,
    pub memory_mib: f64,
}

/// Clock ticks a second in `/proc/PID/stat`; a constant of the kernel's interface.
const TICKS: f64 = 100.0;

/// The usage of process `id`.
pub fn of(id: u32) -> Usage {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).expect("the server runs");
    // The second field is the name in brackets and may hold blanks.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |place: usize| fields.get(place).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("the server runs");
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0");
    let kib: f64 = resident.split_whitespace().next().and_then(|text| text.parse().ok()).unwrap_or(0.0);
    Usage { cpu_ms: (ticks(11) + ticks(12)) * 1_000.0 / TICKS, memory_mib: kib / 1_024.0 }
}
