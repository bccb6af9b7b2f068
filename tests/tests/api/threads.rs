//! Tests which types can move between threads, and be shared by them: a promise, since taking it back breaks programs.

use std::collections::BTreeSet;

use extism_runtime::{
    Source,
    client::{View, WithContext, WithTimeout},
    codec::{Base64, CodecError, Json, Msgpack, Prost, Raw, Writer},
    engine::{Engine, EngineBuilder, Features, Profiling, Proposal},
    error::{
        BoxError, BuiltFor, Error, ErrorValue, Frame, FunctionNumbers, HostPanic, HttpError, InlinedFrame,
        InterfaceError, LinkError, LinkProblem, LoadError, ManifestError, MemoryError, Mismatch, MismatchKind,
        MissingHint, MissingImport, ModuleLimitError, SetError, SetProblem, Site, TrapError, VarError,
    },
    host::{CurrentPlugin, Function, Handle, HostFuture, Scalar, State},
    http::{ClientRequest, ClientResponse},
    inspect::{
        Access, ExportInfo, ImportInfo, ImportOrigin, Inspection, ModuleInfo, Pdk, PdkEvidence, Permission,
        Permissions, Producer,
    },
    interface::{
        Argument, Description, DescriptionError, Difference, Encoding, ErrorType, Format, Interface, Method, Role, Wire,
    },
    log::{LogEvents, LogLevel, LogRecord, ParseLogLevelError},
    manifest::{HttpRequest, Manifest, ManifestFormat, MemoryOptions, PluginInfo, Wasm, WasmMetadata},
    plugin::{
        BuildStage, CallFuture, CancelHandle, CompiledPlugin, DownloadProgress, Export, FixedClock, Plugin,
        PluginBuilder, PluginId, PluginScope, SteppingClock, WarmProgress, Warmed, WasiOutput,
    },
    plugin_interface,
    pool::{Pool, PoolBuilder, PooledPlugin, Reuse, SharedFuture},
    profile::{FinishedProfile, GuestProfile, Stack},
    set::{
        Lent, PluginFile, PluginSet, PluginSetBuilder, Reloadable, ReloadableBuilder, SetEntry, SetEvent, SetProgress,
        SetStage, Watch, WatchOptions,
    },
    snapshot::{Snapshot, SnapshotError},
    test::{BuildError, Expectation, MockCall, MockError, MockHost, PluginCrate, TestClock, TestFolder},
    usage::{CallCounts, CallRecord, Outcome, Usage},
    value::{ExternType, FuncType, Val, ValType},
};

use crate::surface;

#[plugin_interface]
trait Greeter {
    fn greet(&mut self, name: &str) -> String;
}

#[plugin_interface(name = SharedGreeter)]
trait Shared {
    fn greet(&self, name: &str) -> String;
}

const fn shared<T: Send + Sync + ?Sized>() {}
const fn movable<T: Send + ?Sized>() {}

macro_rules! types {
    ($list:ident: $assert:ident { $($name:ident $(<$($argument:tt),*>)?),* $(,)? }) => {
        const $list: &[&str] = &[$(stringify!($name)),*];
        const _: () = {
            $($assert::<$name $(<$($argument),*>)?>();)*
        };
    };
}

types! { SHARED: shared {
    View<'static, GreeterPlugin>, WithContext<'static, GreeterPlugin>, WithTimeout<'static, GreeterPlugin>,
    Base64<u8>, CodecError, Json<u8>, Msgpack<u8>, Prost<u8>, Raw<u8>, Writer<'static>,
    Engine, EngineBuilder, Features, Profiling, Proposal,
    BoxError, BuiltFor, Error, ErrorValue, Frame, FunctionNumbers, HostPanic, HttpError, InterfaceError, LinkError, LinkProblem,
    LoadError, ManifestError, MemoryError, Mismatch, MismatchKind, MissingHint, MissingImport, ModuleLimitError, SetError, SetProblem, Site, TrapError, VarError,
    CurrentPlugin<'static>, Function, Handle, Scalar<i32>, State<u8>,
    Access, ExportInfo, ImportInfo, ImportOrigin, Inspection, ModuleInfo, Pdk, PdkEvidence, Permission, Permissions,
    Producer,
    ClientRequest,
    Argument, Description, DescriptionError, Difference, Encoding, ErrorType, Format, Interface, Method, Role, Wire,
    LogEvents, LogLevel, LogRecord<'static>, ParseLogLevelError,
    HttpRequest, Manifest, ManifestFormat, MemoryOptions, PluginInfo, Wasm, WasmMetadata,
    BuildError, Expectation<'static>, MockCall, MockError, MockHost, PluginCrate, TestClock, TestFolder,
    FinishedProfile, GuestProfile, InlinedFrame, Snapshot, SnapshotError, Stack, Warmed, WarmProgress<'static>,
    Lent<u8>, PluginFile<'static>, PluginSet<GreeterPlugin>, PluginSetBuilder<GreeterPlugin>, Reloadable<SharedGreeter>,
    ReloadableBuilder<GreeterPlugin>, SetEntry<Plugin>, SetEvent, SetProgress<'static>, SetStage<'static>, Watch, WatchOptions,
    BuildStage, CancelHandle, CompiledPlugin, DownloadProgress<'static>, Export<u8, u8>, Plugin, PluginBuilder, PluginId,
    PluginScope<'static>, WasiOutput, FixedClock, SteppingClock,
    Pool, PoolBuilder, PooledPlugin, Reuse,
    CallCounts, CallRecord<'static>, Outcome, Usage,
    ExternType, FuncType, Val, ValType,
    Source,
} }

types! { MOVABLE: movable { CallFuture<'static, u8>, ClientResponse, HostFuture<'static>, SharedFuture<u8> } }

/// The clients that `#[plugin_interface]` generates.
const _: () = {
    shared::<GreeterPlugin>();
    shared::<SharedGreeter>();
};

/// Names of traits and functions, which are neither.
const OTHERS: [&str; 34] = [
    "Clock",
    // A newtype like the others, whose feature is off here.
    "Convert",
    "DEFAULT_NAMESPACE",
    "Decode",
    "Encode",
    "ExclusiveArgument",
    "Check",
    "Forward",
    "MAX_BYTES",
    "SECTION",
    "compare",
    "ForwardShared",
    "FromPlugin",
    "FromPool",
    "HostArgument",
    "HostFunctions",
    "HostOutput",
    "HttpClient",
    "IntoFunctions",
    "PluginError",
    "PluginInterface",
    "SharedInterface",
    "interface_of",
    "set_log_callback",
    "set_log_file",
    "to_vec",
    "host_fn",
    "host_fns",
    "host_fns!",
    "host_interface",
    "plugin_interface",
    "typed",
    "__extism_wasm!",
    "wasm",
];

#[test]
fn every_public_type_is_listed() {
    let mut found = BTreeSet::new();
    for module in surface::modules().iter().map(String::as_str).chain(["lib"]) {
        if !["guide", "prelude"].contains(&module) {
            found.extend(surface::exports(module).into_iter().filter(|name| !name.starts_with("mod ")));
        }
    }
    let listed: BTreeSet<_> = SHARED.iter().chain(MOVABLE).chain(&OTHERS).map(|name| (*name).to_owned()).collect();
    let missing: Vec<_> = found.difference(&listed).collect();
    assert!(missing.is_empty(), "say above whether threads can share them: {missing:?}");
}
