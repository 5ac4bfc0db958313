//! Where a request really comes from, and what address outsiders know us by.
//!
//! Behind a proxy every connection comes from the proxy. Who is behind it stands in `X-Forwarded-For`, which anybody can
//! write: it is believed only as far as it was written by a proxy that the operator named.

use std::net::IpAddr;

use axum::http::HeaderMap;
use ipnet::IpNet;

/// The address that a request is counted under: the nearest one that is not a proxy of ours.
///
/// Read from the right: each proxy appends whom it saw. Without proxies the header is not looked at.
pub(crate) fn client(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let is_proxy = |address: IpAddr| proxies.iter().any(|net| net.contains(&address));
    let mut nearest = peer.to_canonical();
    let named: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','))
        .map(str::trim)
        .collect();
    for word in named.into_iter().rev() {
        if !is_proxy(nearest) {
            break;
        }
        match address(word) {
            Some(address) => nearest = address,
            // What a proxy of ours would not write says nothing about anybody.
            None => break,
        }
    }
    nearest
}

/// An address, with or without port and brackets.
fn address(word: &str) -> Option<IpAddr> {
    let bare = word.strip_prefix('[').and_then(|rest| rest.split(']').next()).unwrap_or(word);
    let read = bare.parse().ok().or_else(|| bare.parse::<std::net::SocketAddr>().ok().map(|address| address.ip()));
    read.map(|address: IpAddr| address.to_canonical())
}

/// The address under which outsiders reach this server: scheme, host and port, no path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    text: String,
    host: String,
    is_https: bool,
}

impl PublicUrl {
    /// Reads `https://liuke.example.cn` or `http://10.1.2.3:7070`.
    ///
    /// # Errors
    /// Says in English what is wrong: another scheme, no host, user names, a path, a query.
    pub fn parse(text: &str) -> Result<PublicUrl, &'static str> {
        let uri: axum::http::Uri = text.trim_end_matches('/').parse().map_err(|_| "not an address")?;
        let is_https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err("it must begin with https:// or http://"),
        };
        let authority = uri.authority().ok_or("it names no host")?;
        if authority.as_str().contains('@') {
            return Err("it must not carry a user name");
        }
        if uri.path_and_query().is_some_and(|rest| rest.as_str() != "/") {
            return Err("it must have no path and no query");
        }
        let scheme = if is_https { "https" } else { "http" };
        let host = authority.host().trim_matches(['[', ']']).to_ascii_lowercase();
        Ok(PublicUrl { text: format!("{scheme}://{}", authority.as_str().to_ascii_lowercase()), host, is_https })
    }

    /// Without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Host name without port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether outsiders come by https.
    pub fn is_https(&self) -> bool {
        self.is_https
    }
}

impl std::str::FromStr for PublicUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<PublicUrl, &'static str> {
        PublicUrl::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str], proxies: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let proxies: Vec<IpNet> = proxies.iter().map(|net| net.parse().unwrap()).collect();
        client(peer.parse().unwrap(), &headers, &proxies).to_string()
    }

    #[test]
    fn a_header_is_believed_only_from_a_proxy_of_ours() {
        assert_eq!(seen("203.0.113.9", &["198.51.100.1"], &[]), "203.0.113.9");
        assert_eq!(seen("203.0.113.9", &["198.51.100.1"], &["10.0.0.0/8"]), "203.0.113.9");
        assert_eq!(seen("10.0.0.2", &["198.51.100.1"], &["10.0.0.0/8"]), "198.51.100.1");
    }

    #[test]
    fn a_visitor_cannot_write_an_address_before_the_one_the_proxy_saw() {
        assert_eq!(seen("10.0.0.2", &["1.1.1.1, 198.51.100.1"], &["10.0.0.0/8"]), "198.51.100.1");
        assert_eq!(seen("10.0.0.2", &["1.1.1.1", "198.51.100.1, 10.0.0.7"], &["10.0.0.0/8"]), "198.51.100.1");
        assert_eq!(seen("10.0.0.2", &["198.51.100.1, rubbish"], &["10.0.0.0/8"]), "10.0.0.2");
    }

    #[test]
    fn ports_brackets_and_mapped_addresses_are_read() {
        assert_eq!(seen("::ffff:10.0.0.2", &["198.51.100.1:4711"], &["10.0.0.0/8"]), "198.51.100.1");
        assert_eq!(seen("10.0.0.2", &["[2001:db8::1]:4711"], &["10.0.0.0/8"]), "2001:db8::1");
    }

    #[test]
    fn the_public_address_is_scheme_host_and_port() {
        let read = PublicUrl::parse("https://Liuke.Example.cn:8443/").unwrap();
        assert_eq!(
            (read.as_str(), read.host(), read.is_https()),
            ("https://liuke.example.cn:8443", "liuke.example.cn", true)
        );
        for bad in
            ["liuke.example.cn", "ftp://a.cn", "https://", "https://me@a.cn", "https://a.cn/path", "https://a.cn/?q=1"]
        {
            assert!(PublicUrl::parse(bad).is_err(), "{bad}");
        }
    }
}
