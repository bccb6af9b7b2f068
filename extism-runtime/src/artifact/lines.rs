//! The lines of a module's code.

use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, OnceLock},
};

use super::{lock, origin::Origin};
use crate::{
    dwarf,
    error::{Executed, InlinedFrame, Locate, function_name},
    fuse::{Fused, GuestPlace, executed_unreachable},
};

/// How many instructions' places are remembered.
const MAX_KNOWN: usize = 1024;

/// Finds the places in the source of a fused module's instructions, from the DWARF of the module that it was made of.
pub(crate) struct Lines {
    origin: Arc<Origin>,
    /// Read at the first trap, and then kept; `None` if they cannot be read, and then there are no lines.
    modules: OnceLock<Option<Modules>>,
    state: Mutex<State>,
}

/// The module as it was loaded, and the fused one.
struct Modules {
    guest: Arc<Vec<u8>>,
    fused: Arc<Fused>,
}

#[derive(Default)]
struct State {
    known: HashMap<Executed, Arc<[InlinedFrame]>>,
    /// What may still be spent on the module's DWARF.
    budget: dwarf::Budget,
}

impl Lines {
    pub(super) fn new(origin: Arc<Origin>) -> Self {
        Self { origin, modules: OnceLock::new(), state: Mutex::default() }
    }

    fn modules(&self) -> Option<&Modules> {
        let read = || match (self.origin.guest(), self.origin.fused()) {
            (Ok(guest), Ok(fused)) => Some(Modules { guest, fused }),
            (guest, fused) => {
                let error = guest.err().or_else(|| fused.err().map(|error| error.to_string())).unwrap_or_default();
                tracing::debug!("a trap is shown without lines, as its module is not there any more: {error}");
                None
            }
        };
        self.modules.get_or_init(read).as_ref()
    }

    /// Returns where in the guest's code these instructions were.
    pub(crate) fn in_guest(&self, executed: &[Executed]) -> Vec<Option<GuestPlace>> {
        let Some(Modules { fused, .. }) = self.modules() else { return vec![None; executed.len()] };
        let offset = |executed: &Executed| match executed {
            Executed { offset, is_unreachable: true } => executed_unreachable(&fused.wasm, *offset),
            Executed { offset, .. } => *offset,
        };
        fused.map.find(&fused.wasm, &executed.iter().map(offset).collect::<Vec<_>>())
    }

    fn find(&self, executed: &[Executed], budget: &mut dwarf::Budget) -> Vec<Arc<[InlinedFrame]>> {
        let places = self.in_guest(executed);
        let in_section: Vec<_> = places.iter().flatten().map(|place| place.in_section).collect();
        let guest = self.modules().map_or(&[][..], |modules| &modules.guest);
        let mut found = dwarf::find(guest, &in_section, budget).into_iter();
        let mut shown = |place: &Option<_>| match place {
            Some(_) => found.next().unwrap_or_default().into_iter().map(frame).collect(),
            None => Arc::from([]),
        };
        places.iter().map(&mut shown).collect()
    }
}

impl Locate for Lines {
    fn locate(&self, executed: &[Executed]) -> Vec<Arc<[InlinedFrame]>> {
        // Locked while it is read, so that many traps at once read it once.
        let mut state = lock(&self.state);
        let mut new: Vec<_> = executed.iter().copied().filter(|one| !state.known.contains_key(one)).collect();
        new.sort_unstable_by_key(|one| (one.offset, one.is_unreachable));
        new.dedup();
        if !new.is_empty() {
            let budget = &mut state.budget;
            // A guest's DWARF that a reader cannot bear must not hide the trap.
            let found = catch_unwind(AssertUnwindSafe(|| self.find(&new, budget))).unwrap_or_default();
            if state.known.len() + new.len() > MAX_KNOWN {
                state.known.clear();
            }
            state.known.extend(new.into_iter().zip(found));
        }
        executed.iter().map(|one| state.known.get(one).cloned().unwrap_or_else(|| Arc::from([]))).collect()
    }
}

fn frame(place: dwarf::Place) -> InlinedFrame {
    let dwarf::Place { function, file, line, column } = place;
    InlinedFrame::new(function.map(|name| function_name(&name)), file, line, column)
}
