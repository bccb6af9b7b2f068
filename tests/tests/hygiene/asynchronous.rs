//! Tests `async` methods and host functions.

use ::core::{assert_eq, convert::TryFrom};

/// Other items with names that the expansions use.
#[allow(dead_code, non_camel_case_types)]
mod bare {
    pub(crate) trait Future {}
    pub(crate) trait Send {}
    pub(crate) struct Box;
    pub(crate) struct Pin;
    pub(crate) struct Ok;

    #[::extism_runtime::plugin_interface]
    pub(crate) trait Waiting {
        async fn plain(&mut self) -> Reply<()>;
        async fn text(&mut self, text: &str) -> &str;
        async fn many(
            &mut self,
            a: u8,
            b: &str,
        ) -> ::core::result::Result<::std::string::String, ::extism_runtime::Error>;
        #[export(optional)]
        async fn optional(&mut self) -> u8;
        #[export(codec = Json)]
        async fn json(&mut self, number: u8) -> u8;
        async fn default(&mut self, mut text: ::std::string::String) -> u64 {
            text.push('!');
            ::core::future::ready(text.len() as u64).await
        }
    }

    pub(crate) type Reply<T> = ::core::result::Result<T, ::extism_runtime::Error>;

    #[::extism_runtime::host_fn]
    pub(crate) async fn shout(state: ::extism_runtime::State<u8>, text: &str) -> ::std::string::String {
        let _ = state;
        text.to_uppercase()
    }

    #[::extism_runtime::host_fn]
    pub(crate) async fn plugin(
        plugin: &mut ::extism_runtime::CurrentPlugin<'_>,
        value: ::extism_runtime::host::Scalar<i32>,
    ) {
        let _ = (plugin, value);
    }

    pub(crate) struct Set;

    #[::extism_runtime::host_fn]
    impl Set {
        async fn whisper(&self, text: &str) -> ::std::string::String {
            text.to_lowercase()
        }
    }
}

/// Items that a macro generates, from its own pieces and pieces that it is passed.
macro_rules! interface {
    ($name:ident as $client:ident { $method:ident($argument:ident: $ty:ty) -> $result:ty; } $function:ident $body:block) => {
        #[::extism_runtime::plugin_interface(name = $client)]
        pub(crate) trait $name {
            async fn $method(&mut self, $argument: $ty) -> $result;
            async fn text(
                &mut self,
                text: &str,
            ) -> ::core::result::Result<::std::string::String, ::extism_runtime::Error>;
            async fn missing(&mut self, mut $argument: $ty) -> $result {
                $argument += 1;
                let number: $ty = $body;
                self.text("").await?;
                ::core::result::Result::Ok(number + $argument)
            }
        }

        #[::extism_runtime::host_fn]
        pub(crate) async fn $function($argument: $ty, own: ::std::string::String) -> $ty {
            let _ = own;
            $argument
        }
    };
}

interface! {
    Made as MadeClient { json(number: u8) -> ::core::result::Result<u8, ::extism_runtime::Error>; }
    made {
        let missing = 69;
        missing + 1
    }
}

#[::core::prelude::v1::test]
fn async_expansions_need_nothing_in_scope() {
    let plugin = super::plugin_of(::extism_runtime::host_fns![bare::shout, bare::plugin]);
    let mut bare = bare::WaitingPlugin::try_from(plugin.with_functions(bare::Set).build().unwrap()).unwrap();
    ::smol::block_on(async {
        bare.plain().await.unwrap();
        assert_eq!(bare.text("a").await.unwrap(), "a");
        assert_eq!(bare.many(1, "b").await.unwrap(), r#"[1,"b"]"#);
        assert_eq!(bare.optional().await.unwrap(), ::core::option::Option::None);
        assert_eq!(bare.json(5).await.unwrap(), 5);
        assert_eq!(bare.default(::core::convert::From::from("abc")).await.unwrap(), 4);
        assert_eq!(bare.with_context(1).text("a").await.unwrap(), "a");
        assert_eq!(bare.with_timeout(::core::time::Duration::from_secs(60)).text("a").await.unwrap(), "a");
    });
    let mut made = MadeClient::try_from(super::plugin().build().unwrap()).unwrap();
    assert_eq!(::smol::block_on(made.json(5)).unwrap(), 5);
    assert_eq!(::smol::block_on(made.missing(5)).unwrap(), 76);
    assert_eq!(::extism_runtime::host_fns![made][0].name(), "made");
}
