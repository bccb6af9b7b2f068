//! Functions of the committed guests, and a Ballista cluster in this process.

use std::{fmt::Write as _, sync::Arc, time::Duration};

use ballista::prelude::{SessionConfigExt, SessionContextExt};
use ballista_core::{
    registry::BallistaFunctionRegistry,
    serde::{BallistaCodec, BallistaLogicalExtensionCodec, BallistaPhysicalExtensionCodec},
    utils::{default_config_producer, default_session_builder},
};
use ballista_executor::new_standalone_executor_from_builder;
use ballista_scheduler::standalone::new_standalone_scheduler_with_builder;
use datafusion::{
    arrow::{
        array::{Float64Array, RecordBatch, StringArray},
        datatypes::{DataType, Field, Schema},
        util::pretty::pretty_format_batches,
    },
    datasource::MemTable,
    execution::{SessionStateBuilder, runtime_env::RuntimeEnv},
    logical_expr::ScalarUDF,
    prelude::{ParquetReadOptions, SessionConfig, SessionContext},
};
use extism_datafusion::{
    ExecutorPolicy, FunctionSpec, Location, ModuleRef, Modules, PluginScalar,
    ship::Shipping,
    spec::{Argument, Call, SqlType, Volatility},
};
use sha2::{Digest, Sha256};

pub(crate) const C: &[u8] = include_bytes!("../../../plugins/columns_c.wasm");
pub(crate) const RUST: &[u8] = include_bytes!("../../../plugins/columns_rust.wasm");

/// A policy that leaves no files.
pub(crate) fn policy() -> ExecutorPolicy {
    // Without optimization, and beside other builds, compiling a module of a megabyte may take a while.
    ExecutorPolicy::new().without_cache().with_compile_timeout(Duration::from_mins(5))
}

