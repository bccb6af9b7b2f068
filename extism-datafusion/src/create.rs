//! `CREATE FUNCTION .. LANGUAGE wasm AS '..'`.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::{
    arrow::datatypes::{DataType, Field, FieldRef},
    common::{Result, plan_err, runtime::SpawnedTask},
    error::DataFusionError,
    execution::{
        SessionState,
        context::{FunctionFactory, RegisterFunction},
    },
    logical_expr::{AggregateUDF, CreateFunction, Expr, ScalarUDF},
};
use extism_interface::{Interface, Method, Role};
use extism_runtime::Wasm;

use crate::{
    FunctionError, FunctionSpec, PluginAggregate, PluginScalar, PluginStore, PluginTableFunction,
    spec::{Argument, Call, Input, SqlType},
    store::{Module, aggregate_call, column_problems, content},
    types::{self, Format, Shape, ValueType},
};

/// Makes the functions of `CREATE FUNCTION` statements:
///
/// ```sql
/// CREATE FUNCTION score(text VARCHAR, weight DOUBLE) RETURNS DOUBLE LANGUAGE wasm AS 'plugins/score.wasm'
/// ```
///
/// The export has the function's name, or that after a `#`: `'plugins/texts.wasm#score'`. If the module describes itself,
/// in its section `extism:interface`, that says how its exports are called, and the statement's types have to be the same;
/// it may then leave out `RETURNS`. If not, the statement's types decide: a single argument is passed as its bytes,
/// several as a JSON array.
///
/// | `LANGUAGE` | function |
/// | --- | --- |
/// | `wasm` | of rows; of batches, if the description says so (`codec = ArrowIpc`); an aggregate, if there is no export of this name but there are `NAME_init`, `NAME_update`, `NAME_merge` and `NAME_finish` |
/// | `wasm_batch` | of batches in Arrow IPC, or an aggregate of them |
/// | `wasm_table` | a table function, whose only argument is a file; without a description, `RETURNS STRUCT<..>` says its columns, and it returns batches |
///
/// `IMMUTABLE`, `STABLE` and `VOLATILE` set the volatility; it is `STABLE` by default.
#[derive(Clone, Debug)]
pub struct PluginFunctionFactory {
    store: PluginStore,
}

impl PluginFunctionFactory {
    /// Makes a factory of functions of this store.
    #[must_use]
    pub fn new(store: PluginStore) -> Self {
        Self { store }
    }
}

#[async_trait]
impl FunctionFactory for PluginFunctionFactory {
    async fn create(&self, state: &SessionState, statement: CreateFunction) -> Result<RegisterFunction> {
        let name = &statement.name;
        let exists = state.scalar_functions().contains_key(name)
            || state.aggregate_functions().contains_key(name)
            || state.table_functions().contains_key(name);
        if exists && !statement.or_replace {
            return plan_err!("function `{name}` exists; CREATE OR REPLACE FUNCTION replaces it");
        }
        let mut store = self.store.clone().with_sql_name(name);
        if let Some(behavior) = statement.params.behavior {
            store = store.with_volatility(behavior.into());
        }
        // Files are read, and modules fetched.
        let created = SpawnedTask::spawn_blocking(move || create(&store, &statement));
        created.join().await.map_err(|error| DataFusionError::External(Box::new(error)))?
    }
}

/// A statement, and the module that it names.
struct Statement<'s> {
    name: &'s str,
    export: &'s str,
    arguments: Vec<FieldRef>,
    returns: Option<DataType>,
    module: Module,
    store: &'s PluginStore,
}

