//! What a change of an interface breaks.

mod pair;
mod texts;

use std::{collections::HashMap, fmt};

use semver::Version;

use self::{pair::Pair, texts::texts};
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
        diff.changed(role, old, &by_name(new, role));
        diff.added(role, &by_name(old, role), new);
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

/// Functions by their names, each with its interface; of two with a name, the first.
type Functions<'d> = HashMap<&'d str, (&'d Interface, &'d Method)>;

fn by_name(description: &Description, role: Role) -> Functions<'_> {
    let mut functions = HashMap::new();
    for interface in description.with_role(role) {
        for method in interface.methods.iter() {
            functions.entry(&*method.export).or_insert((interface, method));
        }
    }
    functions
}

impl Diff {
    /// Functions that the old version has: what became of them.
    fn changed(&mut self, role: Role, old: &Description, new: &Functions<'_>) {
        for before in old.with_role(role) {
            // Most functions of an interface are in one again.
            let mut pair: Option<Pair<'_>> = None;
            for method in before.methods.iter() {
                let Some((after, now)) = new.get(&*method.export) else {
                    self.removed(role, method);
                    continue;
                };
                let known = pair.take().filter(|pair| std::ptr::eq(pair.after, *after));
                let pair = pair.insert(known.unwrap_or_else(|| Pair::new(role, before, after)));
                self.types(pair, method, now);
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

    fn types(&mut self, pair: &mut Pair<'_>, before: &Method, now: &Method) {
        if pair.same_types && before == now {
            return;
        }
        pair.old.methods = vec![before.clone()].into();
        pair.new.methods = vec![now.clone()].into();
        let changes = |host: &Interface, plugin: &Interface, names: Names| -> Vec<Change> {
            let differences = functions(host, plugin, names).into_iter();
            differences.map(|one| Change { function: one.function, message: one.message }).collect()
        };
        let (plugins, hosts) = (changes(&pair.new, &pair.old, PLUGINS), changes(&pair.old, &pair.new, HOSTS));
        if plugins.is_empty() && hosts.is_empty() && !pair.means_the_same(before, now) {
            let message = "its types changed; both sides still understand each other".to_owned();
            self.compatible.push(Change { function: now.export.to_string(), message });
        }
        self.breaks_plugins.extend(plugins);
        self.breaks_hosts.extend(hosts);
    }

    /// Functions that only the new version has.
    fn added(&mut self, role: Role, old: &Functions<'_>, new: &Description) {
        let methods = new.with_role(role).flat_map(|interface| interface.methods.iter());
        for method in methods.filter(|method| !old.contains_key(&*method.export)) {
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

fn versions(old: &Description, new: &Description) -> Option<(Version, Version)> {
    let version = |description: &Description| {
        let interface = description.with_role(Role::Plugin).next().or(description.interfaces.first());
        Version::parse(interface?.version.as_deref()?).ok()
    };
    Some((version(old)?, version(new)?))
}
