use crate::fuse::Given;

/// Identifies a fused module: the original module, whether it defines the kernel's memory, the environment
/// functions that it still imports, whether its copy loops are lifted, and its memory's headroom.
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
    /// The pages that its memory has before it asks for them.
    pub(crate) headroom: u32,
}
