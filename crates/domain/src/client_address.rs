//! Client addresses as limits count them (security 16).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A client's address and its network, each in one spelling.
///
/// IPv4 counts by address and by /24. IPv6 counts by /64, which one household or phone has to itself, and by
/// /48. An IPv4 address mapped into IPv6 counts as what it is.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ClientAddress {
    address: String,
    network: String,
}

impl From<IpAddr> for ClientAddress {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => {
                let [a, b, c, _] = v4.octets();
                Self { address: v4.to_string(), network: format!("{}/24", Ipv4Addr::new(a, b, c, 0)) }
            }
            IpAddr::V6(v6) => {
                let bits = v6.to_bits();
                let cut = |prefix: u32| Ipv6Addr::from_bits(bits & !(u128::MAX >> prefix));
                Self { address: format!("{}/64", cut(64)), network: format!("{}/48", cut(48)) }
            }
        }
    }
}

impl ClientAddress {
    /// The address, or the /64.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The /24 or /48.
    pub fn network(&self) -> &str {
        &self.network
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> (String, String) {
        let client = ClientAddress::from(text.parse::<IpAddr>().unwrap());
        (client.address, client.network)
    }

    #[test]
    fn addresses_are_counted_by_what_one_client_has() {
        assert_eq!(of("203.0.113.7"), ("203.0.113.7".into(), "203.0.113.0/24".into()));
        assert_eq!(of("::ffff:203.0.113.7"), of("203.0.113.7"));
        assert_eq!(of("2001:db8:1:2:3::4"), ("2001:db8:1:2::/64".into(), "2001:db8:1::/48".into()));
        assert_eq!(of("2001:db8:1:2:ffff::"), of("2001:db8:1:2::1"));
    }
}
