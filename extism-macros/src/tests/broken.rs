//! Tests that the macros report mistakes, and still generate the promised names, whatever the input.

use proc_macro2::{Group, TokenStream, TokenTree};
use syn::{ImplItem, Item, ItemTrait, TraitItem, ext::IdentExt};

use super::{file, tokens};
use crate::common::Side;

const TRAITS: [(&str, &str); 17] = [
    ("", "unsafe trait T { fn f(&mut self); }"),
    ("", "trait T<'a, X: Copy, const N: usize> where X: 'a { fn f(&mut self, x: &'a X) -> [u8; N]; }"),
    ("", "trait T { type A; fn f(&mut self, a: Self::A) -> Self::A; }"),
    ("", "trait T { const N: usize; fn f(&mut self) -> Result<u8, E>; }"),
    ("", "trait T { fn f(&mut self); fn g(self); fn h(self: Box<Self>); fn i(); }"),
    ("", "trait T { fn f(&self) -> &str; async fn g(&self, x: &'static str) -> Result<Cow<'_, str>, E>; fn h(self); }"),
    ("", "trait T { async fn f(&mut self); fn g(&self); }"),
    ("on_error = \"panic\"", "trait T { async fn f(&mut self) {} fn g(&mut self) -> Box<dyn Future<Output = u8>>; }"),
    ("", "trait T { async fn f(&mut self); const fn g(&mut self); unsafe extern \"C\" fn h(&mut self, ...); }"),
    ("", "trait T { fn f(&mut self, (a, b): (u8, u8), _: u8, mut c: u8, ref d: u8, e @ 1: u8); }"),
    (
        "",
        "trait T { fn f(&mut self, x: impl Encode, y: &dyn Encode) -> impl Display; fn g(&mut self) -> dyn Display; }",
    ),
    ("", "trait T { fn f<'a>(&mut self, x: &'a str) -> &'a str; fn g(&mut self) -> &'static str; }"),
    ("", "trait T { fn f(&mut self); fn f(&mut self); fn load(&mut self); fn __extism_x(&mut self); }"),
    ("", "trait T { #[export] fn f(&mut self); #[export(x)] fn g(&mut self); #[export(optional)] fn h(&mut self) {} }"),
    ("codec = 1", "trait T { fn f(&mut self) -> u8; }"),
    ("on_error = \"panic\", name = T, wasm = \"no/such/file\"", "trait T { #[export(optional)] fn f(&mut self); }"),
    ("imports(a)", "trait T { fn f(&mut self, a: u8, b: u8, c: u8); m!(); }"),
];

#[test]
fn an_interface_with_mistakes_has_its_client_with_all_methods() {
    for (options, item) in TRAITS {
        let expansion = crate::interface::expand(Side::Host, tokens(options), tokens(item));
        assert!(expansion.to_string().contains("compile_error"), "no error for {options} {item}");
        check_client(expansion, &syn::parse_str(item).expect("the trait can be parsed"));
    }
}

/// Checks that the trait, the client, its constructors and all its methods are generated.
#[track_caller]
fn check_client(expansion: TokenStream, item: &ItemTrait) {
    let text = expansion.to_string();
    let file = file(expansion);
    let client = |ident: &syn::Ident| *ident == format!("{}Plugin", item.ident) || text.contains("name =");
    let is_struct = |item: &Item| matches!(item, Item::Struct(item) if client(&item.ident));
    assert!(file.items.iter().any(|found| matches!(found, Item::Trait(found) if found.ident == item.ident)), "{text}");
    assert!(file.items.iter().any(is_struct), "{text}");
    let functions = inherent_functions(&file);
    let of_trait = item.items.iter().filter_map(|item| match item {
        TraitItem::Fn(function) => Some(function.sig.ident.unraw().to_string()),
        _ => None,
    });
    let is_shared = text.contains("SharedInterface");
    let own = ["load", "builder", "interface", "with_context", "with_timeout"];
    let own = own.into_iter().chain(if is_shared { vec!["pool"] } else { vec!["plugin", "plugin_mut", "into_inner"] });
    for name in of_trait.chain(own.map(str::to_owned)) {
        assert!(functions.contains(&name), "no `{name}` in {text}");
    }
    for implemented in ["TryFrom", if is_shared { "SharedInterface" } else { "PluginInterface" }, "Debug"] {
        let is_it = |item: &Item| {
            matches!(item, Item::Impl(block) if block.trait_.as_ref().is_some_and(|(path, _)| {
                path.segments.last().is_some_and(|segment| segment.ident == implemented)
            }))
        };
        assert!(file.items.iter().any(is_it), "no {implemented} in {text}");
    }
}

