use std::{
    error::Error,
    time::{Duration, Instant},
};

// The macros of the `extism` crate name `Result` unqualified, with two arguments.
pub type Result<T, E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

/// Does a piece of work this many times, and returns how long that took.
pub type Batch = Box<dyn FnMut(u32) -> Result<Duration>>;

/// Creates an instance that is ready to work. Threads share it.
pub type Start = Box<dyn Fn() -> Result<Batch> + Send + Sync>;

/// A piece of work that is done repeatedly: `prepare` makes it ready, for each thread.
pub fn repeated<W>(prepare: impl Fn() -> Result<W> + Send + Sync + 'static) -> Start
where
    W: FnMut() -> Result<()> + 'static,
{
    Box::new(move || {
        let mut once = prepare()?;
        Ok(Box::new(move |count| timed(count, &mut once)))
    })
}

/// Measures a piece of work done this many times.
pub fn timed(count: u32, mut once: impl FnMut() -> Result<()>) -> Result<Duration> {
    let start = Instant::now();
    for _ in 0..count {
        once()?;
    }
    Ok(start.elapsed())
}
