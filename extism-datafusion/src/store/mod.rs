//! Makes functions of plug-ins.

mod module;
mod spec;

use std::sync::Arc;

use datafusion::{
    arrow::datatypes::{DataType, FieldRef},
    logical_expr::{AggregateUDF, ScalarUDF},
};
use extism_interface::Interface;
use extism_runtime::{PluginInterface, Source};

pub(crate) use self::{
    module::Module,
    spec::{aggregate_call, content},
};
use crate::{
    FunctionError, FunctionSpec, Modules, PluginAggregate, PluginScalar, PluginTableFunction,
    spec::{Argument, Call, Input, SqlType, Volatility},
    types::column,
};

/// Makes functions of plug-ins' exports. Cheap to clone.
///
/// ```no_run
/// use datafusion::prelude::SessionContext;
/// use extism_datafusion::{ExecutorPolicy, Modules, PluginStore};
/// use extism_runtime::prelude::*;
///
/// #[plugin_interface(args = "msgpack")]
/// trait Score {
///     /// Scores a text.
///     fn score(&mut self, text: &str, weight: f64) -> f64;
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = PluginStore::new(Modules::new(ExecutorPolicy::new())?);
/// let context = SessionContext::new();
/// context.register_udf(store.udf::<ScorePlugin>("score", "plugins/score.wasm")?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PluginStore {
    modules: Modules,
    options: Options,
}

/// What the functions that follow have in common.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    sql_name: Option<String>,
    volatility: Option<Volatility>,
    keeps_state: bool,
    pub(crate) json: JsonForm,
}

/// How structures in JSON are shown in SQL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JsonForm {
    /// As a struct, if the schema of the type is known (`derive(JsonSchema)`), or else as text.
    #[default]
    Struct,
    /// As text.
    Text,
}

impl PluginStore {
    /// Creates a store whose functions are called with these modules, under their policy.
    #[must_use]
    pub fn new(modules: Modules) -> Self {
        Self { modules, options: Options::default() }
    }

    /// Returns the modules.
    #[must_use]
    pub fn modules(&self) -> &Modules {
        &self.modules
    }

    /// Returns a store that gives its functions this name in SQL, instead of that of the method.
    #[must_use]
    pub fn with_sql_name(mut self, name: impl Into<String>) -> Self {
        self.options.sql_name = Some(name.into());
        self
    }

    /// Returns a store whose functions have this volatility. By default they are [`Stable`](Volatility::Stable), or
    /// [`Volatile`](Volatility::Volatile) if they [keep their state](Self::with_kept_state).
    #[must_use]
    pub fn with_volatility(mut self, volatility: Volatility) -> Self {
        self.options.volatility = Some(volatility);
        self
    }

    /// Returns a store whose functions keep the plug-in's memory and variables from one batch to the next, or do not. By
    /// default they do not: each batch gets a new instance, since the result would depend on how rows are partitioned.
    #[must_use]
    pub fn with_kept_state(mut self, kept: bool) -> Self {
        self.options.keeps_state = kept;
        self
    }

