//! How an argument is decoded by the side that receives it, where its type borrows what that side has to own.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{GenericArgument, Ident, Path, PathArguments, Type, parse_quote};

use super::{anonymous, in_codec, peel};

/// The newtypes of the runtime. A type that is one of them names its own codec.
pub(crate) const CODECS: [&str; 6] = ["Json", "Msgpack", "Prost", "Base64", "Raw", "Convert"];

/// Whether a codec that applies to a whole item applies to a type: not to `()`, and not to types that name their own.
pub(crate) fn names_no_codec(ty: &Type, codec: &Path) -> bool {
    let last = match peel(ty) {
        Type::Tuple(tuple) if tuple.elems.is_empty() => return false,
        Type::Path(path) if path.qself.is_none() => path.path.segments.last(),
        _ => None,
    };
    let same = |name: &Ident| codec.segments.last().is_some_and(|codec| codec.ident == *name);
    !last.is_some_and(|last| CODECS.iter().any(|own| last.ident == own) || same(&last.ident))
}

/// An argument as it is received.
pub(crate) struct Received {
    /// The type that is decoded.
    pub(crate) ty: Type,
    /// How the argument is made of the value.
    form: Form,
}

enum Form {
    /// It is the value.
    Itself,
    /// It borrows from the value.
    Reference,
    /// It is what is in the codec.
    Inner,
    /// It borrows what is in the codec.
    InnerReference,
    /// It is this codec around a reference to what is in the value.
    Around(Path),
}

impl Received {
    /// An argument that is the value.
    pub(crate) fn itself(ty: Type) -> Self {
        Self { ty, form: Form::Itself }
    }

    /// The argument as the value, an identifier, becomes it.
    pub(crate) fn of(&self, value: &impl ToTokens) -> TokenStream {
        match &self.form {
            Form::Itself => quote!(#value),
            Form::Reference => quote!(&#value),
            Form::Inner => quote!(#value.0),
            Form::InnerReference => quote!(&#value.0),
            Form::Around(codec) => quote!(#codec { 0: &#value.0 }),
        }
    }
}

/// How an argument of this type is received; `codec` if its type names none.
pub(crate) fn received(ty: &Type, codec: Option<&Path>) -> Received {
    let ty = anonymous(peel(ty));
    if let Some(codec) = codec {
        return match &ty {
            Type::Reference(reference) => {
                let tokens = in_codec(codec, &owned(&reference.elem));
                Received { ty: parse_quote!(#tokens), form: Form::InnerReference }
            }
            other => {
                let tokens = in_codec(codec, other);
                Received { ty: parse_quote!(#tokens), form: Form::Inner }
            }
        };
    }
    match &ty {
        Type::Reference(reference) if !is_borrowed_from_bytes(&reference.elem) => {
            Received { ty: owned(&reference.elem), form: Form::Reference }
        }
        Type::Path(_) => match around_reference(&ty) {
            Some((owned, codec)) => Received { ty: owned, form: Form::Around(codec) },
            None => Received { ty, form: Form::Itself },
        },
        _ => Received { ty, form: Form::Itself },
    }
}

/// The same for one of several arguments, which are encoded together.
pub(crate) fn received_together(runtime: &Path, ty: &Type) -> Received {
    match anonymous(peel(ty)) {
        Type::Reference(reference) if is_str(&reference.elem) => {
            Received { ty: parse_quote!(#runtime::Text<'_>), form: Form::Reference }
        }
        Type::Reference(reference) => Received { ty: owned(&reference.elem), form: Form::Reference },
        ty => Received { ty, form: Form::Itself },
    }
}

/// `&str` and `&[u8]` are pieces of the input.
fn is_borrowed_from_bytes(ty: &Type) -> bool {
    is_str(ty)
        || matches!(peel(ty), Type::Slice(slice) if matches!(peel(&slice.elem), Type::Path(path) if path.path.is_ident("u8")))
}

fn is_str(ty: &Type) -> bool {
    matches!(peel(ty), Type::Path(path) if path.path.is_ident("str"))
}

/// The type that owns what a reference to `ty` borrows.
fn owned(ty: &Type) -> Type {
    let unsized_path = |path: &Path| {
        path.segments.last().is_some_and(|last| ["Path", "OsStr", "CStr"].iter().any(|name| last.ident == name))
    };
    match peel(ty) {
        Type::Path(path) if path.path.is_ident("str") => parse_quote!(::std::string::String),
        Type::Path(path) if unsized_path(&path.path) => parse_quote!(<#path as ::std::borrow::ToOwned>::Owned),
        Type::Slice(slice) => {
            let element = &slice.elem;
            parse_quote!(::std::vec::Vec<#element>)
        }
        other => other.clone(),
    }
}

/// `Json<&T>` as `Json<T>`, and the path of the newtype.
fn around_reference(ty: &Type) -> Option<(Type, Path)> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    if path.qself.is_some() || !CODECS.iter().any(|codec| last.ident == codec) {
        return None;
    }
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let Some(GenericArgument::Type(Type::Reference(reference))) = arguments.args.first() else { return None };
    let mut codec = path.path.clone();
    codec.segments.last_mut()?.arguments = PathArguments::None;
    let owned = owned(&reference.elem);
    Some((parse_quote!(#codec<#owned>), codec))
}

/// The types of a type that is written as a `Result`.
pub(crate) fn result_types(ty: &Type) -> Option<(Type, Option<Type>)> {
    let Type::Path(path) = peel(ty) else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Result")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let mut types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    });
    Some((types.next()?, types.next()))
}

/// Replaces the `Ok` type of a `Result`; returns the type unchanged if an alias hides it.
pub(crate) fn with_ok(declared: &Type, ok: &Type) -> Type {
    let mut ty = peel(declared).clone();
    if let Type::Path(path) = &mut ty
        && let Some(segment) = path.path.segments.last_mut()
        && let PathArguments::AngleBracketed(arguments) = &mut segment.arguments
        && let Some(GenericArgument::Type(first)) =
            arguments.args.iter_mut().find(|argument| matches!(argument, GenericArgument::Type(_)))
    {
        *first = ok.clone();
    }
    ty
}
