//! How `host_fns!` and `imports(..)` find the code that `#[host_fn]` generated for a function.
//!
//! The function itself cannot lead there, and a name in the type namespace could clash with one that the
//! program uses (the crate `log`, the module `env`). So a macro has the function's name: `use` imports it
//! along with the function, and it clashes only with another macro of the same name. It is glob-imported, so
//! the program's own declarations take precedence. For functions named like common macros, there is a second
//! macro, with a name that no program uses.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Path, ext::IdentExt, spanned::Spanned};

use super::types::{error_span, respan};

/// The macros that are in scope everywhere, and those of `log` and `tracing`, which many programs import. A glob import
/// of the same name would make them ambiguous.
const MACROS: [&str; 53] = [
    "assert",
    "assert_eq",
    "assert_matches",
    "assert_ne",
    "cfg",
    "cfg_select",
    "column",
    "compile_error",
    "concat",
    "concat_bytes",
    "concat_idents",
    "const_format_args",
    "dbg",
    "debug",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_matches",
    "debug_assert_ne",
    "deref",
    "env",
    "eprint",
    "eprintln",
    "error",
    "file",
    "format",
    "format_args",
    "format_args_nl",
    "include",
    "include_bytes",
    "include_str",
    "info",
    "is_x86_feature_detected",
    "line",
    "log_syntax",
    "matches",
    "module_path",
    "option_env",
    "panic",
    "pattern_type",
    "print",
    "println",
    "stringify",
    "thread_local",
    "todo",
    "trace",
    "trace_macros",
    "try",
    "unimplemented",
    "unreachable",
    "vec",
    "warn",
    "write",
    "writeln",
];

/// The attributes that are in scope everywhere. An import of such a name alone would be ambiguous; a macro call is not.
const ATTRIBUTES: [&str; 65] = [
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Eq",
    "Hash",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "allow",
    "automatically_derived",
    "bench",
    "cfg_attr",
    "cold",
    "collapse_debuginfo",
    "coverage",
    "crate_name",
    "crate_type",
    "debugger_visualizer",
    "deny",
    "deprecated",
    "derive",
    "doc",
    "expect",
    "export_name",
    "feature",
    "ffi_const",
    "ffi_pure",
    "forbid",
    "fundamental",
    "global_allocator",
    "ignore",
    "inline",
    "instruction_set",
    "link",
    "link_args",
    "link_name",
    "link_ordinal",
    "link_section",
    "linkage",
    "macro_escape",
    "macro_export",
    "macro_use",
    "marker",
    "may_dangle",
    "must_use",
    "naked",
    "no_builtins",
    "no_core",
    "no_link",
    "no_main",
    "no_mangle",
    "non_exhaustive",
    "optimize",
    "path",
    "recursion_limit",
    "repr",
    "should_panic",
    "stable",
    "target_feature",
    "test",
    "track_caller",
    "unstable",
    "used",
    "windows_subsystem",
];

/// Whether `use` of a function with this name also imports what was generated for it.
pub(crate) fn travels(function: &Ident) -> bool {
    !MACROS.contains(&function.unraw().to_string().as_str())
}

/// The name of the macro for a function whose own name a macro cannot have. If it is missing, the compiler's error
/// shows this name.
pub(crate) fn hidden(function: &Ident, span: Span) -> Ident {
    format_ident!("__extism_list_by_path_{}", function.unraw(), span = span)
}

/// The declaration of the host function at `path`, as `__private::getter` returns it; `otherwise` if there is none.
///
/// `otherwise` is an expression. An unrelated macro of the same name receives it as its first tokens.
pub(crate) fn declaration(runtime: &TokenStream, getter: &str, path: &Path, otherwise: &TokenStream) -> TokenStream {
    let getter = format_ident!("{getter}");
    let getter = quote!(#runtime::#getter);
    let Some(last) = path.segments.last() else { return otherwise.clone() };
    if !travels(&last.ident) {
        let mut hidden_path = path.clone();
        if let Some(last) = hidden_path.segments.last_mut() {
            last.ident = hidden(&last.ident, last.ident.span());
        }
        return quote_spanned!(path.span()=> #hidden_path!(#otherwise, #getter));
    }
    if path.get_ident().is_some_and(|name| ATTRIBUTES.contains(&name.unraw().to_string().as_str())) {
        return quote_spanned!(path.span()=> #path!(#otherwise, #getter));
    }
    let mut imported = path.clone();
    if let Some(first) = imported.segments.first_mut().filter(|_| path.get_ident().is_some()) {
        // With this macro's edition: in edition 2015, a single name would be imported from the crate's root.
        first.ident.set_span(error_span(path));
    }
    let import = respan(error_span(path), quote!(use #imported as __extism_declaration;));
    // The inner import hides the outer one if there is a macro of that name.
    quote!({
        #[allow(unused_imports)]
        use #runtime::undeclared as __extism_declaration;
        {
            #[allow(deprecated, unused_imports)]
            #import
            __extism_declaration!(#otherwise, #getter)
        }
    })
}
