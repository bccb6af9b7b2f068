use std::{sync::Arc, time::Instant};

use super::super::Plugin;
use crate::{
    Error,
    compile::CompiledInner,
    run::{self, Slot},
    settings::Reuse,
    store::CallState,
    usage::Owner,
};

/// A place for an instance in a pool. Whoever has taken the place owns it, and puts it back.
pub(super) struct Place {
    /// Its index among the pool's places.
    pub(super) index: usize,
    /// Without an instance (vacant) until the place is first used, and after its instance was dropped.
    pub(super) plugin: Plugin,
    /// The call state that the pool knows this place by.
    registered: Arc<CallState>,
    /// When it was put back; only known if that matters.
    pub(super) idle_since: Option<Instant>,
}

impl Place {
    pub(super) fn new(index: usize, compiled: &Arc<CompiledInner>) -> Box<Self> {
        let call = Arc::<CallState>::default();
        let plugin =
            Plugin { compiled: Arc::clone(compiled), call: Arc::clone(&call), slot: Slot::vacant(), timeout: None };
        Box::new(Self { index, plugin, registered: call, idle_since: None })
    }

    /// Returns the call state that the pool knows this place by.
    pub(super) fn registered(&self) -> &Arc<CallState> {
        &self.registered
    }

    /// Returns whether there is no instance.
    #[inline]
    pub(super) fn is_vacant(&self) -> bool {
        self.plugin.slot.persistent().is_none()
    }

    /// Creates an instance, which belongs to this owner, if there is none.
    #[inline]
    pub(super) fn fill(&mut self, owner: Owner) -> Result<(), Error> {
        if self.is_vacant() {
            let Plugin { compiled, call, slot, .. } = &mut self.plugin;
            *slot = run::new_instance(compiled, compiled.persistent(owner), call)?;
        }
        Ok(())
    }

    /// The async form of [`fill`](Self::fill).
    pub(super) async fn fill_async(&mut self, owner: Owner) -> Result<(), Error> {
        if self.is_vacant() {
            let Plugin { compiled, call, slot, .. } = &mut self.plugin;
            *slot = run::new_instance_async(compiled, compiled.persistent(owner), call).await?;
        }
        Ok(())
    }

    /// Removes the instance; the caller drops it when no lock is held.
    pub(super) fn vacate(&mut self) -> Slot {
        std::mem::replace(&mut self.plugin.slot, Slot::vacant())
    }

    /// Removes the last user's data from the instance, and makes that user's cancel handles ineffective.
    /// Returns the new call state, if the pool has to identify the place by another one from now on.
    #[inline]
    pub(super) fn end_loan(&mut self, compiled: &Arc<CompiledInner>, reuse: Reuse) -> Option<Arc<CallState>> {
        if !Arc::ptr_eq(&self.plugin.compiled, compiled) {
            // The user has put an instance of another plug-in in its place.
            let call = Arc::default();
            self.plugin = Plugin { compiled: Arc::clone(compiled), call, slot: Slot::vacant(), timeout: None };
        } else if self.plugin.call.is_known() {
            self.plugin.call = Arc::default();
        }
        if reuse == Reuse::Fresh {
            drop(self.vacate());
        } else {
            self.clean(reuse == Reuse::ResetState);
        }
        if Arc::ptr_eq(&self.plugin.call, &self.registered) {
            return None;
        }
        self.registered = Arc::clone(&self.plugin.call);
        Some(Arc::clone(&self.registered))
    }

    #[inline]
    fn clean(&mut self, reset: bool) {
        let Plugin { compiled, call, slot, timeout } = &mut self.plugin;
        slot.forget_calls(call, reset);
        *timeout = None;
        if let Some(persistent) = slot.persistent_mut() {
            if reset {
                persistent.reset(&compiled.settings.config);
            }
            // A context that was leaked together with the view that should remove it.
            persistent.context = None;
        }
    }
}
