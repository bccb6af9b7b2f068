//! The runtime's errors, with the texts and codes that programs know from the official crate.

use std::{
    error::Error as StdError,
    fmt::{self, Write as _},
};

use extism_runtime::{
    self as rt,
    error::{
        BoxError, HostPanic, InterfaceError, LinkError, LinkProblem, LoadError, MismatchKind, TrapError, VarError,
    },
    value::FuncType,
};

use crate::{
    EXTISM_ENV_MODULE, Error, Manifest,
    manifest::{NO_HASH, is_hash},
};

/// The code of a call that has not returned.
pub(crate) const NO_CODE: i32 = -1;
/// The code of a call that trapped, timed out or was cancelled: that of a process which was ended by SIGABRT.
const ABORTED: i32 = 134;

/// Returns the error of the runtime that an error stands for, if it does. It names the plug-in and the export, and is to
/// be matched on. The official crate has no such function.
///
/// ```
/// use extism::{Manifest, Plugin, Wasm, runtime};
///
/// let text = r#"(module (func (export "fail") unreachable))"#;
/// let mut plugin = Plugin::new(text, [], false)?;
/// let error = plugin.call::<(), ()>("fail", ()).unwrap_err();
/// assert!(matches!(extism::runtime_error(&error), Some(runtime::Error::Trap { .. })));
/// # Ok::<(), extism::Error>(())
/// ```
pub fn runtime_error(error: &Error) -> Option<&rt::Error> {
    error.downcast_ref::<Told>().map(|told| &told.error).or_else(|| error.downcast_ref())
}

/// An error of the runtime under the text of the official crate's. That text is also its root cause, so it has no
/// source.
#[derive(Debug)]
struct Told {
    text: String,
    error: rt::Error,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StdError for Told {}

fn told(text: impl Into<String>, error: rt::Error) -> Error {
    Error::new(Told { text: text.into(), error })
}

/// What a host function returned, on its way through the runtime.
#[derive(Debug)]
pub(crate) struct HostError {
    error: Error,
    /// The error of the call that was set before.
    guest_error: Option<String>,
}

impl HostError {
    pub(crate) fn new(error: Error, guest_error: Option<&str>) -> Self {
        Self { error, guest_error: guest_error.map(str::to_owned) }
    }
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.error)
    }
}

impl StdError for HostError {}

/// The error of a call without the memory that the plug-in starts with.
#[cold]
pub(crate) fn too_large() -> (Error, i32) {
    (Error::msg("oom"), NO_CODE)
}

/// Returns the error of a call, and its code.
///
/// # Panics
///
/// Goes on with the panic of a host function, as the official crate does.
#[cold]
pub(crate) fn of_call(error: rt::Error) -> (Error, i32) {
    match error {
        rt::Error::Timeout { .. } | rt::Error::Cancelled { .. } => (told("timeout", error), ABORTED),
        rt::Error::OutOfMemory { ref detail, .. } if detail.starts_with("the input takes") => {
            (Error::msg("oom").context(told("failed to allocate extism memory", error)), NO_CODE)
        }
        rt::Error::OutOfMemory { .. } => (told("oom", error), NO_CODE),
        rt::Error::OutOfFuel { .. } => (told("plugin ran out of fuel", error), NO_CODE),
        rt::Error::Exit { code, ref guest_error, .. } => match guest_error.clone() {
            Some(message) => (Error::msg(message).context(executing(error)), NO_CODE),
            None => (Error::msg(format!("Exited with i32 exit status {code}")).context(executing(error)), code),
        },
        rt::Error::Guest { code, ref message, .. } => (told(message.clone(), error), code),
        rt::Error::Trap { ref trap, .. } => of_trap(&trap.clone(), error),
        rt::Error::HostFunction { .. } => (of_host_function(error), NO_CODE),
        rt::Error::Interface(ref interface) => match function_text(interface) {
            Some(text) => (told(text, error), NO_CODE),
            None => (Error::new(error), NO_CODE),
        },
        _ => (Error::new(error), NO_CODE),
    }
}

