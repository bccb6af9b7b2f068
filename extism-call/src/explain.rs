//! Formats the runtime's errors for this tool: the cause in the first line, then the details.

use std::error::Error as StdError;

use extism_runtime::{
    Error,
    error::{InterfaceError, LinkError, LinkProblem, MissingHint},
};

/// The message as lines without line breaks.
pub(crate) fn lines(error: &Error) -> Vec<String> {
    match error {
        Error::Link(error) => link(error),
        Error::Interface(error) => interface(error),
        Error::Guest { at, code, message, .. } => guest(&at.to_string(), *code, message),
        Error::Timeout { at, limit, .. } => {
            vec![format!("{at}: timed out after {limit:?}"), "--timeout sets the limit".to_owned()]
        }
        Error::OutOfMemory { at, detail, .. } => {
            vec![format!("{at}: out of memory: {detail}"), "--memory-max sets the limit".to_owned()]
        }
        error => with_sources(error),
    }
}

/// Describes the mismatches between the plug-in's exports and the interface.
pub(crate) fn interface(error: &InterfaceError) -> Vec<String> {
    error.to_string().lines().map(|line| line.trim_start().to_owned()).collect()
}

/// The plug-in's own error; its first line becomes the cause.
fn guest(at: &str, code: i32, message: &str) -> Vec<String> {
    let mut lines = message.lines().map(str::to_owned);
    let cause = lines.next().unwrap_or_default();
    std::iter::once(format!("{at}: {cause} (code {code})")).chain(lines).collect()
}

/// The error's text, followed by the texts of its sources that it does not already contain.
fn with_sources(error: &Error) -> Vec<String> {
    let text = error.to_string();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut source = StdError::source(error);
    while let Some(error) = source {
        let cause = error.to_string();
        if !text.contains(&cause) {
            lines.extend(cause.lines().map(str::to_owned));
        }
        source = error.source();
    }
    lines
}

fn link(error: &LinkError) -> Vec<String> {
    let plugin = &error.plugin;
    let problems = describe_all(&error.problems);
    let mut lines = match problems.as_slice() {
        [problem] => vec![format!("cannot link plug-in `{plugin}`: {problem}")],
        problems => {
            let cause = format!("cannot link plug-in `{plugin}`: {} problems", problems.len());
            std::iter::once(cause).chain(problems.iter().map(|problem| format!("- {problem}"))).collect()
        }
    };
    lines.extend(advice(&error.problems).into_iter().map(str::to_owned));
    lines
}

/// Describes the problems. All imports of a module from WASI without permission are one problem.
fn describe_all(problems: &[LinkProblem]) -> Vec<String> {
    let mut lines = Vec::new();
    for problem in problems {
        let line = describe(problem);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

/// Describes the problem, with the hint that concerns only this problem.
fn describe(problem: &LinkProblem) -> String {
    match problem {
        LinkProblem::Missing { module, hint: MissingHint::WasiNotAllowed, .. } => {
            format!("module `{module}` imports WASI, which it is not allowed to use")
        }
        LinkProblem::Missing { module, namespace, hint: MissingHint::BuiltFor(built_for), .. } => {
            format!("module `{module}` imports from `{namespace}`: {}", built_for.what())
        }
        LinkProblem::Missing { module, namespace, name, expected, hint, .. } => {
            let text = format!("module `{module}` imports `{namespace}`.`{name}` {expected}, which nothing provides");
            match hint {
                MissingHint::Give | MissingHint::Undefined => text,
                hint => format!("{text} ({hint})"),
            }
        }
        problem => problem.to_string(),
    }
}

/// Advice that applies to several problems, each piece listed once.
fn advice(problems: &[LinkProblem]) -> Vec<&'static str> {
    let hints = |wanted: &MissingHint| {
        problems.iter().any(|problem| matches!(problem, LinkProblem::Missing { hint, .. } if hint == wanted))
    };
    let memory = problems.iter().any(|problem| matches!(problem, LinkProblem::Memory { .. }));
    let general = [
        (hints(&MissingHint::WasiNotAllowed), "--wasi lets the plug-in use WASI"),
        (hints(&MissingHint::Give), "--link NAME=FILE adds a module; this tool provides no host functions"),
        (
            hints(&MissingHint::Undefined),
            "linkers put a function without a definition into `env`: link its definition into the plug-in, or \
             add it with --link env=FILE",
        ),
        (memory, "--memory-max sets the limit"),
    ];
    let mut advice: Vec<_> = general.into_iter().filter_map(|(applies, advice)| applies.then_some(advice)).collect();
    for problem in problems {
        if let LinkProblem::Missing { hint: MissingHint::BuiltFor(built_for), .. } = problem
            && !advice.contains(&built_for.advice())
        {
            advice.push(built_for.advice());
        }
    }
    advice
}
