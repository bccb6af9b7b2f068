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

/// A piece of work that is done again and again: `prepare` makes it ready, for each thread.
pub fn repeated<W>(prepare: impl Fn() -> Result<W> + Send + Sync + 'static) -> Start
where
    W: FnMut() -> Result<()> + 'static,
{
    Box::new(move || {
        let mut once = prepare()?;
        Ok(Box::new(move |count| timed(count, &mut once)))
    })
}

/// Times a piece of work done so many times.
pub fn timed(count: u32, mut once: impl FnMut() -> Result<()>) -> Result<Duration> {
    let start = Instant::now();
    for _ in 0..count {
        once()?;
    }
    Ok(start.elapsed())
}
