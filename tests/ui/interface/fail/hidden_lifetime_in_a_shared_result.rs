use extism_runtime::{Decode, codec::CodecError, plugin_interface};

struct Page<'p>(&'p str);

impl<'p> Decode<'p> for Page<'p> {
    fn decode(bytes: &'p [u8]) -> Result<Self, CodecError> {
        Decode::decode(bytes).map(Page)
    }
}

#[plugin_interface]
trait Reader {
    fn read(&self) -> Page;
}

fn main() {}
