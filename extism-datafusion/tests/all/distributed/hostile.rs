//! Plans whose functions are made to read files of an executor, or to take its memory or its time.

use std::{fs, sync::Arc};

use datafusion::{
    arrow::datatypes::{DataType, Field},
    execution::TaskContext,
    logical_expr::ScalarUDF,
};
use datafusion_proto::physical_plan::{
    DefaultPhysicalExtensionCodec, DefaultPhysicalProtoConverter, PhysicalExtensionCodec,
};
use extism_datafusion::{
    FunctionSpec, Location, ModuleRef, Modules, PluginScalar,
    ship::Shipping,
    spec::{Argument, Call, Input, SqlType},
    types::{Format, Member, Shape, ValueType},
};
use url::Url;

use super::support::{C, caller, function, hex, local, module, policy, rows, score, sha256, udf};

/// What an executor says of a function whose module is there, but is not the one that the plan says.
async fn refused(at: Location, executor: Modules) -> String {
    let spec =
        FunctionSpec { module: ModuleRef { sha256: [7; 32], ..module("score", C, at) }, ..score(Location::Inline) };
    let context = local();
    context.register_udf(udf(spec, &executor));
    rows(&context, "SELECT score(text, weight) FROM texts").await.unwrap_err()
}

fn places(path: &std::path::Path) -> [Location; 2] {
    [Location::File(path.to_owned()), Location::Url(Url::from_file_path(path).unwrap().into())]
}

#[tokio::test]
async fn a_plan_learns_nothing_of_files_that_the_policy_does_not_grant() {
    let (granted, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let secret = other.path().join("secret");
    fs::write(&secret, "secret").unwrap();
    fs::write(other.path().join("score.wasm"), C).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&secret, granted.path().join("link")).unwrap();
    let executors = [caller(), Modules::new(policy().with_modules_from(granted.path().display().to_string())).unwrap()];
    let mut paths =
        vec![secret, other.path().join("score.wasm"), other.path().join("missing"), other.path().to_owned()];
    paths.push(granted.path().join("..").join(other.path().file_name().unwrap()).join("secret"));
    paths.push(granted.path().join("../missing"));
    #[cfg(unix)]
    paths.extend([granted.path().join("link"), "/dev/zero".into()]);
    for executor in executors {
        for path in &paths {
            for place in places(path) {
                let error = refused(place, executor.clone()).await;
                let reason =
                    "the policy of this process grants no modules from there (`ExecutorPolicy::with_modules_from`)";
                assert!(error.ends_with(reason), "{}: {error}", path.display());
            }
        }
    }
}

#[tokio::test]
async fn only_the_hash_of_a_plugin_is_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("settings"), "password=1234").unwrap();
    fs::write(folder.path().join("score.wasm"), C).unwrap();
    let executor = || Modules::new(policy().with_modules_from(folder.path().display().to_string())).unwrap();
    for place in places(&folder.path().join("settings")) {
        let error = refused(place, executor()).await;
        assert!(
            error.contains("has not the SHA-256 0707") && !error.contains(&hex(sha256(b"password=1234"))),
            "{error}"
        );
    }
    for place in places(&folder.path().join("score.wasm")) {
        let error = refused(place, executor()).await;
        assert!(error.contains("has not the SHA-256 0707") && error.contains(&hex(sha256(C))), "{error}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_pipe_or_a_device_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    // One that is called as the module that the plan wants needs no grant.
    let name = format!("{}.wasm", hex([7; 32]));
    let pipe = folder.path().join(name);
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let executor = || Modules::new(policy().with_modules_from(folder.path().display().to_string())).unwrap();
    for (place, executor) in places(&pipe).into_iter().zip([executor(), caller()]) {
        let error = refused(place, executor).await;
        assert!(error.contains("it is not a regular file"), "{error}");
    }
}

#[tokio::test]
async fn a_module_that_is_called_by_its_hash_needs_no_grant() {
    let folder = tempfile::tempdir().unwrap();
    let hash = hex(sha256(C));
    fs::write(folder.path().join(format!("{hash}.wasm")), C).unwrap();
    let url = Url::from_file_path(folder.path().join(format!("{hash}.wasm"))).unwrap();
    let context = local();
    context.register_udf(udf(score(Location::Url(url.into())), &caller()));
    rows(&context, "SELECT score(text, weight) FROM texts").await.unwrap();
}

fn codec(modules: &Modules) -> Arc<dyn PhysicalExtensionCodec> {
    Shipping::new(modules.clone()).physical_codec(Arc::new(DefaultPhysicalExtensionCodec {}))
}

/// The error of an executor that reads a plan with this function.
fn unread(spec: FunctionSpec) -> String {
    let modules = Modules::planner();
    modules.provide(C);
    let (sender, receiver) = (codec(&modules), codec(&caller()));
    let (name, mut plan) = (spec.name.clone(), Vec::new());
    sender.try_encode_udf(&udf(spec, &modules), &mut plan).unwrap();
    receiver.try_decode_udf(&name, &plan).unwrap_err().to_string()
}

fn list(data_type: DataType) -> DataType {
    DataType::List(Arc::new(Field::new("item", data_type, true)))
}

fn returning(returns: DataType) -> FunctionSpec {
    function("shout", module("columns_c", C, Location::Inline), &[DataType::Utf8], returns)
}

fn of_values(shape: Shape, format: Format, input: Input) -> FunctionSpec {
    let value = |shape, format| SqlType::Value(ValueType { shape, nullable: false, format });
    FunctionSpec {
        arguments: vec![Argument { name: "text".to_owned(), ty: value(Shape::Text, Format::Plain) }],
        returns: value(shape, format),
        call: Call::Rows { export: "shout".to_owned(), input },
        ..returning(DataType::Utf8)
    }
}

#[test]
fn a_function_that_is_made_to_take_memory_is_not_read() {
    let member = |name: &str, shape| Member { name: name.to_owned(), shape, nullable: true };
    let wide = Shape::Struct((0..2000).map(|field| member(&format!("field{field}"), Shape::Text)).collect());
    let deep = (0..40).fold(DataType::Utf8, |inner, _| list(inner));
    let base64 = (0..20).fold(Format::Plain, |inner, _| Format::Base64(Box::new(inner)));
    let dictionary = DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8));
    let name = "x".repeat(2000);
    let many = Argument { name: "a".to_owned(), ty: SqlType::Column(DataType::Utf8) };
    for (spec, expected) in [
        (returning(deep), "within each other"),
        (returning(list(DataType::Null)), "no columns of the type Null"),
        (returning(dictionary), "no columns of the type Dictionary"),
        (
            returning(DataType::FixedSizeList(Arc::new(Field::new("item", DataType::Utf8, true)), i32::MAX)),
            "FixedSizeList",
        ),
        (of_values(wide, Format::Json, Input::Direct), "more than 1024 types"),
        (of_values(Shape::Struct(Vec::new()), Format::Json, Input::Direct), "Struct without fields"),
        (of_values(Shape::Text, base64, Input::Direct), "too many parts"),
        (of_values(Shape::Text, Format::Plain, Input::Arrow), "not of the kind that its exports are called with"),
        (FunctionSpec { name: name.clone(), ..returning(DataType::Utf8) }, "a name has 2000 bytes"),
        (
            FunctionSpec { module: module(&name, C, Location::Inline), ..returning(DataType::Utf8) },
            "a name has 2000 bytes",
        ),
        (
            FunctionSpec { call: Call::Batches { export: String::new() }, ..returning(DataType::Utf8) },
            "a name is empty",
        ),
        (FunctionSpec { arguments: vec![many; 2000], ..returning(DataType::Utf8) }, "more than 1024 arguments"),
        (FunctionSpec { name: "x".repeat(2 << 20), ..returning(DataType::Utf8) }, "it has more than 1048576 bytes"),
        (
            FunctionSpec {
                call: Call::Rows { export: "shout".to_owned(), input: Input::Direct },
                ..returning(DataType::Utf8)
            },
            "not of the kind that its exports are called with",
        ),
    ] {
        let error = unread(spec);
        assert!(
            error.contains("cannot be read") && error.contains(expected) && error.len() < 10_000,
            "{expected}: {error}"
        );
    }
}