    /// Returns a store whose functions show structures in this form.
    #[must_use]
    pub fn with_json(mut self, json: JsonForm) -> Self {
        self.options.json = json;
        self
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// Makes a function of rows of the method of a typed interface with this name.
    ///
    /// The SQL types follow from the method's, see [`types`](crate::types). The module is read and its exports are checked
    /// now; it is compiled at the function's first batch.
    ///
    /// # Errors
    ///
    /// Returns an error that lists everything that is wrong: exports that are missing or have other types, and types
    /// that SQL does not have.
    pub fn udf<C: PluginInterface>(&self, name: &str, source: impl Into<Source>) -> Result<ScalarUDF, FunctionError> {
        let module = Module::read(name, source.into(), &self.modules)?;
        let spec = self.rows(name, &module, C::interface(), Some(C::interface()))?;
        Ok(ScalarUDF::new_from_impl(PluginScalar::new(spec, module.modules)))
    }

    /// Makes a function of batches of the method of a typed interface with this name, whose codec is
    /// [`ArrowIpc`](crate::ArrowIpc): it gets a batch with these columns and returns one column of type `returns`.
    ///
    /// # Errors
    ///
    /// Returns an error if the module cannot be read, or lacks the export.
    pub fn batch_udf<C: PluginInterface>(
        &self,
        name: &str,
        source: impl Into<Source>,
        arguments: impl IntoIterator<Item = FieldRef>,
        returns: DataType,
    ) -> Result<ScalarUDF, FunctionError> {
        let module = Module::read(name, source.into(), &self.modules)?;
        let method = spec::method(name, C::interface())?;
        let call = Call::Batches { export: method.export.to_string() };
        let spec = self.columns(name, &module, arguments, returns, call);
        module.check(name, C::interface(), &[&method.export], column_problems(&spec))?;
        Ok(ScalarUDF::new_from_impl(PluginScalar::new(spec, module.modules)))
    }

    /// Makes an aggregate of the methods `{name}_init`, `{name}_update`, `{name}_merge` and `{name}_finish`:
    ///
    /// ```
    /// # use extism_runtime::{Json, prelude::*};
    /// # type State = (f64, u64);
    /// #[plugin_interface]
    /// trait Mean {
    ///     /// Returns the state of an empty group.
    ///     fn mean_init(&mut self) -> Json<State>;
    ///     /// Takes a state and columns, here one, and returns the new state.
    ///     fn mean_update(&mut self, state: State, values: Vec<f64>) -> Json<State>;
    ///     /// Takes two states, and returns that of both groups together.
    ///     fn mean_merge(&mut self, left: State, right: State) -> Json<State>;
    ///     /// Returns the result.
    ///     fn mean_finish(&mut self, state: Json<State>) -> Option<f64>;
    /// }
    /// ```
    ///
    /// The state is the plug-in's own: bytes, for everybody else. A row with a null for a column without `Option` is left
    /// out.
    ///
    /// # Errors
    ///
    /// Returns an error that lists everything that is wrong.
    pub fn udaf<C: PluginInterface>(
        &self,
        name: &str,
        source: impl Into<Source>,
    ) -> Result<AggregateUDF, FunctionError> {
        let module = Module::read(name, source.into(), &self.modules)?;
        let spec = self.aggregate(name, &module, C::interface(), Some(C::interface()))?;
        Ok(AggregateUDF::new_from_impl(PluginAggregate::new(spec, module.modules)))
    }

    /// Makes an aggregate of columns in Arrow IPC, of the exports `{name}_init`, `{name}_update`, `{name}_merge` and
    /// `{name}_finish`. The input of `update` is the state's length as a little-endian `u32`, the state, and a batch; that
    /// of `merge`, the length of a state, that state, and another state. `finish` returns a batch of one column and one
    /// row.
    ///
    /// # Errors
    ///
    /// Returns an error if the module cannot be read, or lacks an export.
    pub fn batch_udaf(
        &self,
        name: &str,
        source: impl Into<Source>,
        arguments: impl IntoIterator<Item = FieldRef>,
        returns: DataType,
    ) -> Result<AggregateUDF, FunctionError> {
        let module = Module::read(name, source.into(), &self.modules)?;
        let call = spec::aggregate_call(name, Input::Arrow);
        let spec = self.columns(name, &module, arguments, returns, call);
        module.check(name, &Interface::new(""), &spec.exports(), column_problems(&spec))?;
        Ok(AggregateUDF::new_from_impl(PluginAggregate::new(spec, module.modules)))
    }

    /// Makes a table function of the method with this name. Its first argument is the content of a file (`&[u8]` or
    /// `&str`), whose path or URL is the first argument in SQL; it returns `Json<Vec<T>>` with a
    /// structure `T` whose schema is known: the columns.
    ///
    /// # Errors
    ///
    /// Returns an error that lists everything that is wrong.
    pub fn udtf<C: PluginInterface>(
        &self,
        name: &str,
        source: impl Into<Source>,
    ) -> Result<Arc<PluginTableFunction>, FunctionError> {
        let module = Module::read(name, source.into(), &self.modules)?;
        let spec = self.table(name, &module, C::interface(), Some(C::interface()))?;
        Ok(Arc::new(PluginTableFunction::new(spec, module.modules)))
    }

    /// Makes a table function of an export that gets the content of a file and returns these columns as batches in Arrow
    /// IPC.
    ///
    /// # Errors
    ///
    /// Returns an error if the module cannot be read, or lacks the export.
    pub fn batch_udtf(
        &self,
        name: &str,
        source: impl Into<Source>,
        columns: impl IntoIterator<Item = FieldRef>,
    ) -> Result<Arc<PluginTableFunction>, FunctionError> {
        let module = Module::read(name, source.into(), &self.modules)?;
        let call = Call::Table { export: name.to_owned(), input: Input::Direct };
        let columns = DataType::Struct(columns.into_iter().collect());
        let mut spec = self.columns(name, &module, [], columns, call);
        module.check(name, &Interface::new(""), &[name], column_problems(&spec))?;
        spec.arguments.push(spec::content());
        Ok(Arc::new(PluginTableFunction::new(spec, module.modules)))
    }

    /// A function of columns in Arrow IPC.
    pub(crate) fn columns(
        &self,
        name: &str,
        module: &Module,
        arguments: impl IntoIterator<Item = FieldRef>,
        returns: DataType,
        call: Call,
    ) -> FunctionSpec {
        let argument =
            |field: FieldRef| Argument { name: field.name().clone(), ty: SqlType::Column(field.data_type().clone()) };
        self.spec(name, module, arguments.into_iter().map(argument).collect(), SqlType::Column(returns), call)
    }

    /// A function with the options of this store.
    pub(crate) fn spec(
        &self,
        name: &str,
        module: &Module,
        arguments: Vec<Argument>,
        returns: SqlType,
        call: Call,
    ) -> FunctionSpec {
        let Options { sql_name, volatility, keeps_state, .. } = &self.options;
        let usual = if *keeps_state { Volatility::Volatile } else { Volatility::Stable };
        FunctionSpec {
            name: sql_name.as_deref().unwrap_or(name).to_owned(),
            module: module.reference.clone(),
            arguments,
            returns,
            call,
            volatility: volatility.unwrap_or(usual),
            keeps_state: *keeps_state,
        }
    }
}

/// What is wrong with the types of a function of columns.
pub(crate) fn column_problems(spec: &FunctionSpec) -> Vec<String> {
    let wrong = |name: &str, ty: &SqlType| {
        column::check(&ty.data_type()).err().map(|problem| format!("the column `{name}`: {problem}"))
    };
    let arguments = spec.arguments.iter().filter_map(|argument| wrong(&argument.name, &argument.ty));
    let result = column::check(&spec.returns.data_type()).err().map(|problem| format!("the result: {problem}"));
    arguments.chain(result).collect()
}
