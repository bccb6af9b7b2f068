//! What plans have in place of functions, without a cluster.

use std::sync::Arc;

use datafusion::{
    arrow::datatypes::{DataType, Field},
    common::{Result, ScalarValue, TableReference},
    execution::TaskContext,
    logical_expr::{AggregateUDF, Extension, LogicalPlan, ScalarUDF},
    physical_plan::ExecutionPlan,
    prelude::SessionContext,
};
use datafusion_proto::{
    logical_plan::{DefaultLogicalExtensionCodec, LogicalExtensionCodec},
    physical_plan::{
        DefaultPhysicalExtensionCodec, DefaultPhysicalProtoConverter, PhysicalExtensionCodec,
        PhysicalProtoConverterExtension,
    },
};
use extism_datafusion::{
    FunctionSpec, Location, Modules, PluginAggregate, PluginScalar, PluginTable, PluginTableScan,
    ship::{PluginPhysicalCodec, Shipping},
    spec::{Argument, Call, Input, SqlType, Volatility},
    types::{Format, Shape, ValueType},
};

use super::support::{C, RUST, caller, module, policy, score, sha256, shout, udf};

fn physical(modules: &Modules) -> Arc<PluginPhysicalCodec> {
    Shipping::new(modules.clone()).physical_codec(Arc::new(DefaultPhysicalExtensionCodec {}))
}

/// The bytes of a function whose module is part of the plan.
fn shipped(spec: &FunctionSpec, bytes: &'static [u8]) -> Vec<u8> {
    let modules = Modules::planner();
    modules.provide(bytes);
    let mut buf = Vec::new();
    physical(&modules).try_encode_udf(&udf(spec.clone(), &modules), &mut buf).unwrap();
    buf
}

fn spec_of(udf: &ScalarUDF) -> &FunctionSpec {
    udf.inner().downcast_ref::<PluginScalar>().unwrap().spec()
}

#[test]
fn a_function_that_was_sent_is_the_same() {
    let spec = score(Location::Inline);
    let bytes = shipped(&spec, C);
    let read = physical(&caller()).try_decode_udf("score", &bytes).unwrap();
    assert_eq!(spec_of(&read), &spec);
    assert_eq!(read.as_ref(), &udf(spec, &caller()));
}

#[test]
fn reading_a_plan_fetches_and_compiles_nothing() {
    let receiver = caller();
    let codec = physical(&receiver);
    for (location, module) in [
        (Location::Inline, C),
        (Location::File("/there/is/no/such.wasm".into()), C),
        (Location::Url("s3://there/is/no/such.wasm".to_owned()), C),
    ] {
        let bytes = shipped(&score(location), module);
        codec.try_decode_udf("score", &bytes).unwrap();
    }
    assert_eq!((receiver.counts().fetched, receiver.counts().compiled), (0, 0));
}

#[test]
fn a_small_file_is_sent_with_the_plan_since_the_executors_may_lack_it() {
    let spec = score(Location::File("/there/is/no/such.wasm".into()));
    let bytes = shipped(&spec, C);
    assert!(bytes.len() > C.len());
    let url = shipped(&score(Location::Url("s3://bucket/score.wasm".to_owned())), C);
    assert!(url.len() < 4096, "what has a URL is fetched");
}

#[test]
fn a_plan_of_another_version_is_an_error_that_says_so() {
    let mut bytes = shipped(&score(Location::Inline), C);
    // The message's first field, the version.
    let at = bytes.windows(2).position(|window| window == [0x08, 0x01]).unwrap();
    bytes[at + 1] = 0x07;
    let error = physical(&caller()).try_decode_udf("score", &bytes).unwrap_err().to_string();
    assert!(error.contains("version 7") && error.contains("version 1"), "{error}");
}

#[test]
fn a_module_that_is_not_the_hash_is_refused_when_the_plan_is_read() {
    let mut bytes = shipped(&score(Location::Inline), C);
    // In the middle of the module.
    let at = bytes.windows(8).position(|window| window == &C[..8]).unwrap() + C.len() / 2;
    bytes[at] ^= 1;
    let error = physical(&caller()).try_decode_udf("score", &bytes).unwrap_err().to_string();
    assert!(error.contains("score") && error.contains("SHA-256"), "{error}");
}

#[test]
fn of_a_plan_that_is_cut_off_no_function_is_another_one() {
    let spec = score(Location::Inline);
    let bytes = shipped(&spec, C);
    let codec = physical(&caller());
    // Without the module it is whole, since the module may be elsewhere. Before it are its tag and its length, in seven bits
    // per byte.
    let header = 1 + C.len().ilog2() as usize / 7 + 1;
    let without_module = bytes.len() - C.len() - header;
    for length in (20..without_module + header).chain([bytes.len() - 1]) {
        match codec.try_decode_udf("score", &bytes[..length]) {
            Ok(function) => assert_eq!((length, spec_of(&function)), (without_module, &spec)),
            Err(_) => assert_ne!(length, without_module),
        }
    }
}

