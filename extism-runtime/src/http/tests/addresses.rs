//! Which addresses are connected to.

use std::{
    io::Write as _,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs as _},
    sync::atomic::{AtomicUsize, Ordering},
};

use super::server::{Server, get, get_with, ok, redirect};
use crate::http::{HttpError, address::is_public};

fn judged(addresses: &[&str]) -> Vec<bool> {
    addresses.iter().map(|text| is_public(text.parse().unwrap_or_else(|_| panic!("{text}")))).collect()
}

#[track_caller]
fn all(addresses: &[&str], expected: bool) {
    let judged = judged(addresses);
    let wrong: Vec<_> = addresses.iter().zip(judged).filter(|(_, judged)| *judged != expected).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// The first and the last address of each special network, from IANA's registry, and others within.
#[test]
fn special_ipv4_addresses_are_not_public() {
    let special = [
        "0.0.0.0",
        "0.1.2.3",
        "0.255.255.255",
        "10.0.0.0",
        "10.1.2.3",
        "10.255.255.255",
        "100.64.0.0",
        "100.100.100.200",
        "100.127.255.255",
        "127.0.0.0",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.0.0",
        "169.254.169.254",
        "169.254.255.255",
        "172.16.0.0",
        "172.31.255.255",
        "192.0.0.0",
        "192.0.0.170",
        "192.0.0.255",
        "192.0.2.0",
        "192.0.2.255",
        "192.88.99.0",
        "192.88.99.255",
        "192.168.0.0",
        "192.168.255.255",
        "198.18.0.0",
        "198.19.255.255",
        "198.51.100.0",
        "198.51.100.255",
        "203.0.113.0",
        "203.0.113.255",
        "224.0.0.0",
        "239.255.255.255",
        "240.0.0.0",
        "255.255.255.255",
    ];
    all(&special, false);
}

#[test]
fn the_neighbours_of_special_ipv4_networks_are_public() {
    let public = [
        "1.0.0.0",
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "191.255.255.255",
        "192.0.1.0",
        "192.0.3.0",
        "192.88.98.255",
        "192.88.100.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "198.51.99.255",
        "198.51.101.0",
        "203.0.112.255",
        "203.0.114.0",
        "223.255.255.255",
    ];
    all(&public, true);
}

#[test]
fn special_ipv6_addresses_are_not_public() {
    let special = [
        "::",
        "::1",
        "::2",
        // IPv4-compatible, IPv4-translated.
        "::8.8.8.8",
        "::127.0.0.1",
        "::ffff:0:8.8.8.8",
        "::ffff:0:10.0.0.1",
        // NAT64 of local use, discarded, unassigned.
        "64:ff9b:1::1",
        "64:ff9b:1::8.8.8.8",
        "64:ff9b::1:8.8.8.8",
        "100::",
        "100::1",
        "1::1",
        "1fff::1",
        "4000::1",
        "5f00::1",
        "8000::1",
        // Teredo, benchmarks, ORCHID, documentation.
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "2001:1ff::1",
        "2001:db8::1",
        "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
        "3fff::1",
        "3fff:fff::1",
        // Unique local, link-local, site-local, multicast.
        "fc00::",
        "fc00::1",
        "fd00:ec2::254",
        "fdff::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "feff::1",
        "ff00::",
        "ff02::1",
        "ffff::1",
    ];
    all(&special, false);
    all(
        &["2600::1", "2001:200::1", "2001:4860:4860::8888", "2a00:1450:4001::1", "2000::1", "3ffe::1", "3fff:1000::1"],
        true,
    );
}

/// Each special IPv4 address in each form of IPv6 that leads to it.
#[test]
fn an_ipv6_address_is_what_the_ipv4_address_in_it_is() {
    let forms = |v4: Ipv4Addr| {
        let [a, b, c, d] = v4.octets();
        let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        [
            ("mapped", Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, high, low)),
            ("NAT64", Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low)),
            ("6to4", Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1)),
            ("ISATAP", Ipv6Addr::new(0x2600, 1, 2, 3, 0, 0x5efe, high, low)),
            ("ISATAP, public", Ipv6Addr::new(0x2600, 1, 2, 3, 0x200, 0x5efe, high, low)),
        ]
    };
    let special = [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.0.1",
        "224.0.0.1",
        "255.255.255.255",
    ];
    for (addresses, expected) in [(&special[..], false), (&["8.8.8.8", "1.1.1.1", "223.255.255.255"], true)] {
        for v4 in addresses {
            for (form, address) in forms(v4.parse().unwrap()) {
                assert_eq!(is_public(address.into()), expected, "{form} of {v4}: {address}");
            }
        }
    }
}

/// Everything on loopback except the first server's own address is beyond the rule of these tests.
fn only_ipv4_loopback(address: IpAddr) -> bool {
    address == IpAddr::V4(Ipv4Addr::LOCALHOST) || is_public(address)
}

#[test]
fn a_redirect_to_a_private_address_is_not_followed() {
    for location in
        ["http://127.0.0.2/", "http://10.0.0.1/", "//[::1]/", "http://0/", "http://[::ffff:127.0.0.2]:8080/x"]
    {
        let server = Server::start(move |stream, _| {
            let _ = stream.write_all(redirect(302, location).as_bytes());
        });
        let result = get_with(&server.url("/"), |policy| policy.addresses = only_ipv4_loopback);
        assert!(matches!(result, Err(HttpError::PrivateAddress { .. })), "{location}: {result:?}");
        assert_eq!(server.count(), 1);
    }
}

#[test]
fn a_name_is_judged_by_what_it_resolves_to() {
    let server = Server::saying(ok("", "here"));
    let port = server.address.port();
    let url = format!("http://localhost:{port}/");
    assert_eq!(get(&url).unwrap().body, b"here");
    let denied = get_with(&url, |policy| policy.addresses = is_public);
    assert!(matches!(denied, Err(HttpError::PrivateAddress { .. })), "{denied:?}");
    // Of several addresses, those that are allowed are used.
    let all: Vec<_> = ("localhost", port).to_socket_addrs().unwrap().collect();
    if all.iter().any(SocketAddr::is_ipv4) {
        assert_eq!(get_with(&url, |policy| policy.addresses = only_ipv4_loopback).unwrap().body, b"here");
    }
    assert_eq!(server.count(), 2);
}

/// Allows the first address that it judges, and then only public ones.
fn first_only(address: IpAddr) -> bool {
    static JUDGED: AtomicUsize = AtomicUsize::new(0);
    JUDGED.fetch_add(1, Ordering::SeqCst) == 0 || is_public(address)
}

#[test]
fn a_redirect_to_a_name_of_a_private_address_is_not_followed() {
    let target = Server::saying(ok("", "secret"));
    let location = format!("http://localhost:{}/", target.address.port());
    let server = Server::start(move |stream, _| {
        let _ = stream.write_all(redirect(307, &location).as_bytes());
    });
    let result = get_with(&server.url("/"), |policy| policy.addresses = first_only);
    assert!(matches!(result, Err(HttpError::PrivateAddress { .. })), "{result:?}");
    assert_eq!((server.count(), target.count()), (1, 0));
}
