use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use super::{Code, Key};

/// The code that an engine's plug-ins currently use, each piece once. It is dropped with the last plug-in that uses it.
#[derive(Default)]
pub(crate) struct Shared(Mutex<Slots>);

#[derive(Default)]
struct Slots {
    by_key: HashMap<Key, Arc<Slot>>,
    /// The number of slots at which those without code are removed.
    limit: usize,
}

/// Locked while the code is being made, so that others that want the same code wait for it.
type Slot = Mutex<Weak<Code>>;

/// The smallest number of slots worth searching for empty ones.
const FEW: usize = 64;

impl Shared {
    /// Returns the code for this key: another plug-in's, or what `make` returns.
    pub(crate) fn get<E>(&self, key: Key, make: impl FnOnce() -> Result<Code, E>) -> Result<Arc<Code>, E> {
        let slot = self.slot(key);
        let mut slot = lock(&slot);
        if let Some(code) = slot.upgrade() {
            return Ok(code);
        }
        let code = Arc::new(make()?);
        *slot = Arc::downgrade(&code);
        Ok(code)
    }

    fn slot(&self, key: Key) -> Arc<Slot> {
        let mut slots = lock(&self.0);
        if let Some(slot) = slots.by_key.get(&key) {
            return Arc::clone(slot);
        }
        if slots.by_key.len() >= slots.limit {
            // A slot that is in use is about to be filled.
            slots.by_key.retain(|_, slot| Arc::strong_count(slot) > 1 || lock(slot).strong_count() > 0);
            slots.limit = (2 * slots.by_key.len()).max(FEW);
        }
        Arc::clone(slots.by_key.entry(key).or_default())
    }
}

/// Ignores poisoning: the data behind a lock is always consistent.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("slots", &lock(&self.0).by_key.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, sync::Barrier, thread};

    use super::*;
    use crate::{
        code::{Kept, Shape},
        fuse::{Fused, Given},
    };

    fn key(number: u8) -> Key {
        Key { sha256: [number; 32], defines_memory: true, given: Given::NONE, lift: true }
    }

    fn code() -> Code {
        Code::new(key(0), Fused::default(), Shape::default(), Kept::default())
    }

    fn made(shared: &Shared, number: u8) -> Arc<Code> {
        shared.get(key(number), || Ok::<_, Infallible>(code())).unwrap_or_else(|never| match never {})
    }

    fn none_made(shared: &Shared, number: u8) -> Option<Arc<Code>> {
        shared.get(key(number), || Err(())).ok()
    }

    #[test]
    fn code_is_shared_as_long_as_somebody_has_it() {
        let shared = Shared::default();
        let first = made(&shared, 1);
        assert!(Arc::ptr_eq(&first, &none_made(&shared, 1).unwrap()));
        assert!(none_made(&shared, 2).is_none());
        let imports = Key { defines_memory: false, ..key(1) };
        assert!(shared.get(imports, || Err(())).is_err());
        drop(first);
        assert!(none_made(&shared, 1).is_none());
    }

    #[test]
    fn who_wants_what_is_being_made_waits_for_it() {
        let (shared, barrier) = (Shared::default(), Barrier::new(2));
        thread::scope(|scope| {
            let making = scope.spawn(|| {
                shared.get(key(1), || {
                    barrier.wait();
                    thread::yield_now();
                    Ok::<_, ()>(code())
                })
            });
            barrier.wait();
            let waited = none_made(&shared, 1).unwrap();
            assert!(Arc::ptr_eq(&waited, &making.join().unwrap().unwrap()));
        });
    }

    #[test]
    fn what_could_not_be_made_is_tried_again() {
        let shared = Shared::default();
        assert!(none_made(&shared, 1).is_none());
        assert_eq!(Arc::strong_count(&made(&shared, 1)), 1);
    }

    #[test]
    fn keys_of_code_that_is_gone_are_forgotten() {
        let shared = Shared::default();
        let kept = made(&shared, 255);
        for number in 0..200 {
            made(&shared, number);
            assert!(lock(&shared.0).by_key.len() <= FEW);
        }
        assert!(Arc::ptr_eq(&kept, &none_made(&shared, 255).unwrap()));
    }
}
