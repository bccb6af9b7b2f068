use std::mem;

use super::{PluginInterface, resolved_exports::ResolvedExports};
use crate::{Plugin, interface::Interface};

/// The content of a generated client: the plug-in itself, or the clients of the interfaces that its own interface extends.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the client of an interface with `&mut self` methods",
    label = "cannot be extended here",
    note = "an interface extends interfaces of its own kind: all their methods take `&mut self`, or all take `&self`"
)]
pub trait Holder: Sized {
    /// Creates it.
    fn hold(plugin: Plugin, exports: &mut ResolvedExports) -> Self;

    /// Returns the plug-in.
    fn plugin(&self) -> &Plugin;

    /// Returns the plug-in.
    fn plugin_mut(&mut self) -> &mut Plugin;

    /// Returns the plug-in.
    fn into_inner(self) -> Plugin;

    /// Returns what the extended interfaces declare.
    fn interfaces() -> Vec<&'static Interface>;
}

impl Holder for Plugin {
    fn hold(plugin: Plugin, _: &mut ResolvedExports) -> Self {
        plugin
    }

    #[inline]
    fn plugin(&self) -> &Plugin {
        self
    }

    #[inline]
    fn plugin_mut(&mut self) -> &mut Plugin {
        self
    }

    fn into_inner(self) -> Plugin {
        self
    }

    fn interfaces() -> Vec<&'static Interface> {
        Vec::new()
    }
}

#[diagnostic::do_not_recommend]
impl<P: PluginInterface> Holder for P {
    fn hold(plugin: Plugin, exports: &mut ResolvedExports) -> Self {
        P::from_exports(plugin, exports)
    }

    fn plugin(&self) -> &Plugin {
        PluginInterface::plugin(self)
    }

    fn plugin_mut(&mut self) -> &mut Plugin {
        PluginInterface::plugin_mut(self)
    }

    fn into_inner(self) -> Plugin {
        PluginInterface::into_inner(self)
    }

    fn interfaces() -> Vec<&'static Interface> {
        vec![P::interface()]
    }
}

/// The clients of two interfaces of one plug-in. The client that was used last holds the plug-in.
#[derive(Debug)]
pub struct Together<A, B> {
    first: A,
    second: B,
    /// Whether the second client holds the plug-in.
    in_second: bool,
}

impl<A: Holder, B: Holder> Together<A, B> {
    /// Returns the first client, which then holds the plug-in.
    pub fn first(&mut self) -> &mut A {
        self.bring(false);
        &mut self.first
    }

    /// Returns the second client, which then holds the plug-in.
    pub fn second(&mut self) -> &mut B {
        self.bring(true);
        &mut self.second
    }

    /// Returns the first client for reading; the plug-in may be elsewhere.
    pub fn peek(&self) -> &A {
        &self.first
    }

    fn bring(&mut self, to_second: bool) {
        if self.in_second != to_second {
            mem::swap(self.first.plugin_mut(), self.second.plugin_mut());
            self.in_second = to_second;
        }
    }
}

impl<A: Holder, B: Holder> Holder for Together<A, B> {
    fn hold(plugin: Plugin, exports: &mut ResolvedExports) -> Self {
        let vacant = plugin.vacant();
        Self { first: A::hold(plugin, exports), second: B::hold(vacant, exports), in_second: false }
    }

    fn plugin(&self) -> &Plugin {
        if self.in_second { self.second.plugin() } else { self.first.plugin() }
    }

    fn plugin_mut(&mut self) -> &mut Plugin {
        if self.in_second { self.second.plugin_mut() } else { self.first.plugin_mut() }
    }

    fn into_inner(self) -> Plugin {
        if self.in_second { self.second.into_inner() } else { self.first.into_inner() }
    }

    fn interfaces() -> Vec<&'static Interface> {
        A::interfaces().into_iter().chain(B::interfaces()).collect()
    }
}
