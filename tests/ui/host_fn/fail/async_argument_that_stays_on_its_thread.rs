use std::{future::ready, rc::Rc};

use extism_runtime::{Decode, codec::CodecError, host_fn};

struct Local(Rc<str>);

impl Decode<'_> for Local {
    fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        <&str>::decode(bytes).map(|text| Self(text.into()))
    }
}

#[host_fn]
async fn kv_read(key: Local) -> String {
    ready(()).await;
    key.0.to_string()
}

fn main() {}