/// The modules of a process that calls plug-ins.
pub(crate) fn caller() -> Modules {
    Modules::new(policy()).unwrap()
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

pub(crate) fn hex(hash: [u8; 32]) -> String {
    hash.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

pub(crate) fn module(name: &str, bytes: &[u8], at: Location) -> ModuleRef {
    ModuleRef { sha256: sha256(bytes), size: bytes.len() as u64, name: name.to_owned(), at }
}

/// A function of batches of columns of these types.
pub(crate) fn function(name: &str, module: ModuleRef, arguments: &[DataType], returns: DataType) -> FunctionSpec {
    let argument = |(number, ty): (usize, &DataType)| Argument {
        name: format!("argument{number}"),
        ty: SqlType::Column(ty.clone()),
    };
    FunctionSpec {
        name: name.to_owned(),
        module,
        arguments: arguments.iter().enumerate().map(argument).collect(),
        returns: SqlType::Column(returns),
        call: Call::Batches { export: name.to_owned() },
        volatility: Volatility::Immutable,
        keeps_state: false,
    }
}

/// `score(VARCHAR, DOUBLE)`, in C.
pub(crate) fn score(at: Location) -> FunctionSpec {
    function("score", module("columns_c", C, at), &[DataType::Utf8, DataType::Float64], DataType::Float64)
}

/// `shout(VARCHAR)`, in Rust.
pub(crate) fn shout(at: Location) -> FunctionSpec {
    function("shout", module("columns_rust", RUST, at), &[DataType::Utf8], DataType::Utf8)
}

pub(crate) fn udf(spec: FunctionSpec, modules: &Modules) -> ScalarUDF {
    PluginScalar::new(spec, modules.clone()).into()
}

fn ballista_codec(shipping: &Shipping) -> BallistaCodec {
    BallistaCodec::new(
        shipping.logical_codec(Arc::new(BallistaLogicalExtensionCodec::default())),
        shipping.physical_codec(Arc::new(BallistaPhysicalExtensionCodec::default())),
    )
}

/// A scheduler and executors in this process, each with modules of its own.
pub(crate) struct Cluster {
    /// The scheduler's. They have no engine.
    pub(crate) scheduler: Modules,
    /// The executors'.
    pub(crate) executors: Vec<Modules>,
    port: u16,
}

impl Cluster {
    pub(crate) async fn start(executors: Vec<Modules>) -> Self {
        let scheduler = Modules::planner();
        let codec = ballista_codec(&Shipping::new(scheduler.clone()));
        let address = new_standalone_scheduler_with_builder(
            Arc::new(default_session_builder),
            Arc::new(default_config_producer),
            codec,
        );
        let port = address.await.unwrap().port();
        for modules in &executors {
            Self::executor(port, modules).await;
        }
        Self { scheduler, executors, port }
    }

    async fn executor(scheduler: u16, modules: &Modules) {
        let url = format!("http://localhost:{scheduler}");
        let client = ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient::connect(url);
        let runtime = Arc::new(RuntimeEnv::default());
        new_standalone_executor_from_builder(
            client.await.unwrap(),
            2,
            Arc::new(default_config_producer),
            Arc::new(move |_| Ok(runtime.clone())),
            ballista_codec(&Shipping::new(modules.clone())),
            BallistaFunctionRegistry::default(),
        )
        .await
        .unwrap();
    }

    /// A client, which sends functions in this way, with a table `texts` of several partitions.
    pub(crate) async fn client(&self, shipping: &Shipping) -> SessionContext {
        self.client_with(shipping, SessionConfig::new_with_ballista().with_target_partitions(3)).await
    }

    pub(crate) async fn client_with(&self, shipping: &Shipping, config: SessionConfig) -> SessionContext {
        let codec = (
            shipping.logical_codec(Arc::new(BallistaLogicalExtensionCodec::default())),
            shipping.physical_codec(Arc::new(BallistaPhysicalExtensionCodec::default())),
        );
        let config =
            config.with_ballista_logical_extension_codec(codec.0).with_ballista_physical_extension_codec(codec.1);
        let state = SessionStateBuilder::new().with_config(config).with_default_features().build();
        SessionContext::remote_with_state(&format!("df://localhost:{}", self.port), state).await.unwrap()
    }
}

/// The rows of the table `texts`.
pub(crate) fn texts() -> RecordBatch {
    let schema = Schema::new(vec![
        Field::new("kind", DataType::Utf8, true),
        Field::new("text", DataType::Utf8, true),
        Field::new("weight", DataType::Float64, true),
    ]);
    let kinds = (0..400).map(|row| Some(["fig", "date", "grape"][row % 3]));
    let words = (0..400).map(|row| (row % 7 != 0).then_some(["banana", "Eau de vie", "rhythm", ""][row % 4]));
    let weights = (0..400u32).map(|row| (row % 9 != 0).then_some(f64::from(row % 16) / 4.0));
    RecordBatch::try_new(
        schema.into(),
        vec![
            Arc::new(kinds.collect::<StringArray>()),
            Arc::new(words.collect::<StringArray>()),
            Arc::new(weights.collect::<Float64Array>()),
        ],
    )
    .unwrap()
}

/// The table `texts` as Parquet files in a folder that lives as long as the guard.
pub(crate) async fn register_texts(context: &SessionContext) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (number, start) in (0..400).step_by(100).enumerate() {
        let path = folder.path().join(format!("{number}.parquet"));
        let batch = texts().slice(start, 100);
        let file = std::fs::File::create(path).unwrap();
        let mut writer = datafusion::parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
    }
    let path = format!("{}/", folder.path().display());
    context.register_parquet("texts", path, ParquetReadOptions::default()).await.unwrap();
    folder
}

/// The table `texts` in memory, in one process.
pub(crate) fn local() -> SessionContext {
    let context = SessionContext::new();
    let table = MemTable::try_new(texts().schema(), vec![vec![texts()]]).unwrap();
    context.register_table("texts", Arc::new(table)).unwrap();
    context
}

/// The result of a query, as text.
pub(crate) async fn rows(context: &SessionContext, sql: &str) -> Result<String, String> {
    let batches = async { context.sql(sql).await?.collect().await };
    let batches = tokio::time::timeout(Duration::from_mins(5), batches).await;
    let batches = batches.map_err(|_| format!("no result: {sql}"))?.map_err(|error| error.to_string())?;
    Ok(pretty_format_batches(&batches).unwrap().to_string())
}
