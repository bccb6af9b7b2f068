//! Logs of plug-ins and of the runtime as text lines for a function.

use std::io;

use tracing::{Level, level_filters::LevelFilter};
use tracing_subscriber::{EnvFilter, FmtSubscriber};

use crate::Error;

/// Calls a function with each line that plug-ins and the runtime log. It sets up a subscriber of `tracing` for the whole
/// process, so it can be called once.
///
/// `filter` is a level (`info`), which holds for plug-ins and the runtime, or directives (`extism=trace,my_app=info`).
/// Everything else is logged from `error` on.
///
/// Fails if the process has a subscriber already.
pub fn set_log_callback<F>(callback: F, filter: impl AsRef<str>) -> Result<(), Error>
where
    F: Fn(&str) + Clone + Send + Sync + 'static,
{
    FmtSubscriber::builder()
        .with_env_filter(env_filter(filter.as_ref()))
        .with_ansi(false)
        .with_writer(move || Lines(callback.clone()))
        .try_init()
        .map_err(Error::from_boxed)
}

fn env_filter(filter: &str) -> EnvFilter {
    let builder = EnvFilter::builder().with_default_directive(LevelFilter::ERROR.into());
    if filter.parse::<Level>().is_ok() {
        // Targets that begin with it: those of plug-ins and of `extism_runtime`.
        return builder.parse_lossy(format!("extism={filter}"));
    }
    builder.parse_lossy(filter)
}

/// Passes what is written on to a function, line by line as the subscriber writes.
struct Lines<F>(F);

impl<F: Fn(&str)> io::Write for Lines<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Ok(line) = std::str::from_utf8(bytes) {
            (self.0)(line);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
