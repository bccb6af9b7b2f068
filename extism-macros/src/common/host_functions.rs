//! How `host_fns!` and `imports(..)` find what `#[host_fn]` has generated for a function.
//!
//! The function itself says nothing of it, and a name in the namespace of types would take one that the program has
//! (`log` of the crate, `env` of the module). So a macro bears the function's name: `use` brings it along, and only
//! another macro of that name gets in its way. It comes out of a glob import, which gives way to whatever the program
//! itself declares. A second name, which no program has, is for functions that are called like macros that programs use.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Path, ext::IdentExt, spanned::Spanned};

use super::types::{at, place};

/// The macros that every program sees, and those of `log` and `tracing`, which many import: a glob import of the same
/// name would make them ambiguous.
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

/// The attributes that every program sees. An import by such a name alone would be ambiguous, a macro's call is not.
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

/// Whether `use` brings along what was generated for a function of this name.
pub(crate) fn travels(function: &Ident) -> bool {
    !MACROS.contains(&function.unraw().to_string().as_str())
}

/// The macro beside a function whose own name cannot be one; where it is missing, the compiler says its name.
pub(crate) fn hidden(function: &Ident, span: Span) -> Ident {
    format_ident!("__extism_list_by_path_{}", function.unraw(), span = span)
}

/// The declaration of the host function at `path`, as `__private::getter` gives it; `otherwise` where there is none.
///
/// `otherwise` is an expression, and the first thing that another macro of that name sees.
pub(crate) fn declaration(runtime: &TokenStream, getter: &str, path: &Path, otherwise: &TokenStream) -> TokenStream {
    let getter = format_ident!("{getter}");
    let getter = quote!(#runtime::__private::#getter);
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
        // With this macro's edition: in 2015's, the import of a name alone would be from the crate's root.
        first.ident.set_span(place(path));
    }
    let import = at(place(path), quote!(use #imported as __extism_declaration;));
    // The inner import hides the outer one if there is a macro of that name.
    quote!({
        #[allow(unused_imports)]
        use #runtime::__private::undeclared as __extism_declaration;
        {
            #[allow(deprecated, unused_imports)]
            #import
            __extism_declaration!(#otherwise, #getter)
        }
    })
}
