//! Host functions that follow a test's script.

mod call;
mod expectation;

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use self::{
    call::Argument,
    expectation::{Answer, Expected},
};
pub use self::{call::MockCall, expectation::Expectation};
#[cfg(feature = "http")]
use crate::http::{ClientRequest, ClientResponse};
use crate::{
    CurrentPlugin, Error, Function, PluginBuilder, Source, Val,
    error::BoxError,
    value::{ExternType, FuncType},
};

/// Stands in for the host functions of a plug-in: answers calls by a script, and records them. Cheap to clone.
///
/// It is strict: a call that was not expected fails, with an error that names it and what was expected, and
/// [`verify`](Self::verify) fails too, even if the plug-in goes on. [`lenient`](Self::lenient) lets such calls pass.
///
/// ```
/// # fn main() -> Result<(), extism_runtime::Error> {
/// use extism_runtime::test::MockHost;
///
/// let host = MockHost::in_order();
/// host.expect("kv_read").with_arg("total").returns(40_u32);
/// host.expect("kv_write").with_arg("total").with_arg(43_u32);
///
/// let mut plugin = host.builder("examples/plugins/count_vowels_kvstore.wasm")?.build()?;
/// let report: serde_json::Value = plugin.call("count_vowels", "Hello, world!")?;
/// assert_eq!(report["total"], 43);
///
/// host.verify();
/// assert_eq!(host.calls()[1].argument::<u32>(1).unwrap(), 43);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct MockHost(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    expected: Vec<Expected>,
    calls: Vec<MockCall>,
    /// Calls that failed, with the reason.
    unexpected: Vec<String>,
    in_order: bool,
    lenient: bool,
}

/// What a [`MockHost`] expected and did not see, or saw and did not expect.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MockError {
    /// Expected calls that are missing.
    pub missing: Vec<String>,
    /// Calls that were not expected, or could not be answered.
    pub unexpected: Vec<String>,
}

impl MockHost {
    /// Creates a host whose expected calls may come in any order.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a host whose expected calls come in the order in which they were declared.
    #[must_use]
    pub fn in_order() -> Self {
        let host = Self::default();
        host.lock().in_order = true;
        host
    }

    /// Lets calls pass that are not expected: they return nothing (the handle 0, and numbers that are 0).
    #[must_use]
    pub fn lenient(self) -> Self {
        self.lock().lenient = true;
        self
    }