#[test]
fn a_plan_that_calls_a_function_by_another_name_or_as_another_kind_is_refused() {
    let bytes = shipped(&score(Location::Inline), C);
    let codec = physical(&caller());
    let error = codec.try_decode_udf("other", &bytes).unwrap_err().to_string();
    assert!(error.contains("`other` is not a function of rows"), "{error}");
    let error = codec.try_decode_udaf("score", &bytes).unwrap_err().to_string();
    assert!(error.contains("`score` is not an aggregate"), "{error}");
    let converter = DefaultPhysicalProtoConverter {};
    let error = codec.try_decode(&bytes, &[], &TaskContext::default(), &converter).unwrap_err().to_string();
    assert!(error.contains("`score` is not a table"), "{error}");
}

fn mean() -> FunctionSpec {
    let export = |part: &str| format!("mean_{part}");
    FunctionSpec {
        name: "mean".to_owned(),
        call: Call::Aggregate {
            init: export("init"),
            update: export("update"),
            merge: export("merge"),
            finish: export("finish"),
            input: Input::Arrow,
        },
        arguments: vec![Argument { name: "values".to_owned(), ty: SqlType::Column(DataType::Float64) }],
        ..score(Location::Inline)
    }
}

#[test]
fn an_aggregate_that_was_sent_is_the_same() {
    let modules = Modules::planner();
    modules.provide(C);
    let sent = AggregateUDF::from(PluginAggregate::new(mean(), modules.clone()));
    let (mut of_physical, mut of_logical) = (Vec::new(), Vec::new());
    physical(&modules).try_encode_udaf(&sent, &mut of_physical).unwrap();
    let logical = Shipping::new(modules).logical_codec(Arc::new(DefaultLogicalExtensionCodec {}));
    logical.try_encode_udaf(&sent, &mut of_logical).unwrap();
    assert_eq!(physical(&caller()).try_decode_udaf("mean", &of_physical).unwrap().as_ref(), &sent);
    assert_eq!(logical.try_decode_udaf("mean", &of_logical).unwrap().as_ref(), &sent);
}

fn table() -> FunctionSpec {
    let columns = ["line", "level", "count"].map(|name| Field::new(name, DataType::Utf8, true));
    let int = Shape::Int { bits: 64, signed: true };
    let arguments = [("content", Shape::Bytes), ("first", int), ("level", Shape::Text)].map(|(name, shape)| {
        let ty = ValueType { shape, nullable: name == "level", format: Format::Json };
        Argument { name: name.to_owned(), ty: SqlType::Value(ty) }
    });
    FunctionSpec {
        name: "read_log".to_owned(),
        arguments: arguments.into(),
        call: Call::Table { export: "read".to_owned(), input: Input::JsonArray },
        returns: SqlType::Column(DataType::Struct(columns.into_iter().collect())),
        ..score(Location::Inline)
    }
}

fn arguments() -> Vec<ScalarValue> {
    vec![ScalarValue::from("server.log"), ScalarValue::from(3i64), ScalarValue::Utf8(None)]
}

#[test]
fn a_table_that_was_sent_has_its_arguments() {
    let modules = Modules::planner();
    modules.provide(C);
    let codec = Shipping::new(modules.clone()).logical_codec(Arc::new(DefaultLogicalExtensionCodec {}));
    let sent = PluginTable::new(Arc::new(table()), modules, arguments());
    let name = TableReference::bare("log");
    let mut bytes = Vec::new();
    codec.try_encode_table_provider(&name, Arc::new(sent), &mut bytes).unwrap();
    let schema = Arc::new(datafusion::arrow::datatypes::Schema::empty());
    let read = codec.try_decode_table_provider(&bytes, &name, schema, &TaskContext::default()).unwrap();
    let read = read.downcast_ref::<PluginTable>().unwrap();
    assert_eq!((read.spec(), read.args()), (&table(), &arguments()[..]));
}

