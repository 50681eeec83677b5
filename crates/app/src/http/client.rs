//! Who calls: the client's address (security 17, requirement B04).

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use bonin_domain::ClientAddress;
use ipnet::IpNet;

use crate::problem::{Problem, ProblemCode};

/// The address of the client: the socket's peer, unless that is a listed proxy; then the right-most hop of
/// `X-Forwarded-For` that is not one.
///
/// # Errors
/// A socket without a peer, which cannot be limited.
pub fn address(request: &HttpRequest, proxies: &[IpNet]) -> Result<ClientAddress, Problem> {
    ip(request, proxies).map(ClientAddress::from)
}

/// The same, whole, for a provider that wants to know it.
///
/// # Errors
/// Those of [`address`].
pub fn ip(request: &HttpRequest, proxies: &[IpNet]) -> Result<IpAddr, Problem> {
    let peer = request.peer_addr().ok_or_else(|| Problem::new(ProblemCode::BadRequest))?;
    Ok(client_of(peer.ip(), request.headers(), proxies))
}

fn client_of(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let listed = |address: IpAddr| {
        let address = address.to_canonical();
        proxies.iter().any(|network| network.contains(&address))
    };
    let mut client = peer;
    let hops: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for hop in hops.iter().rev() {
        if !listed(client) {
            break;
        }
        // What a proxy wrote that is no address cannot be believed, nor anything left of it.
        let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
        client = address;
    }
    client
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn client(peer: &str, forwarded: &[&str], proxies: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            let name = HeaderName::from_static("x-forwarded-for");
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        let proxies: Vec<IpNet> = proxies.iter().map(|text| text.parse().unwrap()).collect();
        client_of(peer.parse().unwrap(), &headers, &proxies).to_string()
    }

    #[test]
    fn a_forged_header_changes_nothing_without_a_listed_proxy() {
        assert_eq!(client("203.0.113.7", &["198.51.100.1"], &[]), "203.0.113.7");
        assert_eq!(client("203.0.113.7", &["198.51.100.1"], &["10.0.0.0/8"]), "203.0.113.7");
    }

    #[test]
    fn behind_listed_proxies_the_right_most_unlisted_hop_counts() {
        let proxies = ["10.0.0.0/8"];
        assert_eq!(client("10.0.0.1", &["198.51.100.1"], &proxies), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &["1.1.1.1, 198.51.100.1, 10.0.0.9"], &proxies), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &["1.1.1.1", "198.51.100.1"], &proxies), "198.51.100.1");
        assert_eq!(client("::ffff:10.0.0.1", &["198.51.100.1"], &proxies), "198.51.100.1");
    }

    #[test]
    fn rubbish_in_the_header_leaves_the_last_hop_that_could_be_believed() {
        assert_eq!(client("10.0.0.1", &["198.51.100.1, nonsense"], &["10.0.0.0/8"]), "10.0.0.1");
    }
}
