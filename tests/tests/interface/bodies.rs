//! Tests default bodies: each is compiled once, and both the trait and the client call it.

use std::{
    panic::Location,
    sync::atomic::{AtomicU32, Ordering},
};

use extism_runtime::{Error, plugin_interface};

use crate::echo;

#[plugin_interface]
trait Counting {
    /// Counts its runs.
    fn count(&mut self) -> u32 {
        static RUNS: AtomicU32 = AtomicU32::new(0);
        RUNS.fetch_add(1, Ordering::Relaxed) + 1
    }
}

struct Mock;

impl Counting for Mock {}

#[test]
fn a_static_in_a_body_is_there_once() {
    let mut client = CountingPlugin::try_from(echo(&[])).unwrap();
    assert_eq!((client.count().unwrap(), Mock.count(), client.count().unwrap()), (1, 2, 3));
}

#[plugin_interface]
trait Constants {
    const LIMIT: usize = 5;
    const DOUBLE: usize = Self::LIMIT * 2;

    fn required(&mut self, text: &str) -> String;
    fn checked(&mut self, text: &str) -> Result<String, Error>;
    fn limit(&mut self) -> u64 {
        (Self::LIMIT + Self::DOUBLE) as u64
    }
    fn twice(&mut self, mut text: String) -> Result<String, Error> {
        text.truncate(Self::LIMIT);
        self.checked(&text).map(|text| text.repeat(2))
    }
    fn nested(&mut self, depth: u8) -> Result<String, Error> {
        if depth == 0 { self.twice("abcdefgh".to_owned()) } else { self.nested(depth - 1) }
    }
    fn unnamed(&mut self) -> &str {
        "unnamed"
    }
}

struct Other;

impl Constants for Other {
    const LIMIT: usize = 2;

    fn required(&mut self, text: &str) -> String {
        text.to_owned()
    }
    fn checked(&mut self, text: &str) -> Result<String, Error> {
        Ok(text.to_uppercase())
    }
}

#[test]
fn a_body_sees_the_constants_and_methods_that_the_client_shares_with_the_trait() {
    let mut client = ConstantsPlugin::try_from(echo(&["required", "checked"])).unwrap();
    assert_eq!(client.limit().unwrap(), 15);
    assert_eq!(client.twice("abcdefgh".to_owned()).unwrap(), "abcdeabcde");
    assert_eq!(client.nested(3).unwrap(), "abcdeabcde");
    assert_eq!(client.unnamed().unwrap(), "unnamed");
    let mut other = Other;
    assert_eq!(other.limit(), 6);
    assert_eq!(other.twice("abcdefgh".to_owned()).unwrap(), "ABAB");
    assert_eq!(other.nested(2).unwrap(), "ABAB");
}

#[test]
fn a_body_calls_the_export_of_another_method_with_a_body_where_it_is_there() {
    let mut client = ConstantsPlugin::try_from(echo(&["required", "checked", "twice"])).unwrap();
    assert_eq!(client.nested(1).unwrap(), "abcdefgh");
}

#[plugin_interface]
trait Attributes {
    fn there(&mut self) -> Result<String, Error>;

    #[track_caller]
    fn line(&mut self) -> Result<u32, Error> {
        Ok(Location::caller().line())
    }

    #[expect(unused_variables, reason = "only the body knows")]
    #[inline]
    fn unused(&mut self, text: &str) -> Result<u8, Error> {
        let unused = 1;
        Ok(2)
    }

    #[tracing::instrument(skip(self))]
    fn traced(&mut self, number: u8) -> Result<Option<String>, Error> {
        Ok(tracing::Span::current().metadata().map(|span| span.name().to_owned()))
    }
}

#[test]
fn a_panic_in_a_body_is_shown_at_the_callers_line_where_the_method_says_so() {
    fn generic(attributes: &mut impl Attributes) -> (u32, u32) {
        (attributes.line().unwrap(), line!())
    }
    let mut client = AttributesPlugin::try_from(echo(&["there"])).unwrap();
    assert_eq!(client.line().unwrap(), line!());
    let (shown, line) = generic(&mut client);
    assert_eq!(shown, line);
    assert_eq!(client.unused("").unwrap(), 2);
}

#[test]
fn a_bodys_own_attributes_run_with_it() {
    let mut client = AttributesPlugin::try_from(echo(&["there"])).unwrap();
    let subscriber = tracing_subscriber::fmt().with_writer(std::io::sink).finish();
    let name = tracing::subscriber::with_default(subscriber, || client.traced(1).unwrap());
    assert_eq!(name.as_deref(), Some("traced"));
}

trait Named {
    fn name(&self) -> String;
}

#[plugin_interface]
trait Plain: Named + Send + 'static {
    fn value(&mut self) -> String;
    fn describe(&mut self) -> String {
        format!("{} of {}", self.name(), std::any::type_name::<Self>().rsplit("::").next().unwrap_or_default())
    }
}

impl Named for PlainPlugin {
    fn name(&self) -> String {
        self.plugin().name().to_owned()
    }
}

#[test]
fn a_body_sees_supertraits_also_where_the_client_does_not_implement_the_trait() {
    let mut client = PlainPlugin::try_from(echo(&["value"])).unwrap();
    assert_eq!(client.describe().unwrap(), "echo of PlainPlugin");
}
