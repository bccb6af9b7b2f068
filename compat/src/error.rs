//! The runtime's errors, with the texts and codes that programs know from the official crate.

use std::{
    error::Error as StdError,
    fmt::{self, Write as _},
    panic::resume_unwind,
};

use extism_runtime::{
    self as rt,
    error::{
        BoxError, HostPanic, InterfaceError, LinkError, LinkProblem, LoadError, MismatchKind, TrapError, VarError,
    },
};

use crate::{EXTISM_ENV_MODULE, Error};

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

/// Returns the error of a call, and its code.
///
/// # Panics
///
/// Goes on with the panic of a host function, as the official crate does.
#[cold]
pub(crate) fn of_call(error: rt::Error) -> (Error, i32) {
    match error {
        rt::Error::Timeout { .. } | rt::Error::Cancelled { .. } => (told("timeout", error), ABORTED),
        rt::Error::OutOfMemory { .. } => (told("oom", error), NO_CODE),
        rt::Error::OutOfFuel { .. } => (told("plugin ran out of fuel", error), NO_CODE),
        rt::Error::Exit { code, .. } => (told(format!("Exited with i32 exit status {code}"), error), code),
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

fn backtrace(trap: &TrapError) -> String {
    let mut text = "error while executing at wasm backtrace:".to_owned();
    for (depth, frame) in trap.backtrace.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = match &frame.name {
            Some(name) => write!(text, "\n  {depth:>3}: {name}"),
            None => write!(text, "\n  {depth:>3}: <unknown>!<wasm function {}>", frame.index),
        };
    }
    text
}

/// The error that a host function returned, under what the runtime says of it.
fn of_host_function(error: rt::Error) -> Error {
    let context = error.to_string();
    let rt::Error::HostFunction { source, .. } = error else { return Error::new(error) };
    let source = match source.downcast::<HostPanic>() {
        Ok(panic) => resume_unwind(Box::new(panic.message().to_owned())),
        Err(source) => source,
    };
    match source.downcast::<HostError>() {
        Ok(host) => match host.guest_error {
            Some(message) => Error::msg(message).context(host.error.to_string()),
            None if host.error.root_cause().to_string() == "oom" => Error::msg("oom"),
            None => host.error.context(context),
        },
        Err(source) => of_environment(source).context(context),
    }
}

/// The error of one of the functions that the runtime itself provides to plug-ins.
fn of_environment(source: BoxError) -> Error {
    #[cfg(any(feature = "http", feature = "register-http"))]
    if let Some(rt::error::HttpError::NotAllowed { host, .. }) = source.downcast_ref() {
        return Error::msg(format!("HTTP request to {host} is not allowed"));
    }
    match source.downcast_ref() {
        Some(VarError::Off) => Error::msg("Vars are disabled by this host"),
        Some(VarError::Full { .. }) => Error::msg("Variable store is full"),
        _ => Error::from_boxed(source),
    }
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

/// Returns the error of building a plug-in.
#[cold]
pub(crate) fn of_build(error: rt::Error) -> Error {
    let text = match &error {
        rt::Error::Load(error) => load_text(error),
        _ => None,
    };
    match text {
        Some(text) => told(text, error),
        None => Error::new(error),
    }
}

fn load_text(error: &LoadError) -> Option<String> {
    Some(match error {
        LoadError::NoModules => "No wasm files specified in Extism manifest".to_owned(),
        LoadError::DuplicateName { name, .. } => format!("Duplicate module name found in Extism manifest: {name}"),
        LoadError::File { path, source, .. } => {
            format!("Unable to load Wasm file \"{}\": {}", path.display(), source.kind())
        }
        LoadError::HashMismatch { expected, actual, .. } => {
            format!("Hash mismatch, found {actual} but expected {expected}")
        }
        _ => return None,
    })
}

/// Returns the error of imports that do not fit: that of the first one, as the official crate reports it, and below it
/// the runtime's, which lists all and says what to do.
#[cold]
pub(crate) fn of_link(error: &LinkError) -> Error {
    let text = error.problems.first().and_then(import_text);
    let error = Error::new(rt::Error::from(error.clone()));
    match text {
        Some(text) => error.context(text),
        None => error,
    }
}

fn import_text(problem: &LinkProblem) -> Option<String> {
    Some(match problem {
        LinkProblem::Missing { namespace, name, expected, .. } if namespace == EXTISM_ENV_MODULE => {
            format!("Invalid function import from {namespace}: {name} {expected}")
        }
        LinkProblem::NotAFunction { namespace, name, kind, .. } if namespace == EXTISM_ENV_MODULE => {
            format!("Invalid {kind} import from {namespace}: {name}")
        }
        LinkProblem::Missing { namespace, name, .. } | LinkProblem::NotAFunction { namespace, name, .. } => {
            format!("unknown import: `{namespace}::{name}` has not been defined")
        }
        LinkProblem::Mistyped { namespace, name, .. } => {
            format!("incompatible import type for `{namespace}::{name}`")
        }
        _ => return None,
    })
}
