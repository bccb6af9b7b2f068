//! Creates the plug-in's builder from FILE and the flags.

use std::{ffi::OsStr, fs::File, io, path::Path};

use extism_runtime::{Engine, Error, Manifest, PluginBuilder, Source, Wasm};

use crate::{
    args::{LimitArgs, Link, is_stdin},
    failure::{Failure, Status},
    input::read_from,
    progress::Progress,
};

/// Returns a builder for the plug-in in `file`, with the linked modules.
pub(crate) fn builder(
    file: &OsStr,
    links: &[Link],
    limits: Option<LimitArgs>,
    progress: &Progress,
) -> Result<PluginBuilder, Failure> {
    let mut manifest = manifest(file)?;
    // Inserted first, because without a module named `main` the last one is the main module.
    manifest.wasm.splice(0..0, links.iter().map(|link| module(&link.file).with_name(&link.name)));
    if let Some(limits) = limits {
        limits.apply(&mut manifest);
    }
    let mut builder = PluginBuilder::new(manifest);
    if let Some(stem) = file_stem(file) {
        builder = builder.with_name(stem);
    }
    let shown = progress.clone();
    Ok(builder.with_download_progress(move |download| shown.download(download)))
}

/// Creates the engine, without a pool, which a single plug-in does not need.
pub(crate) fn engine() -> Result<Engine, Failure> {
    Engine::builder().with_pool_size(0).build().map_err(|error| Failure::load(&error))
}

fn manifest(file: &OsStr) -> Result<Manifest, Failure> {
    if let Some(url) = file.to_str().filter(|file| is_url(file)) {
        return Ok(Manifest::new([Wasm::url(url)]));
    }
    let source = if is_stdin(file) {
        Source::from(read_from(io::stdin().lock()).map_err(|error| unreadable("standard input", &error))?)
    } else if is_pipe(Path::new(file)) {
        // The content, which shows whether it is a manifest, can be read only once.
        let content = File::open(file).and_then(read_from);
        Source::from(content.map_err(|error| unreadable(&file.to_string_lossy(), &error))?)
    } else {
        Source::from(Path::new(file))
    };
    source.into_manifest().map_err(|error| Failure::load(&Error::from(error)))
}

fn unreadable(place: &str, error: &io::Error) -> Failure {
    Failure {
        status: Status::Load,
        cause: format!("cannot read the plug-in from {place}: {error}"),
        details: Vec::new(),
    }
}

/// Whether this is neither a regular file nor a directory, such as `<(..)` in a shell.
fn is_pipe(file: &Path) -> bool {
    file.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

fn module(file: &str) -> Wasm {
    if is_url(file) { Wasm::url(file) } else { Wasm::file(file) }
}

fn is_url(file: &str) -> bool {
    let scheme = file.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"))
}

/// The plug-in's name, if its file provides one.
fn file_stem(file: &OsStr) -> Option<String> {
    let path = Path::new(file);
    if file.to_str().is_some_and(is_url) || is_stdin(file) || is_pipe(path) {
        return None;
    }
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned())
}

impl LimitArgs {
    /// Adds these limits to the manifest, overriding its own.
    fn apply(self, manifest: &mut Manifest) {
        if let Some(millis) = self.timeout {
            // 0 means no limit, as in the official tool.
            manifest.timeout_ms = (millis > 0).then_some(millis);
        }
        if !self.allow_paths.is_empty() {
            let paths = manifest.allowed_paths.get_or_insert_default();
            paths.extend(self.allow_paths.into_iter().map(|path| (path.local, path.plugin.into())));
        }
        if !self.allow_hosts.is_empty() {
            manifest.allowed_hosts.get_or_insert_default().extend(self.allow_hosts);
        }
        manifest.config.extend(self.config.into_iter().map(|config| (config.key, config.value)));
        let memory = &mut manifest.memory;
        memory.max_pages = self.memory_max.or(memory.max_pages);
        memory.max_http_response_bytes = self.http_response_max.or(memory.max_http_response_bytes);
        memory.max_var_bytes = self.var_max.or(memory.max_var_bytes);
    }
}
