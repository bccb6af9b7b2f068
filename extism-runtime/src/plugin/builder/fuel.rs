//! The fuel of initialization.

use super::PluginBuilder;

impl<P> PluginBuilder<P> {
    /// Sets the fuel that initializing an instance may use: its start functions and initializers, which run at its first
    /// call. That call's own fuel ([`with_fuel_limit`](Self::with_fuel_limit)) then starts afterwards. By default, both
    /// use the call's fuel together. An engine set with [`with_engine`](Self::with_engine) must count fuel.
    pub fn with_initialization_fuel_limit(mut self, fuel: u64) -> Self {
        self.options.instance.initialization_fuel = Some(fuel);
        self
    }
}
