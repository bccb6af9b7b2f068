//! The stacks in a profile in Firefox's format
//! (<https://github.com/firefox-devtools/profiler/blob/main/docs-developer/processed-profile-format.md>).

use std::collections::HashMap;

use serde::Deserialize;

use crate::display;

/// Functions that were running, and how often just these were seen.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stack {
    /// The functions' names, the outermost first.
    pub functions: Vec<String>,
    /// In how many samples.
    pub samples: u64,
}

#[derive(Deserialize)]
struct Profile {
    threads: Vec<Thread>,
    /// The strings, in newer versions of the format.
    shared: Option<Shared>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shared {
    string_array: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Thread {
    samples: Samples,
    stack_table: StackTable,
    frame_table: FrameTable,
    func_table: FuncTable,
    string_array: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Samples {
    stack: Vec<Option<usize>>,
    weight: Option<Vec<u64>>,
}

/// Each stack is one frame on top of another stack.
#[derive(Deserialize)]
struct StackTable {
    prefix: Vec<Option<usize>>,
    frame: Vec<usize>,
}

#[derive(Deserialize)]
struct FrameTable {
    func: Vec<usize>,
}

#[derive(Deserialize)]
struct FuncTable {
    name: Vec<usize>,
}

/// Reads the stacks, the most frequent first.
pub(super) fn read(firefox: &[u8]) -> Option<Vec<Stack>> {
    let profile: Profile = serde_json::from_slice(firefox).ok()?;
    let mut counts: HashMap<Vec<String>, u64> = HashMap::new();
    for thread in &profile.threads {
        let strings = thread.string_array.as_ref().or(profile.shared.as_ref().map(|shared| &shared.string_array))?;
        for (index, stack) in thread.samples.stack.iter().enumerate() {
            let Some(stack) = stack else { continue };
            let weight = thread.samples.weight.as_ref().and_then(|weights| weights.get(index)).copied().unwrap_or(1);
            *counts.entry(functions(thread, strings, *stack)?).or_default() += weight;
        }
    }
    let mut stacks: Vec<_> = counts.into_iter().map(|(functions, samples)| Stack { functions, samples }).collect();
    stacks.sort_by(|one, other| (other.samples, &one.functions).cmp(&(one.samples, &other.functions)));
    Some(stacks)
}

fn functions(thread: &Thread, strings: &[String], stack: usize) -> Option<Vec<String>> {
    let mut functions = Vec::new();
    let mut next = Some(stack);
    while let Some(stack) = next {
        let function = thread.frame_table.func.get(*thread.stack_table.frame.get(stack)?)?;
        let name = strings.get(*thread.func_table.name.get(*function)?)?;
        functions.push(display::line(&without_hashes(name)).to_string());
        // A prefix comes before what it is the prefix of.
        next = thread.stack_table.prefix.get(stack)?.filter(|prefix| *prefix < stack);
    }
    functions.reverse();
    Some(functions)
}

/// Returns a name of a Rust function without hashes: the one at its end, and those after the names of crates.
fn without_hashes(name: &str) -> String {
    let is_hash = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let name = match name.rsplit_once("::h") {
        Some((name, hash)) if hash.len() == 16 && is_hash(hash) => name,
        _ => name,
    };
    let mut shown = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('[') {
        shown.push_str(before);
        let is_after_a_name = before.ends_with(|last: char| last.is_alphanumeric() || last == '_');
        rest = match after.split_once("]::") {
            Some((hash, path)) if is_after_a_name && hash.len() <= 16 && is_hash(hash) => {
                shown.push_str("::");
                path
            }
            _ => {
                shown.push('[');
                after
            }
        };
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::without_hashes;

    #[test]
    fn only_hashes_are_taken_off_a_name() {
        for (name, shown) in [
            ("core::fmt::write::h0123456789abcdef", "core::fmt::write"),
            ("a::help", "a::help"),
            ("<[u8; 4] as a::B>::hash", "<[u8; 4] as a::B>::hash"),
            ("core[e15bb7c783ef935a]::slice::memchr", "core::slice::memchr"),
            ("<a[1f]::B as core[e15bb7c783ef935a]::fmt::Debug>::fmt", "<a::B as core::fmt::Debug>::fmt"),
            ("<[abc] as a[1f]::B>::c", "<[abc] as a::B>::c"),
            ("table[3]", "table[3]"),
            ("a[b", "a[b"),
        ] {
            assert_eq!(without_hashes(name), shown);
        }
    }
}
