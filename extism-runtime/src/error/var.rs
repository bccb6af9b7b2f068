/// Why a variable cannot be set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VarError {
    /// The manifest switches variables off.
    #[error("variables are disabled, because the manifest's `memory.max_var_bytes` is 0; raise it to enable them")]
    Off,
    /// The names and values of all variables, plus 48 bytes each, would exceed the manifest's limit.
    #[error(
        "variable `{name}` needs {needed} bytes, but only {left} of `memory.max_var_bytes` ({max}) are left; raise \
         that limit if it may use more"
    )]
    #[non_exhaustive]
    Full {
        /// The variable's name; a very long name is truncated.
        name: String,
        /// The bytes of its name and value, plus 48.
        needed: u64,
        /// The bytes that are left.
        left: u64,
        /// The limit in bytes.
        max: u64,
    },
}
