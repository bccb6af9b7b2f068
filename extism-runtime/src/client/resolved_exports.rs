use super::PluginInterface;
use crate::{
    CompiledPlugin, Error, Plugin,
    interface::{Interface, Method},
    plugin::{export::RawExport, resolve::exports},
};

/// An interface's exports as found in a plug-in, from which its client is built.
#[derive(Debug)]
pub struct ResolvedExports {
    /// The methods that need them.
    methods: &'static [Method],
    /// The export found for each method.
    found: Vec<Option<RawExport>>,
    /// The index of the next expected method: clients request exports in the order of their methods.
    next: usize,
}

impl ResolvedExports {
    /// Finds all the exports of `P`.
    ///
    /// # Errors
    ///
    /// Returns an error that lists all exports that are missing or cannot be called.
    pub fn resolve<P: PluginInterface>(plugin: &Plugin) -> Result<Self, Error> {
        Self::of_compiled(&plugin.compiled(), P::interface())
    }

    /// Finds all the exports of an interface.
    ///
    /// # Errors
    ///
    /// Returns an error that lists all exports that are missing, cannot be called, or have other types.
    pub fn of_compiled(plugin: &CompiledPlugin, interface: &'static Interface) -> Result<Self, Error> {
        let found = exports(plugin, interface)?;
        Ok(Self { methods: &interface.methods, found, next: 0 })
    }

    /// Returns the export with this name, which must exist.
    pub fn required(&mut self, export: &str) -> RawExport {
        // `resolve` has reported the missing ones.
        self.optional(export).unwrap_or(RawExport::NONE)
    }

    /// Returns the export with this name, if it exists.
    pub fn optional(&mut self, export: &str) -> Option<RawExport> {
        let is_it = |method: &Method| method.export == export;
        let index = if self.methods.get(self.next).is_some_and(is_it) {
            self.next
        } else {
            self.methods.iter().position(is_it)?
        };
        self.next = index + 1;
        self.found.get(index).copied().flatten()
    }
}

/// Creates a plug-in's client, as the clients' `try_from(plugin)` does.
///
/// # Errors
///
/// Returns an error that lists all exports that are missing or cannot be called.
pub fn client<P: PluginInterface>(plugin: Plugin) -> Result<P, Error> {
    let mut exports = ResolvedExports::resolve::<P>(&plugin)?;
    Ok(P::from_exports(plugin, &mut exports))
}

/// Creates the client of a new instance, as the clients' `try_from(&compiled)` does.
///
/// # Errors
///
/// Returns an error if some exports are missing or cannot be called, which is checked before an instance is created, or
/// if there is not enough memory for an instance.
pub fn client_of<P: PluginInterface>(compiled: &CompiledPlugin) -> Result<P, Error> {
    exports(compiled, P::interface())?;
    client(compiled.instantiate()?)
}
