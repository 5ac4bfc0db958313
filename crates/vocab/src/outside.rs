//! Which addresses belong to the open internet.
//!
//! Not here: looking names up, and asking anybody (`ingest`, `channels`).

use core::net::{IpAddr, Ipv4Addr};

/// Whether an address is one of the open internet: not of this machine, of a house's own network, of a range kept for
/// special ends, nor one of these in the clothes of the newer protocol.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            let special = v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_broadcast();
            let special = special || v4.is_documentation() || v4.is_multicast() || a == 0 || a >= 240;
            let shared = a == 100 && (64..128).contains(&b) || a == 198 && matches!(b, 18 | 19);
            !(special || shared || a == 192 && b == 0 && c == 0)
        }
        IpAddr::V6(v6) => {
            let parts = v6.segments();
            if let Some(v4) = v6.to_ipv4_mapped() {
                return is_public(IpAddr::V4(v4));
            }
            let embedded = |high: u16, low: u16| {
                let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
                is_public(IpAddr::V4(Ipv4Addr::new(a, b, c, d)))
            };
            match parts {
                [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
                [0x2002, high, low, ..] => embedded(high, low),
                [0, 0, 0, 0, 0, 0, ..] => false,
                [0x2001, 0xdb8, ..] | [0x2001, 0, ..] | [0x100, ..] => false,
                [first, ..] => first & 0xfe00 != 0xfc00 && first & 0xffc0 != 0xfe80 && first & 0xff00 != 0xff00,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_open_internet_is_public() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "198.18.0.1",
            "255.255.255.255",
            "224.0.0.1",
            "::1",
            "::",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:a00:1::",
            "ff02::1",
            "::127.0.0.1",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
        for open in ["8.8.8.8", "114.114.114.114", "172.32.0.1", "2400:3200::1", "64:ff9b::808:808"] {
            assert!(is_public(open.parse().unwrap()), "{open}");
        }
    }
}