fn create(store: &PluginStore, statement: &CreateFunction) -> Result<RegisterFunction> {
    let name = statement.name.as_str();
    let body = match &statement.params.function_body {
        Some(Expr::Literal(body, _)) => body.try_as_str().flatten().unwrap_or_default(),
        _ => {
            return plan_err!(
                "function `{name}`: AS is followed by the path or URL of a module: AS 'plugins/{name}.wasm'"
            );
        }
    };
    let (path, export) = body.rsplit_once('#').unwrap_or((body, name));
    // Only a module: a manifest would be opened to see what it is, and whatever the statement names might be a pipe.
    let wasm = if path.contains("://") { Wasm::url(path) } else { Wasm::file(path) };
    let module = Module::read(name, wasm.into(), store.modules())?;
    let modules = module.modules.clone();
    let arguments = statement.args.iter().flatten().enumerate().map(|(index, argument)| {
        let name = argument.name.as_ref().map_or_else(|| format!("argument{}", index + 1), |name| name.value.clone());
        Field::new(name, argument.data_type.clone(), true).into()
    });
    let (arguments, returns) = (arguments.collect(), statement.return_type.clone());
    let language = statement.params.language.as_ref().map_or("", |language| language.value.as_str());
    let statement = Statement { name, export, arguments, returns, module, store };
    match language.to_lowercase().as_str() {
        "wasm" if statement.is_aggregate() => Ok(aggregate(PluginAggregate::new(statement.aggregate()?, modules))),
        "wasm" => Ok(scalar(PluginScalar::new(statement.rows_or_batches()?, modules))),
        "wasm_batch" if statement.is_aggregate() => {
            Ok(aggregate(PluginAggregate::new(statement.batches(aggregate_call(export, Input::Arrow))?, modules)))
        }
        "wasm_batch" => Ok(scalar(PluginScalar::new(statement.batches(batch_call(export))?, modules))),
        "wasm_table" => {
            let function = PluginTableFunction::new(statement.table()?, modules);
            Ok(RegisterFunction::Table(name.to_owned(), Arc::new(function)))
        }
        _ => plan_err!("function `{name}`: LANGUAGE has to be wasm, wasm_batch or wasm_table"),
    }
}

fn scalar(function: PluginScalar) -> RegisterFunction {
    RegisterFunction::Scalar(Arc::new(ScalarUDF::new_from_impl(function)))
}

fn aggregate(function: PluginAggregate) -> RegisterFunction {
    RegisterFunction::Aggregate(Arc::new(AggregateUDF::new_from_impl(function)))
}

fn batch_call(export: &str) -> Call {
    Call::Batches { export: export.to_owned() }
}

/// The type of a column as plug-ins get it: SQL's `VARCHAR` is a view in DataFusion, and `Utf8` for them.
fn plain(data_type: &DataType) -> DataType {
    types::shape_of(data_type).map_or_else(|| data_type.clone(), |shape| shape.data_type())
}

/// Whether a method of batches declares itself as one.
fn is_of_batches(method: &Method) -> bool {
    let takes = |ty: &str| ty.starts_with("ArrowIpc");
    method.codec.as_deref() == Some("ArrowIpc") || matches!(&*method.arguments, [only] if takes(&only.ty))
}

