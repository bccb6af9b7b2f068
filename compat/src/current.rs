//! The plug-in that is calling a host function.

use std::{cell::OnceCell, time::Duration};

use extism_runtime as rt;
use uuid::Uuid;

use crate::{Error, Manifest, vars::Vars};

/// The plug-in that is calling a host function: its memory, variables, manifest, and the call's context.
///
/// The official crate's type has no lifetimes; these are inferred wherever the type is an argument, such as in
/// `fn f(plugin: &mut CurrentPlugin, ..)`. A function that returns what it borrows from a plug-in has to name the
/// lifetime of the reference: `fn text<'a>(plugin: &'a mut CurrentPlugin, ..) -> &'a str`.
pub struct CurrentPlugin<'p, 'c> {
    pub(crate) plugin: &'p mut rt::CurrentPlugin<'c>,
    manifest: &'p Manifest,
    /// The variables, once the host function has looked at them.
    pub(crate) vars: OnceCell<Vars>,
}

impl<'p, 'c> CurrentPlugin<'p, 'c> {
    pub(crate) fn new(plugin: &'p mut rt::CurrentPlugin<'c>, manifest: &'p Manifest) -> Self {
        Self { plugin, manifest, vars: OnceCell::new() }
    }

    /// Returns the plug-in of the runtime underneath, for functions that have moved on to it. The official crate has no
    /// such method.
    pub fn as_runtime_mut(&mut self) -> &mut rt::CurrentPlugin<'c> {
        self.plugin
    }

    /// Returns the plug-in's id.
    pub fn id(&self) -> Uuid {
        Uuid::from_u128(self.plugin.id().as_u128())
    }

    /// Returns the manifest that the plug-in was built from.
    pub fn manifest(&self) -> &Manifest {
        self.manifest
    }

    /// Returns the value that the host passed to this call by
    /// [`call_with_host_context`](crate::Plugin::call_with_host_context). An error if it passed none, or one of another
    /// type.
    pub fn host_context<T: 'static>(&mut self) -> Result<&mut T, Error> {
        let problem = if self.plugin.has_context() {
            "could not downcast extism_context inner value"
        } else {
            "expected extism_context to be an externref value"
        };
        self.plugin.context_mut().ok_or_else(|| Error::msg(problem))
    }

    /// Returns how much longer the call may take; `None` if the manifest sets no limit.
    pub fn time_remaining(&self) -> Option<Duration> {
        self.plugin.time_remaining()
    }

    /// Returns the error that the plug-in has set for the running call.
    pub fn get_error(&mut self) -> Option<&str> {
        std::str::from_utf8(self.plugin.guest_error()?).ok()
    }

    /// Makes the running call fail with this message; returns where it is in memory.
    #[doc(hidden)]
    pub fn set_error(&mut self, message: impl AsRef<str>) -> Result<(u64, u64), Error> {
        let handle = self.plugin.set_guest_error(message)?;
        Ok((handle.offset(), handle.len()))
    }

    /// Removes the error of the running call.
    pub fn clear_error(&mut self) {
        self.plugin.clear_guest_error();
    }
}
