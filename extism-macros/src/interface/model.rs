//! The model of an interface. Later stages do not look at attributes again.

use syn::{Attribute, Block, Generics, Ident, ItemTrait, Path, Receiver, ReturnType, Token, Type, ext::IdentExt};

use super::{
    documentation::Documentation,
    options::{ArgsFormat, OnError},
    output::Output,
};
use crate::common::FilePath;

/// An annotated trait.
pub(super) struct Interface {
    /// The path of the runtime.
    pub(super) runtime: Path,
    /// The trait as it is emitted, without helper attributes.
    pub(super) item: ItemTrait,
    /// The client's name.
    pub(super) client: Ident,
    /// The attributes that the client has as well.
    pub(super) attributes: Vec<Attribute>,
    /// The trait's documentation.
    pub(super) docs: Documentation,
    /// The clients of the interfaces that this one extends.
    pub(super) extends: Vec<Path>,
    /// The methods' access to the plug-in, which decides what the client holds.
    pub(super) access: Access,
    /// The lints that are set on the trait.
    pub(super) lints: Vec<Attribute>,
    /// The methods, in the trait's order.
    pub(super) methods: Vec<Method>,
    /// The effect of a failed call.
    pub(super) on_error: OnError,
    /// The module to embed.
    pub(super) wasm: Option<Wasm>,
    /// The interface's version; `None` for that of the package.
    pub(super) version: Option<syn::LitStr>,
    /// The file that describes the interface.
    pub(super) description: Option<FilePath>,
    /// Whether plug-ins have to describe themselves.
    pub(super) require_section: bool,
    /// Whether a mistake prevents the client from implementing the trait.
    pub(super) unimplementable: bool,
    /// Whether there are no mistakes. If there are some, every promised name exists, but bodies do nothing.
    pub(super) valid: bool,
}

/// A module that is embedded, and checked if this crate's feature `check` is on.
pub(super) struct Wasm {
    /// The path of the module.
    pub(super) path: FilePath,
    /// Whether the file exists, so that it can be embedded.
    pub(super) found: bool,
    /// Whether the file with the interface's description was read, so that the program depends on it.
    pub(super) described: bool,
    /// Whether there is an `imports(..)`.
    #[cfg_attr(not(feature = "check"), allow(dead_code))]
    pub(super) imports_are_checked: bool,
    /// The module's imports that host functions have to provide.
    pub(super) imports: Vec<Import>,
    /// The host functions listed in `imports(..)`.
    pub(super) providers: Vec<Path>,
}

/// A function that a module imports.
pub(super) struct Import {
    pub(super) namespace: String,
    pub(super) name: String,
    /// The types of the parameters and results, as named in the text format.
    pub(super) params: Vec<&'static str>,
    pub(super) results: Vec<&'static str>,
}

/// A method of the trait that calls an export.
pub(super) struct Method {
    /// The method's index, for names that the expansion generates.
    pub(super) index: usize,
    /// The method's name.
    pub(super) ident: Ident,
    /// The `async` of a method that returns a future.
    pub(super) asyncness: Option<Token![async]>,
    /// The export's name.
    pub(super) export: String,
    /// The span of the export's name: that of `name = ".."`, or else of the method's name.
    #[cfg_attr(not(feature = "check"), allow(dead_code))]
    pub(super) export_span: proc_macro2::Span,
    /// The conditions under which it exists.
    pub(super) cfgs: Vec<Attribute>,
    /// The attributes that the client's method has as well.
    pub(super) attributes: Vec<Attribute>,
    /// The method's documentation.
    pub(super) docs: Documentation,
    /// Whether it has `#[track_caller]`.
    pub(super) tracks_caller: bool,
    /// The number of lifetimes that the trait's method declares.
    pub(super) declared_lifetimes: usize,
    /// Lifetimes, types, constants, and the `where` clause.
    pub(super) generics: Generics,
    /// `&mut self` or `&self`, with its original tokens, because `self` is visible only with their hygiene.
    pub(super) receiver: Receiver,
    /// The receiver's access to the plug-in; `None` if the receiver is wrong.
    pub(super) access: Option<Access>,
    /// The arguments after it.
    pub(super) arguments: Vec<Argument>,
    /// How several arguments are encoded as one input; `None` if there are none, or one with its own codec.
    pub(super) format: Option<ArgsFormat>,
    /// The codec of the only argument, if its type does not name one.
    pub(super) input_codec: Option<Path>,
    /// The codec of the result, if its type does not name one.
    pub(super) output_codec: Option<Path>,
    /// The result.
    pub(super) output: Output,
    /// The behaviour if the plug-in does not have the export.
    pub(super) missing: Missing,
    /// The reason why the module does not match a method that exists only under some conditions.
    pub(super) mismatch: Option<syn::Error>,
    /// The reason why the module does not match a method whose description is current.
    pub(super) outdated: Option<syn::Error>,
}

/// A method's access to the plug-in.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Access {
    /// `&mut self`: the client has one instance.
    #[default]
    Exclusive,
    /// `&self`: the client shares a pool of instances with its clones.
    Shared,
}