impl Statement<'_> {
    fn is_aggregate(&self) -> bool {
        !self.module.has(self.export) && self.module.has(&format!("{}_update", self.export))
    }

    /// What the module says of an export.
    fn described(&self, export: &str) -> Result<Option<(&Interface, &Method)>, FunctionError> {
        let description = self.module.description(self.name)?;
        Ok(description.and_then(|description| description.function(Role::Plugin, export)))
    }

    fn rows_or_batches(&self) -> Result<FunctionSpec, FunctionError> {
        match self.described(self.export)? {
            Some((_, method)) if is_of_batches(method) => self.batches(batch_call(self.export)),
            Some((interface, _)) => self.compared(self.store.rows(self.export, &self.module, interface, None)?, 0),
            None => {
                let input = if self.arguments.len() > 1 { Input::JsonArray } else { Input::Direct };
                self.of_statement(&Call::Rows { export: self.export.to_owned(), input })
            }
        }
    }

    fn aggregate(&self) -> Result<FunctionSpec, FunctionError> {
        match self.described(&format!("{}_update", self.export))? {
            Some((interface, _)) => self.compared(self.store.aggregate(self.export, &self.module, interface, None)?, 0),
            None => self.of_statement(&aggregate_call(self.export, Input::JsonArray)),
        }
    }

    fn table(&self) -> Result<FunctionSpec, FunctionError> {
        if let Some((interface, _)) = self.described(self.export)? {
            // In the statement, the first argument is the file.
            return self.compared(self.store.table(self.export, &self.module, interface, None)?, 1);
        }
        let Some(DataType::Struct(_)) = self.returns else {
            let problem = "the module does not say which columns it returns: RETURNS STRUCT<name VARCHAR, ..> has to";
            return Err(FunctionError::plan(self.name, problem.to_owned()));
        };
        let mut spec = self.batches(Call::Table { export: self.export.to_owned(), input: Input::Direct })?;
        spec.arguments = vec![content()];
        Ok(spec)
    }

    /// A function of columns with the statement's types.
    fn batches(&self, call: Call) -> Result<FunctionSpec, FunctionError> {
        let returns = plain(&self.returns()?);
        let arguments =
            self.arguments.iter().map(|field| Field::new(field.name(), plain(field.data_type()), true).into());
        let spec = self.store.columns(self.name, &self.module, arguments, returns, call);
        self.module.check(self.name, &Interface::new(""), &spec.exports(), column_problems(&spec))?;
        Ok(spec)
    }

    fn returns(&self) -> Result<DataType, FunctionError> {
        let missing =
            || FunctionError::plan(self.name, "RETURNS is missing, and the module does not say it".to_owned());
        self.returns.clone().ok_or_else(missing)
    }

    /// A function of values with the statement's types, whose module does not describe itself.
    fn of_statement(&self, call: &Call) -> Result<FunctionSpec, FunctionError> {
        let mut problems = Vec::new();
        let format = match call {
            Call::Rows { input: Input::Direct, .. } => None,
            _ => Some(Format::Json),
        };
        let mut value = |data_type: &DataType, format: Option<Format>| {
            let Some(shape) = types::shape_of(data_type) else {
                problems.push(format!("plug-ins have no type {}", types::sql_name(data_type)));
                return None;
            };
            let own = match shape {
                Shape::Bool | Shape::Int { .. } | Shape::F32 | Shape::F64 | Shape::Text | Shape::Bytes => Format::Plain,
                _ => Format::Json,
            };
            Some(ValueType { shape, nullable: false, format: format.unwrap_or(own) })
        };
        let arguments = self.arguments.iter().filter_map(|field| {
            let ty = SqlType::Value(value(field.data_type(), format.clone())?);
            Some(Argument { name: field.name().clone(), ty })
        });
        let arguments = arguments.collect();
        let returns = value(&self.returns()?, None);
        let spec = returns
            .map(|returns| self.store.spec(self.name, &self.module, arguments, SqlType::Value(returns), call.clone()));
        let exports = spec.as_ref().map_or_else(Vec::new, FunctionSpec::exports);
        self.module.check(self.name, &Interface::new(""), &exports, problems)?;
        spec.ok_or_else(|| FunctionError::plan(self.name, "it returns nothing".to_owned()))
    }

    /// Checks that the statement says the same as the description, of the arguments after the first `skip`.
    fn compared(&self, spec: FunctionSpec, skip: usize) -> Result<FunctionSpec, FunctionError> {
        let mut problems = Vec::new();
        let (declared, described) = (&self.arguments, &spec.arguments);
        if declared.len() != described.len() && !(declared.is_empty() && self.returns.is_none()) {
            let list = described
                .iter()
                .skip(skip)
                .map(|argument| format!("{} {}", argument.name, types::sql_name(&argument.ty.data_type())));
            let list: Vec<String> = std::iter::repeat_n("file VARCHAR".to_owned(), skip).chain(list).collect();
            problems.push(format!(
                "the statement has {} arguments, and the plug-in `{}` has {} ({})",
                declared.len(),
                spec.module.name,
                described.len(),
                list.join(", ")
            ));
        }
        for (index, (declared, described)) in declared.iter().zip(described).enumerate().skip(skip) {
            let described_type = described.ty.data_type();
            if !types::same(declared.data_type(), &described_type) {
                problems.push(format!(
                    "argument {} (`{}`) is {} in the statement, and {} in the plug-in",
                    index + 1,
                    declared.name(),
                    types::sql_name(declared.data_type()),
                    types::sql_name(&described_type)
                ));
            }
        }
        let returns = spec.returns.data_type();
        if let Some(declared) = self.returns.as_ref().filter(|declared| skip == 0 && !types::same(declared, &returns)) {
            let (declared, returns) = (types::sql_name(declared), types::sql_name(&returns));
            problems.push(format!("the result is {declared} in the statement, and {returns} in the plug-in"));
        }
        if problems.is_empty() {
            return Ok(spec);
        }
        Err(FunctionError::Signature { function: self.name.to_owned(), problems })
    }
}
