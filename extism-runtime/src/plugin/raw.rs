//! The functions of plug-ins that generated clients need; users of the crate do not see them.

use std::{any::Any, time::Duration};

use super::{CallFuture, Plugin, export::RawExport};
use crate::{Decode, Encode, Error};

impl Plugin {
    /// Sets the value that host functions can access in later calls, and returns the previous one.
    pub(crate) fn swap_context(
        &mut self,
        context: Option<Box<dyn Any + Send + Sync>>,
    ) -> Option<Box<dyn Any + Send + Sync>> {
        std::mem::replace(&mut self.slot.persistent_mut()?.context, context)
    }

    /// Sets the timeout of later calls, limited by the plug-in's own, and returns the previous one.
    pub(crate) fn swap_timeout(&mut self, timeout: Option<Duration>) -> Option<Duration> {
        std::mem::replace(&mut self.timeout, timeout)
    }

    /// Begins to call an export by its handle.
    #[inline]
    pub(crate) fn call_raw_async<'p, I, O>(&'p mut self, export: RawExport, input: I) -> CallFuture<'p, O>
    where
        I: Encode,
        O: Decode<'p>,
    {
        let export = export.index_in(&self.compiled);
        self.call_by_index_async(export, &input, None)
    }

    /// Calls an export by its handle.
    #[inline]
    pub(crate) fn call_raw<'p, I, O>(&'p mut self, export: RawExport, input: I) -> Result<O, Error>
    where
        I: Encode,
        O: Decode<'p>,
    {
        let index = export.index_in(&self.compiled)?;
        let options = self.options();
        self.call_by_index(index, &input, &options)
    }
}
