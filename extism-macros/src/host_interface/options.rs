//! The options of `#[host_interface(..)]`.

use proc_macro2::TokenStream;
use syn::{Ident, LitStr, Path};

use crate::{
    common::{Errors, FilePath, KeyValue, check_permission, each_option, parse_codec},
    interface::{Case, parse_version},
};

mod keyword {
    syn::custom_keyword!(codec);
    syn::custom_keyword!(description);
    syn::custom_keyword!(name);
    syn::custom_keyword!(namespace);
    syn::custom_keyword!(permission);
    syn::custom_keyword!(rename_all);
    syn::custom_keyword!(version);
}

#[derive(Default)]
pub(super) struct InterfaceOptions {
    /// The name of the type that makes host functions of an implementation.
    pub(super) name: Option<KeyValue<Ident>>,
    /// The namespace from which plug-ins import the functions.
    pub(super) namespace: Option<KeyValue<LitStr>>,
    /// The permission that plug-ins need to import the functions.
    pub(super) permission: Option<KeyValue<LitStr>>,
    /// The codec of all arguments and results with types that name no codec.
    pub(super) codec: Option<KeyValue<Path>>,
    /// How the functions' names are derived from the Rust names.
    pub(super) rename_all: Option<KeyValue<Case>>,
    /// The interface's semantic version.
    pub(super) version: Option<KeyValue<LitStr>>,
    /// The file that describes the interface.
    pub(super) description: Option<KeyValue<FilePath>>,
    /// The path of the runtime.
    pub(super) runtime: Option<KeyValue<Path>>,
}

impl InterfaceOptions {
    pub(super) fn read(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut options = Self::default();
        each_option(tokens, errors, |next| {
            Ok(next.value(keyword::name, &mut options.name)?
                || next.value(keyword::namespace, &mut options.namespace)?
                || next.value(keyword::permission, &mut options.permission)?
                || next.value_with(keyword::codec, &mut options.codec, parse_codec)?
                || next.value(keyword::rename_all, &mut options.rename_all)?
                || next.value_with(keyword::version, &mut options.version, parse_version)?
                || next.value(keyword::description, &mut options.description)?
                || next.runtime(&mut options.runtime)?)
        });
        if let Some(permission) = &options.permission {
            check_permission(&permission.value, errors);
        }
        options
    }
}
