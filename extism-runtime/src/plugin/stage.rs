/// What [`PluginBuilder::compile`](crate::PluginBuilder::compile) is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildStage {
    /// To read the manifest, and the modules from files and the network.
    Load,
    /// To compile the modules and link them.
    Compile {
        /// Bytes of all modules in the binary format.
        bytes: u64,
    },
}
