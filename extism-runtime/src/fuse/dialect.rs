//! The names under which plug-ins import the runtime's functions.

/// A namespace from which plug-ins import the environment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) namespace: &'static str,
    /// The prefix of the functions' names in it.
    pub(crate) prefix: &'static str,
    /// Whether it is used by PDKs from before 1.0. Their host never freed the blocks that it was passed.
    pub(crate) is_old: bool,
}

/// The namespaces: the one of PDKs since 1.0, the one of earlier PDKs, and one that was in use between the two.
pub(crate) const DIALECTS: [Dialect; 3] = [
    Dialect { namespace: super::MODULE, prefix: "", is_old: false },
    Dialect { namespace: "env", prefix: "extism_", is_old: true },
    Dialect { namespace: "extism:env", prefix: "", is_old: true },
];

/// The kernel functions that PDKs from before 1.0 use. Their meaning has not changed.
const OLD: [&str; 19] = [
    "alloc",
    "free",
    "length",
    "load_u8",
    "load_u64",
    "store_u8",
    "store_u64",
    "input_length",
    "input_offset",
    "input_load_u8",
    "input_load_u64",
    "input_set",
    "output_set",
    "output_offset",
    "output_length",
    "error_set",
    "error_get",
    "reset",
    "memory_bytes",
];

impl Dialect {
    /// Returns the name of an environment function in this namespace.
    pub(crate) fn name(&self, function: &str) -> String {
        format!("{}{function}", self.prefix)
    }

    /// Returns whether the kernel has a function of this name in this namespace.
    pub(crate) fn knows(&self, name: &str) -> bool {
        name.strip_prefix(self.prefix).is_some_and(|function| self.contains(function))
    }

    /// Returns whether the kernel has a counterpart of this environment function.
    pub(crate) fn contains(&self, function: &str) -> bool {
        !self.is_old || OLD.contains(&function)
    }
}

/// Returns the namespace and the function's name in the environment; `None` if it is not part of the environment. The
/// function may not exist.
pub(crate) fn environment<'n>(namespace: &str, name: &'n str) -> Option<(&'static Dialect, &'n str)> {
    let dialect = DIALECTS.iter().find(|dialect| dialect.namespace == namespace)?;
    Some((dialect, name.strip_prefix(dialect.prefix)?))
}

/// The functions with old names that the plug-in gets from another source: from its host or from one of its
/// modules, since either may have chosen the name `env`. The kernel does not replace them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Given(u64);

impl Given {
    /// No functions.
    pub(crate) const NONE: Self = Self(0);

    /// Adds a function; ignores names that are not old ones.
    pub(crate) fn add(&mut self, namespace: &str, name: &str) {
        self.0 |= Self::bit(namespace, name);
    }

    /// Returns all of them as a single number.
    pub(crate) fn bits(self) -> u64 {
        self.0
    }

    fn bit(namespace: &str, name: &str) -> u64 {
        let bit = || {
            let function = environment(namespace, name).filter(|(dialect, _)| dialect.is_old)?.1;
            let place = OLD.iter().position(|old| *old == function)?;
            let prefixed = usize::from(namespace == "env");
            Some(1 << (2 * place + prefixed))
        };
        bit().unwrap_or(0)
    }
}

/// Returns the kernel function that replaces an import, if any.
pub(super) fn kernel_function<'n>(namespace: &str, name: &'n str, given: Given) -> Option<&'n str> {
    let (dialect, function) = environment(namespace, name)?;
    (dialect.contains(function) && given.0 & Given::bit(namespace, name) == 0).then_some(function)
}
