//! Tests default bodies, which run if the plug-in lacks the export.

use extism_runtime::{Error, plugin_interface};

use super::block_on;
use crate::echo;

#[plugin_interface]
trait Greeter {
    async fn greet(&mut self, name: &str) -> Result<String, Error>;
    async fn farewell(&mut self, mut name: String) -> Result<String, Error> {
        name.push('!');
        let greeted = self.greet(&name).await?;
        Ok(format!("{greeted} Bye"))
    }
    async fn both(&mut self) -> Result<String, Error> {
        Ok(self.greet("a").await? + &self.farewell("b".to_owned()).await?)
    }
    fn plain(&mut self) -> Result<String, Error> {
        Ok("plain".to_owned())
    }
}

struct Mock;

impl Greeter for Mock {
    async fn greet(&mut self, name: &str) -> Result<String, Error> {
        Ok(format!("mock {name}"))
    }
}

/// Overrides a body.
struct Overrides;

impl Greeter for Overrides {
    async fn greet(&mut self, _: &str) -> Result<String, Error> {
        Ok("greeted ".to_owned())
    }
    async fn farewell(&mut self, _: String) -> Result<String, Error> {
        Ok("overridden".to_owned())
    }
}

async fn both_of<G: Greeter + Send>(mut greeter: G) -> String {
    greeter.both().await.unwrap()
}

#[test]
fn a_body_awaits_other_methods_of_whatever_it_runs_on() {
    let mut client = GreeterPlugin::try_from(echo(&["greet"])).unwrap();
    block_on(async {
        assert_eq!(client.farewell("Ann".to_owned()).await.unwrap(), "Ann! Bye");
        assert_eq!(client.both().await.unwrap(), "ab! Bye");
        assert_eq!(Mock.both().await.unwrap(), "mock amock b! Bye");
        assert_eq!(both_of(&mut client).await, "ab! Bye");
        assert_eq!(both_of(Overrides).await, "greeted overridden");
        assert_eq!(both_of(&mut Box::new(Overrides)).await, "greeted overridden");
    });
    assert_eq!(client.plain().unwrap(), "plain");
}

#[test]
fn an_export_is_called_instead_of_the_body() {
    let mut client = GreeterPlugin::try_from(echo(&["greet", "farewell"])).unwrap();
    assert_eq!(block_on(client.both()).unwrap(), "ab");
}

#[plugin_interface]
trait Values {
    async fn there(&mut self, text: &str) -> Result<String, Error>;
    async fn text(&mut self, text: &str) -> String {
        match self.there(text).await {
            Ok(text) => text,
            Err(_) => return "failed".to_owned(),
        }
    }
    async fn longer(&mut self) -> Alias {
        self.there("longer").await
    }
    async fn unnamed(&mut self) -> &str {
        "unnamed"
    }
}

type Alias = Result<String, Error>;

impl Values for Mock {
    async fn there(&mut self, text: &str) -> Result<String, Error> {
        Ok(text.to_uppercase())
    }
}

#[test]
fn a_body_runs_on_a_client_that_does_not_implement_the_trait() {
    let mut client = ValuesPlugin::try_from(echo(&["there"])).unwrap();
    block_on(async {
        assert_eq!(client.text("a").await.unwrap(), "a");
        assert_eq!(client.longer().await.unwrap(), "longer");
        assert_eq!(client.unnamed().await.unwrap(), "unnamed");
        assert_eq!(Mock.text("a").await, "A");
        assert_eq!(Mock.longer().await.unwrap(), "LONGER");
    });
}

#[plugin_interface]
trait Traced {
    #[tracing::instrument(skip(self))]
    async fn traced(&mut self, number: u8) -> Result<Option<String>, Error> {
        std::future::ready(()).await;
        Ok(tracing::Span::current().metadata().map(|span| span.name().to_owned()))
    }
}

#[test]
fn a_bodys_own_attributes_run_with_it() {
    let mut client = TracedPlugin::try_from(echo(&[])).unwrap();
    let subscriber = tracing_subscriber::fmt().with_writer(std::io::sink).finish();
    let name = tracing::subscriber::with_default(subscriber, || block_on(client.traced(1)).unwrap());
    assert_eq!(name.as_deref(), Some("traced"));
}
