//! Tests that every executor can drive a client's futures, including those that generic code spawns.

use extism_runtime::{Error, plugin_interface};

use super::block_on;
use crate::echo;

#[plugin_interface]
trait Greeter {
    async fn greet(&mut self, name: &str) -> Result<String, Error>;
    fn plain(&mut self, name: &str) -> Result<String, Error>;
}

fn client() -> GreeterPlugin {
    echo(&["greet", "plain"]).try_into().unwrap()
}

struct Mock {
    greeted: u32,
}

impl Greeter for Mock {
    async fn greet(&mut self, name: &str) -> Result<String, Error> {
        self.greeted += 1;
        Ok(name.to_owned())
    }
    fn plain(&mut self, name: &str) -> Result<String, Error> {
        Ok(name.to_owned())
    }
}

/// A mock that names its future.
struct Ready;

impl Greeter for Ready {
    fn greet(&mut self, name: &str) -> impl Future<Output = Result<String, Error>> + Send {
        std::future::ready(Ok(name.to_owned()))
    }
    fn plain(&mut self, name: &str) -> Result<String, Error> {
        Ok(name.to_owned())
    }
}

async fn greet<G: Greeter + Send>(greeter: &mut G) -> String {
    let name = "Ann".to_owned();
    let greeted = greeter.greet(&name).await.unwrap();
    greeter.plain(&greeted).unwrap()
}

/// Spawns the calls of anything that implements the trait.
async fn spawned<G: Greeter + Send + 'static>(mut greeter: G) -> String {
    tokio::spawn(async move { greet(&mut greeter).await }).await.unwrap()
}

async fn all() {
    assert_eq!(spawned(client()).await, "Ann");
    assert_eq!(spawned(Mock { greeted: 0 }).await, "Ann");
    assert_eq!(spawned(Ready).await, "Ann");
    assert_eq!(spawned(Box::new(client())).await, "Ann");
}

#[test]
fn tokio_with_one_thread() {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(all());
}

#[test]
fn tokio_with_several_threads() {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap().block_on(all());
}

#[test]
fn smol() {
    let mut client = client();
    assert_eq!(::smol::block_on(::smol::spawn(async move { greet(&mut client).await })), "Ann");
}

#[test]
fn the_smallest_executor() {
    let mut mock = Mock { greeted: 0 };
    assert_eq!(block_on(greet(&mut client())), "Ann");
    assert_eq!(block_on(greet(&mut &mut mock)), "Ann");
    assert_eq!(mock.greeted, 1);
}
