use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

#[cfg(feature = "http")]
use crate::http::{Account, HttpClient};
use crate::{
    Engine, Manifest,
    limits::Limits,
    log::{LogEvents, PluginLog},
    manifest::AllowedPath,
    places::PrivateFile,
    profile::GuestProfile,
    shares::Share,
    streams::WasiOptions,
    usage::Listener,
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
    pub(crate) allowed_paths: Vec<AllowedDirectory>,
    /// The plug-in's share of the process's descriptors, for its files and its connections.
    #[cfg_attr(not(feature = "wasi"), expect(dead_code, reason = "only WASI looks at it"))]
    pub(crate) descriptors: Arc<Share>,
    #[cfg(feature = "http")]
    pub(crate) connections: Arc<Account>,
    /// The file for the core dump of a trap.
    pub(crate) coredump: Option<PrivateFile>,
    /// The file for the kernel's memory when a call fails.
    pub(crate) memdump: Option<PrivateFile>,
    pub(crate) options: InstanceOptions,
}

/// What happens when a memory would grow beyond the limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Growth {
    /// It does not grow, which the guest learns.
    #[default]
    Refused,
    /// The call ends.
    Fatal,
}

/// The builder's options for instances: what a manifest cannot express.
#[derive(Default)]
pub(crate) struct InstanceOptions {
    /// The names of the permissions that host functions need.
    pub(crate) granted: BTreeSet<String>,
    pub(crate) wasi: bool,
    /// What it sees through WASI.
    pub(crate) sees: WasiOptions,
    /// The time that a call may take; set in [`Settings`].
    pub(crate) timeout: Option<Duration>,
    /// Whether imports that nothing provides fail when they are called, instead of when the plug-in is built.
    pub(crate) probe: bool,
    /// What happens when a memory would grow beyond the limit.
    pub(crate) growth: Growth,
    /// The fuel that a call may consume.
    pub(crate) fuel_limit: Option<u64>,
    /// The fuel that start functions and initializers may consume; `None` if they use the call's.
    pub(crate) initialization_fuel: Option<u64>,
    /// Whether the headers of HTTP responses are kept from the plug-in.
    pub(crate) hide_response_headers: bool,
    /// The default treatment of an instance by pools between two users.
    pub(crate) reuse: Reuse,
    /// The path of the file for the core dump of a trap; [`Settings`] holds it opened.
    pub(crate) coredump: Option<PathBuf>,
    /// The path of the file for the kernel's memory when a call fails; [`Settings`] holds it opened.
    pub(crate) memdump: Option<PathBuf>,
    /// What sends HTTP requests instead of the runtime's own client.
    #[cfg(feature = "http")]
    pub(crate) http_client: Option<Arc<dyn HttpClient>>,
    /// What receives the plug-in's log output, besides the process's sink.
    pub(crate) log: Option<PluginLog>,
    /// The form of the events of `tracing` for what the plug-in logs.
    pub(crate) log_events: LogEvents,
    /// The observers of calls.
    pub(crate) listener: Listener,
    /// Where the functions of running calls are recorded.
    pub(crate) profile: Option<GuestProfile>,
}

impl InstanceOptions {
    /// Returns whether there is a limit that needs an engine which counts fuel.
    pub(crate) fn limits_fuel(&self) -> bool {
        self.fuel_limit.is_some() || self.initialization_fuel.is_some()
    }

    /// The options that the environment variables `EXTISM_ENABLE_WASI_OUTPUT`, `EXTISM_COREDUMP` and `EXTISM_MEMDUMP`
    /// set; the official runtime reads these too.
    pub(crate) fn from_env() -> Self {
        let path = |name| std::env::var_os(name).map(PathBuf::from);
        let mut sees = WasiOptions::default();
        sees.streams.set_output(std::env::var_os("EXTISM_ENABLE_WASI_OUTPUT").is_some().into());
        Self { sees, coredump: path("EXTISM_COREDUMP"), memdump: path("EXTISM_MEMDUMP"), ..Self::default() }
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
            allowed_paths: AllowedDirectory::all_of(&manifest),
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
    file.inspect_err(|error| tracing::error!("cannot create the dump file `{}`: {error}", path.display())).ok()
}

/// A directory that a plug-in may access through WASI.
#[derive(Clone, Debug)]
pub(crate) struct AllowedDirectory {
    pub(crate) host: PathBuf,
    /// The path that the plug-in sees.
    pub(crate) guest: String,
    pub(crate) read_only: bool,
}

impl AllowedDirectory {
    /// Returns those of a manifest.
    pub(crate) fn all_of(manifest: &Manifest) -> Vec<Self> {
        let directory = |path: AllowedPath<'_>| Self {
            host: path.host.to_owned(),
            guest: path.guest.to_string_lossy().into_owned(),
            read_only: path.read_only,
        };
        manifest.allowed_path_entries().map(directory).collect()
    }
}

/// The treatment of an instance between two users of a [`Pool`](crate::Pool).
///
/// In each case, the runtime's own data about a user's calls is removed: inputs, outputs and everything else
/// in the kernel's memory are overwritten, the last HTTP response is forgotten, and handles that cancelled
/// the user's calls no longer cancel anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reuse {
    /// The next user gets the instance with its variables, its configuration, and the memory of its own code,
    /// where the plug-in may have kept the previous user's data. Inputs, outputs and other blocks of earlier
    /// calls are overwritten. For users who trust each other and the plug-in.
    #[default]
    Keep,
    /// The next user gets the instance with the memory of its own code, as with [`Keep`](Self::Keep), but
    /// with the variables and the configuration of a new instance. All of the memory through which plug-in
    /// and host exchange data is overwritten, which takes longer than creating an instance.
    ResetState,
    /// The next user gets a new instance: for users who do not trust each other, or the plug-in. Creating one takes
    /// microseconds, plus its start functions and initializers, which run again.
    Fresh,
}
