//! The order in which a plug-in's modules are instantiated: each one after those that it imports from.

/// A module's name and the names that it imports from.
pub(crate) struct Node<'a> {
    pub(crate) name: &'a str,
    pub(crate) namespaces: Vec<&'a str>,
}

/// Why there is no order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OrderError {
    /// The names of the modules in the cycle, with the first repeated at the end.
    Circular(Vec<String>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    New,
    Open,
    Done,
}

/// Returns the modules' indices, dependencies first, otherwise in their original order.
pub(crate) fn link_order(nodes: &[Node<'_>]) -> Result<Vec<usize>, OrderError> {
    let mut marks = vec![Mark::New; nodes.len()];
    let mut order = Vec::with_capacity(nodes.len());
    for start in 0..nodes.len() {
        // Depth-first, with an explicit stack: a manifest may chain any number of modules.
        let mut path = vec![(start, 0)];
        while let Some((node, next)) = path.pop() {
            if next == 0 {
                if marks[node] == Mark::Done {
                    continue;
                }
                marks[node] = Mark::Open;
            }
            let Some(namespace) = nodes[node].namespaces.get(next) else {
                marks[node] = Mark::Done;
                order.push(node);
                continue;
            };
            path.push((node, next + 1));
            let Some(target) = nodes.iter().position(|other| other.name == *namespace) else { continue };
            match marks[target] {
                Mark::Done => {}
                Mark::New => path.push((target, 0)),
                Mark::Open => return Err(circle(nodes, &path, target)),
            }
        }
    }
    Ok(order)
}

fn circle(nodes: &[Node<'_>], path: &[(usize, usize)], target: usize) -> OrderError {
    let from = path.iter().position(|(node, _)| *node == target).unwrap_or(0);
    let names = path[from..].iter().map(|(node, _)| nodes[*node].name.to_owned());
    OrderError::Circular(names.chain([nodes[target].name.to_owned()]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(modules: &[(&str, &[&str])]) -> Result<Vec<usize>, OrderError> {
        let nodes: Vec<_> = modules.iter().map(|(name, uses)| Node { name, namespaces: uses.to_vec() }).collect();
        link_order(&nodes)
    }

    #[test]
    fn a_module_comes_after_those_that_it_imports_from() {
        let diamond: [(&str, &[&str]); 4] =
            [("main", &["left", "right"]), ("left", &["base"]), ("right", &["base"]), ("base", &["env"])];
        assert_eq!(order(&diamond), Ok(vec![3, 1, 2, 0]));
    }

    #[test]
    fn a_circle_is_named_from_its_first_module_back_to_it() {
        let circle: [(&str, &[&str]); 3] = [("main", &["a"]), ("a", &["b"]), ("b", &["a"])];
        assert_eq!(order(&circle), Err(OrderError::Circular(vec!["a".into(), "b".into(), "a".into()])));
    }

    #[test]
    fn a_module_that_imports_from_itself_is_a_circle() {
        assert_eq!(order(&[("main", &["main"])]), Err(OrderError::Circular(vec!["main".into(), "main".into()])));
    }
}
