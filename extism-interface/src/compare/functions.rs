//! Functions of two interfaces.

use std::collections::HashSet;

use super::{Difference, Names, problem::Problem, values::Comparison};
use crate::{Format, FormatKind, Interface, Method, Role, Wire, format::reads, method::Encoding, schema::Types, text};

/// The most differences that are told of a function.
const MOST: usize = 50;

/// One side of a function.
#[derive(Clone, Copy)]
struct Side<'a> {
    /// Who it is, such as `the host`.
    name: &'static str,
    interface: &'a Interface,
    method: &'a Method,
}

/// Compares the functions that both describe.
pub(crate) fn functions(host: &Interface, plugin: &Interface, names: Names) -> Vec<Difference> {
    let mut differences = Vec::new();
    for method in host.methods.iter() {
        let Some(theirs) = plugin.methods.iter().find(|theirs| is_same(method, theirs)) else { continue };
        let host = Side { name: names.host, interface: host, method };
        let plugin = Side { name: names.plugin, interface: plugin, method: theirs };
        let problems = function(host, plugin, host.interface.role);
        let found = problems.iter().filter(|(_, problem)| !problem.repeated);
        let mut messages: HashSet<_> = found.map(|(_, problem)| problem.message.clone()).collect();
        let mut is_told = |problem: &Problem| !problem.repeated || messages.insert(problem.message.clone());
        let told = problems.into_iter().filter(|(_, problem)| is_told(problem)).take(MOST);
        differences.extend(told.map(|(root, problem)| Difference {
            function: method.export.to_string(),
            role: host.interface.role,
            message: problem.text(&root),
            place: problem.place,
        }));
    }
    differences
}

fn is_same(one: &Method, other: &Method) -> bool {
    let namespace = |method: &Method| method.namespace.clone().unwrap_or("extism:host/user".into());
    one.export == other.export && namespace(one) == namespace(other)
}

fn function(host: Side<'_>, plugin: Side<'_>, role: Role) -> Vec<(String, Problem)> {
    let (caller, owner) = if role == Role::Plugin { (host, plugin) } else { (plugin, host) };
    let mut problems = if role == Role::Plugin { input(caller, owner) } else { arguments(caller, owner) };
    let root = "result";
    let found = wire(owner, &owner.method.output, caller, &caller.method.output, root);
    problems.extend(found.into_iter().map(|problem| (root.to_owned(), problem)));
    problems.extend(error(caller, owner).into_iter().map(|problem| ("error".to_owned(), problem)));
    problems
}

/// What the caller sends.
fn input(caller: Side<'_>, owner: Side<'_>) -> Vec<(String, Problem)> {
    let (sent, read) = (caller.method, owner.method);
    if let Some(problem) = packing(caller, owner) {
        return vec![(String::new(), problem)];
    }
    let root = match (read.encoding, read.arguments.as_ref()) {
        (Encoding::Direct, [only]) => only.name.to_string(),
        _ => String::new(),
    };
    let problems = wire(caller, &sent.input(), owner, &read.input(), &root);
    problems.into_iter().map(|problem| (root.clone(), problem)).collect()
}

/// The arguments of a host function, each of which is sent by itself.
fn arguments(caller: Side<'_>, owner: Side<'_>) -> Vec<(String, Problem)> {
    let (sent, read) = (&caller.method.arguments, &owner.method.arguments);
    if sent.len() != read.len() {
        let problems = Problem::new("", counts(caller, owner));
        return problems.into_iter().map(|problem| (String::new(), problem)).collect();
    }
    let pairs = sent.iter().zip(read.iter());
    pairs
        .flat_map(|(sent, read)| {
            let problems = wire(caller, &sent.wire, owner, &read.wire, &read.name);
            problems.into_iter().map(|problem| (read.name.to_string(), problem))
        })
        .collect()
}

fn counts(caller: Side<'_>, owner: Side<'_>) -> String {
    let count = |side: Side<'_>| match side.method.arguments.len() {
        1 => "1 argument".to_owned(),
        count => format!("{count} arguments"),
    };
    format!("{} sends {}, {} reads {}", caller.name, count(caller), owner.name, count(owner))
}

/// Several arguments are packed into one input: whether both do it in the same way.
fn packing(caller: Side<'_>, owner: Side<'_>) -> Option<Problem> {
    let several = |method: &Method| method.encoding != Encoding::Direct;
    let (sent, read) = (caller.method, owner.method);
    let positional = |method: &Method| matches!(method.encoding, Encoding::JsonArray | Encoding::Msgpack);
    if several(sent) && several(read) && sent.encoding != read.encoding {
        let text = |encoding| match encoding {
            Encoding::JsonArray => "a JSON array",
            Encoding::JsonObject => "a JSON object",
            _ => "a MessagePack array",
        };
        let (one, other) = (text(sent.encoding), text(read.encoding));
        let message = format!("{} sends the arguments as {one}, {} reads {other}", caller.name, owner.name);
        return Problem::new("", message).pop();
    }
    if positional(sent) && positional(read) && sent.arguments.len() != read.arguments.len() {
        return Problem::new("", counts(caller, owner)).pop();
    }
    None
}

/// The error that the function returns as a value.
fn error(caller: Side<'_>, owner: Side<'_>) -> Vec<Problem> {
    match (&owner.method.error, &caller.method.error) {
        (Some(sent), Some(read)) => wire(owner, &sent.wire, caller, &read.wire, "error"),
        // A caller that knows no such error gets its text, and one that expects it gets others too.
        _ => Vec::new(),
    }
}

/// What one side writes and the other reads.
fn wire(writer: Side<'_>, sent: &Wire, reader: Side<'_>, read: &Wire, root: &str) -> Vec<Problem> {
    if let (Some(sent), Some(read)) = (&sent.format, &read.format)
        && !reads(read, sent)
    {
        let place = if root.is_empty() { String::new() } else { format!("`{}`: ", text::name(root)) };
        let message = format!("{place}{} sends {}, {} reads {}", writer.name, words(sent), reader.name, words(read));
        return Problem::new(root, message);
    }
    let structured = |wire: &Wire| {
        wire.format.as_ref().is_none_or(|format| matches!(format.innermost(), FormatKind::Json | FormatKind::Msgpack))
    };
    let (Some(written), Some(schema)) = (sent.written(), &read.schema) else { return Vec::new() };
    if !structured(sent) || !structured(read) {
        return Vec::new();
    }
    let positional = sent.format.as_ref().is_some_and(|format| format.innermost() == FormatKind::Msgpack);
    let mut comparison = Comparison::new(
        (reader.name, Types::of(reader.interface)),
        (writer.name, Types::of(writer.interface)),
        positional,
    );
    comparison.compare(schema, written, root)
}

fn words(format: &Format) -> String {
    match format.kind() {
        FormatKind::None => "nothing".to_owned(),
        FormatKind::Utf8 => "text".to_owned(),
        FormatKind::Bytes => "bytes".to_owned(),
        FormatKind::Json => "JSON".to_owned(),
        FormatKind::Msgpack => "MessagePack".to_owned(),
        _ => format!("`{format}`"),
    }
}
