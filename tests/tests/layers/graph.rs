use std::collections::{BTreeMap, BTreeSet};

/// An edge from one module to another one in the same folder, with one use that causes it.
pub(crate) type Uses = BTreeMap<(String, String), String>;

/// Returns a cycle among the modules, each step with the use that causes it; `None` if there is none.
pub(crate) fn cycle(uses: &Uses) -> Option<String> {
    let mut done = BTreeSet::new();
    let starts: BTreeSet<&str> = uses.keys().map(|(from, _)| from.as_str()).collect();
    starts.into_iter().find_map(|start| visit(uses, start, &mut Vec::new(), &mut done))
}

fn visit<'u>(uses: &'u Uses, at: &'u str, path: &mut Vec<&'u str>, done: &mut BTreeSet<&'u str>) -> Option<String> {
    if let Some(start) = path.iter().position(|step| *step == at) {
        return Some(shown(uses, &path[start..]));
    }
    if done.contains(at) {
        return None;
    }
    path.push(at);
    let next = uses.keys().filter(|(from, _)| from == at).map(|(_, to)| to.as_str());
    for to in next {
        if let Some(circle) = visit(uses, to, path, done) {
            return Some(circle);
        }
    }
    path.pop();
    done.insert(at);
    None
}

fn shown(uses: &Uses, circle: &[&str]) -> String {
    let next = circle.iter().cycle().skip(1);
    let steps = circle.iter().zip(next).map(|(from, to)| {
        let why = uses.get(&((*from).to_owned(), (*to).to_owned())).map_or("", String::as_str);
        format!("{from} -> {to} ({why})")
    });
    steps.collect::<Vec<_>>().join(", ")
}
