use crate::fuse::Given;

/// Identifies a fused module: it is made from the same module, gets the kernel's memory from the same place, gets the
/// same functions of the environment from elsewhere, and has its copy loops lifted or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    /// The SHA-256 of the module as it was loaded.
    pub(crate) sha256: [u8; 32],
    /// Whether it defines the kernel's memory or imports it.
    pub(crate) defines_memory: bool,
    /// The functions that stay imports because the plug-in provides its own.
    pub(crate) given: Given,
    /// Whether loops that copy are lifted.
    pub(crate) lift: bool,
}
