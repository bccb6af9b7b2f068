//! What a change of an interface breaks.

use std::{collections::BTreeSet, fmt};

use semver::Version;

use crate::{
    Description, Interface, Method, Role,
    compare::{Names, functions},
    text,
};

/// The changes from one version of an interface to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diff {
    /// What breaks plug-ins: those made for the old version do not work in a host of the new one.
    pub breaks_plugins: Vec<Change>,
    /// What breaks hosts: those made for the old version cannot use plug-ins of the new one.
    pub breaks_hosts: Vec<Change>,
    /// What breaks neither.
    pub compatible: Vec<Change>,
    /// What the version has to change by.
    pub bump: Bump,
    /// The version of the old interface and of the new one, if both say so.
    pub versions: Option<(Version, Version)>,
}

/// A change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The function; empty if it is the interface itself.
    pub function: String,
    /// What has changed.
    pub message: String,
}

/// Which part of a semantic version a change needs to increase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Bump {
    /// Nothing has changed.
    #[default]
    None,
    /// Only texts have changed.
    Patch,
    /// Something was added, and nothing breaks.
    Minor,
    /// Something breaks.
    Major,
}

impl Bump {
    /// Returns the lowest version that a change to this one needs. Below 1.0.0, the middle number counts as the first.
    #[must_use]
    pub fn apply(self, version: &Version) -> Version {
        let Version { major, minor, patch, .. } = *version;
        let (major, minor, patch) = match (self, major) {
            (Self::None, _) => return version.clone(),
            (Self::Major, 1..) => (major.saturating_add(1), 0, 0),
            (Self::Major, 0) | (Self::Minor, 1..) => (major, minor.saturating_add(1), 0),
            // The patch of a pre-release is the release.
            _ if !version.pre.is_empty() => (major, minor, patch),
            _ => (major, minor, patch.saturating_add(1)),
        };
        Version::new(major, minor, patch)
    }
}

impl fmt::Display for Bump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        })
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.function.is_empty() {
            return f.write_str(&self.message);
        }
        write!(f, "`{}`: {}", text::name(&self.function), self.message)
    }
}

impl Diff {
    /// Whether something breaks.
    #[must_use]
    pub fn breaks(&self) -> bool {
        !self.breaks_plugins.is_empty() || !self.breaks_hosts.is_empty()
    }

    /// Returns the version that the new interface needs at least, if it says a lower one.
    #[must_use]
    pub fn wrong_version(&self) -> Option<Version> {
        let (old, new) = self.versions.as_ref()?;
        let needed = self.bump.apply(old);
        (*new < needed).then_some(needed)
    }
}

/// What the sides are called when hosts and plug-ins of different versions meet.
const PLUGINS: Names = Names { host: "a new host", plugin: "an old plug-in" };
const HOSTS: Names = Names { host: "an old host", plugin: "a new plug-in" };

/// Compares two versions.
#[must_use]
pub fn diff(old: &Description, new: &Description) -> Diff {
    let mut diff = Diff { versions: versions(old, new), ..Diff::default() };
    for role in [Role::Plugin, Role::Host] {
        diff.changed(role, old, new);
        diff.added(role, old, new);
    }
    let texts = texts(old, new);
    diff.bump = match (diff.breaks(), diff.compatible.is_empty(), texts.is_empty()) {
        (true, ..) => Bump::Major,
        (false, false, _) => Bump::Minor,
        (false, true, false) => Bump::Patch,
        (false, true, true) => Bump::None,
    };
    diff.compatible.extend(texts);
    diff
}

impl Diff {
    /// Functions that the old version has: what became of them.
    fn changed(&mut self, role: Role, old: &Description, new: &Description) {
        for before in old.with_role(role) {
            for method in before.methods.iter() {
                let Some((after, now)) = new.function(role, &method.export) else {
                    self.removed(role, method);
                    continue;
                };
                self.types(role, (before, method), (after, now));
                self.optional(role, method, now);
            }
        }
    }

    fn removed(&mut self, role: Role, method: &Method) {
        let change = Change { function: method.export.to_string(), message: "was removed".to_owned() };
        match role {
            Role::Host => self.breaks_plugins.push(change),
            Role::Plugin if method.optional => self.compatible.push(change),
            Role::Plugin => self.breaks_hosts.push(change),
        }
    }

    fn optional(&mut self, role: Role, before: &Method, now: &Method) {
        if before.optional == now.optional || role == Role::Host {
            return;
        }
        let message = if now.optional { "was required, and is optional" } else { "was optional, and is required" };
        let change = Change { function: now.export.to_string(), message: message.to_owned() };
        if now.optional { self.breaks_hosts.push(change) } else { self.breaks_plugins.push(change) }
    }

    fn types(&mut self, role: Role, old: (&Interface, &Method), new: (&Interface, &Method)) {
        let only = |(interface, method): (&Interface, &Method)| Interface {
            role,
            types: interface.types.clone(),
            sent: interface.sent.clone(),
            methods: vec![method.clone()].into(),
            ..Interface::new("")
        };
        let (before, now) = (only(old), only(new));
        let changes = |host: &Interface, plugin: &Interface, names: Names| -> Vec<Change> {
            let differences = functions(host, plugin, names).into_iter();
            differences.map(|one| Change { function: one.function, message: one.message }).collect()
        };
        let (plugins, hosts) = (changes(&now, &before, PLUGINS), changes(&before, &now, HOSTS));
        if plugins.is_empty() && hosts.is_empty() && !same_types(&before, &now) {
            let message = "its types changed; both sides still understand each other".to_owned();
            self.compatible.push(Change { function: new.1.export.to_string(), message });
        }
        self.breaks_plugins.extend(plugins);
        self.breaks_hosts.extend(hosts);
    }

