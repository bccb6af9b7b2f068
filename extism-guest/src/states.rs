//! The plug-ins' states, one per type; they live as long as the instance.

use std::{
    any::{Any, TypeId},
    cell::RefCell,
};

use crate::{Error, failure::Failure};

/// What a plug-in's methods have as `self`. It is made before the first call of an instance, and lives as long as it.
///
/// Types with `Default` implement it. Others make themselves from the configuration:
///
/// ```
/// use extism_guest::{Error, PluginState, config};
///
/// struct Discounts {
///     percent: u64,
/// }
///
/// impl PluginState for Discounts {
///     fn create() -> Result<Self, Error> {
///         let percent = config::get("percent")?.unwrap_or_else(|| "10".to_owned());
///         Ok(Self { percent: percent.parse().map_err(Error::other)? })
///     }
/// }
/// ```
///
/// A host may drop an instance at any time between two calls, after a trap for example, and create another. What has to
/// outlive it is in variables: see [`var`](crate::var).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be created for the first call of a plug-in",
    label = "implements neither `Default` nor `PluginState`",
    note = "add `#[derive(Default)]` to it, or implement `extism_guest::PluginState`, whose `create` can read the configuration"
)]
pub trait PluginState: Sized + 'static {
    /// Creates the state.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be created; the call fails with it, and the next call tries again.
    fn create() -> Result<Self, Error>;
}

#[diagnostic::do_not_recommend]
impl<T: Default + 'static> PluginState for T {
    fn create() -> Result<Self, Error> {
        Ok(Self::default())
    }
}

/// A state, which is away while a call uses it.
struct Slot {
    ty: TypeId,
    state: Option<Box<dyn Any>>,
}

thread_local! {
    static SLOTS: RefCell<Vec<Slot>> = const { RefCell::new(Vec::new()) };
}

/// Runs a call with its plug-in's state.
pub(crate) fn with<T: PluginState>(call: impl FnOnce(&mut T) -> Result<(), Failure>) -> Result<(), Failure> {
    let ty = TypeId::of::<T>();
    let mut state = match take(ty) {
        Some(Some(state)) => state,
        Some(None) => return Err(Error::other("a call is running already, and a plug-in can run only one").into()),
        None => Box::new(T::create()?),
    };
    let result = match state.downcast_mut() {
        Some(state) => call(state),
        None => Ok(()),
    };
    put(ty, state);
    result
}

/// Takes the state of this type; `None` if there has been none.
fn take(ty: TypeId) -> Option<Option<Box<dyn Any>>> {
    SLOTS.with_borrow_mut(|slots| slots.iter_mut().find(|slot| slot.ty == ty).map(|slot| slot.state.take()))
}

fn put(ty: TypeId, state: Box<dyn Any>) {
    SLOTS.with_borrow_mut(|slots| match slots.iter_mut().find(|slot| slot.ty == ty) {
        Some(slot) => slot.state = Some(state),
        None => slots.push(Slot { ty, state: Some(state) }),
    });
}
