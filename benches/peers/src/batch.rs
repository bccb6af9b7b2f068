use std::{
    error::Error,
    time::{Duration, Instant},
};

// The macros of the `extism` crate name `Result` unqualified, with two arguments.
pub type Result<T, E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

/// Does a piece of work so many times, and says how long that took.
pub type Batch = Box<dyn FnMut(u32) -> Result<Duration>>;

/// Makes an instance that is ready to work. Threads share it.
pub type Start = Box<dyn Fn() -> Result<Batch> + Send + Sync>;

/// Times a piece of work done so many times.
pub fn timed(count: u32, mut once: impl FnMut() -> Result<()>) -> Result<Duration> {
    let start = Instant::now();
    for _ in 0..count {
        once()?;
    }
    Ok(start.elapsed())
}
