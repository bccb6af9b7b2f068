//! From a plug-in's files to a client.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};

use super::{files::Files, found::Found, lent::Kept};
use crate::{
    CompiledPlugin, Error, Manifest, PluginBuilder,
    error::{BoxError, HostPanic, SetError, SetProblem},
    plugin::{BuildStage, FromPlugin},
};

/// How often a plug-in is loaded again because its files change while they are read.
const ATTEMPTS: u32 = 5;
/// The pause before that.
const PAUSE: Duration = Duration::from_millis(10);

/// The most bytes of a file that are read to see whether a plug-in has changed that cannot be loaded.
const READ_OF_BAD: u64 = 16 << 20;

/// A plug-in's file, as the function that configures plug-ins sees it; see
/// [`PluginSetBuilder::with_plugins`](super::PluginSetBuilder::with_plugins).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct PluginFile<'a> {
    /// The plug-in's name: that of its file without the extension, or of its directory.
    pub name: &'a str,
    /// The manifest or the module.
    pub file: &'a Path,
    /// The manifest. For a bare module, one that names the module and nothing else.
    pub manifest: &'a Manifest,
}

type Configure<C> = dyn Fn(PluginFile<'_>, PluginBuilder<C>) -> PluginBuilder<C> + Send + Sync;
type Check<C> = dyn Fn(PluginFile<'_>, &mut C) -> Result<(), BoxError> + Send + Sync;

/// What the program says about the plug-ins of a set.
pub(super) struct Loader<C> {
    pub(super) configure: Option<Box<Configure<C>>>,
    pub(super) check: Option<Box<Check<C>>>,
    pub(super) untrusted: bool,
    /// Where relative paths in manifests start.
    pub(super) base: Option<PathBuf>,
    /// How long users wait for a client that cannot be shared.
    pub(super) max_wait: Duration,
}

/// A loaded plug-in.
pub(super) struct Version<C> {
    pub(super) number: u64,
    pub(super) client: Kept<C>,
    pub(super) compiled: CompiledPlugin,
    pub(super) manifest: Arc<Manifest>,
}

/// A client and its compiled plug-in, or what is wrong.
type Loaded<C> = Result<(C, CompiledPlugin), SetProblem>;

/// What came of loading a plug-in.
pub(super) struct Outcome<C> {
    pub(super) result: Result<Version<C>, Arc<SetError>>,
    /// The files from which it was loaded.
    pub(super) files: Files,
    /// The most bytes that a module may have.
    pub(super) limit: u64,
}

impl<C> Default for Loader<C> {
    fn default() -> Self {
        Self { configure: None, check: None, untrusted: false, base: None, max_wait: Duration::from_secs(30) }
    }
}

impl<C: FromPlugin> Loader<C> {
    /// Loads a plug-in, compiles it, and checks it. `number` is the version's.
    pub(super) fn load(&self, mut found: Found, number: u64, on_stage: &dyn Fn(BuildStage)) -> Outcome<C> {
        for _ in 1..ATTEMPTS {
            let (loaded, files, limit) = self.load_once(&found, on_stage);
            // What was loaded may be half of one version and half of another.
            if !found.is_outdated() && files.are_untouched() {
                return outcome(found, loaded, number, files, limit);
            }
            thread::sleep(PAUSE);
            if found.is_outdated() {
                found = found.again(self.base.as_deref());
            }
        }
        let (loaded, files, limit) = self.load_once(&found, on_stage);
        let is_whole = !found.is_outdated() && files.are_untouched();
        // What changes all the time is loaded again when somebody looks at it again.
        let files = if is_whole { files } else { files.without_content() };
        outcome(found, loaded, number, files, limit)
    }

    /// Loads it once; `None` if its manifest has a problem already. Also returns the files that were read, and the most
    /// bytes that a module may have.
    fn load_once(&self, found: &Found, on_stage: &dyn Fn(BuildStage)) -> (Option<Loaded<C>>, Files, u64) {
        let bad = || (Files::read(&found.files, &Files::default(), READ_OF_BAD), READ_OF_BAD);
        let Ok(manifest) = &found.manifest else {
            let (files, limit) = bad();
            return (None, files, limit);
        };
        let about = PluginFile { name: &found.name, file: &found.file, manifest };
        match catch_unwind(AssertUnwindSafe(|| self.attempt(about, &found.files, on_stage))) {
            Ok((loaded, files, limit)) => (Some(loaded), files, limit),
            Err(panic) => {
                let (files, limit) = bad();
                (Some(Err(SetProblem::Panicked(HostPanic::new(&*panic)))), files, limit)
            }
        }
    }

    fn attempt(
        &self,
        about: PluginFile<'_>,
        files: &[PathBuf],
        on_stage: &dyn Fn(BuildStage),
    ) -> (Loaded<C>, Files, u64) {
        let builder = self.builder(about);
        let limit = builder.max_module_bytes();
        let files = Files::look(files);
        let result = match files.irregular() {
            Some(file) => Err(SetProblem::NotAFile(file.to_owned())),
            None => self.build(about, builder, on_stage),
        };
        // Afterwards: a gigabyte that is not a module is not read. That the files are the same is checked at the end.
        let limit = if result.is_ok() { limit } else { limit.min(READ_OF_BAD) };
        (result, files.with_content(&Files::default(), limit), limit)
    }

    fn builder(&self, about: PluginFile<'_>) -> PluginBuilder<C> {
        let manifest = about.manifest.clone();
        let builder = if self.untrusted { PluginBuilder::untrusted(manifest) } else { PluginBuilder::new(manifest) };
        let builder = builder.with_name(about.name).typed().of_regular_files();
        match &self.configure {
            Some(configure) => configure(about, builder),
            None => builder,
        }
    }

    fn build(&self, about: PluginFile<'_>, builder: PluginBuilder<C>, on_stage: &dyn Fn(BuildStage)) -> Loaded<C> {
        let (mut client, compiled) = builder.build_with_stages(on_stage).map_err(SetProblem::Plugin)?;
        if let Some(check) = &self.check {
            check(about, &mut client).map_err(SetProblem::Refused)?;
        }
        Ok((client, compiled))
    }
}

/// Combines what was found with what came of loading it.
fn outcome<C: FromPlugin>(
    found: Found,
    loaded: Option<Loaded<C>>,
    number: u64,
    files: Files,
    limit: u64,
) -> Outcome<C> {
    let Found { name, file, manifest, .. } = found;
    let version = |manifest, (client, compiled)| Version {
        number,
        client: Kept::new(client),
        compiled,
        manifest: Arc::new(manifest),
    };
    let result = match (manifest, loaded) {
        (Ok(manifest), Some(loaded)) => loaded.map(|loaded| version(manifest, loaded)),
        (Err(problem), _) => Err(problem),
        // Never: only what has a problem is not loaded.
        (Ok(_), None) => Err(SetProblem::NotAFile(file.clone())),
    };
    Outcome { result: result.map_err(|problem| SetError::new(&name, &file, problem)), files, limit }
}

impl<C> Version<C> {
    /// Returns the error of somebody who waited for this plug-in, but not for ever.
    pub(super) fn busy(&self, file: &Path, waited: Duration) -> Error {
        SetError::new(self.compiled.name(), file, SetProblem::Busy { waited }).into()
    }
}
