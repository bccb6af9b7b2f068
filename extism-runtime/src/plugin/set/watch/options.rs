use std::time::Duration;

/// How files are watched; see [`PluginSet::watch_with`](crate::set::PluginSet::watch_with).
#[derive(Clone, Copy, Debug)]
#[must_use = "options do nothing unless they are used"]
pub struct WatchOptions {
    pub(super) settle_time: Duration,
    pub(super) poll_interval: Option<Duration>,
}

impl Default for WatchOptions {
    fn default() -> Self {
        Self { settle_time: Duration::from_millis(100), poll_interval: None }
    }
}

impl WatchOptions {
    /// Creates the default options.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets for how long nothing must have been written before files are read; 100 milliseconds by default. If files
    /// change all the time, they are read after twenty times as long.
    pub fn with_settle_time(mut self, time: Duration) -> Self {
        self.settle_time = time;
        self
    }

    /// Looks at the files regularly, in addition to what the system tells: for network file systems, which do not tell of
    /// changes by other machines. Off by default. Files whose length and time of change are the same are not read.
    pub fn with_poll_interval(mut self, interval: Duration) -> Self {
        self.poll_interval = Some(interval);
        self
    }
}
