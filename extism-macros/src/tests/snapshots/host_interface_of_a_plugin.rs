#[allow(dead_code, async_fn_in_trait)]
/// A shop.
pub trait Shop {
    /// The price of an article.
    fn price(&self, sku: &str) -> Option<ID>;
}
///Calls the host's functions of [`Shop`]; [`shop()`](shop) returns it.
#[derive(
    ::core::clone::Clone,
    ::core::marker::Copy,
    ::core::fmt::Debug,
    ::core::default::Default
)]
#[non_exhaustive]
pub struct ShopImports;
///Returns the functions that the host gives: those of [`Shop`].
#[must_use]
#[allow(dead_code)]
pub fn shop() -> ShopImports {
    ShopImports
}
#[allow(dead_code, deprecated, clippy::all, clippy::pedantic)]
impl ShopImports {
    ///Calls the host's function `price`.
    pub fn price(&self, sku: &str) -> Option<ID> {
        #[cfg(target_family = "wasm")]
        #[link(wasm_import_module = "extism:host/user")]
        unsafe extern "C" {
            #[link_name = "price"]
            safe fn __extism_import(
                __extism_wire_0: <&str as ::extism_runtime::__private::ToHost>::Wire,
            ) -> <Option<ID> as ::extism_runtime::__private::FromHost>::Wire;
        }
        #[cfg(not(target_family = "wasm"))]
        #[allow(unused_variables)]
        fn __extism_import(
            __extism_wire_0: <&str as ::extism_runtime::__private::ToHost>::Wire,
        ) -> <Option<ID> as ::extism_runtime::__private::FromHost>::Wire {
            ::extism_runtime::__private::no_host("extism:host/user", "price")
        }
        let __extism_sent_0 = ::extism_runtime::__private::Sent::new(sku, "price");
        let __extism_wire = __extism_import(__extism_sent_0.wire());
        ::extism_runtime::__private::receive::<Option<ID>>(__extism_wire, "price")
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl Shop for ShopImports {
    fn price(&self, sku: &str) -> Option<ID> {
        Self::price(self, sku)
    }
}
///The host's functions of [`Shop`]; in a plug-in, only its name.
#[allow(dead_code)]
pub enum ShopFunctions {}
const _: () = {
    ::extism_runtime::__private::section_item! {
        283usize,
        b"{\"format\":1,\"name\":\"Shop\",\"version\":\"0.1.0\",\"role\":\"host\",\"docs\":\"A shop.\",\"methods\":[{\"name\":\"price\",\"export\":\"price\",\"docs\":\"The price of an article.\",\"arguments\":[{\"name\":\"sku\",\"type\":\"&str\",\"wire\":{\"format\":\"utf8\"}}],\"result\":\"Option<ID>\",\"output\":{\"format\":\"optional<ID>\"}}]}\n"
    }
};
