//! A test kit for plug-ins and for programs that run them (feature `test`).
//!
//! - [`wasm!`](macro@wasm) builds the plug-in of a crate in the workspace and returns the module's path.
//! - [`MockHost`] takes the place of the host functions: it answers as the test says, records the calls, and fails where
//!   a call was not expected, or an expected one is missing.
//! - [`TestClock`] is a clock that the test moves.
//! - [`TestFolder`] is a temporary directory with files, which a manifest allows to the plug-in.
//!
//! ```
//! # fn main() -> Result<(), extism_runtime::Error> {
//! use extism_runtime::test::MockHost;
//!
//! let host = MockHost::new();
//! host.expect("reflect").with_arg("hello").returns("HELLO");
//!
//! // In the tests of a plug-in of your own: `host.builder(wasm!("my-plugin"))`.
//! let mut plugin = host.builder("examples/plugins/reflect.wasm")?.build()?;
//! assert_eq!(plugin.call::<_, &str>("reflect", "hello")?, "HELLO");
//! host.verify();
//! # Ok(())
//! # }
//! ```

mod build;
mod clock;
mod folder;
mod mock;

pub use self::{
    build::{BuildError, PluginCrate},
    clock::TestClock,
    folder::TestFolder,
    mock::{Expectation, MockCall, MockError, MockHost},
};
#[doc(inline)]
pub use crate::__extism_wasm as wasm;

/// Builds the plug-in of a crate in the workspace, unless it is up to date, and returns the path of its module.
///
/// The crate is named by its package's name, or by the path of its directory, relative to the crate that uses the macro:
/// `wasm!("my-plugin")`, `wasm!("../plugins/my-plugin")`. It is built as [`PluginCrate`] says, once in a process; where
/// the optional second argument names another target than `wasm32-unknown-unknown`, for that one.
///
/// ```no_run
/// use extism_runtime::{Plugin, test::wasm};
///
/// let plugin = Plugin::new(wasm!("my-plugin"));
/// let command = Plugin::new(wasm!("my-command", "wasm32-wasip1"));
/// ```
///
/// # Panics
///
/// Panics if there is no such crate or it cannot be built, with the compiler's output. If the target is not installed,
/// the message says how to install it.
#[macro_export]
#[doc(hidden)]
macro_rules! __extism_wasm {
    ($package:expr $(, $target:expr)? $(,)?) => {
        $crate::test::PluginCrate::new($package)
            .with_directory(::core::env!("CARGO_MANIFEST_DIR"))
            $(.with_target($target))?
            .built()
    };
}
