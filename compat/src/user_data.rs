//! The value that a host function shares with the host.

use std::sync::{Arc, Mutex};

use crate::Error;

/// A value that the host shares with its host functions, behind a mutex.
///
/// Clones share the value, so the host can keep one and look at the value between calls.
///
/// ```
/// use extism::UserData;
///
/// let count = UserData::new(0);
/// let of_host_function = count.clone();
/// *of_host_function.get()?.lock().unwrap() += 1;
/// assert_eq!(*count.get()?.lock().unwrap(), 1);
/// # Ok::<(), extism::Error>(())
/// ```
#[derive(Debug)]
pub enum UserData<T: Sized> {
    /// A pointer of a C program; there are no such values here.
    C(Arc<CPtr>),
    /// A value.
    Rust(Arc<Mutex<T>>),
}

/// The pointer of a C program in [`UserData::C`]. No value has this type: the C API is not part of this crate.
#[derive(Debug)]
pub enum CPtr {}

impl<T> UserData<T> {
    /// Shares a value.
    pub fn new(value: T) -> Self {
        Self::Rust(Arc::new(Mutex::new(value)))
    }

    /// Returns the shared value.
    pub fn get(&self) -> Result<Arc<Mutex<T>>, Error> {
        match self {
            Self::Rust(value) => Ok(Arc::clone(value)),
            Self::C(pointer) => match **pointer {},
        }
    }
}

impl<T: Default> Default for UserData<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> Clone for UserData<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Rust(value) => Self::Rust(Arc::clone(value)),
            Self::C(pointer) => match **pointer {},
        }
    }
}
