//! The names under which plug-ins import what the runtime gives them.

/// A namespace from which plug-ins import the environment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) namespace: &'static str,
    /// What the functions' names begin with there.
    pub(crate) prefix: &'static str,
    /// Whether it is one of PDKs from before 1.0. Their host never freed what it was given.
    pub(crate) is_old: bool,
}

/// The namespaces: that of PDKs since 1.0, that of those before, and one that was in use between the two.
pub(crate) const DIALECTS: [Dialect; 3] = [
    Dialect { namespace: super::MODULE, prefix: "", is_old: false },
    Dialect { namespace: "env", prefix: "extism_", is_old: true },
    Dialect { namespace: "extism:env", prefix: "", is_old: true },
];

/// The kernel's functions that PDKs from before 1.0 know. Each means there what it means now.
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
    /// What a function of the environment is called in this namespace.
    pub(crate) fn name(&self, function: &str) -> String {
        format!("{}{function}", self.prefix)
    }

    /// Whether the kernel has a function of this name in this namespace.
    pub(crate) fn knows(&self, name: &str) -> bool {
        name.strip_prefix(self.prefix).is_some_and(|function| self.has(function))
    }

    /// Whether the kernel has a function for this one of the environment.
    pub(crate) fn has(&self, function: &str) -> bool {
        !self.is_old || OLD.contains(&function)
    }
}

/// The namespace, and what the function is called in the environment; none for what is no part of that. There need not
/// be such a function.
pub(crate) fn environment<'n>(namespace: &str, name: &'n str) -> Option<(&'static Dialect, &'n str)> {
    let dialect = DIALECTS.iter().find(|dialect| dialect.namespace == namespace)?;
    Some((dialect, name.strip_prefix(dialect.prefix)?))
}

/// The functions under old names that the plug-in has from elsewhere: from its host, or from another of its modules,
/// either of which may have chosen the name `env`. They are left to these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Given(u64);

impl Given {
    /// Nothing.
    pub(crate) const NONE: Self = Self(0);

    /// Adds a function, whose name need not be one of those.
    pub(crate) fn add(&mut self, namespace: &str, name: &str) {
        self.0 |= Self::bit(namespace, name);
    }

    /// All of them as one number.
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

/// The function of the kernel that takes the place of an import, if one does.
pub(super) fn kernel_function<'n>(namespace: &str, name: &'n str, given: Given) -> Option<&'n str> {
    let (dialect, function) = environment(namespace, name)?;
    (dialect.has(function) && given.0 & Given::bit(namespace, name) == 0).then_some(function)
}
