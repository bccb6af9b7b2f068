//! What a plug-in may do beyond computing, as one list that a program can show to a person.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::Serialize;

use crate::{
    display, env,
    host::{DEFAULT_NAMESPACE, Function},
    imports::{ImportInfo, ImportOrigin},
    settings::AllowedDirectory,
};

/// Maximum length of a permission's name in bytes.
const MAX_NAME: usize = 64;

/// Returns whether a permission can have this name: one that a person can read and type. `extism-macros` has the same
/// rule.
pub(crate) fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:/".contains(&byte);
    !name.is_empty() && name.len() <= MAX_NAME && name.bytes().all(fits)
}

/// Something that a plug-in can only do if its manifest or its builder allows it.
///
/// In JSON, `kind` is one of `functions`, `http`, `path` and `wasi`, and the fields of the variant are beside
/// `granted`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Permission {
    /// What it allows.
    #[serde(flatten)]
    pub access: Access,
    /// Whether the plug-in has it. Building a plug-in fails if it lacks one of the kinds `functions` and `wasi`.
    pub granted: bool,
}

/// What a [`Permission`] allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[non_exhaustive]
pub enum Access {
    /// Calling host functions that need this permission. [`PluginBuilder::grant`](crate::PluginBuilder::grant) grants
    /// it.
    #[non_exhaustive]
    Functions {
        /// The permission's name.
        permission: String,
        /// The functions that the modules import, in alphabetical order: the name, with the namespace and a dot before
        /// it unless that is [`DEFAULT_NAMESPACE`](crate::host::DEFAULT_NAMESPACE).
        functions: Vec<String>,
    },
    /// Sending HTTP requests. It is granted if the manifest allows any hosts.
    #[non_exhaustive]
    Http {
        /// The manifest's `allowed_hosts`.
        hosts: Vec<String>,
    },
    /// Accessing a directory. It is granted by the manifest's `allowed_paths`, and used through WASI.
    #[non_exhaustive]
    Path {
        /// The directory.
        host: String,
        /// The path under which the plug-in sees it.
        guest: String,
        /// Whether the plug-in can only read.
        read_only: bool,
    },
    /// Using WASI: clocks, random numbers, its standard streams and the allowed paths.
    /// [`PluginBuilder::with_wasi`](crate::PluginBuilder::with_wasi) grants it.
    Wasi,
}

/// All permissions that a plug-in needs or has: those of the host functions that it imports, HTTP if it can send
/// requests, and WASI with the allowed paths if it imports WASI.
///
/// Returned by [`PluginBuilder::inspect`](crate::PluginBuilder::inspect), before anything of the plug-in is compiled,
/// and by [`CompiledPlugin::permissions`](crate::CompiledPlugin::permissions). `Display` writes one line for each.
///
/// ```
/// use extism_runtime::{Function, Manifest, PluginBuilder, ValType, Wasm};
///
/// # fn main() -> Result<(), extism_runtime::Error> {
/// # let wasm = r#"(module (import "extism:host/user" "kv_read" (func (param i64) (result i64)))
/// #   (import "extism:host/env" "http_request" (func (param i64 i64) (result i64))))"#;
/// let kv_read = Function::new("kv_read", [ValType::PTR], [ValType::PTR], |_, _, _| Ok(())).with_permission("kv");
/// let manifest = Manifest::new([Wasm::data(wasm)]).with_allowed_host("api.example.com");
/// let permissions = PluginBuilder::new(manifest).with_functions(kv_read).inspect()?.permissions;
/// assert_eq!(
///     permissions.to_string(),
///     "use `kv`, which allows to call kv_read (not granted)\nsend HTTP requests to api.example.com"
/// );
/// assert_eq!(permissions.names_to_grant().collect::<Vec<_>>(), ["kv"]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Permissions(Vec<Permission>);

impl Permissions {
    /// Returns all of them: those of host functions in alphabetical order, HTTP, WASI, and its paths.
    pub fn iter(&self) -> std::slice::Iter<'_, Permission> {
        self.0.iter()
    }

    /// Returns whether the plug-in neither needs nor has any.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns those that the plug-in lacks.
    pub fn missing(&self) -> impl Iterator<Item = &Permission> {
        self.iter().filter(|permission| !permission.granted)
    }

    /// Returns the names that [`PluginBuilder::grant`](crate::PluginBuilder::grant) takes to let the plug-in import all
    /// the host functions that it needs.
    pub fn names_to_grant(&self) -> impl Iterator<Item = &str> {
        self.missing().filter_map(|permission| match &permission.access {
            Access::Functions { permission, .. } => Some(permission.as_str()),
            _ => None,
        })
    }
}

