//! The functions of the guests called directly, with the same codec: the limit for any runtime.

use std::hint::black_box;

use peers_functions::{Counter, Report};
use peers_work::{Function, Guest, Start, Work, repeated};

/// A host function.
type Host = fn(Vec<u8>) -> Vec<u8>;

/// Prepares a call of a function in Rust. Its input is a copy, and its output is copied again, as between two memories.
pub fn prepare(work: Work) -> Option<Start> {
    let Work::Call { guest: Guest::Pdk, function, timeout: false, .. } = work else { return None };
    let input = work.input();
    Some(match function {
        Function::Empty => return None,
        Function::Echo => each(input, peers_functions::echo),
        Function::Consume => each(input, |input| peers_functions::consume(&input).to_le_bytes().to_vec()),
        Function::Reflect => {
            let reflect: Host = |input| input;
            each(input, black_box(reflect))
        }
        Function::CountVowels => repeated(move || {
            let (text, mut counter) = (String::from_utf8(input.clone())?, Counter::new());
            Ok(move || {
                let json = serde_json::to_vec(&counter.count(black_box(&text)))?;
                black_box(serde_json::from_slice::<Report>(black_box(&json))?);
                Ok(())
            })
        }),
        Function::CountVowelsRecord => repeated(move || {
            let (text, mut counter) = (String::from_utf8(input.clone())?, Counter::new());
            Ok(move || {
                black_box(counter.count(black_box(&text)));
                Ok(())
            })
        }),
    })
}

/// Copies the input, calls a function with the copy, and copies its output, all in buffers that are used again.
fn each(input: Vec<u8>, call: fn(Vec<u8>) -> Vec<u8>) -> Start {
    repeated(move || {
        let (input, mut copy, mut output) = (input.clone(), Vec::new(), Vec::new());
        Ok(move || {
            copy.clear();
            copy.extend_from_slice(black_box(&input));
            copy = call(std::mem::take(&mut copy));
            output.clear();
            output.extend_from_slice(black_box(&copy));
            black_box(&output);
            Ok(())
        })
    })
}
