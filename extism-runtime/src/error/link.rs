use std::fmt::{self, Write as _};

use super::{BuiltFor, MissingHint, states::hint};
use crate::{
    display,
    value::{ExternType, FuncType},
};

/// The namespace of host functions that name no other.
const USER: &str = "extism:host/user";

/// The modules' imports do not match what the host provides: all the problems of one plug-in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct LinkError {
    /// The plug-in's name.
    pub plugin: String,
    /// Every problem, in the order of the modules and of their imports; if there are more than a thousand, the first
    /// ones.
    pub problems: Vec<LinkProblem>,
    /// The Rust types of the builder's states, in alphabetical order.
    pub states: Vec<&'static str>,
}

/// A reason why a plug-in cannot be linked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkProblem {
    /// A module imports a function that is not provided.
    #[non_exhaustive]
    Missing {
        /// The importing module.
        module: String,
        /// The import's namespace (Wasm calls it the module).
        namespace: String,
        /// The import's name.
        name: String,
        /// The signature that the module expects.
        expected: FuncType,
        /// A hint at the remedy.
        hint: MissingHint,
    },
    /// A module imports a function with a signature that differs from the provided one.
    #[non_exhaustive]
    Mistyped {
        /// The importing module.
        module: String,
        /// The import's namespace.
        namespace: String,
        /// The import's name.
        name: String,
        /// The signature that the module expects.
        expected: FuncType,
        /// The signature that is provided.
        given: FuncType,
    },
    /// A module imports something other than a function, which no other module exports with that type.
    #[non_exhaustive]
    NotAFunction {
        /// The importing module.
        module: String,
        /// The import's namespace.
        namespace: String,
        /// The import's name.
        name: String,
        /// Its kind: a memory, a table, a global or a tag.
        kind: String,
    },
    /// A host function needs a state that was not set on the builder.
    #[non_exhaustive]
    MissingState {
        /// The host function.
        function: String,
        /// The state's Rust type.
        state: &'static str,
    },
    /// A module imports a host function that needs a permission which was not granted.
    #[non_exhaustive]
    NotGranted {
        /// The importing module.
        module: String,
        /// The function's namespace.
        namespace: String,
        /// The function's name.
        name: String,
        /// The permission that it needs.
        permission: String,
        /// The granted permission with the most similar name, if there is one.
        nearest: Option<String>,
    },
    /// A host function needs a permission with a name that no permission can have: not 1 to 64 letters, digits and
    /// characters of `_-.:/`.
    #[non_exhaustive]
    PermissionName {
        /// The host function.
        function: String,
        /// The name.
        permission: String,
    },
    /// Two host functions have the same namespace and name.
    #[non_exhaustive]
    DuplicateFunction {
        /// The namespace.
        namespace: String,
        /// The name.
        name: String,
    },
    /// Modules import each other in a cycle.
    #[non_exhaustive]
    Circular {
        /// The modules' names; the first is repeated at the end.
        modules: Vec<String>,
    },
    /// A module exports an initializer of its language's runtime (`_initialize`, or Haskell's `hs_init`) that cannot be
    /// called as one.
    #[non_exhaustive]
    Initializer {
        /// The module.
        module: String,
        /// The export.
        name: String,
        /// Its actual type.
        found: ExternType,
        /// The signature that it should have.
        expected: FuncType,
    },
    /// A module needs more memory at its start than the manifest allows.
    #[non_exhaustive]
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
        display::limited(f, |f| {
            write!(f, "cannot link plug-in `{}`:", display::name(&self.plugin))?;
            match self.problems.as_slice() {
                [problem] => write!(f, " {problem}{}", self.hint(problem)),
                problems => {
                    let mut told = Vec::new();
                    problems.iter().try_for_each(|problem| {
                        f.write_str("\n  - ")?;
                        problem.write(f, &mut told)?;
                        f.write_str(&self.hint(problem))
                    })
                }
            }
        })
    }
}

impl LinkError {
    /// Names the states that may have been meant, after the message about a missing one.
    fn hint(&self, problem: &LinkProblem) -> String {
        let LinkProblem::MissingState { state, .. } = problem else { return String::new() };
        hint(state, &self.states)
    }
}

impl fmt::Display for LinkProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, &mut Vec::new())
    }
}

