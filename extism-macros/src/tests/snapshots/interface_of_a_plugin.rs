#[allow(dead_code, async_fn_in_trait)]
/// Counts vowels.
pub trait VowelCounter {
    /// Counts the vowels of `text`.
    fn count_vowels(&mut self, text: &str) -> Result<Json<Report>, CountError>;
    #[doc(hidden)]
    #[allow(deprecated, unused_variables, clippy::all, clippy::pedantic)]
    fn __extism_export_0() -> i32
    where
        Self: ::extism_runtime::__private::PluginState,
    {
        ::extism_runtime::__private::export::<
            Self,
        >(|__extism_state, __extism_input| {
            let __extism_value_0 = ::extism_runtime::__private::argument::<
                &str,
            >(__extism_input)?;
            #[allow(unused_imports)]
            use ::extism_runtime::__private::FailureOfText as _;
            let __extism_answer = <Self as VowelCounter>::count_vowels(
                __extism_state,
                __extism_value_0,
            );
            match ::extism_runtime::__private::answered(__extism_answer) {
                ::core::result::Result::Ok(__extism_done) => __extism_done,
                ::core::result::Result::Err(__extism_error) => {
                    ::core::result::Result::Err(
                        ::extism_runtime::__private::Failed(__extism_error).failure(),
                    )
                }
            }
        })
    }
}
///The host's client of [`VowelCounter`]; in a plug-in, only its name.
#[allow(dead_code)]
pub enum VowelCounterPlugin {}
#[automatically_derived]
impl ::extism_runtime::__private::InterfaceName for VowelCounterPlugin {
    type Id = ::extism_runtime::__private::InterfaceId<ID>;
}
#[doc(hidden)]
#[allow(
    non_snake_case,
    non_local_definitions,
    unreachable_pub,
    unused_imports,
    unused_macros,
    unused_macro_rules
)]
mod __extism_exports_of_VowelCounter_ID {
    #[doc(hidden)]
    #[macro_export]
    macro_rules! __extism_exports_of_VowelCounter_ID {
        (__extism_whole $ty:ty, $interface:path, $($runtime:tt)*) => {
            $($runtime)* ::section_item! { 315usize,
            b"{\"format\":1,\"name\":\"VowelCounter\",\"version\":\"0.1.0\",\"docs\":\"Counts vowels.\",\"methods\":[{\"name\":\"count_vowels\",\"export\":\"count_vowels\",\"docs\":\"Counts the vowels of `text`.\",\"arguments\":[{\"name\":\"text\",\"type\":\"&str\",\"wire\":{\"format\":\"utf8\"}}],\"encoding\":\"direct\",\"result\":\"Json<Report>\",\"output\":{\"format\":\"json\"}}]}\n"
            } impl $($runtime)* ::Exports < $($runtime)* ::InterfaceId <
            ID >> for $ty {}
        };
        ($otherwise:item count_vowels, $ty:ty, $interface:path, $($runtime:tt)*) => {
            $($runtime)* ::export_item! { "count_vowels", < $ty as $interface >
            ::__extism_export_0() }
        };
        ($($other:tt)*) => {};
    }
    pub use __extism_exports_of_VowelCounter_ID as __extism_list_by_path_VowelCounter;
    pub use __extism_exports_of_VowelCounter_ID as VowelCounter;
}
#[doc(hidden)]
#[allow(unreachable_pub, unused_imports, hidden_glob_reexports)]
pub use __extism_exports_of_VowelCounter_ID::*;
