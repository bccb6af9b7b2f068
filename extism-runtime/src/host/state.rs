use std::{
    any::{Any, TypeId, type_name},
    collections::HashMap,
    fmt,
    ops::Deref,
    sync::Arc,
};

/// A value that host functions share, given once by
/// [`PluginBuilder::with_state`](crate::PluginBuilder::with_state): an argument of `#[host_fn]` functions.
///
/// All instances of a compiled plug-in share it, so what changes in it needs a `Mutex` or the like.
pub struct State<T>(Arc<T>);

impl<T> State<T> {
    /// A state of its own, for calling a host function from plain Rust.
    pub fn new(value: T) -> Self {
        Self(Arc::new(value))
    }

    /// The shared value itself.
    #[must_use]
    pub fn into_arc(self) -> Arc<T> {
        self.0
    }
}

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> From<Arc<T>> for State<T> {
    fn from(value: Arc<T>) -> Self {
        Self(value)
    }
}

impl<T> Deref for State<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: fmt::Debug> fmt::Debug for State<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("State").field(&self.0).finish()
    }
}

/// A raw WebAssembly value, `i32`, `i64`, `f32` or `f64`, as an argument or result of `#[host_fn]` functions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Value<T>(pub T);

/// All the states that a builder was given, by their types.
#[derive(Clone, Default)]
pub struct States(HashMap<TypeId, Arc<dyn Any + Send + Sync>>);

/// A host function asked for a state that was never given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingState {
    /// The state's Rust type.
    pub type_name: &'static str,
}

impl States {
    pub(crate) fn insert<T: Send + Sync + 'static>(&mut self, value: Arc<T>) {
        self.0.insert(TypeId::of::<T>(), value);
    }

    /// The state of type `T`.
    ///
    /// # Errors
    ///
    /// When none was given.
    pub fn get<T: Send + Sync + 'static>(&self) -> Result<State<T>, MissingState> {
        self.0
            .get(&TypeId::of::<T>())
            .and_then(|state| Arc::clone(state).downcast().ok())
            .map(State)
            .ok_or(MissingState { type_name: type_name::<T>() })
    }
}

impl fmt::Debug for States {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "States({})", self.0.len())
    }
}
