use std::{
    fs::File,
    io::Write as _,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::SystemTime,
};

use super::{LogLevel, LogRecord};
use crate::{Error, display, places};

type Write = Arc<dyn Fn(&LogRecord<'_>) + Send + Sync>;

/// The destination of plug-ins' logs in this process, in addition to `tracing`.
struct Sink {
    level: LogLevel,
    write: Write,
}

static SINK: RwLock<Option<Sink>> = RwLock::new(None);

/// Appends what plug-ins log at `level` or above to a file, one line per message: time, level, plug-in, id, text.
///
/// A new file is readable by the process's own user only (on Unix, mode 0600), as plug-ins may log their
/// input. A link in the file's place is not followed, except in `/dev` and `/proc`; nor is a link in its path
/// that lies in a directory to which a plug-in may write.
///
/// It replaces the file or the callback that an earlier call of this function or of [`set_log_callback`] set
/// for the whole process.
///
/// ```no_run
/// use extism_runtime::log::{LogLevel, set_log_file};
///
/// set_log_file(LogLevel::Info, "plugins.log")?;
/// # Ok::<(), extism_runtime::Error>(())
/// ```
///
/// # Errors
///
/// Returns an error if the file cannot be opened, or is a link.
pub fn set_log_file(level: LogLevel, path: impl AsRef<Path>) -> Result<(), Error> {
    let path = path.as_ref();
    let file = Mutex::new(places::append(path).map_err(|source| Error::Output { path: path.to_owned(), source })?);
    set_log_callback(level, move |record| write_line(&file, record));
    Ok(())
}

/// Calls a function with what plug-ins log at `level` or above.
///
/// It replaces the file or the callback that an earlier call of this function or of [`set_log_file`] set for
/// the whole process.
///
/// ```
/// use extism_runtime::log::{LogLevel, LogRecord, set_log_callback};
///
/// set_log_callback(LogLevel::Warn, |LogRecord { level, plugin, message, .. }| {
///     eprintln!("{level} {plugin}: {message}");
/// });
/// ```
pub fn set_log_callback(level: LogLevel, callback: impl Fn(&LogRecord<'_>) + Send + Sync + 'static) {
    let sink = Sink { level, write: Arc::new(callback) };
    *SINK.write().unwrap_or_else(PoisonError::into_inner) = Some(sink);
}

pub(super) fn level() -> Option<LogLevel> {
    SINK.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(|sink| sink.level)
}

pub(super) fn write(record: &LogRecord<'_>) {
    // The lock is not held while the callback runs: it may set another one.
    let write = {
        let sink = SINK.read().unwrap_or_else(PoisonError::into_inner);
        sink.as_ref().filter(|sink| record.level >= sink.level).map(|sink| Arc::clone(&sink.write))
    };
    if let Some(write) = write
        && catch_unwind(AssertUnwindSafe(|| write(record))).is_err()
    {
        tracing::error!("the log callback panicked");
    }
}

fn write_line(file: &Mutex<File>, record: &LogRecord<'_>) {
    let LogRecord { level, id, plugin, message } = record;
    let time = humantime::format_rfc3339_millis(SystemTime::now());
    // One line per message, whatever it contains, so that a plug-in cannot forge lines of another. The plug-in's name
    // may come from a manifest.
    let (plugin, message) = (display::line(plugin), display::line(message));
    let line = format!("{time} {level:<5} {plugin} {id} {message}\n");
    // In a single write, so that lines of several processes do not mix. A full disk must not end a plug-in's call.
    if let Err(error) = file.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes()) {
        tracing::debug!("cannot write to the log file: {error}");
    }
}
