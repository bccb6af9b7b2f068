use std::{rc::Rc, sync::Arc};

use super::typed::Calls;

/// A value that forwards the calls of an interface with `&self` methods to another value, and so implements the
/// interface's trait if the other one does.
///
/// `C` is the interface's client, which identifies the interface. Implemented for `&T`, `&mut T`, `Box<T>`, `Rc<T>` and
/// `Arc<T>` (including `Arc<dyn Trait>`), and by `#[plugin_interface(extends(..))]` for the client of an interface that
/// extends another.
pub trait ForwardShared<C> {
    /// The type that answers the calls.
    type Target: ?Sized;

    /// Returns the value that answers the calls.
    fn forward(&self) -> &Self::Target;
}

macro_rules! forward_by_reference {
    ($($pointer:ty),*) => {$(
        impl<C, T: ?Sized> ForwardShared<C> for $pointer {
            type Target = T;

            fn forward(&self) -> &T {
                self
            }
        }
    )*};
}

forward_by_reference!(&T, &mut T, Box<T>, Rc<T>, Arc<T>);

/// States that `T` forwards the calls of `C`'s interface, whose methods take `&self`.
#[diagnostic::on_unimplemented(
    message = "`{T}` does not implement the trait that `{C}` is the client of",
    label = "the trait is not implemented for `{T}`",
    note = "a client implements its trait only if all methods return `Result`s, because a call can fail; with `#[plugin_interface(on_error = \"panic\")]`, it implements the trait as written, and a failed call panics",
    note = "the client of an interface that extends this one implements its trait too if it has `#[plugin_interface(extends({C}))]`"
)]
pub trait ForwardsShared<T, C> {
    /// The type that answers the calls.
    type Target: ?Sized;

    /// Returns the value that answers the calls.
    fn forward(forwarding: &T) -> &Self::Target;
}

#[diagnostic::do_not_recommend]
impl<C, T: ForwardShared<C>> ForwardsShared<T, C> for Calls {
    type Target = T::Target;

    #[inline]
    fn forward(forwarding: &T) -> &T::Target {
        forwarding.forward()
    }
}