    /// Functions that only the new version has.
    fn added(&mut self, role: Role, old: &Description, new: &Description) {
        let methods = new.with_role(role).flat_map(|interface| interface.methods.iter());
        for method in methods.filter(|method| old.function(role, &method.export).is_none()) {
            let function = method.export.to_string();
            match role {
                Role::Plugin if !method.optional => {
                    let message =
                        "was added; plug-ins of the old version lack it (`optional` would let them)".to_owned();
                    self.breaks_plugins.push(Change { function, message });
                }
                Role::Plugin => self.compatible.push(Change { function, message: "was added, optional".to_owned() }),
                Role::Host => {
                    let message = "was added; plug-ins that use it need a host of the new version".to_owned();
                    self.compatible.push(Change { function, message });
                }
            }
        }
    }
}

/// Whether two interfaces of a single method mean the same, apart from texts.
fn same_types(old: &Interface, new: &Interface) -> bool {
    let types = |interface: &Interface| {
        let interface = without_texts(interface);
        let method = interface.methods.first().cloned();
        method.map(|method| (used(&interface, &method), method.input(), method.output, method.error))
    };
    types(old) == types(new)
}

/// The types that a method uses, also indirectly.
fn used(interface: &Interface, method: &Method) -> Vec<(String, serde_json::Value)> {
    let mut text = serde_json::to_string(method).unwrap_or_default();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    loop {
        let all = [("$defs", &interface.types), ("sent", &interface.sent)];
        let all = all.into_iter().flat_map(|(key, types)| types.iter().map(move |(name, schema)| (key, name, schema)));
        let next = all.into_iter().find(|(key, name, _)| {
            text.contains(&format!("#/{key}/{name}\"")) && !seen.contains(&(*key, (*name).clone()))
        });
        let Some((key, name, schema)) = next else { return found };
        seen.insert((key, name.clone()));
        text.push_str(&schema.to_string());
        found.push((format!("{key}/{name}"), schema.clone()));
    }
}

/// The interface without what is only for people.
fn without_texts(interface: &Interface) -> Interface {
    fn strip(value: &mut serde_json::Value, names: bool) {
        match value {
            serde_json::Value::Array(list) => list.iter_mut().for_each(|value| strip(value, false)),
            serde_json::Value::Object(map) => {
                if !names {
                    for key in ["description", "title", "examples", "example"] {
                        map.remove(key);
                    }
                }
                for (key, value) in map {
                    strip(value, !names && ["properties", "$defs", "sent"].contains(&key.as_str()));
                }
            }
            _ => {}
        }
    }
    let Ok(mut json) = serde_json::to_value(interface) else { return interface.clone() };
    strip(&mut json, false);
    let mut stripped: Interface = serde_json::from_value(json).unwrap_or_else(|_| interface.clone());
    for method in stripped.methods.to_mut() {
        method.docs = "".into();
        for argument in method.arguments.to_mut() {
            argument.ty = "".into();
        }
    }
    stripped
}

fn versions(old: &Description, new: &Description) -> Option<(Version, Version)> {
    let version = |description: &Description| {
        let interface = description.with_role(Role::Plugin).next().or(description.interfaces.first());
        Version::parse(interface?.version.as_deref()?).ok()
    };
    Some((version(old)?, version(new)?))
}

/// Changes of names and documentation.
fn texts(old: &Description, new: &Description) -> Vec<Change> {
    let mut changes = Vec::new();
    for role in [Role::Plugin, Role::Host] {
        for method in new.with_role(role).flat_map(|interface| interface.methods.iter()) {
            let Some((_, before)) = old.function(role, &method.export) else { continue };
            if before.docs != method.docs {
                let message = "its documentation changed".to_owned();
                changes.push(Change { function: method.export.to_string(), message });
            }
        }
    }
    let texts = |description: &Description| -> Vec<_> {
        let texts = description.interfaces.iter().map(|one| (one.name.clone(), one.docs.clone()));
        texts.collect()
    };
    if texts(old) != texts(new) {
        let message = "the name or the documentation of the interface changed".to_owned();
        changes.push(Change { function: String::new(), message });
    } else if changes.is_empty() && described(old) != described(new) {
        let message = "the documentation of types changed".to_owned();
        changes.push(Change { function: String::new(), message });
    }
    changes
}

/// All the texts in the types' schemas.
fn described(description: &Description) -> Vec<String> {
    fn collect(value: &serde_json::Value, all: &mut Vec<String>) {
        match value {
            serde_json::Value::Array(list) => list.iter().for_each(|value| collect(value, all)),
            serde_json::Value::Object(map) => {
                for (key, value) in map {
                    match value {
                        serde_json::Value::String(text) if key == "description" => all.push(text.clone()),
                        value => collect(value, all),
                    }
                }
            }
            _ => {}
        }
    }
    let mut all = Vec::new();
    for schema in description.interfaces.iter().flat_map(|interface| interface.types.values()) {
        collect(schema, &mut all);
    }
    all
}