impl<'p> IntoIterator for &'p Permissions {
    type Item = &'p Permission;
    type IntoIter = std::slice::Iter<'p, Permission>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Permissions {
    /// One line for each permission, without a line break at the end; nothing if there are none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = self.iter();
        lines.next().map_or(Ok(()), |first| first.fmt(f))?;
        lines.try_for_each(|permission| write!(f, "\n{permission}"))
    }
}

impl fmt::Display for Permission {
    /// What the plug-in does with it, as the end of the sentence "The plug-in wants to ..".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.access {
            Access::Functions { permission, functions } => {
                write!(f, "use `{}`, which allows to call {}", display::name(permission), List(functions))?;
            }
            Access::Http { hosts } if hosts.is_empty() => f.write_str("send HTTP requests")?,
            Access::Http { hosts } => write!(f, "send HTTP requests to {}", List(hosts))?,
            Access::Path { host, guest, read_only } => {
                let verb = if *read_only { "read" } else { "read and write" };
                write!(f, "{verb} the directory {} as {}", display::name(host), display::name(guest))?;
            }
            Access::Wasi => f.write_str("use WASI: clocks, random numbers, standard streams")?,
        }
        match (&self.access, self.granted) {
            (_, true) => Ok(()),
            (Access::Http { .. }, _) => f.write_str(" (no host is allowed)"),
            _ => f.write_str(" (not granted)"),
        }
    }
}

/// Names in a sentence: `a, b and c`.
struct List<'l>(&'l [String]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.0.iter().enumerate() {
            let left = self.0.len() - index;
            f.write_str(match (index, left) {
                (0, _) => "",
                (_, 1) => " and ",
                _ => ", ",
            })?;
            display::name(name).fmt(f)?;
        }
        Ok(())
    }
}

/// What a manifest and a builder allow, and which functions need which permission.
pub(crate) struct Grants<'g> {
    /// Namespace, name and permission of the host functions that need one.
    pub(crate) functions: BTreeMap<(&'g str, &'g str), &'g str>,
    /// The names of the granted permissions.
    pub(crate) granted: &'g BTreeSet<String>,
    pub(crate) hosts: Option<&'g [String]>,
    pub(crate) directories: &'g [AllowedDirectory],
    pub(crate) wasi: bool,
}

impl<'g> Grants<'g> {
    /// Returns the namespaces, names and permissions of those functions that need one.
    pub(crate) fn needed_by(functions: &'g [Function]) -> BTreeMap<(&'g str, &'g str), &'g str> {
        let needed = |function: &'g Function| Some(((function.namespace(), function.name()), function.permission()?));
        functions.iter().filter_map(needed).collect()
    }

    /// Returns the permissions of a plug-in with these imports.
    pub(crate) fn permissions<'i>(&self, imports: impl IntoIterator<Item = &'i ImportInfo>) -> Permissions {
        let mut functions: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        let (mut http, mut wasi) = (false, false);
        for ImportInfo { namespace, name, origin, .. } in imports {
            // Another module may provide what is named like a function of the host, and the host what the runtime has.
            let permission = self.functions.get(&(namespace.as_str(), name.as_str()));
            if let Some(permission) = permission.filter(|_| *origin != ImportOrigin::Module) {
                functions.entry(permission).or_default().insert(function_name(namespace, name));
            }
            http |= *origin == ImportOrigin::Runtime && env::is_http_request(namespace, name);
            wasi |= *origin == ImportOrigin::Wasi;
        }
        let functions = functions.into_iter().map(|(permission, functions)| Permission {
            granted: self.granted.contains(permission),
            access: Access::Functions { permission: permission.to_owned(), functions: functions.into_iter().collect() },
        });
        let mut list: Vec<_> = functions.collect();
        if http {
            let hosts = self.hosts.unwrap_or_default().to_vec();
            list.push(Permission { granted: !hosts.is_empty(), access: Access::Http { hosts } });
        }
        if wasi {
            list.push(Permission { access: Access::Wasi, granted: self.wasi });
            list.extend(self.directories.iter().map(|AllowedDirectory { host, guest, read_only }| {
                let host = host.to_string_lossy().into_owned();
                Permission { access: Access::Path { host, guest: guest.clone(), read_only: *read_only }, granted: true }
            }));
        }
        Permissions(list)
    }
}

fn function_name(namespace: &str, name: &str) -> String {
    if namespace == DEFAULT_NAMESPACE { name.to_owned() } else { format!("{namespace}.{name}") }
}
