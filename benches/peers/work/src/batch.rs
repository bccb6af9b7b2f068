use std::{
    error::Error,
    pin::pin,
    task::{Context, Poll, Waker},
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
///
/// # Errors
///
/// Returns the first error of the work.
pub fn timed(count: u32, mut once: impl FnMut() -> Result<()>) -> Result<Duration> {
    let start = Instant::now();
    for _ in 0..count {
        once()?;
    }
    Ok(start.elapsed())
}

/// Returns the result of a future that waits for nothing. It gives its thread back only if the clock ticks meanwhile.
pub fn now<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}
