use std::sync::Arc;

use super::{Limits, Live, Output, instantiate, nesting};
use crate::{
    Decode, Error,
    codec::{CodecError, within},
    compile::CompiledInner,
    engine::Allocation,
    kernel,
    store::{CallState, LastResponse, Persistent},
    usage::Meter,
};

/// Holds a plug-in's instance, or the state that remains without one.
pub(crate) struct Slot {
    content: Content,
    /// The fuel that the last call consumed.
    pub(crate) fuel_consumed: Option<u64>,
}

enum Content {
    Live(Box<Live>),
    /// The instance was dropped.
    Parked(Box<Persistent>),
    /// During the transition from one to the other, or while the instance is lent out.
    Moving,
}

impl Slot {
    pub(super) fn new(live: Live) -> Self {
        Self { content: Content::Live(Box::new(live)), fuel_consumed: None }
    }

    /// Returns an empty slot.
    pub(crate) fn vacant() -> Self {
        Self { content: Content::Moving, fuel_consumed: None }
    }

    /// Returns the instance, if there is one.
    #[inline]
    pub(crate) fn live(&self) -> Option<&Live> {
        match &self.content {
            Content::Live(live) => Some(live),
            Content::Parked(_) | Content::Moving => None,
        }
    }

    /// Returns the instance for changes, if there is one.
    #[inline]
    pub(crate) fn live_mut(&mut self) -> Option<&mut Live> {
        match &mut self.content {
            Content::Live(live) => Some(live),
            Content::Parked(_) | Content::Moving => None,
        }
    }

    /// Returns the state that belongs to the plug-in rather than to its instance.
    #[inline]
    pub(crate) fn persistent(&self) -> Option<&Persistent> {
        match &self.content {
            Content::Live(live) => Some(&live.store.data().persistent),
            Content::Parked(persistent) => Some(persistent),
            Content::Moving => None,
        }
    }

    pub(crate) fn persistent_mut(&mut self) -> Option<&mut Persistent> {
        match &mut self.content {
            Content::Live(live) => Some(&mut live.store.data_mut().persistent),
            Content::Parked(persistent) => Some(persistent),
            Content::Moving => None,
        }
    }

    /// Returns what counts the instance's calls.
    #[inline]
    pub(crate) fn meter(&self) -> Option<&Arc<Meter>> {
        match &self.content {
            Content::Live(live) => Some(live.meter()),
            Content::Parked(_) | Content::Moving => self.persistent().map(|persistent| &*persistent.account),
        }
    }

    /// Notes the fuel that a call has consumed.
    #[inline]
    pub(super) fn consumed(&mut self, fuel: Option<u64>) {
        self.fuel_consumed = fuel;
        if let Some(fuel) = fuel
            && let Some(meter) = self.meter()
        {
            meter.fuel(fuel);
        }
    }

    /// Decodes a call's output from its range in the kernel's memory.
    #[inline]
    pub(crate) fn decode<'s, O: Decode<'s>>(
        &'s self,
        compiled: &CompiledInner,
        output: Output,
    ) -> Result<O, CodecError> {
        let live = self.live();
        let bytes = live.and_then(|live| output.of(live.kernel.data(&live.store))).unwrap_or_default();
        within(compiled.settings.limits.max_decoded_bytes, || O::decode(bytes))
    }

    /// Overwrites the data of earlier calls in the kernel's memory: the content of their blocks, or all of it
    /// if `whole`. Later calls use the state passed here.
    pub(crate) fn forget_calls(&mut self, state: &Arc<CallState>, whole: bool) {
        self.fuel_consumed = None;
        if self.live().is_some_and(|live| live.ended) {
            // The next call needs a new instance anyway.
            self.park();
        }
        if let Content::Live(live) = &mut self.content {
            let memory = live.kernel.data_mut(&mut live.store);
            match live.wiped.filter(|_| !whole) {
                Some(since) => kernel::wipe_blocks(memory, since),
                None => kernel::wipe(memory),
            }
            live.wiped = Some(kernel::generation(memory));
            let data = live.store.data_mut();
            data.response = LastResponse::default();
            if !Arc::ptr_eq(&data.call, state) {
                data.call = Arc::clone(state);
            }
        }
    }

    /// Returns an instance that a call can use, under the call's limits: the existing one or a new one.
    #[expect(clippy::inline_always, reason = "otherwise, the limits are read from where they have just been written")]
    #[inline(always)]
    pub(super) fn ready(&mut self, limits: &Limits<'_>) -> Result<&mut Live, Error> {
        if !self.is_usable() {
            return self.made_anew(limits);
        }
        let Content::Live(live) = &mut self.content else { return Err(gone()) };
        limits.arm(&mut live.store)?;
        Ok(live)
    }

    #[cold]
    #[inline(never)]
    fn made_anew(&mut self, limits: &Limits<'_>) -> Result<&mut Live, Error> {
        nesting::now(self.revive(limits, limits.compiled.preferred()))?;
        self.live_mut().ok_or_else(gone)
    }

    /// Returns whether there is an instance that a call can use.
    #[inline]
    pub(super) fn is_usable(&self) -> bool {
        self.live().is_some_and(|live| !live.ended)
    }

    /// Drops the instance and keeps the plug-in's state.
    #[cold]
    pub(super) fn park(&mut self) {
        self.content = match std::mem::replace(&mut self.content, Content::Moving) {
            Content::Live(live) => Content::Parked(live.store.into_data().into_persistent()),
            other => other,
        };
    }

    /// Creates a new instance in place of the dropped one, as part of the call. Waits only for async calls.
    #[cold]
    pub(super) async fn revive(&mut self, limits: &Limits<'_>, allocation: Allocation) -> Result<(), Error> {
        self.park();
        let mut move_out = MoveOut::of(self)?;
        let live = instantiate(&mut move_out.persistent, limits, allocation).await?;
        move_out.slot.content = Content::Live(Box::new(live));
        // An instance that was created too late is still good for the next call.
        limits.interrupted().map_or(Ok(()), |interrupt| Err(limits.error(interrupt)))
    }
}

/// The state of a plug-in whose instance is being created. It is put back if the creation fails.
struct MoveOut<'s> {
    slot: &'s mut Slot,
    persistent: Option<Box<Persistent>>,
}

impl<'s> MoveOut<'s> {
    fn of(slot: &'s mut Slot) -> Result<Self, Error> {
        match std::mem::replace(&mut slot.content, Content::Moving) {
            Content::Parked(persistent) => Ok(Self { slot, persistent: Some(persistent) }),
            other => {
                slot.content = other;
                Err(gone())
            }
        }
    }
}

impl Drop for MoveOut<'_> {
    fn drop(&mut self) {
        if let Some(persistent) = self.persistent.take() {
            self.slot.content = Content::Parked(persistent);
        }
    }
}

#[cold]
pub(super) fn gone() -> Error {
    Error::engine("no instance", "it is gone")
}
