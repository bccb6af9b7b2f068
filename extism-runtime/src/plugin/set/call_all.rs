//! Calls of all plug-ins of a set.

use std::{collections::BTreeMap, future::poll_fn, pin::Pin, task::Poll};

use super::{Lent, PluginSet, SetEntry};
use crate::{Error, plugin::FromPlugin};

impl<C: FromPlugin + Send + Sync + 'static> PluginSet<C> {
    /// Calls a function with the client of each plug-in, one after another in the order of their names, and returns
    /// each answer or error by name.
    ///
    /// Plug-ins that are disabled are left out. One that could not be loaded, or whose client stays in use, is there with
    /// its error.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use extism_runtime::{Error, Plugin, set::PluginSet};
    ///
    /// # let directory = tempfile::tempdir()?;
    /// # let directory = directory.path();
    /// # std::fs::copy("examples/plugins/echo.wasm", directory.join("echo.wasm"))?;
    /// # std::fs::copy("examples/plugins/reverse.wasm", directory.join("reverse.wasm"))?;
    /// let plugins = PluginSet::<Plugin>::load(directory)?;
    /// let answers = plugins.call_all(|plugin| plugin.call::<_, String>("echo", "hello"));
    /// assert_eq!(answers["echo"].as_deref().ok(), Some("hello"));
    /// assert!(answers["reverse"].is_err(), "it has no such export");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use = "the answers may be errors"]
    pub fn call_all<T, E: From<Error>>(
        &self,
        mut call: impl FnMut(&mut C) -> Result<T, E>,
    ) -> BTreeMap<String, Result<T, E>> {
        let mut answer = |entry: SetEntry<C>| {
            let answer = entry.get().map_err(E::from).and_then(|mut client| call(&mut client));
            (entry.name().to_owned(), answer)
        };
        self.iter().filter(SetEntry::is_enabled).map(&mut answer).collect()
    }

    /// Like [`call_all`](Self::call_all), for async code, and all plug-ins at the same time. The function receives each
    /// client as its own: `|mut client| async move { client.greet("World").await }`.
    pub async fn call_all_async<T, E, F>(&self, call: impl Fn(Lent<C>) -> F + Sync) -> BTreeMap<String, Result<T, E>>
    where
        E: From<Error> + Send,
        T: Send,
        F: Future<Output = Result<T, E>> + Send,
    {
        let call = &call;
        let answer = |entry: SetEntry<C>| async move {
            let answer = match entry.get_async().await {
                Ok(client) => call(client).await,
                Err(error) => Err(error.into()),
            };
            (entry.name().to_owned(), answer)
        };
        all(self.iter().filter(SetEntry::is_enabled).map(answer)).await
    }
}

/// A future that runs beside others, until it is done.
enum Running<F: Future> {
    Running(Pin<Box<F>>),
    Done(F::Output),
}

/// Runs futures at the same time, and collects their results.
async fn all<F: Future, R: FromIterator<F::Output>>(futures: impl Iterator<Item = F>) -> R {
    let mut running: Vec<_> = futures.map(|future| Running::Running(Box::pin(future))).collect();
    poll_fn(|context| {
        let mut all_done = true;
        for state in &mut running {
            if let Running::Running(future) = state {
                match future.as_mut().poll(context) {
                    Poll::Ready(output) => *state = Running::Done(output),
                    Poll::Pending => all_done = false,
                }
            }
        }
        if all_done { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    let output = |state| match state {
        Running::Done(output) => Some(output),
        Running::Running(_) => None,
    };
    running.into_iter().filter_map(output).collect()
}
