//! Runs the examples of the README: the commands in its `console` blocks, one after the other.
#![cfg(unix)]

use std::{os::unix::fs::symlink, path::Path, process::Command};

use crate::run::{environment, folder, repository};

/// A command of the README, and the output that is printed below it.
#[derive(Debug, Default)]
struct Example {
    line: usize,
    command: String,
    expected: String,
}

#[test]
fn the_examples_of_the_readme_give_what_it_says() {
    let readme = include_str!("../../README.md");
    let folder = folder();
    let examples = repository().canonicalize().unwrap().join("examples");
    symlink(examples, folder.path().join("examples")).unwrap();
    let examples = examples_of(readme);
    assert!(examples.len() > 20, "the README has lost its examples");
    let wrong: Vec<_> = examples
        .iter()
        .filter_map(|example| {
            let given = run(&example.command, folder.path());
            (!matches(&example.expected, &given)).then(|| {
                format!(
                    "line {}: {}\n-- expected\n{}-- given\n{given}",
                    example.line, example.command, example.expected
                )
            })
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A line that starts with `$ ` is a command, continued by lines that start with `> `; the lines after it are
/// the expected output.
fn examples_of(readme: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut inside = false;
    for (number, line) in readme.lines().enumerate() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if let (true, Some(command)) = (inside, line.strip_prefix("$ ")) {
            examples.push(Example { line: number + 1, command: command.to_owned(), ..Example::default() });
        } else if let (true, Some(example)) = (inside, examples.last_mut()) {
            match line.strip_prefix("> ") {
                Some(more) if example.expected.is_empty() => example.command.extend(["\n", more]),
                _ => example.expected.extend([line, "\n"]),
            }
        }
    }
    examples
}

/// Returns a command's output, with a line break at its end.
fn run(command: &str, folder: &Path) -> String {
    let tool = Path::new(env!("CARGO_BIN_EXE_extism-call")).parent().unwrap();
    let path = std::env::join_paths(
        std::iter::once(tool.to_owned()).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("exec 2>&1\n{command}")).current_dir(folder).env("PATH", path.unwrap());
    for (name, value) in environment() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let mut text = String::from_utf8(shell.output().unwrap().stdout).unwrap();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// Whether the text matches the expected one, where `[..]` matches anything within a line.
fn matches(expected: &str, given: &str) -> bool {
    expected.lines().count() == given.lines().count()
        && expected.lines().zip(given.lines()).all(|(expected, given)| line_matches(expected, given))
}

fn line_matches(expected: &str, given: &str) -> bool {
    let parts: Vec<&str> = expected.split("[..]").collect();
    let [first, middle @ .., last] = parts.as_slice() else { return expected == given };
    let Some(mut rest) = given.strip_prefix(first) else { return false };
    for part in middle {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}
