//! From methods of interfaces to functions.

use extism_interface::{FormatKind, Interface, Method};

use super::{Module, PluginStore};
use crate::{
    FunctionError, FunctionSpec,
    spec::{Argument, Call, Input, SqlType},
    types::{self, Described, Format, Shape, ValueType},
};

/// Returns the method of this name, or with this export.
pub(crate) fn method<'i>(name: &str, interface: &'i Interface) -> Result<&'i Method, FunctionError> {
    let found = interface.methods.iter().find(|method| method.name == name).or_else(|| interface.method(name));
    found.ok_or_else(|| {
        let names: Vec<String> = interface.methods.iter().map(|method| format!("`{}`", method.name)).collect();
        let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        FunctionError::plan(name, format!("the interface `{}` has no such method; it has {names}", interface.name))
    })
}

/// The exports of an aggregate.
pub(crate) fn aggregate_call(name: &str, input: Input) -> Call {
    let export = |part: &str| format!("{name}_{part}");
    Call::Aggregate {
        init: export("init"),
        update: export("update"),
        merge: export("merge"),
        finish: export("finish"),
        input,
    }
}

/// The argument that is the content of a file.
pub(crate) fn content() -> Argument {
    let ty = ValueType { shape: Shape::Bytes, nullable: false, format: Format::Plain };
    Argument { name: "content".to_owned(), ty: SqlType::Value(ty) }
}

impl PluginStore {
    /// A function of rows. The exports' types are checked against `expected`.
    pub(crate) fn rows(
        &self,
        name: &str,
        module: &Module,
        interface: &Interface,
        expected: Option<&Interface>,
    ) -> Result<FunctionSpec, FunctionError> {
        let method = method(name, interface)?;
        let described = Described { interface, method, json: self.options().json };
        let mut problems = Vec::new();
        let (arguments, input) = or_problems(types::arguments(described), &mut problems, (Vec::new(), Input::Direct));
        let returns = or_problem(types::result(described), &mut problems);
        if described.method.codec.as_deref() == Some("ArrowIpc") {
            problems = vec!["it is a function of batches (`codec = ArrowIpc`): use `batch_udf`".to_owned()];
        }
        module.check(name, expected.unwrap_or(&Interface::new("")), &[&method.export], problems)?;
        let call = Call::Rows { export: method.export.to_string(), input };
        Ok(self.spec(name, module, arguments, SqlType::Value(returns), call))
    }

    /// An aggregate of columns that are lists.
    pub(crate) fn aggregate(
        &self,
        name: &str,
        module: &Module,
        interface: &Interface,
        expected: Option<&Interface>,
    ) -> Result<FunctionSpec, FunctionError> {
        let parts = ["init", "update", "merge", "finish"].map(|part| format!("{name}_{part}"));
        let mut problems = Vec::new();
        let found: Vec<&Method> = parts
            .iter()
            .filter_map(|part| method(part, interface).map_err(|error| problems.push(error.to_string())).ok())
            .collect();
        let [init, update, merge, finish] = found[..] else {
            return Err(FunctionError::Signature { function: name.to_owned(), problems });
        };
        let described = |method| Described { interface, method, json: self.options().json };
        let (mut arguments, input) =
            or_problems(types::arguments(described(update)), &mut problems, (Vec::new(), Input::JsonArray));
        if !arguments.is_empty() {
            arguments.remove(0);
        }
        problems.extend(arguments.iter_mut().filter_map(|argument| item(argument).err()));
        let returns = or_problem(types::result(described(finish)), &mut problems);
        problems.extend(states(input, init, update, merge, finish));
        let exports = [init, update, merge, finish].map(|method| &*method.export);
        module.check(name, expected.unwrap_or(&Interface::new("")), &exports, problems)?;
        let [init, update, merge, finish] = exports.map(str::to_owned);
        let call = Call::Aggregate { init, update, merge, finish, input };
        Ok(self.spec(name, module, arguments, SqlType::Value(returns), call))
    }