#[tokio::test]
async fn a_call_that_is_not_as_the_function_says_is_an_error() {
    let modules = caller();
    modules.provide(C);
    // As a plan does that was sent, whose types nobody has checked.
    let call = |spec: FunctionSpec, returns: DataType, arguments: Vec<datafusion::logical_expr::ColumnarValue>| {
        let function: ScalarUDF = PluginScalar::new(spec, modules.clone()).into();
        let fields = arguments.iter().map(|value| Arc::new(Field::new("a", value.data_type(), true))).collect();
        function.invoke_with_args(datafusion::logical_expr::ScalarFunctionArgs {
            args: arguments,
            arg_fields: fields,
            number_rows: 1,
            return_field: Arc::new(Field::new("r", returns, true)),
            config_options: Arc::default(),
        })
    };
    let text = || datafusion::logical_expr::ColumnarValue::from(datafusion::common::ScalarValue::from("a"));
    assert!(call(returning(DataType::Utf8), DataType::Utf8, vec![text()]).is_ok());
    let error = call(returning(DataType::Utf8), DataType::Int64, vec![text()]).unwrap_err().to_string();
    assert!(error.contains("`shout` returns Utf8, and the plan expects Int64"), "{error}");
    let error = call(returning(DataType::Utf8), DataType::Utf8, vec![]).unwrap_err().to_string();
    assert!(error.contains("`shout` takes 1 arguments, and the plan has 0"), "{error}");
}

#[test]
fn a_scan_reads_no_more_columns_than_there_are() {
    let fields = [Field::new("level", DataType::Utf8, true)];
    let content = ValueType { shape: Shape::Bytes, nullable: false, format: Format::Plain };
    let spec = FunctionSpec {
        arguments: vec![Argument { name: "content".to_owned(), ty: SqlType::Value(content) }],
        returns: SqlType::Column(DataType::Struct(fields.into_iter().collect())),
        call: Call::Table { export: "read".to_owned(), input: Input::Direct },
        ..returning(DataType::Utf8)
    };
    let modules = Modules::planner();
    modules.provide(C);
    let scan = |projection| {
        let arguments = vec![datafusion::common::ScalarValue::from("server.log")];
        extism_datafusion::PluginTableScan::new(
            Arc::new(spec.clone()),
            modules.clone(),
            arguments,
            Some(projection),
            None,
        )
    };
    assert!(scan(vec![0]).is_ok());
    assert!(scan(vec![1]).is_err());
    let error = scan(vec![0; 1 << 20]).unwrap_err().to_string();
    assert!(error.contains("`shout` has 1 columns, and 1048576 are read"), "{error}");
    let mut plan = Vec::new();
    let scan = scan(vec![0]).unwrap();
    let converter = DefaultPhysicalProtoConverter {};
    codec(&modules).try_encode(Arc::new(scan), &mut plan, &converter).unwrap();
    codec(&caller()).try_decode(&plan, &[], &TaskContext::default(), &converter).unwrap();
}
