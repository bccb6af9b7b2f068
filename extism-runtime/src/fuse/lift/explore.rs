//! Follows all paths through an iteration of a loop, with values as expressions of the state at its start.

use std::rc::Rc;

use super::{
    FuncValidator, Surroundings,
    code::Code,
    flow::{Flow, Split},
    path::{Branch, Path},
    values::{Binary, Comparison, Expression, Value, Values},
};

/// The maximum number of steps for a loop, over all paths, and of paths that lead back to its start.
const MAX_STEPS: usize = 20_000;
const MAX_PATHS: usize = 64;
/// The maximum number of conditions of a path.
const MAX_CONDITIONS: usize = 64;
/// The depth to which `and` and `or` in conditions are analyzed.
const MAX_CONNECTIVES: u32 = 3;

/// The search for paths.
pub(super) struct Explorer<'e, 'a> {
    pub(super) surroundings: &'e mut Surroundings<'a>,
    pub(super) function: &'e FuncValidator,
    pub(super) values: Values,
    /// The last place from which the loop goes back to its start: a path that passes it leaves the loop.
    pub(super) last_repeat: usize,
    steps: usize,
    waiting: Vec<Path<'a>>,
}

impl<'e, 'a> Explorer<'e, 'a> {
    /// Returns the values, and the paths that lead back to the start of the loop. Returns `None` if there are
    /// too many to follow.
    pub(super) fn explore(
        surroundings: &'e mut Surroundings<'a>,
        function: &'e FuncValidator,
        code: Code<'a>,
    ) -> Option<(Values, Vec<Path<'a>>)> {
        let last_repeat = code.last_repeat()?;
        let waiting = vec![Path::new(Rc::new(code))?];
        let values = Values::default();
        let mut explorer = Self { surroundings, function, values, last_repeat, steps: 0, waiting };
        let mut complete = Vec::new();
        let mut within = true;
        while let Some(path) = explorer.waiting.pop() {
            within = explorer.follow(path, &mut complete);
            if !within {
                break;
            }
        }
        explorer.surroundings.spend(explorer.steps);
        within.then_some((explorer.values, complete))
    }

    /// Follows a path until it ends or forks. Returns false if that exceeds a limit.
    fn follow(&mut self, mut path: Path<'a>, complete: &mut Vec<Path<'a>>) -> bool {
        loop {
            self.steps += 1;
            if self.steps > MAX_STEPS.min(self.surroundings.steps) {
                return false;
            }
            match self.step(&mut path) {
                Some(Flow::On) => {}
                Some(Flow::Repeats) => {
                    complete.push(path);
                    return complete.len() <= MAX_PATHS;
                }
                Some(Flow::Splits(condition, split)) => {
                    self.split(path, condition, split, complete);
                    return complete.len() <= MAX_PATHS;
                }
                None => return true,
            }
        }
    }

    fn split(&mut self, path: Path<'a>, condition: Value, split: Split, complete: &mut Vec<Path<'a>>) {
        for (mut path, truth) in self.fork(path, condition, MAX_CONNECTIVES) {
            if path.conditions.len() > MAX_CONDITIONS {
                continue;
            }
            match self.take(&mut path, split, truth) {
                Some(Branch::On) => self.waiting.push(path),
                Some(Branch::Repeat) => complete.push(path),
                None => {}
            }
        }
    }

    /// Splits a path by whether a value is non-zero.
    fn fork(&mut self, path: Path<'a>, value: Value, connectives: u32) -> Vec<(Path<'a>, bool)> {
        if let Some(truth) = self.known(&path, value, MAX_CONNECTIVES) {
            return vec![(path, truth)];
        }
        let Some(fewer) = connectives.checked_sub(1) else { return self.assume(path, value) };
        match *self.values.get(value) {
            Expression::Compare(_, Comparison::Eq, one, zero) if self.is_composed(one) && self.is_zero(zero) => {
                self.fork(path, one, fewer).into_iter().map(|(path, truth)| (path, !truth)).collect()
            }
            Expression::ExtendU(narrow) | Expression::ExtendS(narrow) => self.fork(path, narrow, fewer),
            Expression::Binary(_, operator, one, other) if self.connects(operator, one, other) => {
                let decides = operator == Binary::Or;
                let mut forks = Vec::new();
                for (path, truth) in self.fork(path, one, fewer) {
                    if truth == decides {
                        forks.push((path, truth));
                    } else {
                        forks.extend(self.fork(path, other, fewer));
                    }
                }
                forks
            }
            _ => self.assume(path, value),
        }
    }

    fn assume(&mut self, path: Path<'a>, value: Value) -> Vec<(Path<'a>, bool)> {
        // Copying a path takes as long as its content is large.
        let locals: usize = path.frames.iter().map(|frame| frame.locals.len() + frame.blocks.len()).sum();
        self.steps += (path.stack.len() + locals + path.accesses.len() + path.conditions.len()) / 8;
        let implied = match *self.values.get(value) {
            Expression::Compare(_, comparison @ (Comparison::Eq | Comparison::Ne), one, zero) if self.is_zero(zero) => {
                Some((one, comparison == Comparison::Ne))
            }
            _ => None,
        };
        let with = |mut path: Path<'a>, truth: bool| {
            path.conditions.push((value, truth));
            path.implied.extend(implied.map(|(value, same)| (value, same == truth)));
            (path, truth)
        };
        vec![with(path.clone(), true), with(path, false)]
    }

    /// Returns whether a value is non-zero, if that is certain on this path.
    fn known(&mut self, path: &Path<'a>, value: Value, connectives: u32) -> Option<bool> {
        if let Some(number) = self.values.as_constant(value) {
            return Some(number != 0);
        }
        if let Some(truth) = path.assumed(value) {
            return Some(truth);
        }
        let fewer = connectives.checked_sub(1)?;
        match *self.values.get(value) {
            Expression::Compare(ty, comparison, one, other) => {
                let opposite = self.values.negated(ty, comparison, one, other);
                if let Some(truth) = path.assumed(opposite) {
                    return Some(!truth);
                }
                let unequal = match comparison {
                    Comparison::Ne => true,
                    Comparison::Eq => false,
                    _ => return None,
                };
                match self.values.as_constant(other)? {
                    0 => self.known(path, one, fewer).map(|truth| truth == unequal),
                    // A value that is zero has no other value.
                    _ => (path.assumed(one) == Some(false)).then_some(unequal),
                }
            }
            Expression::ExtendU(narrow) | Expression::ExtendS(narrow) => self.known(path, narrow, fewer),
            Expression::Binary(_, operator, one, other) if self.connects(operator, one, other) => {
                let decides = Some(operator == Binary::Or);
                match (self.known(path, one, fewer), self.known(path, other, fewer)) {
                    (one, other) if one == decides || other == decides => decides,
                    (one, other) => one.and(other),
                }
            }
            _ => None,
        }
    }

    /// Returns whether an operator on these values is a logical `and` or `or`.
    fn connects(&self, operator: Binary, one: Value, other: Value) -> bool {
        match operator {
            Binary::Or => true,
            Binary::And => self.values.is_boolean(one) && self.values.is_boolean(other),
            _ => false,
        }
    }

    /// Returns whether conditions about a value may be conditions about its parts.
    fn is_composed(&self, value: Value) -> bool {
        matches!(self.values.get(value), Expression::Binary(..) | Expression::ExtendU(_) | Expression::ExtendS(_))
    }

    fn is_zero(&self, value: Value) -> bool {
        self.values.as_constant(value) == Some(0)
    }
}
