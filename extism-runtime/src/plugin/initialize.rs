//! Initialization before the first call.

use super::Plugin;
use crate::{Error, run};

impl Plugin {
    /// Runs the start functions and initializers of the plug-in's modules now, under the limits of a call. Otherwise they
    /// run as part of the first call. Does nothing if they have run already.
    ///
    /// ```
    /// # fn main() -> Result<(), extism_runtime::Error> {
    /// use extism_runtime::Plugin;
    ///
    /// let text = r#"(module (func (export "_initialize") unreachable) (func (export "run")))"#;
    /// let mut plugin = Plugin::new(text)?;
    /// assert!(plugin.initialize().is_err());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if one of them fails or exceeds a limit. The next call then initializes a new instance.
    pub fn initialize(&mut self) -> Result<(), Error> {
        let options = self.options();
        run::initialize(&mut self.slot, &self.compiled, &self.call, &options)
    }
}
