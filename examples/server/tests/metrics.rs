//! Tests that the example `metrics` runs, and prints Prometheus' text format.

use std::{collections::BTreeMap, env, path::PathBuf, process::Command};

/// Returns the output of the example that was built with this test.
fn output() -> String {
    let mut folder: PathBuf = env::current_exe().unwrap();
    // From target/PROFILE/deps/metrics-HASH to target/PROFILE/examples.
    folder.pop();
    folder.pop();
    let program = folder.join("examples/metrics").with_extension(env::consts::EXE_EXTENSION);
    let output = Command::new(&program).output().unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Returns the samples of a text in Prometheus' format, after checking each line: a comment, or a name with
/// labels and a number.
fn samples(text: &str) -> BTreeMap<&str, f64> {
    let is_name = |name: &str| name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
    let mut samples = BTreeMap::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(comment) = line.strip_prefix("# ") {
            let (kind, rest) = comment.split_once(' ').expect(line);
            let (name, _) = rest.split_once(' ').expect(line);
            assert!(["HELP", "TYPE"].contains(&kind) && is_name(name), "{line}");
            continue;
        }
        let (sample, value) = line.rsplit_once(' ').expect(line);
        let (name, labels) = sample.split_once('{').expect(line);
        assert!(is_name(name) && labels.ends_with('}'), "{line}");
        samples.insert(sample, value.parse().expect(line));
    }
    samples
}

#[test]
fn metrics_prints_what_calls_and_instances_used() {
    let text = output();
    let samples = samples(&text);
    for (sample, value) in [
        (r#"plugin_calls_total{plugin="sink",export="echo",outcome="ok"}"#, 3.0),
        (r#"plugin_calls_total{plugin="sink",export="panic",outcome="trap"}"#, 1.0),
        (r#"plugin_calls_total{plugin="sink",export="loop_forever",outcome="timeout"}"#, 1.0),
        (r#"plugin_call_seconds_count{plugin="sink",in="plugin"}"#, 5.0),
        (r#"plugin_call_seconds_bucket{plugin="sink",in="plugin",le="+Inf"}"#, 5.0),
        (r#"plugin_host_calls_total{plugin="sink"}"#, 0.0),
        (r#"plugin_bytes_total{plugin="sink",direction="in"}"#, 31.0),
        (r#"plugin_bytes_total{plugin="sink",direction="out"}"#, 11.0),
        (r#"plugin_instances{plugin="sink"}"#, 1.0),
    ] {
        assert_eq!(samples.get(sample), Some(&value), "{sample} in\n{text}");
    }
    assert!(
        samples[r#"plugin_call_seconds_sum{plugin="sink",in="plugin"}"#] >= 0.05,
        "one ran until its timeout\n{text}"
    );
    assert!(samples[r#"plugin_memory_bytes{plugin="sink"}"#] >= 65536.0, "{text}");
    assert!(text.contains("# TYPE plugin_call_seconds histogram\n"), "{text}");
}
