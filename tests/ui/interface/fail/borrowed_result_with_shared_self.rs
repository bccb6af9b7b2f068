use extism_runtime::{Error, plugin_interface};

#[plugin_interface]
trait Shouter {
    fn shout(&self, text: &str) -> Result<&str, Error>;
    async fn bytes<'a>(&'a self, text: &str) -> Option<&'a [u8]>;
    fn fixed(&self) -> &'static str;
}

fn use_it(shouter: &ShouterPlugin) {
    let _ = shouter.shout("Hello");
}

fn main() {}
