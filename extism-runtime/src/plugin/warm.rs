//! Compiling plug-ins ahead of time.

use std::{
    num::NonZero,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::set::{
    files::irregular,
    found::{self, Found, Rules},
};
use crate::{
    Engine, Error, Manifest,
    bounded::Readable,
    compile,
    error::{SetError, SetProblem},
    limits::Limits,
    load::{self, LoadOptions, LoadedModules},
    settings::{InstanceOptions, Settings},
};

/// What became of a plug-in that [`Engine::warm`] compiled.
#[derive(Debug)]
#[non_exhaustive]
pub struct Warmed {
    /// The plug-in's name: that of its file without the extension, or of its directory.
    pub name: String,
    /// The plug-in's file: its manifest or its module.
    pub path: PathBuf,
    /// How long it took.
    pub time: Duration,
    /// Why it could not be compiled, or its code not written to the cache. The message names the plug-in and the file.
    pub error: Option<Error>,
}

/// How far [`Engine::warm`] is, after each plug-in.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct WarmProgress<'a> {
    /// The plug-in that is finished.
    pub plugin: &'a Warmed,
    /// How many plug-ins are finished, whether they could be compiled or not.
    pub finished: usize,
    /// How many there are.
    pub total: usize,
}

impl Engine {
    /// Compiles all plug-ins of a directory, so that they are in the engine's cache when they are needed. Which files are
    /// plug-ins, and where the paths in their manifests start, is decided as for a set of plug-ins: see
    /// [`PluginSet`](crate::set::PluginSet). The results are sorted by name. `on_done` is called after each plug-in, by
    /// several threads. A plug-in that cannot be compiled has an error; the others are compiled all the same.
    ///
    /// The cache can be copied to other machines, such as in an image, and can be read-only there. It is used by engines
    /// with the same options, on machines with the same kind of processor, and by the same version of this crate; others
    /// ignore what it holds, which they report through `tracing`, and compile. What is in a cache is executed: use
    /// only one that you made or trust as much as the program itself.
    ///
    /// ```
    /// # fn main() -> Result<(), extism_runtime::Error> {
    /// use extism_runtime::Engine;
    ///
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let (plugins, cache) = (folder.path().join("plugins"), folder.path().join("cache"));
    /// # std::fs::create_dir(&plugins).unwrap();
    /// # std::fs::copy("examples/plugins/echo.wasm", plugins.join("echo.wasm")).unwrap();
    /// let engine = Engine::builder().with_cache_directory(&cache).build()?;
    /// let warmed = engine.warm(&plugins, |progress| println!("{} of {}", progress.finished, progress.total))?;
    /// for plugin in warmed {
    ///     assert!(plugin.error.is_none(), "{plugin:?}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the engine has no cache, or the directory cannot be read.
    pub fn warm(
        &self,
        directory: impl AsRef<Path>,
        on_done: impl Fn(WarmProgress<'_>) + Send + Sync,
    ) -> Result<Vec<Warmed>, Error> {
        let directory = directory.as_ref();
        if !self.has_cache() {
            let what = format!("cannot compile the plug-ins in `{}`", directory.display());
            return Err(Error::engine(what, "the engine has no cache: `EngineBuilder::with_cache_directory`"));
        }
        let rules = Rules { base: None, known: &|_| Vec::new() };
        let found = found::plugins(directory, rules);
        let found = found.map_err(|error| SetError::new("", directory, SetProblem::Directory(error)))?;
        Ok(Work::new(self, found, &on_done).run())
    }
}

/// What all threads use.
struct Work<'a> {
    engine: &'a Engine,
    on_done: &'a (dyn Fn(WarmProgress<'_>) + Sync),
    total: usize,
    finished: AtomicUsize,
    next: Mutex<std::vec::IntoIter<Found>>,
    warmed: Mutex<Vec<Warmed>>,
}

impl<'a> Work<'a> {
    fn new(engine: &'a Engine, found: Vec<Found>, on_done: &'a (dyn Fn(WarmProgress<'_>) + Sync)) -> Self {
        let (total, next) = (found.len(), Mutex::new(found.into_iter()));
        Self { engine, on_done, total, finished: AtomicUsize::new(0), next, warmed: Mutex::default() }
    }

    /// Compiles all plug-ins side by side.
    fn run(self) -> Vec<Warmed> {
        let threads = thread::available_parallelism().map_or(1, NonZero::get).min(self.total);
        thread::scope(|scope| {
            for _ in 1..threads {
                // Without threads of its own, this one does all the work.
                let thread = thread::Builder::new().name("extism-warm".to_owned());
                let _ = thread.spawn_scoped(scope, || self.work());
            }
            self.work();
        });
        let mut warmed = self.warmed.into_inner().unwrap_or_else(PoisonError::into_inner);
        warmed.sort_by(|one, other| one.name.cmp(&other.name));
        warmed
    }

    fn work(&self) {
        while let Some(found) = self.take() {
            let began = Instant::now();
            let (name, path) = (found.name.clone(), found.file.clone());
            let problem = warm(self.engine, found).err();
            let error = problem.map(|problem| SetError::new(&name, &path, problem).into());
            let warmed = Warmed { name, path, time: began.elapsed(), error };
            let finished = self.finished.fetch_add(1, Ordering::Relaxed) + 1;
            (self.on_done)(WarmProgress { plugin: &warmed, finished, total: self.total });
            self.warmed.lock().unwrap_or_else(PoisonError::into_inner).push(warmed);
        }
    }

    fn take(&self) -> Option<Found> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner).next()
    }
}

fn warm(engine: &Engine, found: Found) -> Result<(), SetProblem> {
    let manifest = found.manifest?;
    if let Some(file) = irregular(&found.files) {
        return Err(SetProblem::NotAFile(file));
    }
    compile(engine, &found.name, manifest).map_err(SetProblem::Plugin)
}

fn compile(engine: &Engine, name: &str, mut manifest: Manifest) -> Result<(), Error> {
    let limits = Limits::default().resolve(false, Limits::of_manifest(&manifest));
    let load_options =
        LoadOptions { max_module_bytes: limits.module_bytes(), files: Readable::Regular, ..LoadOptions::default() };
    let LoadedModules { main, linked } = load::load(std::mem::take(&mut manifest.wasm), &load_options)?;
    let settings = Settings::new(name.to_owned(), engine.clone(), manifest, limits, InstanceOptions::default());
    let modules: Vec<_> = std::iter::once(main).chain(linked).collect();
    compile::warm(&settings, &modules)
}
