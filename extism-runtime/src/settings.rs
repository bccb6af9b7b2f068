use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

#[cfg(feature = "http")]
use crate::http::Account;
use crate::{
    Engine, Manifest, limits::Limits, places::PrivateFile, profile::GuestProfile, shares::Share, usage::Listener,
};

/// The settings of a plug-in's manifest and builder that its instances need.
pub(crate) struct Settings {
    pub(crate) name: Arc<str>,
    pub(crate) engine: Engine,
    pub(crate) config: Arc<BTreeMap<String, String>>,
    pub(crate) max_pages: Option<u32>,
    pub(crate) max_var_bytes: Option<u64>,
    /// These limits and all others.
    pub(crate) limits: Limits,
    pub(crate) allowed_hosts: Option<Vec<String>>,
    #[cfg_attr(not(feature = "http"), expect(dead_code, reason = "only HTTP requests look at it"))]
    pub(crate) max_http_response_bytes: Option<u64>,
    #[cfg_attr(not(feature = "wasi"), expect(dead_code, reason = "only WASI looks at it"))]
    pub(crate) allowed_paths: Vec<AllowedDirectory>,
    /// The plug-in's share of the process's descriptors, for its files and its connections.
    #[cfg_attr(not(feature = "wasi"), expect(dead_code, reason = "only WASI looks at it"))]
    pub(crate) descriptors: Arc<Share>,
    #[cfg(feature = "http")]
    pub(crate) connections: Arc<Account>,
    /// Where the core dump of a trap is written.
    pub(crate) coredump: Option<PrivateFile>,
    /// Where the kernel's memory is written when a call fails.
    pub(crate) memdump: Option<PrivateFile>,
    pub(crate) options: InstanceOptions,
}

/// The builder's options for instances: what a manifest cannot express.
#[derive(Debug, Default)]
pub(crate) struct InstanceOptions {
    pub(crate) wasi: bool,
    pub(crate) wasi_output: WasiOutput,
    /// The time that a call may take; set in [`Settings`].
    pub(crate) timeout: Option<Duration>,
    /// The fuel that a call may consume.
    pub(crate) fuel_limit: Option<u64>,
    /// What pools do with instances between two users, by default.
    pub(crate) reuse: Reuse,
    /// Where the core dump of a trap is to be written; [`Settings`] holds it opened.
    pub(crate) coredump: Option<PathBuf>,
    /// Where the kernel's memory is to be written when a call fails; [`Settings`] holds it opened.
    pub(crate) memdump: Option<PathBuf>,
    /// Who wants to know about calls.
    pub(crate) listener: Listener,
    /// Where the functions of running calls are recorded.
    pub(crate) profile: Option<GuestProfile>,
}

impl InstanceOptions {
    /// The options that the environment variables `EXTISM_ENABLE_WASI_OUTPUT`, `EXTISM_COREDUMP` and `EXTISM_MEMDUMP`
    /// set; the official runtime reads these too.
    pub(crate) fn from_env() -> Self {
        let path = |name| std::env::var_os(name).map(PathBuf::from);
        Self {
            wasi_output: std::env::var_os("EXTISM_ENABLE_WASI_OUTPUT").is_some().into(),
            coredump: path("EXTISM_COREDUMP"),
            memdump: path("EXTISM_MEMDUMP"),
            ..Self::default()
        }
    }
}

impl Settings {
    /// Combines the manifest, whose modules have already been loaded, the builder's options, and the limits of both.
    pub(crate) fn new(
        name: String,
        engine: Engine,
        manifest: Manifest,
        limits: Limits,
        mut options: InstanceOptions,
    ) -> Self {
        let allowed_paths = manifest
            .allowed_path_entries()
            .map(|path| AllowedDirectory {
                host: path.host.to_owned(),
                guest: path.guest.to_string_lossy().into_owned(),
                read_only: path.read_only,
            })
            .collect();
        // The clock ticks, and samples are taken, only while calls run that have a limit.
        options.timeout = limits.timeout.or(options.profile.as_ref().map(|_| Duration::MAX));
        let descriptors = Share::of_descriptors();
        Self {
            name: name.into(),
            engine,
            max_pages: limits.max_pages,
            max_var_bytes: limits.max_var_bytes,
            max_http_response_bytes: limits.max_http_response_bytes,
            #[cfg(feature = "http")]
            connections: Account::new(limits.connections(), Arc::clone(&descriptors)),
            descriptors,
            limits,
            allowed_paths,
            config: Arc::new(manifest.config),
            allowed_hosts: manifest.allowed_hosts,
            coredump: options.coredump.as_deref().and_then(dump_file),
            memdump: options.memdump.as_deref().and_then(dump_file),
            options,
        }
    }
}

/// Opens a file for dumps. If it cannot be created, the plug-in works without it, just as when a later write fails.
fn dump_file(path: &Path) -> Option<PrivateFile> {
    let file = PrivateFile::new(path);
    file.inspect_err(|error| tracing::error!("there will be no dumps in `{}`: {error}", path.display())).ok()
}

/// A directory that a plug-in may access through WASI.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "wasi"), expect(dead_code, reason = "only WASI looks at it"))]
pub(crate) struct AllowedDirectory {
    pub(crate) host: PathBuf,
    /// The path that the plug-in sees.
    pub(crate) guest: String,
    pub(crate) read_only: bool,
}

/// Where a plug-in's WASI output goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WasiOutput {
    /// Nowhere.
    #[default]
    Discard,
    /// Standard output to the process's standard output, standard error to the process's standard error.
    Inherit,
    /// Both to the process's standard error, so that its standard output is left to the process.
    Stderr,
}

impl From<bool> for WasiOutput {
    fn from(inherit: bool) -> Self {
        if inherit { Self::Inherit } else { Self::Discard }
    }
}

/// What a [`Pool`](crate::Pool) does with an instance between two of its users.
///
/// In each case, what the runtime itself keeps of a user's calls is removed: inputs, outputs and everything else in the
/// kernel's memory are overwritten, the last HTTP response is forgotten, and handles that cancelled the user's calls no
/// longer cancel anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reuse {
    /// The next user gets the instance with its variables, its configuration, and the memory of its own code, in which
    /// the plug-in may have kept what the previous user passed to it. Inputs, outputs and other blocks of earlier calls
    /// are overwritten. For users who trust each other and the plug-in.
    #[default]
    Keep,
    /// Like [`Keep`](Self::Keep), but with the variables and the configuration of a new instance, and with all of the
    /// memory overwritten through which plug-in and host exchange data. That takes longer than to create an instance.
    ResetState,
    /// The next user gets a new instance: for users who do not trust each other, or the plug-in. Creating one takes
    /// microseconds, plus its start functions and initializers, which run again.
    Fresh,
}
