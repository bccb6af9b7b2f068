//! Which hosts plug-ins may access.

use std::net::Ipv6Addr;

use glob::Pattern;
use url::Host;

use super::target::Target;

/// The hosts that may be accessed.
///
/// A manifest's patterns are globs over the whole host, as in the official runtime. They are interpreted more broadly
/// only where a pattern could match nothing there: letters of either case, non-ASCII names, IPv6 addresses (whose
/// brackets are a character class in a glob), and a port after the host.
#[derive(Clone, Debug)]
pub(crate) enum AllowedHosts {
    /// All hosts, for downloads, because the author of the manifest chooses their URLs.
    Any,
    /// Hosts that match one of the rules.
    Matching(Vec<Rule>),
}

/// One pattern of a manifest.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    host: HostRule,
    /// The only allowed port; `None` allows all.
    port: Option<u16>,
}

#[derive(Clone, Debug)]
enum HostRule {
    Exactly(String),
    Like(Pattern),
}

impl AllowedHosts {
    /// Returns the hosts of a manifest's `allowed_hosts`; `None` and an empty list allow none.
    pub(crate) fn new(patterns: Option<&[String]>) -> Self {
        Self::Matching(patterns.unwrap_or_default().iter().map(|pattern| Rule::new(pattern)).collect())
    }

    /// Returns whether the target may be accessed.
    pub(crate) fn allow(&self, target: &Target) -> bool {
        match self {
            Self::Any => true,
            Self::Matching(rules) => {
                let host = target.host_str();
                // `example.com.` and `example.com` are the same host.
                let host = host.strip_suffix('.').unwrap_or(host);
                rules.iter().any(|rule| rule.matches(host, target.port()))
            }
        }
    }
}

impl Rule {
    fn new(pattern: &str) -> Self {
        if let Ok(address) = pattern.parse() {
            return Self::ipv6(address, None);
        }
        let (host, port) = split_port(pattern);
        let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        if let Some(Ok(address)) = bracketed.map(str::parse) {
            return Self::ipv6(address, port);
        }
        Self { host: HostRule::new(host), port }
    }

    fn ipv6(address: Ipv6Addr, port: Option<u16>) -> Self {
        Self { host: HostRule::Exactly(Host::<&str>::Ipv6(address).to_string()), port }
    }

    fn matches(&self, host: &str, port: u16) -> bool {
        let host = match &self.host {
            HostRule::Exactly(exactly) => exactly == host,
            HostRule::Like(pattern) => pattern.matches(host),
        };
        host && self.port.is_none_or(|only| only == port)
    }
}

impl HostRule {
    fn new(host: &str) -> Self {
        let lower = host.to_lowercase();
        if host.contains(['*', '?', '[']) {
            return Pattern::new(&lower).map_or(Self::Exactly(lower), Self::Like);
        }
        let name = Host::parse(host).map_or(lower, |host| host.to_string());
        Self::Exactly(name.strip_suffix('.').unwrap_or(&name).to_owned())
    }
}

/// Splits off the port after the last colon, if there is one.
fn split_port(pattern: &str) -> (&str, Option<u16>) {
    match pattern.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => match port.parse() {
            Ok(port) => (host, Some(port)),
            Err(_) => (pattern, None),
        },
        _ => (pattern, None),
    }
}
