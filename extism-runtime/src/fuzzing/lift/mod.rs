//! The fuzz target of lifted copy loops: a loop that the input describes has the same effect with its copying
//! lifted and unchanged. It runs both, so it belongs not to the crate that contains the other targets but to
//! this one, where cargo-fuzz sets `cfg(fuzzing)`.

#![allow(unreachable_pub, reason = "public where fuzz targets are built")]

mod addresses;
mod generate;
mod run;
mod scene;

#[cfg(test)]
pub(crate) use self::run::bulk_copies;
pub(crate) use self::{generate::module, run::Both, scene::Scene};
use crate::fuzzing_numbers::Numbers;

/// How often each loop runs.
const SCENES: usize = 12;

/// The outcome of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// Whether a loop was lifted.
    pub lifted: bool,
    /// How many runs trapped.
    pub traps: usize,
}

/// Generates a module with a loop, and runs it both ways with several arguments.
pub fn lift(input: &[u8]) -> Told {
    let mut numbers = Numbers(input);
    let text = module(&mut numbers);
    let mut both = Both::new(&text);
    let mut told = Told { lifted: both.lifted(), traps: 0 };
    if told.lifted {
        for _ in 0..SCENES {
            let scene = Scene::read(&mut numbers);
            let outcome = both.run(&scene).unwrap_or_else(|difference| panic!("{scene:?}: {difference}\n{text}"));
            told.traps += usize::from(outcome.trap.is_some());
        }
        both.compare_memories().unwrap_or_else(|difference| panic!("{difference}\n{text}"));
    }
    told
}

/// Returns one of the choices; the first if the input is used up.
pub(crate) fn pick<T: Copy>(numbers: &mut Numbers<'_>, choices: &[T]) -> T {
    choices[usize::from(numbers.u8()) % choices.len()]
}

/// Returns true in this percentage of cases.
pub(crate) fn chance(numbers: &mut Numbers<'_>, percent: u8) -> bool {
    numbers.u8() % 100 >= 100 - percent
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Replays each committed input once.
    #[test]
    fn committed_loops_do_the_same_lifted() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds/lift");
        let mut lifted = 0;
        for entry in std::fs::read_dir(folder).expect("the inputs") {
            let path = entry.expect("an entry").path();
            // Identifies the input of a failure.
            println!("{}", path.display());
            lifted += usize::from(lift(&std::fs::read(&path).expect("a file")).lifted);
        }
        assert!(lifted > 10);
    }

    /// Runs random inputs without coverage guidance, for machines without cargo-fuzz. `EXTISM_FUZZ_SECONDS` sets for
    /// how long.
    #[test]
    fn loops_that_are_made_up_do_the_same_lifted() {
        let seconds = std::env::var("EXTISM_FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
        let end = seconds.map(|seconds| std::time::Instant::now() + std::time::Duration::from_secs(seconds));
        let mut state: u64 = std::env::var("EXTISM_FUZZ_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
        let (mut rounds, mut lifted, mut traps) = (0, 0, 0);
        while end.map_or(rounds < 300, |end| std::time::Instant::now() < end) {
            let input: Vec<u8> = (0..128)
                .flat_map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    (state >> 32).to_le_bytes().into_iter().take(4)
                })
                .collect();
            if end.is_none() {
                println!("{input:?}");
            }
            let told = std::panic::catch_unwind(|| lift(&input)).unwrap_or_else(|_| panic!("{input:?}"));
            rounds += 1;
            lifted += usize::from(told.lifted);
            traps += told.traps;
        }
        eprintln!("{rounds} loops, {lifted} lifted, {traps} of {} runs trapped", lifted * SCENES);
        assert!(3 * lifted > rounds && traps > 0, "{lifted} of {rounds} lifted");
    }
}
