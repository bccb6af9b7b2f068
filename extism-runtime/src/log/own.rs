use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use super::{LogLevel, LogRecord};

/// What receives the lines of one plug-in.
#[derive(Clone)]
pub(crate) struct PluginLog {
    level: LogLevel,
    write: Arc<dyn Fn(&LogRecord<'_>) + Send + Sync>,
}

impl PluginLog {
    pub(crate) fn new(level: LogLevel, write: impl Fn(&LogRecord<'_>) + Send + Sync + 'static) -> Self {
        Self { level, write: Arc::new(write) }
    }

    /// The most verbose level that it receives.
    pub(super) fn level(&self) -> LogLevel {
        self.level
    }

    pub(super) fn write(&self, record: &LogRecord<'_>) {
        if record.level >= self.level && catch_unwind(AssertUnwindSafe(|| (self.write)(record))).is_err() {
            tracing::error!("a plug-in's log callback panicked");
        }
    }
}