fn inherent_functions(file: &syn::File) -> Vec<String> {
    let blocks = file.items.iter().filter_map(|item| match item {
        Item::Impl(block) if block.trait_.is_none() => Some(block),
        _ => None,
    });
    let functions = blocks.flat_map(|block| &block.items).filter_map(|item| match item {
        ImplItem::Fn(function) => Some(function.sig.ident.unraw().to_string()),
        _ => None,
    });
    functions.collect()
}

const FUNCTIONS: [(&str, &str); 6] = [
    ("x", "fn f() {}"),
    ("name = 1", "async unsafe extern \"C\" fn f<T>(x: T, ...) {}"),
    ("", "fn f(a: &mut A, b: &mut B, c: &str) -> &str {}"),
    ("", "fn f(a: &'static str, b: impl X) -> impl Y {}"),
    ("skip", "fn f(_: u8, (a, b): (u8, u8)) {}"),
    ("name = \"a\", name = \"b\"", "pub(crate) const fn f<'a>(a: &'a u8) -> &'a u8 { a }"),
];

#[test]
fn a_host_function_with_mistakes_can_be_registered() {
    for (options, item) in FUNCTIONS {
        let expansion = crate::host_fn::expand(tokens(options), tokens(item));
        let text = expansion.to_string();
        assert!(text.contains("compile_error"), "no error for {options} {item}");
        assert!(text.contains("HostFn for __ExtismHostFn"), "{text}");
        let file = file(expansion);
        assert!(
            file.items.iter().any(|item| matches!(item, Item::Fn(function) if function.sig.ident == "f")),
            "{text}"
        );
        let is_link =
            |item: &Item| matches!(item, Item::Mod(item) if item.ident.to_string().starts_with("__extism_host_fn_f_"));
        assert!(file.items.iter().any(is_link), "{text}");
    }
}

const BLOCKS: [(&str, &str); 6] = [
    ("x", "impl K { fn f(&self) {} }"),
    ("name = \"a\"", "impl K { fn f(&mut self) {} fn g(self) {} fn h() {} }"),
    ("", "impl K { #[host_fn(x)] fn f(&self) {} #[host_fn] #[host_fn] fn g(&self) {} #[host_fn = 1] fn h(&self) {} }"),
    ("", "impl K { fn f(&self) {} #[host_fn(name = \"f\")] fn g(&self) {} }"),
    ("", "impl X for K { fn f(&self) {} }"),
    ("", "impl K { #[host_fn(skip)] fn f(&self) {} const A: u8 = 1; m!(); }"),
];

#[test]
fn an_impl_block_with_mistakes_can_be_registered() {
    for (options, item) in BLOCKS {
        let expansion = crate::host_fn::expand(tokens(options), tokens(item));
        let text = expansion.to_string();
        assert!(text.contains("compile_error"), "no error for {options} {item}");
        assert!(text.contains("HostFunctions < 1usize > for K"), "{text}");
        assert!(!text.contains("# [host_fn"), "{text}");
        file(expansion);
    }
}

/// Returns every variant of the tokens that lacks one token, or one group's contents.
fn mutilated(stream: &TokenStream) -> Vec<TokenStream> {
    let tokens: Vec<TokenTree> = stream.clone().into_iter().collect();
    let mut all = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let with = |middle: Vec<TokenTree>| {
            tokens[..index].iter().cloned().chain(middle).chain(tokens[index + 1..].iter().cloned()).collect()
        };
        all.push(with(Vec::new()));
        all.push(with(vec![token.clone(), token.clone()]));
        if let TokenTree::Group(group) = token {
            let inner = mutilated(&group.stream()).into_iter();
            all.extend(inner.map(|inner| with(vec![Group::new(group.delimiter(), inner).into()])));
        }
    }
    all
}

const SHARED: &str = "
    trait T {
        async fn f(&self, a: &[u8], mut b: u8) -> Result<Option<String>, E> { self.g().await }
        #[export(optional)]
        fn g<X: Y>(&self) -> AppResult<X>;
    }
