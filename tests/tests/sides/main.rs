//! Both sides of an interface: plug-ins that `extism-guest` makes of the same traits as the host's clients.

mod calls;
mod errors;
mod functions;
mod official;
mod owned;
mod shop;
mod sizes;

use std::{sync::Mutex, time::Duration};

use extism_runtime::{CompiledPlugin, Error, Json, PluginBuilder, host::Scalar};
use extism_tests::guest;
use sides_interface::{Failing, Host, HostFunctions, Point};

/// The host's functions for `sides.wasm`.
#[derive(Default)]
struct MyHost {
    forgotten: Mutex<Vec<Point>>,
}

impl Host for MyHost {
    fn echo(&self, text: &str) -> String {
        text.to_owned()
    }

    fn bytes_back(&self, bytes: &[u8]) -> Vec<u8> {
        bytes.iter().rev().copied().collect()
    }

    fn add(&self, left: Scalar<i32>, right: Scalar<i64>) -> Scalar<i64> {
        Scalar(i64::from(left.0) + right.0)
    }

    fn forget(&self, point: Point) {
        self.forgotten.lock().unwrap().push(point);
    }

    fn find(&self, name: &str) -> Option<u64> {
        (name == "known").then_some(7)
    }

    fn half(&self, number: u32) -> Result<u32, Failing> {
        match number {
            u32::MAX => Err(Failing::Other(Error::other("the host's own"))),
            odd if odd % 2 == 1 => Err(Failing::Fields { text: "odd".to_owned(), number: odd.into() }),
            even => Ok(even / 2),
        }
    }

    fn check(&self, number: u32) -> Result<(), Failing> {
        self.half(number).map(drop)
    }

    async fn wait(&self, milliseconds: u64) -> Json<String> {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        Json("waited".to_owned())
    }

    fn other(&self) -> u8 {
        200
    }

    fn coded(&self, words: Vec<String>, separator: &str, times: &u8) -> Result<Vec<String>, Failing> {
        Ok(words.iter().map(|word| format!("{word}{}", separator.repeat((*times).into()))).collect())
    }
}

/// The plug-in of all interfaces.
fn sides() -> CompiledPlugin {
    PluginBuilder::new(guest("sides.wasm"))
        .with_functions(HostFunctions(MyHost::default()))
        .with_timeout(Duration::from_secs(20))
        .compile()
        .unwrap()
}
