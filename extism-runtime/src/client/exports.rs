use super::PluginInterface;
use crate::{CompiledPlugin, Error, Method, Plugin, plugin::RawExport};

/// An interface's exports as found in a plug-in, which its client is made of.
#[derive(Debug)]
pub struct Exports {
    /// The methods that ask for them.
    methods: &'static [Method],
    /// For each method what was found.
    found: Vec<Option<RawExport>>,
    /// Where the next one is expected: clients ask in the order of their methods.
    next: usize,
}

impl Exports {
    /// Finds all the exports of `P`.
    ///
    /// # Errors
    ///
    /// When some are missing or cannot be called: all of them.
    pub fn resolve<P: PluginInterface>(plugin: &Plugin) -> Result<Self, Error> {
        let interface = P::interface();
        let found = plugin.resolve(&interface.name, &interface.wanted())?;
        Ok(Self { methods: &interface.methods, found, next: 0 })
    }

    /// The export of this name, which has to be there.
    pub fn required(&mut self, export: &str) -> RawExport {
        // `resolve` has reported the missing ones.
        self.optional(export).unwrap_or(RawExport::NONE)
    }

    /// The export of this name, if it is there.
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

/// A plug-in's client; what the clients' `try_from(plugin)` does.
///
/// # Errors
///
/// When some exports are missing or cannot be called: all of them.
pub fn client<P: PluginInterface>(plugin: Plugin) -> Result<P, Error> {
    let mut exports = Exports::resolve::<P>(&plugin)?;
    Ok(P::from_exports(plugin, &mut exports))
}

/// The client of a new instance; what the clients' `try_from(&compiled)` does.
///
/// # Errors
///
/// When some exports are missing or cannot be called, which is found out before there is an instance, or when there is
/// no memory for one.
pub fn client_of<P: PluginInterface>(compiled: &CompiledPlugin) -> Result<P, Error> {
    P::interface().check(compiled)?;
    client(compiled.instantiate()?)
}
