use std::collections::{BTreeMap, HashSet};

use super::{
    FuncValidator,
    path::Path,
    values::{Expression, Type, Value, Values},
};

/// The effects of an iteration on locals; it leaves all others unchanged.
#[derive(Default)]
pub(super) struct Locals {
    /// Induction variables: by how much each grows, modulo 2^32 or 2^64.
    pub(super) steps: BTreeMap<u32, (Type, i64)>,
    /// The locals that are set to a value independent of their previous values.
    pub(super) temporaries: HashSet<u32>,
}

impl Locals {
    /// Returns the effects of an iteration along a path on locals. Returns `None` if an iteration depends on
    /// the previous one by anything but induction variables.
    pub(super) fn of(path: &Path<'_>, values: &mut Values, function: &FuncValidator) -> Option<Self> {
        let mut locals = Self::default();
        let set = &path.frames.first()?.locals;
        for (local, value) in set {
            let ty = Type::of(function.get_local_type(*local)?);
            let initial = ty.map(|ty| (ty, values.add(Expression::Local(*local, ty))));
            match (initial, values.terms(*value)) {
                (Some((_, initial)), (terms, 0)) if terms == [(initial, 1)] => {}
                (Some((ty, initial)), (terms, step)) if terms == [(initial, 1)] => {
                    locals.steps.insert(*local, (ty, step));
                }
                (None, _) if *values.get(*value) == Expression::Foreign(*local) => {}
                _ => _ = locals.temporaries.insert(*local),
            }
        }
        let mut seen = HashSet::new();
        let mut ends = set.iter().filter(|(local, _)| locals.temporaries.contains(local));
        ends.all(|(_, end)| locals.is_independent(values, *end, &mut seen)).then_some(locals)
    }

    /// Returns whether a value is independent of the temporaries' values at the start of the iteration.
    fn is_independent(&self, values: &Values, value: Value, seen: &mut HashSet<Value>) -> bool {
        if !seen.insert(value) {
            return true;
        }
        match values.get(value) {
            Expression::Local(local, _) => !self.temporaries.contains(local),
            Expression::Unknown(_) | Expression::Foreign(_) | Expression::TooLarge(_) => false,
            other => other.operands().all(|operand| self.is_independent(values, operand, seen)),
        }
    }
}
