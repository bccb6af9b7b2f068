//! The processes of the cluster: a scheduler and executors.

use std::{
    io::{self, Read},
    net::{Ipv4Addr, TcpListener as StdTcpListener},
    path::Path,
    process,
    sync::Arc,
    thread,
    time::Duration,
};

use ballista_core::serde::{BallistaLogicalExtensionCodec, BallistaPhysicalExtensionCodec};
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::{
    cluster::BallistaCluster,
    config::SchedulerConfig,
    scheduler_process::{create_scheduler, start_grpc_service_with_listener},
};
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use extism_datafusion::{ExecutorPolicy, Modules, ship::Shipping};
use tokio::net::TcpListener;

use crate::Result;

/// Runs the scheduler. Its functions have no engine: a call of one is an error.
pub(crate) async fn scheduler() -> Result<()> {
    end_with_parent();
    let shipping = Shipping::new(Modules::planner());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let port = listener.local_addr()?.port();
    let config = SchedulerConfig {
        external_host: Ipv4Addr::LOCALHOST.to_string(),
        bind_port: port,
        // A dead executor is noticed after some seconds instead of minutes.
        executor_timeout_seconds: 6,
        expire_dead_executor_interval_seconds: 1,
        no_executors_grace_period_seconds: 10,
        override_logical_codec: Some(shipping.logical_codec(Arc::new(BallistaLogicalExtensionCodec::default()))),
        override_physical_codec: Some(shipping.physical_codec(Arc::new(BallistaPhysicalExtensionCodec::default()))),
        ..SchedulerConfig::default()
    };
    let cluster = BallistaCluster::new_from_config(&config).await?;
    let scheduler = create_scheduler::<LogicalPlanNode, PhysicalPlanNode>(cluster, Arc::new(config)).await?;
    println!("{port}");
    Ok(start_grpc_service_with_listener(listener, scheduler).await?)
}

/// Runs an executor, whose policy limits plug-ins whatever a plan says.
pub(crate) async fn executor(name: &str, scheduler: u16, work: &Path, cache: &Path) -> Result<()> {
    end_with_parent();
    let policy =
        ExecutorPolicy::new().with_timeout(Duration::from_secs(5)).with_max_pages(1024).with_cache_directory(cache);
    let modules = Modules::new(policy)?;
    report(name.to_owned(), modules.clone());
    let shipping = Shipping::new(modules);
    let [port, grpc_port] = free_ports()?;
    let config = ExecutorProcessConfig {
        port,
        grpc_port,
        external_host: Some(Ipv4Addr::LOCALHOST.to_string()),
        scheduler_host: Ipv4Addr::LOCALHOST.to_string(),
        scheduler_port: scheduler,
        scheduler_connect_timeout_seconds: 20,
        vcores: 1,
        work_dir: Some(work.display().to_string()),
        executor_heartbeat_interval_seconds: 1,
        override_logical_codec: Some(shipping.logical_codec(Arc::new(BallistaLogicalExtensionCodec::default()))),
        override_physical_codec: Some(shipping.physical_codec(Arc::new(BallistaPhysicalExtensionCodec::default()))),
        ..ExecutorProcessConfig::default()
    };
    println!("  [{name}] process {}, port {port}", process::id());
    Ok(start_executor_process(Arc::new(config)).await?)
}

/// Says when modules were fetched and compiled.
fn report(name: String, modules: Modules) {
    thread::spawn(move || {
        let mut before = modules.counts();
        loop {
            thread::sleep(Duration::from_millis(50));
            let now = modules.counts();
            if now != before {
                println!("  [{name}] modules so far: {} fetched, {} compiled or loaded", now.fetched, now.compiled);
            }
            before = now;
        }
    });
}

/// Ends this process when the one that started it does: it holds the other end of the standard input.
fn end_with_parent() {
    thread::spawn(|| {
        let _ = io::stdin().read(&mut [0]);
        process::exit(1);
    });
}

/// Ports that nobody has, as both are open at once here.
fn free_ports() -> Result<[u16; 2]> {
    let first = StdTcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let second = StdTcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok([first.local_addr()?.port(), second.local_addr()?.port()])
}
