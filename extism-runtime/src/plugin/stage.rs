/// The next stage of [`PluginBuilder::compile`](crate::PluginBuilder::compile).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildStage {
    /// Read the manifest, and the modules from files and the network.
    Load,
    /// Compile the modules and link them.
    Compile {
        /// The size of all modules in the binary format, in bytes.
        bytes: u64,
    },
}