impl LinkProblem {
    /// Returns what the module was built for, if that is why it does not link.
    #[must_use]
    pub fn built_for(&self) -> Option<BuiltFor> {
        match self {
            Self::Missing { hint: MissingHint::BuiltFor(built_for), .. } => Some(*built_for),
            Self::NotAFunction { namespace, name, .. } => BuiltFor::of(namespace, name),
            _ => None,
        }
    }

    /// Writes the problem; what the module was built for, and what to do about it, is written only the first time.
    fn write(&self, f: &mut impl fmt::Write, told: &mut Vec<BuiltFor>) -> fmt::Result {
        let again = self.built_for().is_some_and(|built_for| told.contains(&built_for));
        told.extend(self.built_for());
        match self {
            Self::Missing { module, namespace, name, expected, .. } if again => {
                let (module, namespace, name) = (display::name(module), display::name(namespace), display::name(name));
                write!(f, "module `{module}` imports `{namespace}`.`{name}` {expected}, which nothing provides")
            }
            Self::Missing { module, namespace, name, expected, hint } => {
                let (module, namespace, name) = (display::name(module), display::name(namespace), display::name(name));
                write!(
                    f,
                    "module `{module}` imports `{namespace}`.`{name}` {expected}, which nothing provides ({hint})"
                )
            }
            Self::Mistyped { module, namespace, name, expected, given } => {
                let (module, namespace, name) = (display::name(module), display::name(namespace), display::name(name));
                write!(
                    f,
                    "module `{module}` imports `{namespace}`.`{name}` as {expected}, but the provided function has \
                     {given}"
                )
            }
            Self::NotAFunction { module, namespace, name, kind } => {
                let (module, namespace, name) = (display::name(module), display::name(namespace), display::name(name));
                write!(
                    f,
                    "module `{module}` imports the {kind} `{namespace}`.`{name}`, which no other module exports"
                )?;
                self.built_for().filter(|_| !again).map_or(Ok(()), |built_for| write!(f, " ({built_for})"))
            }
            Self::MissingState { function, state } => write!(
                f,
                "host function `{function}` takes `State<{state}>`, which was not set; set it with `.with_state(..)`"
            ),
            Self::NotGranted { module, namespace, name, permission, nearest } => {
                write!(f, "module `{}` imports ", display::name(module))?;
                if namespace != USER {
                    write!(f, "`{}`.", display::name(namespace))?;
                }
                write!(f, "`{}`, which needs the permission `{permission}` (", display::name(name))?;
                match nearest {
                    Some(nearest) => write!(f, "`{}` is granted: is it meant?)", display::name(nearest)),
                    None => write!(f, "`.grant([\"{permission}\"])` grants it)"),
                }
            }
            Self::PermissionName { function, permission } => write!(
                f,
                "host function `{function}` needs the permission `{}`, which is not a name: 1 to 64 letters, digits and \
                 characters of `_-.:/`",
                display::name(permission)
            ),
            Self::DuplicateFunction { namespace, name } => {
                write!(f, "the host function `{namespace}`.`{name}` was added twice; remove one or rename it")
            }
            Self::Circular { modules } => {
                write!(f, "modules import each other in a cycle: {}", modules.join(" -> "))
            }
            Self::Initializer { module, name, found, expected } => {
                let module = display::name(module);
                write!(
                    f,
                    "module `{module}` exports `{name}`, which initializes it and should be {expected}, but is "
                )?;
                match found {
                    ExternType::Func(ty) => write!(f, "{ty}"),
                    ExternType::Memory { .. } => f.write_str("a memory"),
                    ExternType::Global { .. } => f.write_str("a global"),
                    ExternType::Table => f.write_str("a table"),
                    _ => f.write_str("a tag"),
                }
            }
            Self::Memory { module, needed, limit } => write!(
                f,
                "module `{module}` starts with {needed} pages of memory (64 KiB each), but the limit \
                 `memory.max_pages` is {limit}"
            ),
        }
    }
}

/// A plug-in that was built by [`PluginBuilder::probe`](crate::PluginBuilder::probe) has called a function that nothing
/// provides; the source of [`Error::HostFunction`](crate::Error::HostFunction).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "nothing provides the import `{}`.`{}`; `PluginBuilder::probe` built the plug-in without it",
    display::name(namespace),
    display::name(name)
)]
#[non_exhaustive]
pub struct MissingImport {
    /// The import's namespace.
    pub namespace: String,
    /// The import's name.
    pub name: String,
}
