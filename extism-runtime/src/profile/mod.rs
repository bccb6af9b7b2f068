//! Profiles of plug-ins' functions.
//!
//! A [`GuestProfile`] tells in which functions a plug-in's calls spend their time, on any machine and without other
//! tools. For native profilers there is [`PluginBuilder::with_profiling`](crate::PluginBuilder::with_profiling).

mod recorder;
mod stacks;

use std::{fmt, io};

pub use self::{recorder::GuestProfile, stacks::Stack};

/// What a [`GuestProfile`] has recorded.
pub struct FinishedProfile {
    firefox: Vec<u8>,
    samples: u64,
}

impl FinishedProfile {
    /// Returns how many samples there are.
    #[must_use]
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// Writes the profile as JSON, for <https://profiler.firefox.com>.
    ///
    /// # Errors
    ///
    /// Returns the writer's error.
    pub fn write_firefox(&self, mut writer: impl io::Write) -> io::Result<()> {
        writer.write_all(&self.firefox)
    }

    /// Returns the stacks of functions that were sampled, each once, the most frequent first.
    #[must_use]
    pub fn stacks(&self) -> Vec<Stack> {
        // The engine has written it, so it can be read.
        stacks::read(&self.firefox).unwrap_or_default()
    }
}

impl fmt::Debug for FinishedProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FinishedProfile").field("samples", &self.samples).finish_non_exhaustive()
    }
}
