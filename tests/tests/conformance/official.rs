//! Tests that calls have the same results as under the official runtime (`tests/fixtures`).

use std::{collections::BTreeSet, fs, thread};

use extism_runtime::{
    Engine, Wasm,
    snapshot::{Snapshot, SnapshotError},
};
use serde_json::Value;

use crate::{case::Case, engine, fixture, guest, server::start};

/// Compares the results of cases with the official ones, and counts them.
struct Comparison {
    official: Value,
    server: String,
    calls: usize,
    differences: Vec<String>,
}

impl Comparison {
    fn new() -> Self {
        let official = fixture("official.json")["answers"].take();
        Self { official, server: start(), calls: 0, differences: Vec::new() }
    }

    fn call(&mut self, case: &mut Case<'_>, index: usize) {
        let call = &case.calls()[index];
        let (mut ours, theirs) = (case.answer(call, &self.server), &self.official[case.name][index]);
        if theirs["error"].is_null() {
            // Where the official runtime has no text, this one says that there is none.
            ours.as_object_mut().unwrap().remove("error");
        }
        if ours != *theirs {
            let shown = |value: &Value| value.to_string().chars().take(300).collect::<String>();
            let (call, ours, theirs) = (shown(call), shown(&ours), shown(theirs));
            self.differences.push(format!("{}: {call}:\n    {ours}\n    official {theirs}", case.name));
        }
        self.calls += 1;
    }

    fn is_the_same(&self) {
        assert!(self.differences.is_empty(), "{}", self.differences.join("\n"));
    }

    fn finish(&self) {
        self.is_the_same();
        let recorded: usize =
            self.official.as_object().unwrap().values().map(|all| all.as_array().unwrap().len()).sum();
        assert_eq!(self.calls % recorded, 0, "each recorded answer is compared");
        assert!(recorded > 200, "{recorded} calls are recorded");
    }
}

fn cases<'a>(fixture: &'a Value, engine: &Engine) -> Vec<Case<'a>> {
    fixture.as_array().unwrap().iter().map(|case| Case::new(case, engine)).collect()
}

#[test]
fn every_guest_answers_as_under_the_official_runtime() {
    let mut comparison = Comparison::new();
    let engine = engine(|options| options);
    for case in fixture("conformance.json").as_array().unwrap() {
        let mut case = Case::new(case, &engine);
        (0..case.calls().len()).for_each(|index| comparison.call(&mut case, index));
    }
    comparison.finish();
}

/// Whatever a module's initialization leaves behind, a snapshot of it has: each call has the same result.
#[test]
fn guests_that_were_initialized_ahead_of_time_answer_as_under_the_official_runtime() {
    let (mut comparison, mut snapshots) = (Comparison::new(), BTreeSet::new());
    let engine = engine(|options| options);
    for case in fixture("conformance.json").as_array().unwrap() {
        let mut is_meant = false;
        let mut case = Case::with_modules(case, &engine, |file| {
            match Snapshot::new().with_wasi(true).take(&fs::read(guest(file)).unwrap()) {
                Err(SnapshotError::NothingToRun) => Wasm::file(guest(file)),
                taken => {
                    is_meant = true;
                    snapshots.insert(file.to_owned());
                    Wasm::data(taken.unwrap_or_else(|error| panic!("{file}: {error}")))
                }
            }
        });
        if is_meant {
            (0..case.calls().len()).for_each(|index| comparison.call(&mut case, index));
        }
    }
    comparison.is_the_same();
    eprintln!("{} calls of snapshots of {snapshots:?}", comparison.calls);
    assert!(comparison.calls > 50, "{} calls of {snapshots:?}", comparison.calls);
}

/// Makes the calls of all plug-ins in a random order, those of each plug-in in their own order, so that each
/// encounters the others' traces.
fn mixed(mut cases: Vec<Case<'_>>, seed: u64, comparison: &mut Comparison) {
    let mut next: Vec<usize> = vec![0; cases.len()];
    let mut random = seed;
    while !cases.is_empty() {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let chosen = (random >> 33) as usize % cases.len();
        if next[chosen] == cases[chosen].calls().len() {
            // Its instance is dropped, and its slot goes to others.
            cases.swap_remove(chosen);
            next.swap_remove(chosen);
        } else {
            comparison.call(&mut cases[chosen], next[chosen]);
            next[chosen] += 1;
        }
    }
}

#[test]
fn other_plugins_between_two_calls_change_no_answer() {
    let fixture = fixture("conformance.json");
    for (pool, seed) in [(0, 1), (3, 2), (1000, 3)] {
        let engine = engine(|options| options.with_pool_size(pool));
        let mut comparison = Comparison::new();
        mixed(cases(&fixture, &engine), seed, &mut comparison);
        comparison.finish();
    }
}

#[test]
fn threads_that_share_an_engine_get_the_same_answers() {
    let fixture = fixture("conformance.json");
    let engine = engine(|options| options);
    thread::scope(|scope| {
        for start in 0..3 {
            let (fixture, engine) = (&fixture, &engine);
            scope.spawn(move || {
                let mut comparison = Comparison::new();
                let mut cases = cases(fixture, engine);
                let count = cases.len();
                cases.rotate_left(start * count / 3);
                for case in &mut cases {
                    (0..case.calls().len()).for_each(|index| comparison.call(case, index));
                }
                comparison.finish();
            });
        }
    });
}
