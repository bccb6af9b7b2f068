use std::{
    fmt,
    ops::{Deref, DerefMut},
    sync::Arc,
};

use super::{place::Place, places::Places};
use crate::{Error, Plugin};

/// A place in use, with its instance, until it is dropped.
pub(super) struct Loan<P: Deref<Target = Places>> {
    /// `None` only while it is dropped.
    place: Option<Box<Place>>,
    places: P,
}

impl<P: Deref<Target = Places>> Loan<P> {
    /// Creates the instance if there is none in the place.
    #[inline]
    pub(super) fn new(place: Box<Place>, places: P) -> Result<Self, Error> {
        let mut loan = Self { place: Some(place), places };
        if let Some(place) = &mut loan.place {
            place.fill(loan.places.owner)?;
        }
        Ok(loan)
    }

    /// The async form of [`new`](Self::new).
    pub(super) async fn new_async(place: Box<Place>, places: P) -> Result<Self, Error> {
        let mut loan = Self { place: Some(place), places };
        if let Some(place) = &mut loan.place {
            place.fill_async(loan.places.owner).await?;
        }
        Ok(loan)
    }
}

impl<P: Deref<Target = Places>> Deref for Loan<P> {
    type Target = Plugin;

    #[inline]
    fn deref(&self) -> &Plugin {
        match &self.place {
            Some(place) => &place.plugin,
            None => unreachable!("nothing uses it after it is dropped"),
        }
    }
}

impl<P: Deref<Target = Places>> DerefMut for Loan<P> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Plugin {
        match &mut self.place {
            Some(place) => &mut place.plugin,
            None => unreachable!("nothing uses it after it is dropped"),
        }
    }
}

impl<P: Deref<Target = Places>> Drop for Loan<P> {
    #[inline]
    fn drop(&mut self) {
        if let Some(place) = self.place.take() {
            self.places.put_back(place);
        }
    }
}

/// An instance of a [`Pool`](crate::Pool), in use until it is dropped.
#[must_use = "an instance returns to the pool when it is dropped"]
pub struct PooledPlugin(Loan<Arc<Places>>);

impl PooledPlugin {
    pub(super) fn new(place: Box<Place>, places: &Arc<Places>) -> Result<Self, Error> {
        Loan::new(place, Arc::clone(places)).map(Self)
    }

    pub(super) async fn new_async(place: Box<Place>, places: &Arc<Places>) -> Result<Self, Error> {
        Loan::new_async(place, Arc::clone(places)).await.map(Self)
    }
}

impl Deref for PooledPlugin {
    type Target = Plugin;

    fn deref(&self) -> &Plugin {
        &self.0
    }
}

impl DerefMut for PooledPlugin {
    fn deref_mut(&mut self) -> &mut Plugin {
        &mut self.0
    }
}

impl fmt::Debug for PooledPlugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PooledPlugin").field(&**self).finish()
    }
}
