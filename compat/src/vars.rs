//! A plug-in's variables, as host functions see them.

use std::collections::BTreeMap;

use extism_runtime as rt;

use crate::{CurrentPlugin, Error};

/// A copy of the variables.
#[derive(Default)]
pub(crate) struct Vars {
    values: BTreeMap<String, Vec<u8>>,
    /// Whether the host function may have changed them.
    changed: bool,
}

impl Vars {
    fn of(plugin: &rt::CurrentPlugin<'_>) -> Self {
        let values = plugin.vars().map(|(name, value)| (name.to_owned(), value.to_vec())).collect();
        Self { values, changed: false }
    }

    /// Makes them those of the plug-in.
    fn keep(self, plugin: &mut rt::CurrentPlugin<'_>) -> Result<(), Error> {
        let gone = plugin.vars().map(|(name, _)| name).filter(|name| !self.values.contains_key(*name));
        for name in gone.map(str::to_owned).collect::<Vec<_>>() {
            plugin.remove_var(&name);
        }
        for (name, value) in &self.values {
            if plugin.var(name) != Some(value.as_slice()) {
                plugin.set_var(name, value)?;
            }
        }
        Ok(())
    }
}

impl CurrentPlugin<'_, '_> {
    /// Returns the plug-in's variables.
    pub fn vars(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.vars.get_or_init(|| Vars::of(self.plugin)).values
    }

    /// Returns the plug-in's variables, to change them. They are set when the host function returns, and must fit the
    /// manifest's `max_var_bytes` then.
    #[allow(clippy::missing_panics_doc, reason = "it never panics")]
    pub fn vars_mut(&mut self) -> &mut BTreeMap<String, Vec<u8>> {
        let mut vars = self.vars.take().unwrap_or_else(|| Vars::of(self.plugin));
        vars.changed = true;
        self.vars.get_or_init(|| vars);
        &mut self.vars.get_mut().expect("it was set").values
    }

    /// Makes the variables that the host function has changed those of the plug-in.
    pub(crate) fn keep_vars(&mut self) -> Result<(), Error> {
        self.vars.take().filter(|vars| vars.changed).map_or(Ok(()), |vars| vars.keep(self.plugin))
    }
}
