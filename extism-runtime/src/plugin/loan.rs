use std::{
    fmt,
    ops::{Deref, DerefMut},
};

use super::{Plugin, pool::Pool};

/// An instance of a [`Pool`], in use until it is dropped.
pub struct PooledPlugin {
    plugin: Plugin,
    pool: Pool,
    /// Distinguishes it from other uses of the pool.
    loan: u64,
}

impl PooledPlugin {
    pub(super) fn new(plugin: Plugin, pool: Pool, loan: u64) -> Self {
        Self { plugin, pool, loan }
    }
}

impl Deref for PooledPlugin {
    type Target = Plugin;

    fn deref(&self) -> &Plugin {
        &self.plugin
    }
}

impl DerefMut for PooledPlugin {
    fn deref_mut(&mut self) -> &mut Plugin {
        &mut self.plugin
    }
}

impl Drop for PooledPlugin {
    fn drop(&mut self) {
        self.pool.take_back(self.plugin.take(), self.loan);
    }
}

impl fmt::Debug for PooledPlugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PooledPlugin").field(&self.plugin).finish()
    }
}
