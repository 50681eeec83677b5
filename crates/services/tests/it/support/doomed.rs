//! Processes that are killed.

use std::future::Future;
use std::time::Duration;

use tokio::runtime::Builder;

/// Runs `life` in a process of its own and kills it then: whatever it left under way never goes on.
///
/// Works inside another runtime too, since it has a thread of its own.
pub fn killed_after<T: Send>(life: impl Future<Output = T> + Send) -> T {
    std::thread::scope(|scope| {
        let process = scope.spawn(move || {
            let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
            let left = runtime.block_on(life);
            runtime.shutdown_timeout(Duration::ZERO);
            left
        });
        process.join().expect("it lived until it was killed")
    })
}
