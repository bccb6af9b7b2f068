use wasmparser::{BinaryReader, Operator, OperatorsReader, Parser, Payload};

use super::features::FEATURES;

/// The most instructions that are looked at.
const MAX_STEPS: usize = 100_000;

/// Returns the `unreachable` that was executed, given the instruction that the engine says has trapped: the engine makes
/// one instruction, at the place of the branch, of a branch and an `unreachable` that it leads to. Offsets are those in
/// the module.
pub(crate) fn executed(wasm: &[u8], offset: u64) -> u64 {
    let found = usize::try_from(offset).ok().and_then(|start| at_entry(wasm, start).or_else(|| find(wasm, start)));
    found.map_or(offset, |found| found as u64)
}

/// Returns the `unreachable` that is a function's first instruction, given where the function starts: that is the place
/// which the engine then tells.
fn at_entry(wasm: &[u8], start: usize) -> Option<usize> {
    let bodies = Parser::new(0).parse_all(wasm).map_while(Result::ok);
    let mut bodies = bodies.filter_map(|payload| match payload {
        Payload::CodeSectionEntry(body) => Some(body),
        _ => None,
    });
    let body = bodies.find(|body| body.range().start == start)?;
    let mut operators = body.get_operators_reader().ok()?;
    let (first, place) = operators.read_with_offset().ok()?;
    matches!(first, Operator::Unreachable).then_some(place)
}

fn find(wasm: &[u8], start: usize) -> Option<usize> {
    let (branch, mut place) = read(wasm, start)?;
    // The blocks that are left by the branch: what follows is executed.
    let mut leaves = match branch {
        Operator::BrIf { relative_depth } => Some(relative_depth),
        Operator::If { .. } => None,
        _ => return None,
    };
    let mut is_target = true;
    let mut depth = 0;
    for _ in 0..MAX_STEPS {
        let (operator, next) = read(wasm, place)?;
        match operator {
            Operator::Unreachable if is_target => return Some(place),
            Operator::Block { .. }
            | Operator::Loop { .. }
            | Operator::If { .. }
            | Operator::Try { .. }
            | Operator::TryTable { .. } => depth += 1,
            Operator::Else if depth == 0 && leaves.is_none() => {
                (is_target, place) = (true, next);
                continue;
            }
            Operator::End if depth > 0 => depth -= 1,
            Operator::End => match leaves {
                // What follows is where the branch leads: one more is looked at.
                Some(0) | None => return matches!(read(wasm, next)?, (Operator::Unreachable, _)).then_some(next),
                Some(left) => leaves = Some(left - 1),
            },
            _ => {}
        }
        (is_target, place) = (false, next);
    }
    None
}

/// Reads an instruction; returns it and where the next one is.
fn read(wasm: &[u8], place: usize) -> Option<(Operator<'_>, usize)> {
    // A reader of several would not read those that end what began before.
    match wasm.get(place)? {
        0x05 => Some((Operator::Else, place + 1)),
        0x0b => Some((Operator::End, place + 1)),
        _ => {
            let mut operators = OperatorsReader::new(BinaryReader::new_features(wasm.get(place..)?, place, FEATURES));
            let operator = operators.read().ok()?;
            Some((operator, operators.original_position()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks that of a function with this body, whose first instruction after `local.get` is the branch, the
    /// `unreachable` marked by what follows it is found.
    fn distance(body: &str) -> Option<usize> {
        let wasm = wat::parse_str(format!("(module (func (param i32) {body}))")).unwrap();
        let start = wasm.windows(2).position(|bytes| bytes == [0x20, 0x00])? + 2;
        find(&wasm, start).map(|found| found - start)
    }

    #[test]
    fn an_unreachable_to_which_a_branch_leads_is_found() {
        assert_eq!(distance("(block (br_if 0 (local.get 0)) unreachable) nop"), Some(2));
        assert_eq!(distance("(if (local.get 0) (then unreachable))"), Some(2));
        assert_eq!(distance("(if (local.get 0) (then nop) (else unreachable))"), Some(4));
        assert_eq!(distance("(block (br_if 0 (local.get 0)) nop return) unreachable"), Some(5));
        assert_eq!(distance("(block (block (br_if 1 (local.get 0)) nop (block nop)) nop) unreachable"), Some(10));
    }

    #[test]
    fn one_to_which_it_does_not_lead_is_not() {
        assert_eq!(distance("(block (br_if 0 (local.get 0)) nop unreachable) nop"), None);
        assert_eq!(distance("(block (block (br_if 1 (local.get 0)) nop) unreachable) nop"), None);
        assert_eq!(distance("(drop (i32.add (local.get 0) (i32.const 1))) unreachable"), None);
    }
}
