use extism_runtime::plugin_interface;

#[plugin_interface(on_error = "ignore")]
trait Greeter<T> {
    type Name;

    async fn greet(&self, (first, last): (String, String)) -> &'static str;

    #[export(named = "bye")]
    fn say_goodbye(self);
}

fn main() {}
