use std::{fmt, sync::Arc};

use super::{
    MockHost,
    call::{Argument, MockCall, shown},
};
use crate::{CurrentPlugin, Encode, Val, codec, display, error::BoxError};

/// A call that a [`MockHost`] expects: its arguments, its answer, and how often it comes.
pub struct Expectation<'h> {
    host: &'h MockHost,
    index: usize,
}

/// Whether a call is the expected one.
type Condition = dyn Fn(&MockCall) -> bool + Send + Sync;
/// Answers a call.
type Answering = dyn Fn(&MockCall) -> Result<Vec<u8>, BoxError> + Send + Sync;

/// What is expected.
pub(super) struct Expected {
    name: String,
    arguments: Vec<Wanted>,
    when: Option<Arc<Condition>>,
    pub(super) answer: Answer,
    /// How often; `None` for any number of times, also never.
    times: Option<usize>,
    pub(super) seen: usize,
    /// The status of the response, if it is an HTTP request.
    #[cfg_attr(not(feature = "http"), allow(dead_code, reason = "only HTTP requests have one"))]
    pub(super) status: u16,
}

/// An argument that is expected.
enum Wanted {
    /// A handle of a block with these bytes.
    Bytes(Vec<u8>),
    Val(Val),
    /// What was to be encoded cannot be.
    Failed(String),
}

/// What an expected call returns.
#[derive(Clone, Default)]
pub(super) enum Answer {
    /// Nothing: the handle 0, and numbers that are 0.
    #[default]
    Nothing,
    /// The handle of a block with these bytes.
    Bytes(Result<Vec<u8>, String>),
    Val(Val),
    Failure(String),
    Function(Arc<Answering>),
}

#[allow(clippy::must_use_candidate, clippy::return_self_not_must_use, reason = "the host has it already")]
impl<'h> Expectation<'h> {
    pub(super) fn new(host: &'h MockHost, index: usize) -> Self {
        Self { host, index }
    }

    /// Expects the next argument to be the handle of a block that holds this value, encoded as host functions receive it:
    /// `"text"`, `Json(value)`, `3_u32`. Without any, the call may have any arguments.
    pub fn with_arg(self, argument: impl Encode) -> Self {
        self.change(|expected| {
            expected.arguments.push(encoded(&argument).map_or_else(Wanted::Failed, Wanted::Bytes));
        })
    }

    /// Expects the next argument to be this number.
    pub fn with_val(self, argument: Val) -> Self {
        self.change(|expected| expected.arguments.push(Wanted::Val(argument)))
    }

    /// Expects a call for which a function returns `true`. It must not use the host, which waits for it.
    pub fn when(self, accepts: impl Fn(&MockCall) -> bool + Send + Sync + 'static) -> Self {
        self.change(|expected| expected.when = Some(Arc::new(accepts)))
    }

    /// Returns this value, encoded into a block. By default, an expected call returns nothing.
    pub fn returns(self, value: impl Encode) -> Self {
        self.change(|expected| expected.answer = Answer::Bytes(encoded(&value)))
    }

    /// Returns this number.
    pub fn returns_val(self, value: Val) -> Self {
        self.change(|expected| expected.answer = Answer::Val(value))
    }

    /// Fails with this message, which ends the plug-in's call with [`Error::HostFunction`](crate::Error::HostFunction).
    pub fn fails(self, message: impl Into<String>) -> Self {
        self.change(|expected| expected.answer = Answer::Failure(message.into()))
    }

    /// Returns the bytes that a function computes from the call; its error is that of the host function.
    pub fn answers(self, answer: impl Fn(&MockCall) -> Result<Vec<u8>, BoxError> + Send + Sync + 'static) -> Self {
        self.change(|expected| expected.answer = Answer::Function(Arc::new(answer)))
    }

    /// Sets the status of the response to a [request](MockHost::expect_request); 200 by default.
    #[cfg(feature = "http")]
    pub fn with_status(self, status: u16) -> Self {
        self.change(|expected| expected.status = status)
    }

