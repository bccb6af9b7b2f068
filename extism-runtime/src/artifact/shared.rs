use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, Weak},
};

use super::{Artifact, Key, lock};

/// The artifacts in use by an engine's plug-ins, each once. An artifact is dropped with the last plug-in that uses it.
#[derive(Default)]
pub(crate) struct SharedArtifacts(Mutex<Slots>);

#[derive(Default)]
struct Slots {
    by_key: HashMap<Key, Arc<Slot>>,
    /// The number of slots at which empty ones are removed.
    limit: usize,
}

/// Locked while the artifact is being made, so that others that want the same one wait for it.
type Slot = Mutex<Weak<Artifact>>;

/// The smallest number of slots worth searching for empty ones.
const FEW: usize = 64;

impl SharedArtifacts {
    /// Returns the artifact for this key: another plug-in's, or what `make` returns.
    pub(crate) fn get<E>(&self, key: Key, make: impl FnOnce() -> Result<Artifact, E>) -> Result<Arc<Artifact>, E> {
        let slot = self.slot(key);
        let mut slot = lock(&slot);
        if let Some(artifact) = slot.upgrade() {
            return Ok(artifact);
        }
        let artifact = Arc::new(make()?);
        *slot = Arc::downgrade(&artifact);
        Ok(artifact)
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

impl fmt::Debug for SharedArtifacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedArtifacts").field("slots", &lock(&self.0).by_key.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, sync::Barrier, thread};

    use super::*;
    use crate::{
        artifact::{Kept, ModuleSummary, disk::Properties, origin::Origin},
        fuse::{Fused, Given},
        load::Again,
    };

    fn key(number: u8) -> Key {
        Key { sha256: [number; 32], defines_memory: true, given: Given::NONE, lift: true, headroom: 0 }
    }

    fn artifact() -> Artifact {
        let known = Properties::of(&Fused::default());
        let origin = Origin::new(key(0), Kept::default(), None, Again::Kept(Arc::default()));
        Artifact::new(Arc::new(origin), known, ModuleSummary::default())
    }

    fn made(shared: &SharedArtifacts, number: u8) -> Arc<Artifact> {
        shared.get(key(number), || Ok::<_, Infallible>(artifact())).unwrap_or_else(|never| match never {})
    }

    fn none_made(shared: &SharedArtifacts, number: u8) -> Option<Arc<Artifact>> {
        shared.get(key(number), || Err(())).ok()
    }

    #[test]
    fn an_artifact_is_shared_as_long_as_somebody_has_it() {
        let shared = SharedArtifacts::default();
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
        let (shared, barrier) = (SharedArtifacts::default(), Barrier::new(2));
        thread::scope(|scope| {
            let making = scope.spawn(|| {
                shared.get(key(1), || {
                    barrier.wait();
                    thread::yield_now();
                    Ok::<_, ()>(artifact())
                })
            });
            barrier.wait();
            let waited = none_made(&shared, 1).unwrap();
            assert!(Arc::ptr_eq(&waited, &making.join().unwrap().unwrap()));
        });
    }

    #[test]
    fn what_could_not_be_made_is_tried_again() {
        let shared = SharedArtifacts::default();
        assert!(none_made(&shared, 1).is_none());
        assert_eq!(Arc::strong_count(&made(&shared, 1)), 1);
    }

    #[test]
    fn keys_of_artifacts_that_are_gone_are_forgotten() {
        let shared = SharedArtifacts::default();
        let kept = made(&shared, 255);
        for number in 0..200 {
            made(&shared, number);
            assert!(lock(&shared.0).by_key.len() <= FEW);
        }
        assert!(Arc::ptr_eq(&kept, &none_made(&shared, 255).unwrap()));
    }
}
