use std::sync::Arc;

use super::Plugin;
use crate::error::VarError;

/// # Configuration and variables
///
/// Both belong to this plug-in alone, and are kept when a new instance replaces a failed one.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use extism_runtime::Plugin;
///
/// let mut plugin = Plugin::new("examples/plugins/count_vowels.wasm")?;
/// plugin.set_config("vowels", "o");
/// let report: serde_json::Value = plugin.call("count_vowels", "Hello, world!")?;
/// assert_eq!(report["count"], 2);
/// assert_eq!(plugin.remove_config("vowels").as_deref(), Some("o"));
///
/// plugin.set_var("total", &0u64.to_le_bytes())?;
/// assert_eq!(plugin.var("total"), Some(&[0; 8][..]));
/// # Ok(())
/// # }
/// ```
impl Plugin {
    /// Returns the plug-in's configuration value for this key.
    #[must_use]
    pub fn config(&self, key: &str) -> Option<&str> {
        self.slot.persistent()?.config.get(key).map(String::as_str)
    }

    /// Sets a configuration value, which the plug-in can read by its key.
    pub fn set_config(&mut self, key: impl Into<String>, value: impl Into<String>) {
        if let Some(persistent) = self.slot.persistent_mut() {
            Arc::make_mut(&mut persistent.config).insert(key.into(), value.into());
        }
    }

    /// Removes a configuration value and returns it.
    pub fn remove_config(&mut self, key: &str) -> Option<String> {
        let config = &mut self.slot.persistent_mut()?.config;
        // Not copied for a key that it does not have.
        config.contains_key(key).then(|| Arc::make_mut(config).remove(key)).flatten()
    }

    /// Returns the plug-in's variable with this name.
    #[must_use]
    pub fn var(&self, name: &str) -> Option<&[u8]> {
        self.slot.persistent()?.vars().get(name)
    }

    /// Returns all the plug-in's variables with their names.
    pub fn vars(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.slot.persistent().into_iter().flat_map(|persistent| persistent.vars().iter())
    }

    /// Sets a variable of the plug-in.
    ///
    /// # Errors
    ///
    /// Returns an error if the variables would exceed the manifest's `memory.max_var_bytes`.
    pub fn set_var(&mut self, name: &str, value: &[u8]) -> Result<(), VarError> {
        self.slot.persistent_mut().map_or(Ok(()), |persistent| persistent.set_var(name, value))
    }

    /// Removes a variable of the plug-in and returns its value.
    pub fn remove_var(&mut self, name: &str) -> Option<Vec<u8>> {
        self.slot.persistent_mut()?.remove_var(name)
    }
}