    /// Expects exactly this number of such calls.
    pub fn times(self, times: usize) -> Self {
        self.change(|expected| expected.times = Some(times))
    }

    /// Accepts the call any number of times, also never.
    pub fn any_times(self) -> Self {
        self.change(|expected| expected.times = None)
    }

    fn change(self, change: impl FnOnce(&mut Expected)) -> Self {
        if let Some(expected) = self.host.lock().expected.get_mut(self.index) {
            change(expected);
        }
        self
    }
}

impl Expected {
    pub(super) fn new(name: String) -> Self {
        Self {
            name,
            arguments: Vec::new(),
            when: None,
            answer: Answer::default(),
            times: Some(1),
            seen: 0,
            status: 200,
        }
    }

    /// Returns whether it may come once more.
    pub(super) fn is_open(&self) -> bool {
        self.times.is_none_or(|times| self.seen < times)
    }

    pub(super) fn accepts(&self, call: &MockCall) -> bool {
        let arguments = self.arguments.is_empty()
            || (self.arguments.len() == call.argument_count()
                && self.arguments.iter().zip(call.arguments()).all(|(wanted, argument)| wanted.accepts(argument)));
        self.is_open() && self.name == call.name && arguments && self.when.as_ref().is_none_or(|accepts| accepts(call))
    }

    /// Returns what is missing, if it has not come often enough.
    pub(super) fn missing(&self) -> Option<String> {
        let times = self.times.filter(|times| self.seen < *times)?;
        Some(if times == 1 { self.to_string() } else { format!("{self}, {} of {times} times", times - self.seen) })
    }
}

impl Wanted {
    fn accepts(&self, argument: &Argument) -> bool {
        match self {
            Self::Bytes(bytes) => argument.bytes.as_ref() == Some(bytes),
            Self::Val(val) => argument.val == *val,
            Self::Failed(_) => false,
        }
    }
}

impl Answer {
    pub(super) fn is_failure(&self) -> bool {
        matches!(self, Self::Failure(_) | Self::Function(_))
    }

    /// Returns the body of the response to an HTTP request.
    #[cfg(feature = "http")]
    pub(super) fn body(&self, call: &MockCall) -> Result<Vec<u8>, BoxError> {
        match self {
            Self::Nothing => Ok(Vec::new()),
            Self::Failure(message) => Err(message.clone().into()),
            Self::Val(_) => Err("the response to a request is not a number".into()),
            Self::Bytes(bytes) => Ok(bytes.clone()?),
            Self::Function(answer) => answer(call),
        }
    }

    /// Passes the answer on to the plug-in.
    pub(super) fn give(
        &self,
        call: &MockCall,
        plugin: &mut CurrentPlugin<'_>,
        results: &mut [Val],
    ) -> Result<(), BoxError> {
        let value = match self {
            Self::Nothing => return Ok(()),
            Self::Failure(message) => return Err(message.clone().into()),
            Self::Val(val) => *val,
            Self::Bytes(bytes) => plugin.put(bytes.clone()?)?,
            Self::Function(answer) => plugin.put(answer(call)?)?,
        };
        match results {
            [result] => {
                *result = value;
                Ok(())
            }
            // A function that computes nothing for a call without a result.
            [] if matches!(self, Self::Function(_)) => Ok(()),
            _ => Err(format!("the answer is one value, but the import has {} results", results.len()).into()),
        }
    }
}

fn encoded(value: &impl Encode) -> Result<Vec<u8>, String> {
    codec::to_vec(value).map_err(|error| error.to_string())
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arguments: Vec<_> = self.arguments.iter().map(ToString::to_string).collect();
        let arguments = if arguments.is_empty() { "..".to_owned() } else { arguments.join(", ") };
        write!(f, "`{}({arguments})`", display::name(&self.name))
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => f.write_str(&shown(bytes)),
            Self::Val(val) => write!(f, "{val:?}"),
            Self::Failed(error) => write!(f, "what cannot be encoded: {error}"),
        }
    }
}

impl fmt::Debug for Expectation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Expectation").field("index", &self.index).finish_non_exhaustive()
    }
}
