//! What host functions say of themselves, and how that is compared with what plug-ins say that they need.

use std::sync::Mutex;

use extism_runtime::{
    Function, State, ValType,
    host::{self, CurrentPlugin, Scalar},
    host_fn, host_fns,
    interface::{self, Description, Interface},
    plugin_interface,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is bought.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Cart {
    total: u32,
}

/// Sums up.
#[host_fn(name = "sum-up", codec = Json)]
fn sum_up(state: State<Mutex<u32>>, cart: &Cart, factors: Vec<u32>) -> Result<Option<Cart>, String> {
    let mut sum = state.lock().map_err(|error| error.to_string())?;
    *sum += cart.total * factors.iter().sum::<u32>();
    Ok(Some(Cart { total: *sum }))
}

#[host_fn(namespace = "env")]
fn add(_plugin: &mut CurrentPlugin, left: Scalar<i32>, right: Scalar<i64>) -> Scalar<i64> {
    Scalar(i64::from(left.0) + right.0)
}

#[host_fn]
fn price(article: &str) -> Option<u64> {
    (article == "mug").then_some(800)
}

#[derive(Clone)]
struct Store;

#[host_fn(codec = Json)]
impl Store {
    /// Forgets a key.
    fn forget(&self, key: String) {
        let _ = key;
    }
}

/// The functions of an interface, each as a line.
fn lines(interface: &Interface) -> Vec<String> {
    let format = |wire: &interface::Wire| wire.format.as_ref().map_or_else(|| "?".to_owned(), ToString::to_string);
    let line = |method: &interface::Method| {
        let arguments = method.arguments.iter();
        let arguments =
            arguments.map(|argument| format!("{}: {} = {}", argument.name, argument.ty, format(&argument.wire)));
        let namespace = method.namespace.as_deref().unwrap_or_default();
        let arguments = arguments.collect::<Vec<_>>().join(", ");
        format!("{namespace} {}({arguments}) -> {} = {}", method.export, method.result, format(&method.output))
    };
    interface.methods.iter().map(line).collect()
}

#[test]
fn host_functions_describe_what_plug_ins_pass_and_receive() {
    let shop = host::interface_of("Shop", host_fns![sum_up, add, price]);
    assert_eq!(
        lines(&shop),
        [
            " sum-up(cart: &Cart = json, factors: Vec<u32> = json) -> Option<Cart> = json",
            "env add(left: Scalar<i32> = scalar<i32>, right: Scalar<i64> = scalar<i64>) -> Scalar<i64> = scalar<i64>",
            " price(article: &str = utf8) -> Option<u64> = optional<u64>",
        ]
    );
    assert_eq!(shop.methods[0].docs.trim(), "Sums up.");
    assert_eq!(shop.types["Cart"]["description"], "What is bought.");
    let store = host::interface_of("Store", Store);
    assert_eq!(lines(&store), [" forget(key: String = json) -> () = none"]);
    let dynamic = Function::new("log", [ValType::I64, ValType::F32], [], |_, _, _| Ok(()));
    assert_eq!(
        lines(&host::interface_of("Log", dynamic)),
        [" log(argument_1: i64 = ?, argument_2: f32 = scalar<f32>) -> () = none"]
    );
}

#[plugin_interface]
trait Discounts {
    fn discount(&mut self) -> Result<(), extism_runtime::Error>;
}

const PLUGIN: &str = r#"(module
    (import "extism:host/user" "price" (func (param i64) (result i64)))
    (func (export "discount") (result i32) i32.const 0))"#;

/// Creates the client of a plug-in that says this of the function `price`.
fn created(needs: &str) -> Result<DiscountsPlugin, extism_runtime::Error> {
    let json = format!(r#"{{"name": "Shop", "role": "host", "methods": [{needs}]}}"#);
    let description = Description::from_json(json.as_bytes()).unwrap();
    let module = description.stamp(&wat::parse_str(PLUGIN).unwrap()).unwrap();
    let functions = host_fns![price];
    DiscountsPlugin::builder(module).with_name("discounts").with_functions(functions).build()
}

#[test]
fn a_plug_in_that_means_other_types_of_a_host_function_is_refused() {
    let same = r#"{"export": "price", "arguments": [{"name": "article", "wire": {"format": "utf8"}}],
        "output": {"format": "optional<u64>"}}"#;
    assert!(created(same).is_ok());
    let error = created(&same.replace("utf8", "json").replace("optional<u64>", "u32")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "plug-in `discounts` does not satisfy the interface `Discounts`: the host function `price`: `result`: the host \
         sends `optional<u64>`, the plug-in reads `u32`"
    );
    // What a plug-in does not import is of no consequence.
    assert!(created(&same.replace("utf8", "u8").replace("\"price\"", "\"other\"")).is_ok());
}
