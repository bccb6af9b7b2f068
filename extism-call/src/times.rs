//! The duration of each stage, for `--time`.

use std::{
    io::{self, Write as _},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// The durations of the stages, shared between clones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Times(Arc<Mutex<Stages>>);

#[derive(Debug, Default)]
struct Stages {
    /// In the order in which they ended.
    done: Vec<(&'static str, Duration)>,
    running: Option<(&'static str, Instant)>,
}

impl Stages {
    fn end(&mut self) {
        if let Some((name, start)) = self.running.take() {
            self.done.push((name, start.elapsed()));
        }
    }
}

impl Times {
    /// Ends the running stage and begins another.
    pub(crate) fn begin(&self, name: &'static str) {
        let mut stages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stages.end();
        stages.running = Some((name, Instant::now()));
    }

    /// Ends the running stage.
    pub(crate) fn end(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).end();
    }

    /// Prints the durations of the stages, one per line. Consecutive stages with the same name share a line.
    pub(crate) fn print(&self) {
        let mut stages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stages.end();
        // A failure to print the times must not fail the command.
        let _ = io::stderr().write_all(table(&stages.done).as_bytes());
    }
}

fn table(stages: &[(&'static str, Duration)]) -> String {
    let groups = stages.chunk_by(|(one, _), (other, _)| one == other);
    groups.map(|group| line(group[0].0, &group.iter().map(|(_, time)| *time).collect::<Vec<_>>())).collect()
}

fn line(name: &str, times: &[Duration]) -> String {
    let total: Duration = times.iter().sum();
    let line = format!("{name:<11} {:>10}", millis(total));
    if times.len() > 1 {
        let count = u32::try_from(times.len()).unwrap_or(u32::MAX);
        let (min, max) = (times.iter().min(), times.iter().max());
        let [min, max] = [min, max].map(|time| millis(time.copied().unwrap_or_default()));
        let mean = millis(total / count);
        return format!("{line}  ({count} calls: {min} to {max}, {mean} on average)\n");
    }
    line + "\n"
}

fn millis(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_one_line_with_their_range_and_mean() {
        let ms = Duration::from_micros;
        let stages = [("load", ms(1500)), ("call", ms(1000)), ("call", ms(2000)), ("call", ms(6000))];
        let expected = "load          1.500 ms\n\
                        call          9.000 ms  (3 calls: 1.000 ms to 6.000 ms, 3.000 ms on average)\n";
        assert_eq!(table(&stages), expected);
    }
}
