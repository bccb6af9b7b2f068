use std::{
    any::{Any, TypeId, type_name},
    collections::HashMap,
    fmt,
    ops::Deref,
    sync::Arc,
};

/// A value that host functions share, set once with [`PluginBuilder::with_state`](crate::PluginBuilder::with_state): an
/// argument of `#[host_fn]` functions.
///
/// All instances of a compiled plug-in share it, so mutable data in it needs a `Mutex` or the like.
///
/// `T` can be a trait object, so that tests can use another implementation:
///
/// ```
/// use std::sync::Arc;
/// use extism_runtime::{State, prelude::*};
///
/// trait Storage: Send + Sync {
///     fn read(&self, key: &str) -> Option<String>;
/// }
/// # struct Memory;
/// # impl Storage for Memory {
/// #     fn read(&self, key: &str) -> Option<String> { Some(key.to_owned()) }
/// # }
///
/// #[host_fn]
/// fn kv_read(storage: State<dyn Storage>, key: &str) -> Option<String> {
///     storage.read(key)
/// }
///
/// # fn main() {
/// let storage: Arc<dyn Storage> = Arc::new(Memory);
/// let builder = PluginBuilder::new("plugin.wasm").with_shared_state(storage).with_functions(host_fns![kv_read]);
/// # drop(builder);
/// # }
/// ```
pub struct State<T: ?Sized>(Arc<T>);

impl<T> State<T> {
    /// Creates a state, for calling a host function from plain Rust.
    pub fn new(value: T) -> Self {
        Self(Arc::new(value))
    }
}

impl<T: ?Sized> State<T> {
    /// Returns the shared value itself.
    #[must_use]
    pub fn into_arc(self) -> Arc<T> {
        self.0
    }
}

impl<T: ?Sized> Clone for State<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: ?Sized> From<Arc<T>> for State<T> {
    fn from(value: Arc<T>) -> Self {
        Self(value)
    }
}

impl<T: ?Sized> Deref for State<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: fmt::Debug + ?Sized> fmt::Debug for State<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("State").field(&&*self.0).finish()
    }
}

/// All states of a builder, by type.
#[derive(Clone, Default)]
pub struct States(HashMap<TypeId, GivenState>);

#[derive(Clone)]
struct GivenState {
    type_name: &'static str,
    /// An `Arc<T>`, as `T` itself may be unsized.
    value: Arc<dyn Any + Send + Sync>,
}

/// A host function needs a state that was never set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingState {
    /// The state's Rust type.
    pub type_name: &'static str,
}

impl States {
    pub(crate) fn insert<T: Send + Sync + ?Sized + 'static>(&mut self, value: Arc<T>) {
        self.0.insert(TypeId::of::<T>(), GivenState { type_name: type_name::<T>(), value: Arc::new(value) });
    }

    /// Returns the state of type `T`: an `Arc<T>`.
    ///
    /// # Errors
    ///
    /// Returns an error if it was never set.
    pub(super) fn get<T: ?Sized + 'static>(&self) -> Result<Arc<dyn Any + Send + Sync>, MissingState> {
        let state = self.0.get(&TypeId::of::<T>()).ok_or(MissingState { type_name: type_name::<T>() })?;
        Ok(Arc::clone(&state.value))
    }

    /// Returns the types of all states, in alphabetical order.
    pub(crate) fn type_names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.0.values().map(|state| state.type_name).collect();
        names.sort_unstable();
        names
    }
}

impl fmt::Debug for States {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "States({})", self.0.len())
    }
}
