//! Compiling plug-ins ahead of time.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    Engine, Error, Source, compile,
    limits::Limits,
    load::{self, LoadOptions, LoadedModules},
    settings::{InstanceOptions, Settings},
};

/// What became of a plug-in that [`Engine::warm`] compiled.
#[derive(Debug)]
#[non_exhaustive]
pub struct Warmed {
    /// The plug-in's file.
    pub path: PathBuf,
    /// How long it took.
    pub time: Duration,
    /// Why it could not be compiled, if it could not.
    pub error: Option<Error>,
}

impl Engine {
    /// Compiles all plug-ins of a directory, so that they are in the engine's cache when they are needed: modules
    /// (`.wasm`, `.wat`) and manifests (`.json`, `.toml`), in the order of their names. `on_done` is called after each of
    /// them, by several threads. A plug-in that cannot be compiled does not keep the others from it.
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
    /// for plugin in engine.warm(&plugins, |_| ())? {
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
        on_done: impl Fn(&Warmed) + Send + Sync,
    ) -> Result<Vec<Warmed>, Error> {
        let directory = directory.as_ref();
        let failed = || format!("cannot compile the plug-ins in `{}`", directory.display());
        if !self.has_cache() {
            return Err(Error::engine(failed(), "the engine has no cache: `EngineBuilder::with_cache_directory`"));
        }
        let paths = plugins(directory).map_err(|error| Error::engine(failed(), error))?;
        let results: Vec<_> = paths.iter().map(|_| Mutex::new(None)).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            while let Some((path, place)) = {
                let number = next.fetch_add(1, Ordering::Relaxed);
                paths.get(number).zip(results.get(number))
            } {
                let began = Instant::now();
                let error = warm(self, path).err();
                let warmed = Warmed { path: path.clone(), time: began.elapsed(), error };
                on_done(&warmed);
                *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(warmed);
            }
        };
        let threads = thread::available_parallelism().map_or(1, usize::from).min(paths.len());
        thread::scope(|scope| {
            (1..threads).for_each(|_| {
                // Without the threads, this one does all.
                let _ = thread::Builder::new().name("extism-warm".to_owned()).spawn_scoped(scope, work);
            });
            work();
        });
        Ok(results.into_iter().filter_map(|place| place.into_inner().unwrap_or_else(PoisonError::into_inner)).collect())
    }
}

/// Returns the files of a directory that may be plug-ins, in the order of their names.
fn plugins(directory: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let extension = path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
        if matches!(extension.as_deref(), Some("wasm" | "wat" | "json" | "toml")) && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn warm(engine: &Engine, path: &Path) -> Result<(), Error> {
    let source = Source::from(path);
    let name = source.file_stem().unwrap_or_else(|| path.display().to_string());
    let mut manifest = source.into_manifest()?;
    let limits = Limits::default().resolve(false, Limits::of_manifest(&manifest));
    let load_options = LoadOptions { max_module_bytes: limits.module_bytes(), ..LoadOptions::default() };
    let LoadedModules { main, linked } = load::load(std::mem::take(&mut manifest.wasm), &load_options)?;
    let settings = Settings::new(name, engine.clone(), manifest, limits, InstanceOptions::default());
    let modules: Vec<_> = std::iter::once(main).chain(linked).collect();
    compile::warm(&settings, &modules)
}