#[test]
fn a_scan_that_was_sent_has_its_projection_and_its_limit() {
    let modules = Modules::planner();
    modules.provide(C);
    let codec = physical(&modules);
    for (projection, limit) in [(None, None), (Some(vec![]), Some(0)), (Some(vec![2, 0]), Some(10))] {
        let scan = PluginTableScan::new(Arc::new(table()), modules.clone(), arguments(), projection, limit).unwrap();
        let converter = DefaultPhysicalProtoConverter {};
        let mut bytes = Vec::new();
        codec.try_encode(Arc::new(scan.clone()), &mut bytes, &converter).unwrap();
        let read = codec.try_decode(&bytes, &[], &TaskContext::default(), &converter).unwrap();
        let read = read.downcast_ref::<PluginTableScan>().unwrap();
        assert_eq!((read.spec(), read.args()), (scan.spec(), scan.args()));
        assert_eq!((read.projection(), read.limit()), (scan.projection(), scan.limit()));
        assert_eq!(read.schema(), scan.schema());
    }
}

/// A codec that has functions of its own.
#[derive(Debug)]
struct Inner;

impl PhysicalExtensionCodec for Inner {
    fn try_decode(
        &self,
        _: &[u8],
        _: &[Arc<dyn ExecutionPlan>],
        _: &TaskContext,
        _: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        unreachable!("only functions are written and read")
    }

    fn try_encode(
        &self,
        _: Arc<dyn ExecutionPlan>,
        _: &mut Vec<u8>,
        _: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        unreachable!("only functions are written and read")
    }

    fn try_encode_udf(&self, node: &ScalarUDF, buf: &mut Vec<u8>) -> Result<()> {
        buf.extend(node.name().bytes());
        Ok(())
    }

    fn try_decode_udf(&self, _: &str, buf: &[u8]) -> Result<Arc<ScalarUDF>> {
        let name = std::str::from_utf8(buf).unwrap();
        Ok(SessionContext::new().state().scalar_functions()[name].clone())
    }
}

#[test]
fn other_functions_are_the_inner_codecs() {
    let codec = Shipping::new(Modules::planner()).physical_codec(Arc::new(Inner));
    let upper = SessionContext::new().state().scalar_functions()["upper"].clone();
    let mut bytes = Vec::new();
    codec.try_encode_udf(&upper, &mut bytes).unwrap();
    assert_eq!(bytes, b"upper");
    assert_eq!(codec.try_decode_udf("upper", &bytes).unwrap(), upper);
}

#[test]
fn of_a_builtin_function_nothing_is_written_so_that_its_name_is_looked_up() {
    let upper = SessionContext::new().state().scalar_functions()["upper"].clone();
    let mut bytes = Vec::new();
    physical(&Modules::planner()).try_encode_udf(&upper, &mut bytes).unwrap();
    assert_eq!(bytes, b"");
}

#[test]
fn a_module_that_is_too_large_for_a_plan_is_an_error_that_says_what_to_do() {
    let modules = Modules::planner();
    modules.provide(RUST);
    let error = physical(&modules).try_encode_udf(&udf(shout(Location::Inline), &modules), &mut Vec::new());
    let error = error.unwrap_err().to_string();
    assert!(error.contains("shout") && error.contains("with_module_store"), "{error}");
}

#[test]
fn a_scheduler_passes_on_what_its_client_may_send() {
    let client = Modules::planner_with(policy().with_max_inline_bytes(4 << 20));
    client.provide(RUST);
    let mut bytes = Vec::new();
    physical(&client).try_encode_udf(&udf(shout(Location::Inline), &client), &mut bytes).unwrap();
    let scheduler = physical(&Modules::planner());
    let received = scheduler.try_decode_udf("shout", &bytes).unwrap();
    let mut passed_on = Vec::new();
    scheduler.try_encode_udf(&received, &mut passed_on).unwrap();
    assert_eq!(passed_on, bytes);
}

#[test]
fn the_volatility_that_a_function_was_made_with_goes_with_it() {
    for volatility in [Volatility::Immutable, Volatility::Stable, Volatility::Volatile] {
        let spec = FunctionSpec { volatility, ..score(Location::Inline) };
        let received = physical(&caller()).try_decode_udf("score", &shipped(&spec, C)).unwrap();
        assert_eq!(received.signature().volatility, volatility.into());
    }
}

#[test]
fn a_function_without_its_module_is_an_error_where_it_is_called() {
    let nowhere = Modules::planner();
    let error = physical(&nowhere).try_encode_udf(&udf(score(Location::Inline), &nowhere), &mut Vec::new());
    assert!(error.unwrap_err().to_string().contains("it is not in this process"));
    assert_eq!(module("columns_c", C, Location::Inline).sha256, sha256(C));
}

#[test]
fn extension_nodes_are_the_inner_codecs() {
    let codec = Shipping::new(Modules::planner()).logical_codec(Arc::new(DefaultLogicalExtensionCodec {}));
    let decoded: Result<Extension> = codec.try_decode(b"x", &[] as &[LogicalPlan], &TaskContext::default());
    assert!(decoded.unwrap_err().to_string().contains("LogicalExtensionCodec is not provided"));
}