/// The error under its backtrace: the one that the plug-in set before, or the trap.
fn of_trap(trap: &TrapError, error: rt::Error) -> (Error, i32) {
    let context = Told { text: backtrace(trap), error };
    if let Some(message) = &trap.guest_error {
        return (Error::msg(message.clone()).context(context), NO_CODE);
    }
    let code = if trap.message.starts_with("wasm trap") { ABORTED } else { NO_CODE };
    (Error::msg(trap.message.clone()).context(context), code)
}

/// How the texts of errors begin that happened in a plug-in's code.
const EXECUTING: &str = "error while executing at wasm backtrace:";

/// An error that happened in a plug-in's code, somewhere.
fn executing(error: rt::Error) -> Told {
    Told { text: EXECUTING.to_owned(), error }
}

fn backtrace(trap: &TrapError) -> String {
    let mut text = EXECUTING.to_owned();
    for (depth, frame) in trap.backtrace.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = match &frame.name {
            Some(name) => write!(text, "\n  {depth:>3}: {name}"),
            None => write!(text, "\n  {depth:>3}: <unknown>!<wasm function {}>", frame.index),
        };
    }
    text
}

/// The error that a host function returned, or the one that was set before, under what the runtime says of it.
fn of_host_function(error: rt::Error) -> Error {
    let context = format!("{EXECUTING}\n    {error}");
    let rt::Error::HostFunction { source, .. } = error else { return Error::new(error) };
    let source = match source.downcast::<HostPanic>() {
        Ok(panic) => panic.resume(),
        Err(source) => source,
    };
    match source.downcast::<HostError>() {
        Ok(host) => match host.guest_error {
            Some(message) => Error::msg(message).context(context),
            None if host.error.root_cause().to_string() == "oom" => Error::msg("oom"),
            None => host.error.context(context),
        },
        Err(source) => of_environment(source).context(context),
    }
}

/// The error of one of the functions that the runtime itself provides to plug-ins.
fn of_environment(source: BoxError) -> Error {
    #[cfg(any(feature = "http", feature = "register-http"))]
    if let Some(text) = source.downcast_ref().and_then(request_text) {
        return Error::msg(text);
    }
    match source.downcast_ref() {
        Some(VarError::Off) => Error::msg("Vars are disabled by this host"),
        Some(VarError::Full { .. }) => Error::msg("Variable store is full"),
        _ => Error::from_boxed(source),
    }
}

/// The text of a request that failed, if it does not depend on the crate that sends requests.
#[cfg(any(feature = "http", feature = "register-http"))]
fn request_text(error: &rt::error::HttpError) -> Option<String> {
    use rt::error::HttpError;

    Some(match error {
        HttpError::NotAllowed { url, .. } => format!("HTTP request to {url} is not allowed"),
        HttpError::Url { url, .. } => format!("Invalid URL: {:?}", url::Url::parse(url).err()?),
        HttpError::Request { message, .. } => message.clone(),
        HttpError::TooLarge { limit, .. } => {
            format!("HTTP response exceeds the configured maximum number of bytes: {limit}")
        }
        _ => return None,
    })
}

fn function_text(error: &InterfaceError) -> Option<String> {
    let mismatch = error.mismatches.first()?;
    let name = &mismatch.export;
    match &mismatch.kind {
        MismatchKind::Missing { .. } | MismatchKind::NotAFunction => Some(format!("Function not found: {name}")),
        MismatchKind::Signature(ty) if ty.results.len() > 1 => {
            Some(format!("Function {name} has {} results, expected 0 or 1", ty.results.len()))
        }
        MismatchKind::Signature(ty) if !ty.params.is_empty() => {
            Some(format!("expected {} arguments, got 0", ty.params.len()))
        }
        _ => None,
    }
}

