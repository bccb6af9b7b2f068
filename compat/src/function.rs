//! Host functions.

use std::{fmt, sync::Arc};

use extism_runtime::{self as rt, error::BoxError};

use crate::{CurrentPlugin, EXTISM_USER_MODULE, Error, Manifest, UserData, Val, ValType, error::HostError};

type Callback = dyn Fn(&mut CurrentPlugin<'_, '_>, &[Val], &mut [Val]) -> Result<(), Error> + Send + Sync;

/// Most functions have no more arguments and no more results; those of others are allocated.
const FEW: usize = 8;

/// A function of the host that plug-ins can import.
#[derive(Clone)]
pub struct Function {
    name: String,
    namespace: Option<String>,
    params: Vec<ValType>,
    results: Vec<ValType>,
    callback: Arc<Callback>,
}

impl Function {
    /// Creates a function over raw WebAssembly values; [`host_fn!`](crate::host_fn) declares what it calls.
    pub fn new<T, F>(
        name: impl Into<String>,
        params: impl IntoIterator<Item = ValType>,
        results: impl IntoIterator<Item = ValType>,
        user_data: UserData<T>,
        f: F,
    ) -> Self
    where
        T: Send + 'static,
        F: Fn(&mut CurrentPlugin<'_, '_>, &[Val], &mut [Val], UserData<T>) -> Result<(), Error> + Send + Sync + 'static,
    {
        Self {
            name: name.into(),
            namespace: None,
            params: params.into_iter().collect(),
            results: results.into_iter().collect(),
            callback: Arc::new(move |plugin, arguments, results| f(plugin, arguments, results, user_data.clone())),
        }
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the namespace, if it was set; else it is [`EXTISM_USER_MODULE`].
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// Sets the namespace.
    pub fn set_namespace(&mut self, namespace: impl Into<String>) {
        self.namespace = Some(namespace.into());
    }

    /// Sets the namespace.
    pub fn with_namespace(mut self, namespace: impl Into<String>) -> Self {
        self.set_namespace(namespace);
        self
    }

    /// Returns the types of the parameters.
    pub fn params(&self) -> &[ValType] {
        &self.params
    }

    /// Returns the types of the results.
    pub fn results(&self) -> &[ValType] {
        &self.results
    }

    /// Returns whether plug-ins import both functions under the same name.
    pub(crate) fn is_same_import(&self, other: &Self) -> bool {
        self.name == other.name && self.import_namespace() == other.import_namespace()
    }

    fn import_namespace(&self) -> &str {
        self.namespace().unwrap_or(EXTISM_USER_MODULE)
    }

    /// Returns the runtime's function, for plug-ins with this manifest.
    pub(crate) fn to_runtime(&self, manifest: Arc<Manifest>) -> rt::Function {
        let callback = Arc::clone(&self.callback);
        let types = |types: &[ValType]| types.iter().map(|ty| (*ty).into()).collect::<Vec<_>>();
        rt::Function::new(&self.name, types(&self.params), types(&self.results), move |plugin, arguments, results| {
            run(&*callback, CurrentPlugin::new(plugin, &manifest), arguments, results)
        })
        .with_namespace(self.import_namespace())
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Function({}.{})", self.import_namespace(), self.name)
    }
}

/// Runs a function with the runtime's values.
fn run(
    callback: &Callback,
    mut plugin: CurrentPlugin<'_, '_>,
    arguments: &[rt::Val],
    results: &mut [rt::Val],
) -> Result<(), BoxError> {
    let mut given = Values::of(results);
    let result = callback(&mut plugin, Values::of(arguments).as_mut_slice(), given.as_mut_slice());
    if let Err(error) = result.and_then(|()| plugin.keep_vars()) {
        return Err(HostError::new(error, plugin.get_error()).into());
    }
    for (result, given) in results.iter_mut().zip(given.as_mut_slice()) {
        *result = given.into_runtime();
    }
    Ok(())
}

/// Values of the runtime, converted.
struct Values {
    few: [Val; FEW],
    /// All of them, if they are more.
    many: Vec<Val>,
    count: usize,
}

impl Values {
    fn of(values: &[rt::Val]) -> Self {
        let mut few = [Val::I64(0); FEW];
        if values.len() > FEW {
            return Self { few, many: values.iter().map(|value| Val::of(*value)).collect(), count: values.len() };
        }
        for (place, value) in few.iter_mut().zip(values) {
            *place = Val::of(*value);
        }
        Self { few, many: Vec::new(), count: values.len() }
    }

    fn as_mut_slice(&mut self) -> &mut [Val] {
        if self.count > FEW { &mut self.many } else { &mut self.few[..self.count] }
    }
}
