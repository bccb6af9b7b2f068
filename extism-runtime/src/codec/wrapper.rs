//! What all the wrappers `Json(value)`, `Msgpack(value)`, ... have in common.

/// Gives a tuple struct of one public field `From`, `Deref`-like access and `into_inner`.
macro_rules! wrapper {
    ($name:ident) => {
        impl<T> $name<T> {
            /// The value within.
            pub fn into_inner(self) -> T {
                self.0
            }
        }

        impl<T> From<T> for $name<T> {
            fn from(value: T) -> Self {
                Self(value)
            }
        }

        impl<T> std::ops::Deref for $name<T> {
            type Target = T;

            fn deref(&self) -> &T {
                &self.0
            }
        }

        impl<T> std::ops::DerefMut for $name<T> {
            fn deref_mut(&mut self) -> &mut T {
                &mut self.0
            }
        }
    };
}

pub(super) use wrapper;
