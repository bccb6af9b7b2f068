//! The common implementations of the newtypes `Json(value)`, `Msgpack(value)`, ...

/// Implements `From`, `Deref`-like access and `into_inner` for a tuple struct with one public field.
macro_rules! newtype {
    ($name:ident) => {
        impl<T> $name<T> {
            /// Returns the inner value.
            #[inline]
            pub fn into_inner(self) -> T {
                self.0
            }
        }

        impl<T> From<T> for $name<T> {
            #[inline]
            fn from(value: T) -> Self {
                Self(value)
            }
        }

        impl<T> std::ops::Deref for $name<T> {
            type Target = T;

            #[inline]
            fn deref(&self) -> &T {
                &self.0
            }
        }

        impl<T> std::ops::DerefMut for $name<T> {
            #[inline]
            fn deref_mut(&mut self) -> &mut T {
                &mut self.0
            }
        }
    };
}

pub(crate) use newtype;
