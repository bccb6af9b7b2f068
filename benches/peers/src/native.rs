//! The functions of the guests called directly, with the same codec: the limit for any runtime.

use std::hint::black_box;

use peers_functions::{Counter, Report};
use peers_work::{Function, Guest, Result, Start, Work, repeated};

/// A host function.
type Host = fn(Vec<u8>) -> Vec<u8>;

/// Prepares a call of a function in Rust. Its input is copied, as the guest's own copy would be, and the output is a
/// copy again.
pub fn prepare(work: Work) -> Option<Start> {
    let Work::Call { guest: Guest::Pdk, function, timeout: false, .. } = work else { return None };
    let input = work.input();
    Some(match function {
        Function::Empty => return None,
        Function::Echo => each(input, |input| Ok(drop(black_box(peers_functions::echo(input.to_vec()).clone())))),
        Function::Consume => each(input, |input| {
            black_box(peers_functions::consume(&input.to_vec()));
            Ok(())
        }),
        Function::Reflect => {
            let reflect: Host = |input| input;
            let host = black_box(reflect);
            each(input, move |input| Ok(drop(black_box(host(input.to_vec()).clone()))))
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

fn each(input: Vec<u8>, call: impl Fn(&[u8]) -> Result<()> + Clone + Send + Sync + 'static) -> Start {
    repeated(move || {
        let (input, call) = (input.clone(), call.clone());
        Ok(move || call(black_box(&input)))
    })
}
