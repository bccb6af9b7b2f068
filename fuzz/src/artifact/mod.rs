#[path = "../../../extism-runtime/src/artifact/init.rs"]
mod init;
#[path = "../../../extism-runtime/src/artifact/summary.rs"]
mod summary;

use init::Initializer;
pub(crate) use summary::ModuleSummary;
