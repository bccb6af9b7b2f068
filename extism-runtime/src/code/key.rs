use crate::fuse::Given;

/// What tells one fused module from another: that it's of the same module, has the kernel's memory from the same place,
/// and the same of the environment from elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    /// The SHA-256 of the module as it was read.
    pub(crate) sha256: [u8; 32],
    /// Whether it defines the kernel's memory, or imports it.
    pub(crate) defines_memory: bool,
    /// The functions that stay imports, as the plug-in has its own.
    pub(crate) given: Given,
}
