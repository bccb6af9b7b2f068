//! Tests shared clients.

use ::core::{assert_eq, clone::Clone, convert::TryFrom};

/// Other items with names that the expansions use.
#[allow(dead_code)]
mod bare {
    pub(crate) trait Clone {}
    pub(crate) trait Sync {}
    pub(crate) trait Default {}
    pub(crate) struct Pool;
    pub(crate) struct Arc;

    #[::extism_runtime::plugin_interface]
    pub(crate) trait Base {
        fn text(&self, text: &str) -> ReplyResult<::std::string::String>;
    }

    #[::extism_runtime::plugin_interface(extends(BasePlugin))]
    pub(crate) trait Shared: Base {
        fn plain(&self) -> ReplyResult<()>;
        async fn many(&self, a: u8, b: &str) -> ::core::result::Result<::std::string::String, ::extism_runtime::Error>;
        #[export(optional)]
        fn optional(&self) -> ::core::result::Result<::core::option::Option<u8>, ::extism_runtime::Error>;
        async fn default(&self, text: &str) -> ReplyResult<u64> {
            self.text(text).map(|text| text.len() as u64)
        }
    }

    pub(crate) type ReplyResult<T> = ::core::result::Result<T, ::extism_runtime::Error>;
}

macro_rules! interface {
    ($name:ident as $client:ident { $method:ident($argument:ident: $ty:ty) -> $result:ty; }) => {
        #[::extism_runtime::plugin_interface(name = $client)]
        pub(crate) trait $name {
            #[export(codec = Json)]
            fn $method(&self, $argument: $ty) -> $result;
            fn missing(&self, $argument: $ty) -> $ty {
                $argument
            }
        }
    };
}

interface! { Made as MadeClient { json(number: u8) -> u8; } }

#[::core::prelude::v1::test]
fn expansions_of_shared_clients_need_nothing_in_scope() {
    let shared = bare::SharedPlugin::try_from(&super::plugin().compile().unwrap()).unwrap();
    let shared = Clone::clone(&shared);
    shared.plain().unwrap();
    assert_eq!(shared.text("a").unwrap(), "a");
    assert_eq!(shared.optional().unwrap(), ::core::option::Option::None);
    assert_eq!(::smol::block_on(shared.many(1, "b")).unwrap(), r#"[1,"b"]"#);
    assert_eq!(::smol::block_on(shared.with_context(1).default("abc")).unwrap(), 3);
    let made = super::plugin().typed::<MadeClient>().build().unwrap();
    assert_eq!((made.json(5).unwrap(), made.missing(6).unwrap()), (5, 6));
}