";

const INTERFACE: &str = r#"
    /// Docs.
    #[cfg(unix)]
    pub trait T: Send {
        const N: usize = 1;
        #[export(name = "x", optional, args = "json-object", codec = Json)]
        fn f<'a, X: Y<'a>>(&'a mut self, a: &[u8], mut b: X) -> Result<Option<&'a str>, E> where X: Z;
        fn g(&mut self) -> u8 { self.f(1, 2); 3 }
    }
"#;

#[test]
fn no_mutilated_interface_makes_the_macro_panic() {
    let options = tokens(r#"name = A, codec = Json, on_error = "panic", crate = ::x, wasm = "a", imports(b, c::d)"#);
    for item in mutilated(&tokens(INTERFACE)).into_iter().chain(mutilated(&tokens(SHARED))) {
        let expansion = crate::interface::expand(Side::Host, TokenStream::new(), item.clone());
        crate::interface::expand(Side::Guest, TokenStream::new(), item.clone());
        if let Ok(item) = syn::parse2::<ItemTrait>(item) {
            check_client(expansion, &item);
        }
    }
    for options in mutilated(&options) {
        crate::interface::expand(Side::Host, options, tokens(INTERFACE));
    }
}

#[test]
fn no_mutilated_host_function_makes_the_macro_panic() {
    let options = tokens(r#"name = "x", namespace = "y", crate = "::z""#);
    let function =
        tokens("pub fn f<'a>(a: State<A>, b: &'a [u8], c: Scalar<i32>, d: &mut C<'_>) -> Result<B, E> { x }");
    let block = tokens(
        r#"impl<X: Y> K<X> where X: Z { #[host_fn(name = "a")] pub async fn f(&self, a: A) -> B { x } #[host_fn(skip)] fn g() {} }"#,
    );
    for item in mutilated(&function).into_iter().chain(mutilated(&block)) {
        crate::host_fn::expand(TokenStream::new(), item);
    }
    for options in mutilated(&options) {
        crate::host_fn::expand(options.clone(), function.clone());
        crate::host_fn::expand(options, block.clone());
    }
}

#[test]
fn no_mutilated_list_or_derive_makes_the_macro_panic() {
    for list in mutilated(&tokens("[$crate] a, b::c::<d>, e()")) {
        crate::host_fns::expand(list);
    }
    let item = tokens("#[codec(Json, crate = ::x)] pub struct S<'a, T: U, const N: usize>(pub &'a T) where T: V;");
    for item in mutilated(&item) {
        crate::codec::expand_encode(Side::Host, item.clone());
        crate::codec::expand_decode(Side::Host, item);
    }
}

#[test]
fn no_mutilated_trait_of_the_host_makes_the_macro_panic() {
    let options = tokens(r#"name = A, codec = Json, namespace = "x", rename_all = "kebab-case", crate = ::x"#);
    let item = tokens(
        r#"/// A
        pub trait T {
            #[host_fn(name = "x", namespace = "y", codec = Json)]
            async fn f<'a>(&'a self, a: &[u8], b: Json<&C>) -> Result<Option<u8>, E>;
            fn g(&self, a: Scalar<i32>) {}
            const N: usize = 1;
        }"#,
    );
    for side in [Side::Host, Side::Guest] {
        for item in mutilated(&item) {
            crate::host_interface::expand(side, options.clone(), item);
        }
        for options in mutilated(&options) {
            crate::host_interface::expand(side, options, item.clone());
        }
    }
}

#[test]
fn no_mutilated_export_or_error_makes_the_macro_panic() {
    let block =
        tokens("impl<T> a::T for S<T> where T: U { #[cfg(x)] fn f(&mut self, x: &str) -> u8 { 0 } const A: u8 = 1; }");
    for block in mutilated(&block) {
        crate::export_plugin::expand(Side::Guest, tokens("crate = ::x"), block);
    }
    let error = tokens(
        r#"#[plugin_error(code = 2, crate = ::x)] enum E { #[plugin_error(code = -3)] A { b: u8 }, #[serde(skip)] #[plugin_error(other)] B(C) }"#,
    );
    for error in mutilated(&error) {
        crate::plugin_error::expand(Side::Guest, error);
    }
}
