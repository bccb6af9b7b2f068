//! Tests that the server answers real requests, and exits properly.

use std::{
    env,
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use ureq::Agent;

/// A server with these options, on its own port; it is killed when this is dropped.
struct Server {
    process: Child,
    output: BufReader<std::process::ChildStdout>,
    address: String,
    agent: Agent,
}

impl Server {
    fn start(options: &[&str]) -> Self {
        let mut process = Command::new(program("server"))
            .args(["--listen", "127.0.0.1:0"])
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the example was built with this test");
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").expect("it says where").to_owned();
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_mins(1)))
            .build()
            .into();
        Self { process, output, address, agent }
    }

    /// Returns the status and the body of a plug-in's response.
    fn quote(&self, plugin: &str, cart: &Value) -> (u16, Value) {
        let mut response = self
            .agent
            .post(format!("{}/quote/{plugin}", self.address))
            .header("content-type", "application/json")
            .send(cart.to_string())
            .unwrap();
        let body = response.body_mut().read_to_string().unwrap();
        (response.status().as_u16(), serde_json::from_str(&body).unwrap_or(Value::String(body)))
    }

    fn get(&self, path: &str) -> String {
        let mut response = self.agent.get(format!("{}{path}", self.address)).call().unwrap();
        assert_eq!(response.status().as_u16(), 200, "{path}");
        response.body_mut().read_to_string().unwrap()
    }

    /// Interrupts the server; returns how it exited and its last line of output.
    fn interrupt(&mut self) -> (ExitStatus, String) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        let status = self.process.wait().unwrap();
        let mut last = String::new();
        self.output.read_line(&mut last).unwrap();
        (status, last)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An example that was built with this test.
fn program(example: &str) -> PathBuf {
    let mut folder = env::current_exe().unwrap();
    // From target/PROFILE/deps/server-HASH to target/PROFILE/examples.
    folder.pop();
    folder.pop();
    folder.join("examples").join(example).with_extension(env::consts::EXE_EXTENSION)
}

fn cart(items: &[(&str, u64)]) -> Value {
    let item = |(article, quantity): &(&str, u64)| json!({ "article": article, "quantity": quantity });
    json!({ "items": items.iter().map(item).collect::<Vec<_>>() })
}

#[test]
fn plugins_price_carts_with_the_shops_prices() {
    let server = Server::start(&[]);
    let cart = cart(&[("apple", 3), ("coffee", 1)]);
    assert_eq!(server.quote("standard", &cart), (200, json!({ "total": 1440, "discount": 0 })));
    assert_eq!(server.quote("sale", &cart), (200, json!({ "total": 1152, "discount": 288 })));
    assert_eq!(server.get("/plugins"), r#"["endless","sale","standard"]"#);
}

#[test]
fn each_error_has_its_status() {
    let server = Server::start(&["--timeout", "100"]);
    let (status, body) = server.quote("standard", &cart(&[("moon", 1)]));
    assert_eq!((status, &body), (422, &json!({ "error": "there is no article `moon`" })));

    let (status, body) = server.quote("endless", &cart(&[]));
    assert_eq!(status, 504);
    assert!(body["error"].as_str().unwrap().starts_with("plug-in `endless`, export `quote`: timed out"), "{body}");

    assert_eq!(server.quote("none", &cart(&[])).0, 404);
    assert_eq!(server.quote("standard", &json!({ "items": 1 })).0, 422);
    assert_eq!(server.quote("standard", &cart(&[])).0, 200);
}

#[test]
fn a_plugin_whose_instances_are_all_in_use_is_busy_and_the_others_answer() {
    let server = Server::start(&["--timeout", "3000", "--max-instances", "1", "--max-wait", "50"]);
    thread::scope(|scope| {
        let looping: Vec<_> = (0..2).map(|_| scope.spawn(|| server.quote("endless", &cart(&[])).0)).collect();
        let (status, _) = server.quote("standard", &cart(&[("bread", 1)]));
        assert_eq!(status, 200);
        let mut statuses: Vec<_> = looping.into_iter().map(|thread| thread.join().unwrap()).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [503, 504]);
    });
}

#[test]
fn metrics_count_calls_by_plugin_and_outcome() {
    let server = Server::start(&["--timeout", "100"]);
    for _ in 0..3 {
        server.quote("standard", &cart(&[("apple", 1)]));
    }
    server.quote("standard", &cart(&[("moon", 1)]));
    server.quote("endless", &cart(&[]));
    let metrics = server.get("/metrics");
    let has = |line: &str| assert!(metrics.lines().any(|other| other == line), "{line} in:\n{metrics}");
    has(r#"plugin_calls_total{plugin="standard",outcome="ok"} 3"#);
    has(r#"plugin_calls_total{plugin="standard",outcome="guest"} 1"#);
    has(r#"plugin_calls_total{plugin="endless",outcome="timeout"} 1"#);
    has(r#"plugin_call_seconds_count{plugin="standard"} 4"#);
}

#[test]
#[cfg(unix)]
fn an_interrupted_server_serves_the_requests_it_has() {
    let mut server = Server::start(&["--timeout", "1000"]);
    let (address, agent) = (server.address.clone(), server.agent.clone());
    let waiting = thread::spawn(move || {
        let url = format!("{address}/quote/endless");
        let body = r#"{"items": []}"#;
        agent.post(url).header("content-type", "application/json").send(body).unwrap().status().as_u16()
    });
    // The request has arrived when its instance is in use, which is not visible to the plug-in's other calls:
    // wait a little.
    thread::sleep(Duration::from_millis(300));
    let (status, last) = server.interrupt();
    assert!(status.success());
    assert_eq!(last, "all requests are served\n");
    assert_eq!(waiting.join().unwrap(), 504);
}
