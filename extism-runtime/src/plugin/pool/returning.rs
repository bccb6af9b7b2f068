//! Returning places.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{place::Place, places::Places};

impl Places {
    /// Takes a place back from its user.
    #[inline]
    pub(super) fn put_back(&self, place: Box<Place>) {
        let mut returning = Returning { places: self, place: Some(place), clean: false };
        returning.end_loan();
    }
}

/// A place on its way back. It arrives even when removing the last user's data panics, as that may run the
/// user's code.
struct Returning<'p> {
    places: &'p Places,
    place: Option<Box<Place>>,
    /// Whether the last user's data has been removed.
    clean: bool,
}

impl Returning<'_> {
    #[inline]
    fn end_loan(&mut self) {
        let Some(place) = &mut self.place else { return };
        if let Some(call) = place.end_loan(&self.places.compiled.0, self.places.reuse()) {
            self.places.register(place.index, call);
        }
        self.clean = true;
    }
}

impl Drop for Returning<'_> {
    #[inline]
    fn drop(&mut self) {
        let Some(mut place) = self.place.take() else { return };
        if !self.clean {
            let slot = place.vacate();
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(slot))) {
                std::mem::forget(panic);
            }
        }
        self.places.free(place);
    }
}