/// An argument of a method.
pub(super) struct Argument {
    /// `mut`, which a default body may need.
    pub(super) mutability: Option<Token![mut]>,
    /// Its name.
    pub(super) ident: Ident,
    /// The name under which plug-in authors know it.
    pub(super) name: String,
    /// Its type.
    pub(super) ty: Type,
}

/// The behaviour if the plug-in does not have an export.
pub(super) enum Missing {
    /// The plug-in does not satisfy the interface.
    Refuse,
    /// The method returns `None`.
    Optional,
    /// The trait's own body runs.
    Default(Body),
}

/// The body of a method.
pub(super) struct Body {
    /// The body itself.
    pub(super) block: Block,
    /// The attributes that belong to it rather than to the declaration.
    pub(super) attributes: Vec<Attribute>,
    /// The attributes of the declaration.
    pub(super) of_declaration: Vec<Attribute>,
}

/// Whether a type must be `Sized`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sized {
    Yes,
    Either,
}

/// Whether a client implements its trait.
pub(super) enum Implementation<'i> {
    No,
    Yes,
    /// If these types are `Result`s.
    If(Vec<&'i Type>),
}

impl Method {
    /// Whether the trait's method uses undeclared lifetimes, which the compiler reports.
    pub(super) fn has_undeclared_lifetimes(&self) -> bool {
        self.generics.lifetimes().count() > self.declared_lifetimes
    }

    pub(super) fn is_optional(&self) -> bool {
        matches!(self.missing, Missing::Optional)
    }

    /// Whether the client's method has the trait's signature.
    pub(super) fn is_as_declared(&self, on_error: OnError) -> bool {
        let fails_as_declared = self.output.fallible || on_error == OnError::Panic;
        fails_as_declared && (!self.is_optional() || self.output.is_option())
    }

    /// Whether only the compiler can tell if the client's method has the trait's signature.
    pub(super) fn may_be_as_declared(&self, on_error: OnError) -> bool {
        self.output.opaque && on_error == OnError::Return
    }

    /// Whether the return type contains the method's generic parameters, so that it cannot be named outside of the
    /// method.
    fn returns_parameter(&self) -> bool {
        let parameters = || self.generics.type_params().map(|parameter| &parameter.ident);
        let parameters = parameters().chain(self.generics.const_params().map(|parameter| &parameter.ident));
        let text = self.output.ok.as_ref().map(crate::common::type_text).unwrap_or_default();
        let words: Vec<_> = text.split(|char: char| !char.is_alphanumeric() && char != '_').collect();
        parameters.into_iter().any(|parameter| words.contains(&&*parameter.to_string()))
    }

    /// The type that the plug-in returns, formatted as in source code.
    pub(super) fn result_text(&self) -> String {
        match (&self.output.ok, &self.output.declared) {
            (Some(ok), _) => crate::common::type_text(ok),
            (None, ReturnType::Type(_, alias)) => crate::common::type_text(alias),
            (None, ReturnType::Default) => "()".to_owned(),
        }
    }

    /// The default body.
    pub(super) fn body(&self) -> Option<&Body> {
        match &self.missing {
            Missing::Default(body) => Some(body),
            _ => None,
        }
    }
}

impl Interface {
    /// Whether the trait has a method with this name.
    pub(super) fn has_method(&self, name: &str) -> bool {
        self.methods.iter().any(|method| method.ident.unraw() == name)
    }

    /// Whether the client implements the trait.
    pub(super) fn implementation(&self) -> Implementation<'_> {
        if self.unimplementable {
            return Implementation::No;
        }
        let mut conditions = Vec::new();
        for method in &self.methods {
            if method.is_as_declared(self.on_error) {
                continue;
            }
            match &method.output.ok {
                // A type with any other name is hardly ever a `Result`, and this way the error explains the reason
                // better.
                Some(ty) if method.may_be_as_declared(self.on_error) && super::output::is_called_result(ty) => {
                    // A type that exists only under a condition, or in the method, cannot be named in a bound.
                    if method.cfgs.is_empty() && !method.returns_parameter() {
                        conditions.push(ty);
                    }
                }
                _ => return Implementation::No,
            }
        }
        if conditions.is_empty() { Implementation::Yes } else { Implementation::If(conditions) }
    }

    /// Whether types that forward calls can implement the trait, and whether the target of the calls must be `Sized`.
    /// This depends on what the methods' `where` clauses require of `Self`.
    pub(super) fn forwarding(&self) -> Option<Sized> {
        let of_self = self.methods.iter().flat_map(|method| {
            let clause = method.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
            clause.map(crate::common::type_text).filter(|predicate| predicate.contains("Self"))
        });
        let of_self: Vec<_> = of_self.collect();
        match of_self.as_slice() {
            [] => Some(Sized::Either),
            some if some.iter().all(|predicate| predicate.replace(' ', "") == "Self:Sized") => Some(Sized::Yes),
            _ => None,
        }
    }

    /// Whether the default body of any method is `async`, so that its future has to be `Send`.
    pub(super) fn has_async_bodies(&self) -> bool {
        self.methods.iter().any(|method| method.asyncness.is_some() && method.body().is_some())
    }

    /// Whether any method has a default body.
    pub(super) fn has_bodies(&self) -> bool {
        self.methods.iter().any(|method| method.body().is_some())
    }
}
