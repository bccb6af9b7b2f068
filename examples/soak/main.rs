//! Runs successful, failing, hanging and memory-hungry plug-ins on many threads, for the requested time: no
//! output is lost or wrong, and the memory stays constant.
//!
//! ```text
//! cargo run --release --example soak -- SECONDS [THREADS]
//! ```
//!
//! Prints how many calls ended in which way, how long successful ones took, and the process's memory over
//! time. Fails if an output is wrong, a call is lost, or the memory has grown by 5% from the first quarter of
//! the time to the last.

mod load;
mod plugins;
mod report;

use std::{
    env,
    error::Error,
    process::ExitCode,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use extism_runtime::CancelHandle;

use crate::{
    load::Worker,
    plugins::Plugins,
    report::{Counts, Memory, Report},
};

/// The data that the threads share.
struct Shared {
    plugins: Plugins,
    counts: Counts,
    stop: AtomicBool,
    /// The plug-ins whose calls are cancelled again and again.
    cancelled: Mutex<Vec<CancelHandle>>,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = env::args().skip(1).map(|text| text.parse::<u64>());
    let seconds = arguments.next().transpose()?.unwrap_or(60);
    let threads = arguments.next().transpose()?.unwrap_or(16);
    // Host functions panic on purpose, thousands of times.
    std::panic::set_hook(Box::new(|_| {}));
    let shared = Shared {
        plugins: Plugins::compile()?,
        counts: Counts::default(),
        stop: AtomicBool::new(false),
        cancelled: Mutex::default(),
    };
    let report = run(&shared, threads, Duration::from_secs(seconds))?;
    print!("{report}");
    Ok(if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs the threads, and samples the memory.
fn run(shared: &Shared, threads: u64, time: Duration) -> Result<Report, Box<dyn Error>> {
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|seed| scope.spawn(move || Worker::new(shared, seed)?.work())).collect();
        let canceller = scope.spawn(|| cancel(shared));
        let memory = watch(shared, time);
        shared.stop.store(true, Ordering::Relaxed);
        let mut report = Report::new(threads, time, memory);
        for worker in workers {
            report.add(&worker.join().map_err(|_| "a worker panicked")??);
        }
        canceller.join().map_err(|_| "the canceller panicked")?;
        report.add_counts(&shared.counts);
        Ok(report)
    })
}

/// Cancels all calls that can be cancelled.
fn cancel(shared: &Shared) {
    while !shared.stop.load(Ordering::Relaxed) {
        thread::sleep(Duration::from_millis(5));
        let handles = shared.cancelled.lock().unwrap_or_else(PoisonError::into_inner);
        handles.iter().for_each(|handle| {
            handle.cancel();
        });
    }
    // The last ones may have begun before they saw the end.
    for _ in 0..400 {
        thread::sleep(Duration::from_millis(5));
        shared.cancelled.lock().unwrap_or_else(PoisonError::into_inner).iter().for_each(|handle| {
            handle.cancel();
        });
    }
}

/// Samples the memory, and shows it about forty times in total.
fn watch(shared: &Shared, time: Duration) -> Memory {
    let (start, mut memory) = (Instant::now(), Memory::default());
    println!("{:>8} {:>12} {:>12}", "seconds", "calls", "memory");
    let mut shown = Duration::ZERO;
    while start.elapsed() < time {
        thread::sleep(Duration::from_millis(250));
        memory.sample();
        if start.elapsed() >= shown {
            shown += (time / 40).max(Duration::from_secs(1));
            let (calls, mebibytes) = (shared.counts.answered(), memory.latest() >> 20);
            println!("{:>8} {calls:>12} {mebibytes:>8} MiB", start.elapsed().as_secs());
        }
    }
    memory
}
