use std::fmt;

use super::MissingHint;
use crate::{nearest::nearest, shown, value::FuncType};

/// The modules' imports and what the host gives don't fit: all the problems of one plug-in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct LinkError {
    /// The plug-in's name.
    pub plugin: String,
    /// Every problem, in the order of the modules and of their imports; of more than a thousand, the first ones.
    pub problems: Vec<LinkProblem>,
    /// The Rust types of the states that the builder was given, in alphabetical order.
    pub states: Vec<&'static str>,
}

/// One reason why a plug-in can't be linked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkProblem {
    /// A module imports a function that nobody gives.
    Missing {
        /// The importing module.
        module: String,
        /// The import's namespace (Wasm calls it the module).
        namespace: String,
        /// The import's name.
        name: String,
        /// The signature that the module expects.
        expected: FuncType,
        /// What may help.
        hint: MissingHint,
    },
    /// A module imports a function with another signature than what is given under its name.
    Mistyped {
        /// The importing module.
        module: String,
        /// The import's namespace.
        namespace: String,
        /// The import's name.
        name: String,
        /// The signature that the module expects.
        expected: FuncType,
        /// The signature of what is given.
        given: FuncType,
    },
    /// A module imports something that is no function, and that no other module exports with that type.
    NotAFunction {
        /// The importing module.
        module: String,
        /// The import's namespace.
        namespace: String,
        /// The import's name.
        name: String,
        /// What it is: a memory, a table, a global or a tag.
        kind: String,
    },
    /// A host function asks for a state that the builder wasn't given.
    MissingState {
        /// The host function.
        function: String,
        /// The state's Rust type.
        state: &'static str,
    },
    /// Two host functions bear the same namespace and name.
    DuplicateFunction {
        /// The namespace.
        namespace: String,
        /// The name.
        name: String,
    },
    /// Modules import each other in a circle.
    Circular {
        /// The modules' names, the first again at the end.
        modules: Vec<String>,
    },
    /// A module needs more memory at its start than the manifest allows.
    Memory {
        /// The module.
        module: String,
        /// Pages of 64 KiB that the module has at its start.
        needed: u64,
        /// The manifest's `memory.max_pages`.
        limit: u64,
    },
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot link plug-in `{}`:", shown::name(&self.plugin))?;
        match self.problems.as_slice() {
            [problem] => write!(f, " {problem}{}", self.hint(problem)),
            problems => problems.iter().try_for_each(|problem| write!(f, "\n  - {problem}{}", self.hint(problem))),
        }
    }
}

impl LinkError {
    /// What was given in the place of a missing state.
    fn hint(&self, problem: &LinkProblem) -> String {
        /// Of more states than this, all are not listed.
        const MOST: usize = 4;
        let LinkProblem::MissingState { state, .. } = problem else { return String::new() };
        let wanted = without_paths(state);
        let given: Vec<_> = self.states.iter().map(|state| without_paths(state)).collect();
        let same = self.states.iter().zip(&given).find(|(_, given)| **given == wanted).map(|(state, _)| *state);
        let nearest = same.or_else(|| nearest(&wanted, given.iter().map(String::as_str)));
        match (nearest, self.states.as_slice()) {
            (Some(nearest), _) => format!("; `{nearest}` was given: is it meant?"),
            (None, []) => String::new(),
            (None, states) if states.len() > MOST => format!("; {} others were given", states.len()),
            (None, states) => format!("; given were `{}`", states.join("`, `")),
        }
    }
}

/// A type's name as programs write it: `Mutex<i32>` for `std::sync::poison::mutex::Mutex<i32>`.
fn without_paths(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    let mut start = 0;
    for character in name.chars() {
        if character == ':' {
            text.truncate(start);
            continue;
        }
        text.push(character);
        if !character.is_alphanumeric() && character != '_' {
            start = text.len();
        }
    }
    text
}

impl fmt::Display for LinkProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { module, namespace, name, expected, hint } => {
                let (module, namespace, name) = (shown::name(module), shown::name(namespace), shown::name(name));
                write!(
                    f,
                    "module `{module}` imports `{namespace}`.`{name}` {expected}, which nothing provides ({hint})"
                )
            }
            Self::Mistyped { module, namespace, name, expected, given } => {
                let (module, namespace, name) = (shown::name(module), shown::name(namespace), shown::name(name));
                write!(
                    f,
                    "module `{module}` imports `{namespace}`.`{name}` as {expected}, but the function given has {given}"
                )
            }
            Self::NotAFunction { module, namespace, name, kind } => {
                let (module, namespace, name) = (shown::name(module), shown::name(namespace), shown::name(name));
                write!(f, "module `{module}` imports the {kind} `{namespace}`.`{name}`, which no other module exports")
            }
            Self::MissingState { function, state } => write!(
                f,
                "host function `{function}` takes `State<{state}>`, which was never given (call `.with_state(..)`)"
            ),
            Self::DuplicateFunction { namespace, name } => {
                write!(f, "the host function `{namespace}`.`{name}` was given twice")
            }
            Self::Circular { modules } => {
                write!(f, "modules import each other in a circle: {}", modules.join(" -> "))
            }
            Self::Memory { module, needed, limit } => write!(
                f,
                "module `{module}` starts with {needed} pages of memory (64 KiB each), but `memory.max_pages` is {limit}"
            ),
        }
    }
}
