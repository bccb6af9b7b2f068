use crate::http::{AllowedHosts, Target};

/// The first line is a URL, the others are patterns. They must allow it exactly if a simple interpretation does.
pub fn hosts(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let mut lines = text.split('\n');
    let Some(target) = lines.next().and_then(|url| Target::parse(url).ok()) else { return };
    let patterns: Vec<String> = lines.take(8).map(str::to_owned).collect();
    let allow = |patterns: &[String]| AllowedHosts::new(Some(patterns)).allow(&target);
    assert!(!allow(&[]));
    assert!(!AllowedHosts::new(None).allow(&target));
    assert!(allow(&["*".to_owned()]) && AllowedHosts::Any.allow(&target));
    let one_by_one = patterns.iter().any(|pattern| allow(std::slice::from_ref(pattern)));
    assert_eq!(allow(&patterns), one_by_one, "patterns have no effect on each other");
    let host = target.host_str().trim_end_matches('.');
    for pattern in patterns.iter().filter(|pattern| is_simple(pattern)) {
        let expected = matches(pattern.as_bytes(), host.as_bytes());
        // A dot at the end of a name or pattern makes no difference, but the simple interpretation does not know that.
        if !pattern.ends_with('.') && !target.host_str().ends_with("..") {
            assert_eq!(allow(std::slice::from_ref(pattern)), expected, "{pattern} {host}");
        }
    }
}

/// Returns whether a pattern has only one interpretation: no classes, no ports, and no number, which may be an address.
fn is_simple(pattern: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'.' | b'*' | b'?');
    pattern.len() < 30 && pattern.bytes().all(letters) && !pattern.contains("**") && !pattern.contains("xn--")
}

/// Matches a glob letter by letter.
fn matches(pattern: &[u8], host: &[u8]) -> bool {
    match (pattern, host) {
        ([], []) => true,
        ([b'*', pattern @ ..], _) => (0..=host.len()).any(|at| matches(pattern, &host[at..])),
        ([b'?', pattern @ ..], [_, host @ ..]) => matches(pattern, host),
        ([letter, pattern @ ..], [first, host @ ..]) => letter == first && matches(pattern, host),
        _ => false,
    }
}
