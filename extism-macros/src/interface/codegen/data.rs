//! `interface()`, `embedded()`, and the check of the module's imports.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, Path, ext::IdentExt};

use super::{
    super::{
        model::{Import, Interface, Method, Missing, Wasm},
        options::ArgsFormat,
        rename::snake_case,
    },
    bases, describe,
};
use crate::{
    common::{cfgs, error_span, host_functions, respan, type_text},
    description,
};

/// The function that returns the interface as data.
pub(super) fn interface_function(interface: &Interface) -> TokenStream {
    let runtime = &interface.runtime;
    let name = interface.item.ident.unraw().to_string();
    let docs = interface.docs.text();
    let methods = interface.methods.iter().filter(|_| interface.valid).map(|method| self::method(interface, method));
    let described = if interface.valid { describe::wires(interface) } else { quote!(|_| []) };
    let version = describe::version(interface.version.as_ref());
    let require = interface.require_section;
    // Constants, because a `&[..]` of values with destructors is `'static` only as the whole value of a constant.
    let own = quote!({
        const METHODS: &[#runtime::Method] = &[#(#methods),*];
        #runtime::describe(#runtime::interface(#name, #docs, METHODS), #version, #require, #described)
    });
    let value = match bases::interfaces(interface) {
        None => own,
        Some(bases) => quote!(#runtime::extend(#own, &#bases)),
    };
    let lazy = quote!(#runtime::LazyLock);
    quote! {
        fn interface() -> &'static #runtime::Interface {
            static INTERFACE: #lazy<#runtime::Interface> = #lazy::new(|| #value);
            &INTERFACE
        }
    }
}

/// The test that keeps the description in a file current, if the attribute names one.
pub(super) fn description_test(interface: &Interface) -> Option<TokenStream> {
    let file = interface.description.as_ref().filter(|_| interface.valid)?;
    let (client, cfgs) = (&interface.client, cfgs(&interface.item.attrs));
    let bases = bases::interfaces(interface).unwrap_or_else(|| quote!([]));
    let name = snake_case(&interface.item.ident.unraw().to_string());
    let test = description::test(&interface.runtime, &name, file, &quote!(#client::interface(), &#bases));
    Some(quote!(#(#cfgs)* #test))
}

fn method(interface: &Interface, method: &Method) -> TokenStream {
    let runtime = &interface.runtime;
    let Method { cfgs, export, docs, .. } = method;
    let docs = docs.text();
    let name = method.ident.unraw().to_string();
    let result = method.result_text();
    let encoding = format_ident!(
        "{}",
        match method.format {
            None => "Direct",
            Some(ArgsFormat::JsonArray) => "JsonArray",
            Some(ArgsFormat::JsonObject) => "JsonObject",
            Some(ArgsFormat::Msgpack) => "Msgpack",
        }
    );
    let arguments = method.arguments.iter().map(|argument| {
        let (name, ty) = (&argument.name, type_text(&argument.ty));
        quote!(#runtime::argument(#name, #ty))
    });
    let codec = method.input_codec.as_ref().or(method.output_codec.as_ref()).and_then(|codec| codec.segments.last());
    let codec = codec
        .map(|codec| codec.ident.to_string())
        .map_or_else(|| quote!(::core::option::Option::None), |codec| quote!(::core::option::Option::Some(#codec)));
    let optional = !matches!(method.missing, Missing::Refuse);
    quote! {
        #(#cfgs)*
        #runtime::method(#runtime::MethodDeclaration {
            name: #name,
            export: #export,
            docs: #docs,
            arguments: {
                const ARGUMENTS: &[#runtime::Argument] = &[#(#arguments),*];
                ARGUMENTS
            },
            encoding: #runtime::Encoding::#encoding,
            result: #result,
            codec: #codec,
            optional: #optional,
        })
    }
}

/// `embedded()`, if the attribute names a module.
pub(super) fn embedded(interface: &Interface) -> Option<TokenStream> {
    let Wasm { path, found, described, .. } = interface.wasm.as_ref()?;
    let Interface { runtime, item, .. } = interface;
    let vis = &item.vis;
    let docs = format!(" Creates a builder for the module `{}`, which is embedded in the program.", path.display());
    let bytes = if *found {
        // This also makes the compiler read the file again when it changes.
        let file = path.file();
        quote_spanned!(error_span(path)=> ::core::include_bytes!(#file))
    } else {
        quote!(&[])
    };
    let description = interface.description.as_ref().filter(|_| *described).map(|description| {
        let file = description.file();
        quote!(
            const _: &[u8] = ::core::include_bytes!(#file);
        )
    });
    Some(quote! {
        #[doc = #docs]
        #[must_use]
        #vis fn embedded() -> #runtime::PluginBuilder<Self> {
            #description
            const MODULE: &[u8] = #bytes;
            #runtime::PluginBuilder::new(MODULE).typed()
        }
    })
}

/// One constant for each import of the module that a host function has to provide, and one for each host function.
pub(super) fn import_checks(interface: &Interface) -> Option<TokenStream> {
    let wasm = interface.wasm.as_ref().filter(|_| interface.valid)?;
    let providers = wasm.providers.iter().map(|provider| {
        let functions = functions(interface, provider);
        // Emitted even if the module imports nothing, so that the name is resolved.
        quote!(const _: () = { let _ = #functions; };)
    });
    let checks = wasm.imports.iter().map(|import| import_check(interface, wasm, import));
    Some(quote!(#(#providers)* #(#checks)*))
}

/// The host functions that a name in `imports(..)` refers to.
fn functions(interface: &Interface, provider: &Path) -> TokenStream {
    let runtime = &interface.runtime;
    let of_type = quote!(&<#provider as #runtime::HostFunctions>::FUNCTIONS);
    host_functions::declaration(&quote!(#runtime), "declared_part", provider, &of_type)
}

fn import_check(interface: &Interface, wasm: &Wasm, import: &Import) -> TokenStream {
    let runtime = &interface.runtime;
    let Import { namespace, name, params, results } = import;
    let types = |types: &[&str]| {
        let types = types.iter().map(|ty| variant(ty));
        quote!(&[#(#runtime::ValType::#types),*])
    };
    let (params, results) = (types(params), types(results));
    let path = &wasm.path;
    let shown_path = path.display();
    let providers = wasm.providers.iter().map(|provider| {
        let functions = functions(interface, provider);
        quote!(#runtime::provider(#functions, &IMPORT))
    });
    let function = respan(error_span(path), quote!(#runtime::check_import));
    let arguments = quote_spanned!(error_span(path)=> (#shown_path, &IMPORT, &[#(#providers),*]));
    quote! {
        const _: () = {
            const IMPORT: #runtime::Import = #runtime::Import {
                namespace: #namespace,
                name: #name,
                params: #params,
                results: #results,
            };
            #function #arguments
        };
    }
}

/// The variant of the runtime's `ValType` for a type name of the text format.
fn variant(ty: &str) -> Ident {
    let (first, rest) = ty.split_at(1);
    format_ident!("{}{rest}", first.to_uppercase())
}
