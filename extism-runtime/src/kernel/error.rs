/// Why the host's access to the kernel's memory failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KernelError {
    /// A range that is not inside the heap.
    #[error("the {length} bytes at offset {offset} are outside the plug-in's kernel memory")]
    OutOfBounds {
        /// The first byte's offset.
        offset: u64,
        /// The number of bytes.
        length: u64,
    },
    /// An offset where no live block starts: never allocated, already freed, or from an earlier call.
    #[error("there is no memory block at offset {offset}")]
    NoBlock {
        /// The offset.
        offset: u64,
    },
    /// More bytes than a 32-bit memory can hold, or than it has now.
    #[error("{length} bytes do not fit into the plug-in's kernel memory")]
    TooLarge {
        /// The number of bytes.
        length: u64,
    },
}
