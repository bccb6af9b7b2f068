use std::sync::Arc;

use super::{place::Place, queue::Queue};
use crate::{run::Slot, store::CallState};

/// The state that all users of a pool share, under a lock: the free places that are not on the shelf, and the queue.
#[derive(Default)]
#[expect(clippy::vec_box, reason = "places move between here, the shelf and their users")]
pub(super) struct Rest {
    /// Free places with an instance, the last one used last.
    pub(super) idle: Vec<Box<Place>>,
    /// Free places without.
    pub(super) vacant: Vec<Box<Place>>,
    /// The call states of all places that were ever used.
    pub(super) calls: Vec<Arc<CallState>>,
    pub(super) queue: Queue,
}

impl Rest {
    /// Adds a free place; returns its instance if too many are idle.
    pub(super) fn add(&mut self, mut place: Box<Place>, max_idle: usize) -> Option<Slot> {
        if place.is_vacant() {
            self.vacant.push(place);
            return None;
        }
        if self.idle.len() < max_idle || !self.queue.is_empty() {
            self.idle.push(place);
            return None;
        }
        let surplus = place.vacate();
        self.vacant.push(place);
        Some(surplus)
    }
}
