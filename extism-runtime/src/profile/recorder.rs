use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use wasmtime::{AsContext, GuestProfiler};

use super::FinishedProfile;
use crate::Error;

/// The most samples that are kept: half an hour's.
const MAX_SAMPLES: u64 = 1_000_000;

/// Records in which functions a plug-in's calls spend their time.
///
/// While calls run, the functions on their stack are noted every two milliseconds: at the next entry of a function or
/// start of a loop's iteration. Time in host functions is not. So calls have to be long, or many. Functions are known by
/// the names in the module, demangled, or else by number.
///
/// Clones record into the same profile. It is that of one plug-in, with all its instances, which are not taken from the
/// engine's pool.
///
/// ```
/// # fn main() -> Result<(), extism_runtime::Error> {
/// use extism_runtime::{PluginBuilder, profile::GuestProfile};
///
/// let profile = GuestProfile::new();
/// let mut plugin = PluginBuilder::new("examples/plugins/count_vowels.wasm").with_guest_profile(&profile).build()?;
/// for _ in 0..100 {
///     plugin.call::<_, String>("count_vowels", "a long text")?;
/// }
/// let profile = profile.finish()?;
/// for stack in profile.stacks() {
///     println!("{} {}", stack.samples, stack.functions.join(" > "));
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct GuestProfile(Arc<Mutex<Recorder>>);

#[derive(Default)]
struct Recorder {
    /// `None` before there is a plug-in, and after the end.
    profiler: Option<GuestProfiler>,
    samples: u64,
}

impl GuestProfile {
    /// Creates an empty profile, for [`PluginBuilder::with_guest_profile`](crate::PluginBuilder::with_guest_profile).
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends the profile, and returns what was recorded. Calls that come later are not.
    ///
    /// # Errors
    ///
    /// Returns an error if no plug-in was built with this profile, or it was ended before.
    pub fn finish(&self) -> Result<FinishedProfile, Error> {
        let failed = |source: String| Error::engine("cannot finish the profile", source);
        let Recorder { profiler, samples } = std::mem::take(&mut *self.lock());
        let profiler = profiler.ok_or_else(|| failed("no plug-in records it".to_owned()))?;
        let mut firefox = Vec::new();
        profiler.finish(&mut firefox).map_err(|error| failed(error.to_string()))?;
        Ok(FinishedProfile { firefox, samples })
    }

    /// Starts to record these modules, which all samples are of.
    pub(crate) fn start(
        &self,
        engine: &wasmtime::Engine,
        plugin: &str,
        interval: Duration,
        modules: Vec<(String, wasmtime::Module)>,
    ) -> Result<(), Error> {
        let failed = |error| Error::engine(format!("cannot record a profile of plug-in `{plugin}`"), error);
        let mut recorder = self.lock();
        if recorder.profiler.is_some() {
            return Err(failed(wasmtime::Error::msg("it is that of another plug-in")));
        }
        recorder.profiler = Some(GuestProfiler::new(engine, plugin, interval, modules).map_err(failed)?);
        Ok(())
    }

    /// Notes which functions are running.
    pub(crate) fn sample(&self, store: impl AsContext) {
        let mut recorder = self.lock();
        if recorder.samples == MAX_SAMPLES {
            return;
        }
        if let Some(profiler) = &mut recorder.profiler {
            profiler.sample(store, Duration::ZERO);
            recorder.samples += 1;
        }
        if recorder.samples == MAX_SAMPLES {
            tracing::warn!("a profile has {MAX_SAMPLES} samples, which is all that is kept");
        }
    }

    fn lock(&self) -> MutexGuard<'_, Recorder> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for GuestProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuestProfile").field("samples", &self.lock().samples).finish_non_exhaustive()
    }
}
