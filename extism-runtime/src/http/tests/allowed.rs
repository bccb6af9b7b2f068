use super::server::hosts;
use crate::http::{AllowedHosts, target::Target};

/// Returns whether the patterns allow the URL.
fn allow(patterns: &[&str], url: &str) -> bool {
    hosts(patterns).allow(&Target::parse(url).unwrap())
}

#[test]
fn no_patterns_allow_nothing() {
    let target = Target::parse("http://example.com/").unwrap();
    assert!(!AllowedHosts::new(None).allow(&target));
    assert!(!AllowedHosts::new(Some(&[])).allow(&target));
    assert!(!allow(&[""], "http://example.com/"));
    assert!(AllowedHosts::Any.allow(&target));
}

#[test]
fn a_name_stands_for_itself() {
    assert!(allow(&["a.com", "example.com"], "https://example.com/path?query"));
    for url in ["http://example.org", "http://www.example.com", "http://example.com.evil.org", "http://xexample.com"] {
        assert!(!allow(&["example.com"], url), "{url}");
    }
}

#[test]
fn globs_stand_for_whole_hosts() {
    let cases = [
        ("*", "http://example.com", true),
        ("*", "http://[::1]/", true),
        ("*.example.com", "http://a.b.example.com", true),
        ("*.example.com", "http://example.com", false),
        ("*.example.com", "http://a.example.com.evil.org", false),
        ("example.*", "http://example.co.uk", true),
        ("a?.example.com", "http://a1.example.com", true),
        ("a?.example.com", "http://a12.example.com", false),
        ("[ab].example.com", "http://b.example.com", true),
        ("[ab].example.com", "http://c.example.com", false),
        ("[ab.example.com", "http://a.example.com", false),
        ("10.0.*", "http://10.0.3.4", true),
        ("10.0.*", "http://10.1.3.4", false),
    ];
    for (pattern, url, expected) in cases {
        assert_eq!(allow(&[pattern], url), expected, "{pattern} {url}");
    }
}

#[test]
fn the_host_is_compared_as_the_url_standard_writes_it() {
    let same = [
        ("example.com", "HTTP://EXAMPLE.COM/"),
        ("EXAMPLE.com", "http://example.com"),
        ("*.EXAMPLE.com", "http://a.example.com"),
        ("example.com", "http://example.com./"),
        ("example.com.", "http://example.com"),
        ("example.com", "http://%65xample.com"),
        ("b\u{fc}cher.example", "http://b\u{dc}cher.example"),
        ("xn--bcher-kva.example", "http://b\u{fc}cher.example"),
        ("127.0.0.1", "http://0x7f.1/"),
        ("127.0.0.1", "http://2130706433/"),
        ("127.0.0.1", "http://0177.0.0.01/"),
        ("example.com", "http:\\\\example.com\\path"),
        ("example.com", "http://exam\tple.com"),
    ];
    for (pattern, url) in same {
        assert!(allow(&[pattern], url), "{pattern} {url}");
    }
}

#[test]
fn tricks_with_the_host_fail() {
    let tricks = [
        "http://example.com@evil.org/",
        "http://example.com:80@evil.org/",
        "http://example.com%40evil.org@evil.org/",
        "http://evil.org/@example.com",
        "http://evil.org\\@example.com/",
        "http://evil.org?@example.com",
        "http://evil.org#@example.com",
        "http://evil.org:80#example.com",
        "http://example.com.evil.org",
        "http:/evil.org/example.com",
        "http:evil.org",
        "http:///evil.org/",
        "http://\u{ff45}vil.org/",
    ];
    for url in tricks {
        assert!(!allow(&["example.com", "*.example.com"], url), "{url}");
    }
    assert!(!allow(&["127.0.0.1"], "http://[::ffff:127.0.0.1]/"));
}

#[test]
fn ipv6_addresses_are_written_in_any_form() {
    for pattern in ["::1", "[::1]", "0:0:0:0:0:0:0:1", "[0000::0001]"] {
        assert!(allow(&[pattern], "http://[0:0::1]:8080/"), "{pattern}");
        assert!(!allow(&[pattern], "http://[::2]/"), "{pattern}");
    }
    assert!(allow(&["2001:db8::A"], "http://[2001:DB8::a]/"));
    assert!(allow(&["::ffff:1.2.3.4"], "http://[::ffff:102:304]/"));
    // The form that the official runtime requires.
    assert!(allow(&["[[]::1]"], "http://[::1]/"));
}

#[test]
fn a_port_in_a_pattern_is_the_only_one() {
    let cases = [
        ("localhost", "http://localhost:8080", true),
        ("localhost:8080", "http://localhost:8080", true),
        ("localhost:8080", "http://localhost", false),
        ("localhost:80", "http://localhost", true),
        ("example.com:443", "https://example.com", true),
        ("example.com:443", "http://example.com", false),
        ("*:8080", "http://a.example:8080", true),
        ("*:8080", "http://a.example:8081", false),
        ("[::1]:8080", "http://[::1]:8080", true),
        ("[::1]:8080", "http://[::1]:8081", false),
        ("localhost:", "http://localhost", false),
        ("localhost:+80", "http://localhost", false),
        ("localhost:99999", "http://localhost", false),
        ("http://localhost", "http://localhost", false),
    ];
    for (pattern, url, expected) in cases {
        assert_eq!(allow(&[pattern], url), expected, "{pattern} {url}");
    }
}