    /// Expects a call of the host function with this name, once unless [`Expectation::times`] says otherwise.
    #[allow(clippy::must_use_candidate, reason = "it need not be changed")]
    pub fn expect(&self, name: impl Into<String>) -> Expectation<'_> {
        let mut state = self.lock();
        state.expected.push(Expected::new(name.into()));
        let index = state.expected.len() - 1;
        drop(state);
        Expectation::new(self, index)
    }

    /// Expects an HTTP request with this method and URL; its body is the only argument, and what is returned is the body
    /// of the response. The manifest must allow the host. Requests that are not expected fail; none is sent.
    ///
    /// Only a plug-in of [`builder`](Self::builder) sends its requests here.
    #[cfg(feature = "http")]
    #[allow(clippy::must_use_candidate, reason = "it need not be changed")]
    pub fn expect_request(&self, method: &str, url: &str) -> Expectation<'_> {
        self.expect(format!("{method} {url}"))
    }

    /// Returns a builder of a plug-in, with a function for each host function that its modules import, of the type with
    /// which they import it. Its HTTP requests come here too.
    ///
    /// # Errors
    ///
    /// Returns an error if the manifest cannot be read, or a module cannot be loaded or is not valid.
    pub fn builder(&self, source: impl Into<Source>) -> Result<PluginBuilder, Error> {
        let source = source.into();
        let functions = self.functions(source.clone())?;
        let builder = PluginBuilder::new(source).with_functions(functions);
        #[cfg(feature = "http")]
        let builder = {
            let host = self.clone();
            builder.with_http_client(move |request| host.requested(request))
        };
        Ok(builder)
    }

    /// Returns a function for each host function that a plug-in's modules import.
    ///
    /// # Errors
    ///
    /// The same as for [`builder`](Self::builder).
    pub fn functions(&self, source: impl Into<Source>) -> Result<Vec<Function>, Error> {
        let inspection = PluginBuilder::new(source).inspect()?;
        let mut seen = BTreeSet::new();
        let imports = inspection.host_imports().filter_map(|import| match &import.ty {
            ExternType::Func(ty) => Some((import.namespace.clone(), import.name.clone(), ty.clone())),
            _ => None,
        });
        let new = imports.filter(|(namespace, name, _)| seen.insert((namespace.clone(), name.clone())));
        Ok(new.map(|(namespace, name, ty)| self.function(namespace, name, ty)).collect())
    }

    fn function(&self, namespace: String, name: String, ty: FuncType) -> Function {
        let (host, in_namespace, called) = (self.clone(), namespace.clone(), name.clone());
        let FuncType { params, results, .. } = ty;
        let function = Function::new(name, params, results, move |plugin, arguments, results| {
            host.called(&in_namespace, &called, plugin, arguments, results)
        });
        function.with_namespace(namespace)
    }

    fn called(
        &self,
        namespace: &str,
        name: &str,
        plugin: &mut CurrentPlugin<'_>,
        arguments: &[Val],
        results: &mut [Val],
    ) -> Result<(), BoxError> {
        let arguments = arguments.iter().map(|val| Argument::read(plugin, val)).collect();
        let call = MockCall::new(namespace, name, plugin.export_name(), arguments);
        let (answer, _) = self.answer(&call)?;
        answer.give(&call, plugin, results).inspect_err(|error| {
            // What the script says to fail is no mistake of it.
            if !answer.is_failure() {
                self.lock().unexpected.push(format!("{call}: {error}"));
            }
        })
    }

    #[cfg(feature = "http")]
    fn requested(&self, request: ClientRequest) -> Result<ClientResponse, BoxError> {
        let name = format!("{} {}", request.method, request.url);
        let call = MockCall::new("http", &name, "", vec![Argument::of_body(request.body)]);
        let (answer, status) = self.answer(&call)?;
        Ok(ClientResponse::new(status).with_body(answer.body(&call)?))
    }

    /// Records a call, and finds what the script says about it: the answer, and the status of a response.
    fn answer(&self, call: &MockCall) -> Result<(Answer, u16), BoxError> {
        let mut state = self.lock();
        state.calls.push(call.clone());
        let found = if state.in_order { state.next_in_order(call) } else { state.any(call) };
        if let Some(index) = found {
            let expected = &mut state.expected[index];
            expected.seen += 1;
            return Ok((expected.answer.clone(), expected.status));
        }
        if state.lenient {
            return Ok((Answer::default(), 200));
        }
        let message = format!("{call}: {}", state.what_was_expected());
        state.unexpected.push(message.clone());
        Err(format!("unexpected call of {message}").into())
    }

    /// Returns the calls so far, in their order, whether they were expected or not.
    #[must_use]
    pub fn calls(&self) -> Vec<MockCall> {
        self.lock().calls.clone()
    }

    /// Checks that all expected calls have been made, and no others.
    ///
    /// # Errors
    ///
    /// Returns an error that lists those that are missing, and those that were not expected.
    pub fn check(&self) -> Result<(), MockError> {
        let state = self.lock();
        let missing: Vec<_> = state.expected.iter().filter_map(Expected::missing).collect();
        let unexpected = state.unexpected.clone();
        if missing.is_empty() && unexpected.is_empty() { Ok(()) } else { Err(MockError { missing, unexpected }) }
    }

    /// Asserts that all expected calls have been made, and no others.
    ///
    /// # Panics
    ///
    /// Panics with a list of those that are missing, and of those that were not expected.
    #[track_caller]
    pub fn verify(&self) {
        if let Err(error) = self.check() {
            panic!("{error}");
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Finds the expectation whose turn it is: those before it must have been met.
    fn next_in_order(&self, call: &MockCall) -> Option<usize> {
        for (index, expected) in self.expected.iter().enumerate() {
            if expected.accepts(call) {
                return Some(index);
            }
            if expected.missing().is_some() {
                return None;
            }
        }
        None
    }

    fn any(&self, call: &MockCall) -> Option<usize> {
        self.expected.iter().position(|expected| expected.accepts(call))
    }

    fn what_was_expected(&self) -> String {
        let open = self.expected.iter().filter(|expected| expected.is_open());
        let open: Vec<_> = open.take(if self.in_order { 1 } else { usize::MAX }).map(ToString::to_string).collect();
        match open.as_slice() {
            [] => "no call was expected any more".to_owned(),
            open => format!("expected {}", open.join(" or ")),
        }
    }
}

impl fmt::Display for MockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the plug-in has not called the host as expected:")?;
        self.missing.iter().try_for_each(|call| write!(f, "\n  - missing: {call}"))?;
        self.unexpected.iter().try_for_each(|call| write!(f, "\n  - unexpected: {call}"))
    }
}

impl std::error::Error for MockError {}

impl fmt::Debug for MockHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        let expected: Vec<_> = state.expected.iter().map(ToString::to_string).collect();
        f.debug_struct("MockHost").field("expected", &expected).field("calls", &state.calls).finish_non_exhaustive()
    }
}