    /// A table function.
    pub(crate) fn table(
        &self,
        name: &str,
        module: &Module,
        interface: &Interface,
        expected: Option<&Interface>,
    ) -> Result<FunctionSpec, FunctionError> {
        let method = method(name, interface)?;
        // Its rows are never text.
        let described = Described { interface, method, json: super::JsonForm::Struct };
        let mut problems = Vec::new();
        let (arguments, input) =
            or_problems(types::arguments(described), &mut problems, (vec![content()], Input::Direct));
        let takes_content = arguments.first().is_some_and(|argument| {
            matches!(&argument.ty, SqlType::Value(ValueType { shape: Shape::Bytes | Shape::Text, nullable: false, .. }))
        });
        if !takes_content {
            problems.push("the first argument has to be the content of a file: `&[u8]` or `&str`".to_owned());
        }
        let returns = or_problem(types::result(described), &mut problems);
        let has_rows = matches!(&returns.shape, Shape::List(item) if matches!(item.shape, Shape::Struct(_)));
        if !has_rows && problems.is_empty() {
            problems.push(format!(
                "the result, `{}`, has no columns: it has to be `Json<Vec<T>>` with a structure `T` whose schema is known \
                 (`derive(JsonSchema)`)",
                method.result
            ));
        }
        module.check(name, expected.unwrap_or(&Interface::new("")), &[&method.export], problems)?;
        let call = Call::Table { export: method.export.to_string(), input };
        Ok(self.spec(name, module, arguments, SqlType::Value(returns), call))
    }
}

/// The type of the values of a column that is a list.
fn item(argument: &mut Argument) -> Result<(), String> {
    let SqlType::Value(ty) = &mut argument.ty else { return Ok(()) };
    let (shape, nullable) = match &ty.shape {
        Shape::List(item) if !ty.nullable => (item.shape.clone(), item.nullable),
        // `Vec<u8>` is a column of numbers here.
        Shape::Bytes if !ty.nullable => (Shape::Int { bits: 8, signed: false }, false),
        _ => return Err(format!("the column `{}` has to be a list, such as `Vec<f64>`", argument.name)),
    };
    ty.shape = shape;
    ty.nullable = nullable;
    Ok(())
}

/// What is wrong with how an aggregate passes its state.
fn states(input: Input, init: &Method, update: &Method, merge: &Method, finish: &Method) -> Vec<String> {
    let mut problems = Vec::new();
    let (codec, is_state): (_, fn(FormatKind<'_>) -> bool) = match input {
        Input::JsonArray => ("Json", |kind| kind == FormatKind::Json),
        Input::Msgpack => ("Msgpack", |kind| kind == FormatKind::Msgpack),
        _ => {
            return vec![format!(
                "`{}` has to take the state and at least one column, as an array (JSON or MessagePack)",
                update.export
            )];
        }
    };
    if merge.arguments.len() != 2 || merge.encoding != update.encoding {
        problems.push(format!(
            "`{}` has to take two states, encoded as the arguments of `{}`",
            merge.export, update.export
        ));
    }
    if finish.arguments.len() != 1 || !init.arguments.is_empty() {
        problems.push(format!("`{}` has to take nothing, and `{}` the state", init.export, finish.export));
    }
    let outputs = [init, update, merge].map(|method| (method, &method.output));
    let inputs = finish.arguments.iter().map(|argument| (finish, &argument.wire));
    for (method, wire) in outputs.into_iter().chain(inputs) {
        if wire.format.as_ref().is_some_and(|format| !is_state(format.kind())) {
            problems.push(format!("the state of `{}` has to be `{codec}<..>`, as its arguments are", method.export));
        }
    }
    problems
}

fn or_problems<T>(result: Result<T, Vec<String>>, problems: &mut Vec<String>, otherwise: T) -> T {
    result.unwrap_or_else(|found| {
        problems.extend(found);
        otherwise
    })
}

fn or_problem(result: Result<ValueType, String>, problems: &mut Vec<String>) -> ValueType {
    result.unwrap_or_else(|problem| {
        problems.push(problem);
        ValueType { shape: Shape::Json, nullable: true, format: Format::Json }
    })
}
