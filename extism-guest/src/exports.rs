//! Which interfaces a plug-in exports: one that extends others requires those.

/// Of a plug-in's type: that it exports an interface. `#[export_plugin]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` exports an interface that extends another one, but does not export that one",
    label = "does not export the extended interface",
    note = "`extends(..)` of the trait names its client: add `#[export_plugin]` to the implementation of its trait for `{Self}` too"
)]
pub trait Exports<Id> {}

/// A number that no other interface of the program has.
#[derive(Debug)]
pub struct InterfaceId<const ID: u64>;

/// The client of an interface, which in a plug-in is only a name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the client of a plug-in's interface",
    label = "not a client",
    note = "`extends(..)` names the clients of `#[plugin_interface]` traits, such as `GreeterPlugin` for `trait Greeter`"
)]
pub trait InterfaceName {
    /// Tells the interfaces apart.
    type Id;
}
