//! Which addresses belong to the public internet, by the registries of special-purpose addresses (RFC 6890 and its
//! successors).
//!
//! Names cannot be judged: whoever controls a name decides what it resolves to, and may decide differently each time. So
//! this is asked about the addresses that a name has resolved to, right before one of them is connected to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Decides which addresses may be connected to.
pub(crate) type AddressRule = fn(IpAddr) -> bool;

/// Allows all addresses.
pub(crate) fn any_address(_: IpAddr) -> bool {
    true
}

/// Returns whether an address belongs to the public internet. Private, loopback, link-local, shared (carrier-grade
/// NAT), multicast, documentation, benchmarking and reserved addresses do not, nor do IPv6 addresses that stand for such
/// an IPv4 address.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Networks outside of the public internet: address and length of the prefix.
const SPECIAL_V4: [(Ipv4Addr, u32); 15] = [
    // "This network", including the unspecified address, which systems connect to themselves.
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    // Shared by a provider's customers (RFC 6598).
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    // Link-local, where clouds have their metadata services.
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    // Protocol assignments.
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    // Documentation, here and below.
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    // Relays of 6to4, which no longer exist.
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    // Benchmarks.
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    // Reserved, including the broadcast address.
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

fn is_public_v4(address: Ipv4Addr) -> bool {
    let bits = address.to_bits();
    !SPECIAL_V4.iter().any(|(network, length)| (bits ^ network.to_bits()) >> (32 - length) == 0)
}

/// Networks within the global unicast addresses (`2000::/3`) that are outside of the public internet.
const SPECIAL_V6: [(Ipv6Addr, u32); 3] = [
    // Protocol assignments, with Teredo, ORCHID and benchmarks.
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    // Documentation.
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, third, .., high, low] = address.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    match address.segments() {
        // IPv4-mapped, and NAT64 with its well-known prefix, which networks without IPv4 translate all of it to.
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => return is_public_v4(v4(high, low)),
        // 6to4.
        [0x2002, ..] if !is_public_v4(v4(second, third)) => return false,
        // ISATAP, which carries the packets to the IPv4 address at the end.
        [_, _, _, _, 0 | 0x200, 0x5efe, ..] if !is_public_v4(v4(high, low)) => return false,
        _ => {}
    }
    // All others are loopback, unspecified, IPv4-compatible, local NAT64, discarded, unique local, link-local,
    // site-local, multicast, or not assigned.
    let bits = address.to_bits();
    first & 0xe000 == 0x2000
        && !SPECIAL_V6.iter().any(|(network, length)| (bits ^ network.to_bits()) >> (128 - length) == 0)
}
