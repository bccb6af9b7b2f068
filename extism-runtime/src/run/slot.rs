use std::sync::Arc;

use super::{Limits, Live, instantiate};
use crate::{
    Error, kernel,
    store::{CallState, LastResponse, Persistent},
};

/// Where a plug-in has its instance, or what is left of it.
pub(crate) struct Slot {
    content: Content,
    /// The fuel that the last call has consumed.
    pub(crate) fuel_consumed: Option<u64>,
}

enum Content {
    Live(Box<Live>),
    /// The instance was given up.
    Parked(Box<Persistent>),
    /// Only while the one becomes the other.
    Moving,
}

impl Slot {
    pub(super) fn new(live: Live) -> Self {
        Self { content: Content::Live(Box::new(live)), fuel_consumed: None }
    }

    /// Moves what is here elsewhere, and leaves nothing.
    pub(crate) fn take(&mut self) -> Self {
        let content = std::mem::replace(&mut self.content, Content::Moving);
        Self { content, fuel_consumed: self.fuel_consumed.take() }
    }

    /// The instance, if there is one at the time.
    pub(crate) fn live(&self) -> Option<&Live> {
        match &self.content {
            Content::Live(live) => Some(live),
            Content::Parked(_) | Content::Moving => None,
        }
    }

    /// The instance, to be changed.
    pub(crate) fn live_mut(&mut self) -> Option<&mut Live> {
        match &mut self.content {
            Content::Live(live) => Some(live),
            Content::Parked(_) | Content::Moving => None,
        }
    }

    /// What belongs to the plug-in, not to its instance.
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

    /// Overwrites what the calls before left, but for what the plug-in's own code and its variables keep. The calls that
    /// follow have this state.
    pub(crate) fn forget_calls(&mut self, state: &Arc<CallState>) {
        self.fuel_consumed = None;
        if self.live().is_some_and(|live| live.ended) {
            // The next call needs a new one anyway.
            self.park();
        }
        if let Content::Live(live) = &mut self.content {
            kernel::wipe(live.kernel.data_mut(&mut live.store));
            let data = live.store.data_mut();
            data.call = Arc::clone(state);
            data.response = LastResponse::default();
        }
    }

    /// An instance that a call can use, under the call's limits: the one that is here, or a new one.
    #[inline]
    pub(super) fn ready(&mut self, limits: &Limits<'_>) -> Result<&mut Live, Error> {
        let usable = self.live().is_some_and(|live| !live.ended);
        if !usable {
            self.revive(limits)?;
        }
        let Content::Live(live) = &mut self.content else { return Err(gone()) };
        if usable {
            limits.arm(&mut live.store)?;
        }
        Ok(live)
    }

    /// Gives up the instance, and keeps what belongs to the plug-in.
    #[cold]
    pub(super) fn park(&mut self) {
        self.content = match std::mem::replace(&mut self.content, Content::Moving) {
            Content::Live(live) => Content::Parked(live.store.into_data().persistent),
            other => other,
        };
    }

    /// Makes a new instance in place of the one that was given up, as part of the call.
    #[cold]
    fn revive(&mut self, limits: &Limits<'_>) -> Result<(), Error> {
        self.park();
        let Content::Parked(persistent) = std::mem::replace(&mut self.content, Content::Moving) else {
            return Err(gone());
        };
        match instantiate(persistent, limits) {
            Ok(live) => {
                self.content = Content::Live(Box::new(live));
                // One that was made too late is as good as any for the next call.
                limits.interrupted().map_or(Ok(()), |interrupt| Err(limits.error(interrupt)))
            }
            Err((error, persistent)) => {
                self.content = Content::Parked(persistent);
                Err(error)
            }
        }
    }
}

#[cold]
fn gone() -> Error {
    Error::engine("no instance", "it is gone")
}