/// Returns the error of building a plug-in from this manifest.
#[cold]
pub(crate) fn of_build(error: rt::Error, manifest: &Manifest) -> Error {
    let text = match &error {
        rt::Error::Load(error) => load_text(error, manifest),
        _ => None,
    };
    match text {
        Some(text) => told(text, error),
        None => Error::new(error),
    }
}

fn load_text(error: &LoadError, manifest: &Manifest) -> Option<String> {
    Some(match error {
        LoadError::NoModules => "No wasm files specified in Extism manifest".to_owned(),
        LoadError::DuplicateName { name, .. } => format!("Duplicate module name found in Extism manifest: {name}"),
        LoadError::File { path, source, .. } => {
            format!("Unable to load Wasm file \"{}\": {}", path.display(), source.kind())
        }
        LoadError::HashMismatch { expected, actual, .. } => {
            let mut given = manifest.wasm.iter().filter_map(|wasm| wasm.meta().hash.as_deref());
            let expected =
                if expected == NO_HASH { given.find(|hash| !is_hash(hash)).unwrap_or(NO_HASH) } else { expected };
            format!("Hash mismatch, found {actual} but expected {expected}")
        }
        _ => return None,
    })
}

/// Returns the error of imports that do not fit: that of the first one, as the official crate reports it. The runtime's,
/// which lists all and says what to do, is logged.
#[cold]
pub(crate) fn of_link(error: &LinkError) -> Error {
    tracing::error!("{error}");
    let problem = error.problems.first();
    let error = rt::Error::from(error.clone());
    match problem {
        Some(LinkProblem::Mistyped { namespace, name, expected, given, .. }) => {
            let (expected, given) = (wat(expected), wat(given));
            let types = format!("types incompatible: expected type `{expected}`, found type `{given}`");
            let text = format!("incompatible import type for `{namespace}::{name}`");
            Error::msg(types).context(Told { text, error })
        }
        problem => match problem.and_then(import_text) {
            Some(text) => told(text, error),
            None => Error::new(error),
        },
    }
}

fn import_text(problem: &LinkProblem) -> Option<String> {
    let invalid = |kind: &str, name: &str, ty: &str| {
        format!(
            "Invalid {kind} import from {EXTISM_ENV_MODULE}: {name} {ty}\n\n\
             Note: This may indicate that the PDK that was used to build this plugin has additional features that aren't \
             available in this version of the SDK, try updating the SDK to the latest version."
        )
    };
    Some(match problem {
        LinkProblem::Missing { namespace, name, expected, .. } if namespace == EXTISM_ENV_MODULE => {
            invalid("function", name, &format!("(type {})", wat(expected)))
        }
        LinkProblem::NotAFunction { namespace, name, .. }
            if namespace == EXTISM_ENV_MODULE && ["memory", "extism_context"].contains(&&**name) =>
        {
            "linked modules cannot access non-function exports of extism kernel".to_owned()
        }
        LinkProblem::NotAFunction { namespace, name, kind, .. } if namespace == EXTISM_ENV_MODULE => {
            let (kind, ty) = kind.split_once(' ').unwrap_or((kind, ""));
            invalid(kind, name, ty)
        }
        LinkProblem::Missing { namespace, name, .. } | LinkProblem::NotAFunction { namespace, name, .. } => {
            format!("unknown import: `{namespace}::{name}` has not been defined")
        }
        _ => return None,
    })
}

/// Returns a signature as the text format of WebAssembly has it.
fn wat(ty: &FuncType) -> String {
    let list = |name: &str, types: &[rt::ValType]| {
        let types: Vec<_> = types.iter().map(ToString::to_string).collect();
        if types.is_empty() { String::new() } else { format!(" ({name} {})", types.join(" ")) }
    };
    format!("(func{}{})", list("param", &ty.params), list("result", &ty.results))
}
