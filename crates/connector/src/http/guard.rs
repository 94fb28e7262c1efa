//! Which addresses may be called. Names are resolved here, and a connection is made to a checked address only, so a name
//! that changes its address between check and call gains nothing.

use hyper_util::client::legacy::connect::dns::Name;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use url::{Host, Url};

/// Names of cloud metadata services. Most lead to a link-local address, which is refused as well.
const METADATA_NAMES: [&str; 5] =
    ["metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal"];
/// Metadata services outside the link-local range: Alibaba, Oracle, Azure.
const METADATA_V4: [Ipv4Addr; 3] =
    [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(192, 0, 0, 192), Ipv4Addr::new(168, 63, 129, 16)];
/// The same on IPv6: Amazon, Google.
const METADATA_V6: [Ipv6Addr; 2] =
    [Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)];

/// Why an address may not be called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Blocked(pub &'static str);

const NEVER: Blocked = Blocked("link-local, metadata and multicast addresses are never called");
const PRIVATE: Blocked = Blocked("private addresses are not allowed here");

/// How far away an address is; the order is that of caution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    Public,
    Private,
    Never,
}

/// Checks a URL's host as far as that is possible without resolving it. `Url` has already turned every spelling of an
/// IPv4 address (decimal, octal, hexadecimal, shortened) into the usual one.
pub fn check_host(url: &Url, allow_private: bool) -> Result<(), Blocked> {
    match url.host() {
        Some(Host::Ipv4(ip)) => check(IpAddr::V4(ip), allow_private),
        Some(Host::Ipv6(ip)) => check(IpAddr::V6(ip), allow_private),
        Some(Host::Domain(name)) => check_name(name),
        None => Err(NEVER),
    }
}

fn check_name(name: &str) -> Result<(), Blocked> {
    let name = name.trim_end_matches('.');
    if METADATA_NAMES.iter().any(|known| name.eq_ignore_ascii_case(known)) {
        return Err(NEVER);
    }
    Ok(())
}

pub fn check(ip: IpAddr, allow_private: bool) -> Result<(), Blocked> {
    match reach(ip) {
        Reach::Public => Ok(()),
        Reach::Private if allow_private => Ok(()),
        Reach::Private => Err(PRIVATE),
        Reach::Never => Err(NEVER),
    }
}

fn reach(ip: IpAddr) -> Reach {
    match ip {
        IpAddr::V4(ip) => reach_v4(ip),
        IpAddr::V6(ip) => reach_v6(ip),
    }
}

fn reach_v4(ip: Ipv4Addr) -> Reach {
    match ip.octets() {
        // 240/4 is reserved and ends with the broadcast address.
        [0, ..] | [169, 254, ..] | [224..=255, ..] => Reach::Never,
        _ if METADATA_V4.contains(&ip) => Reach::Never,
        [10 | 127, ..] | [172, 16..=31, ..] | [192, 168, ..] => Reach::Private,
        // Carrier-grade NAT, protocol assignments, benchmarking.
        [100, 64..=127, ..] | [192, 0, 0, _] | [198, 18..=19, ..] => Reach::Private,
        _ => Reach::Public,
    }
}

/// IPv6 has several ways to say an IPv4 address; each is judged as the address it leads to.
fn reach_v6(ip: Ipv6Addr) -> Reach {
    let s = ip.segments();
    match s {
        _ if ip.is_unspecified() || METADATA_V6.contains(&ip) => Reach::Never,
        _ if ip.is_loopback() => Reach::Private,
        // ::a.b.c.d, ::ffff:a.b.c.d, ::ffff:0:a.b.c.d and 64:ff9b::a.b.c.d
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => reach_v4(embedded(high, low)),
        // NAT64 of the local network's own choosing.
        [0x64, 0xff9b, 1, .., high, low] => reach_v4(embedded(high, low)).max(Reach::Private),
        // 6to4
        [0x2002, high, low, ..] => reach_v4(embedded(high, low)),
        // Teredo hides an address behind another; nobody runs a service there.
        [0x2001, 0, ..] => Reach::Never,
        [0xfe80..=0xfebf, ..] | [0xff00..=0xffff, ..] => Reach::Never,
        // Unique local, and the site-local range before it.
        [0xfc00..=0xfdff, ..] | [0xfec0..=0xfeff, ..] => Reach::Private,
        _ => Reach::Public,
    }
}

fn embedded(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))
}

/// Resolves a name and lets only the addresses through that may be called.
#[derive(Clone, Debug)]
pub struct Resolver {
    pub allow_private: bool,
}

type Answer = Result<std::vec::IntoIter<SocketAddr>, Box<dyn std::error::Error + Send + Sync>>;

impl tower_service::Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(allowed(found, allow_private)?.into_iter())
        })
    }
}

/// The addresses that may be called, or why none of them may.
fn allowed(found: impl Iterator<Item = SocketAddr>, allow_private: bool) -> Result<Vec<SocketAddr>, Blocked> {
    let mut refusal = None;
    let mut good = Vec::new();
    for address in found {
        match check(address.ip(), allow_private) {
            Ok(()) => good.push(address),
            Err(blocked) => refusal = Some(blocked),
        }
    }
    match refusal {
        Some(blocked) if good.is_empty() => Err(blocked),
        _ => Ok(good),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(url: &str, allow_private: bool) -> Result<(), Blocked> {
        check_host(&Url::parse(url).unwrap(), allow_private)
    }

    #[test]
    fn no_spelling_of_a_metadata_or_link_local_address_is_ever_called() {
        for url in [
            "http://169.254.169.254/latest/meta-data",
            "http://2852039166/",
            "http://0xa9fea9fe/",
            "http://0251.0376.0251.0376/",
            "http://0xa9.0xfe.43518/",
            "http://169.254.169.254./",
            "http://１６９.254.169.254/",
            "http://[::ffff:169.254.169.254]/",
            "http://[::ffff:a9fe:a9fe]/",
            "http://[::169.254.169.254]/",
            "http://[64:ff9b::169.254.169.254]/",
            "http://[64:ff9b:1::a9fe:a9fe]/",
            "http://[2002:a9fe:a9fe::1]/",
            "http://[fe80::1]/",
            "http://[fd00:ec2::254]/",
            "http://[ff02::1]/",
            "http://[::]/",
            "http://0.0.0.0/",
            "http://0/",
            "http://100.100.100.200/",
            "http://224.0.0.1/",
            "http://255.255.255.255/",
            "http://metadata.google.internal/",
            "http://METADATA.google.internal./",
        ] {
            assert_eq!(verdict(url, true), Err(NEVER), "{url}");
        }
    }

    #[test]
    fn a_private_address_is_called_only_where_a_setting_allows_it() {
        for url in [
            "http://127.0.0.1:8080/",
            "http://127.1/",
            "http://2130706433/",
            "http://10.1.2.3/",
            "http://172.31.255.255/",
            "http://192.168.0.1/",
            "http://100.64.0.1/",
            "http://[::1]/",
            "http://[::ffff:10.0.0.1]/",
            "http://[64:ff9b::10.0.0.1]/",
            "http://[2002:0a00:0001::]/",
            "http://[fd12:3456::1]/",
        ] {
            assert_eq!(verdict(url, false), Err(PRIVATE), "{url}");
            assert_eq!(verdict(url, true), Ok(()), "{url}");
        }
    }

    #[test]
    fn public_addresses_and_names_pass() {
        for url in [
            "https://example.com/",
            "https://1.1.1.1/",
            "https://172.32.0.1/",
            "https://[2606:4700::1111]/",
            "https://[64:ff9b::1.1.1.1]/",
        ] {
            assert_eq!(verdict(url, false), Ok(()), "{url}");
        }
    }

    #[test]
    fn a_name_with_a_good_and_a_bad_address_is_called_at_the_good_one_only() {
        let found = ["169.254.169.254:0", "1.1.1.1:0"].map(|text| text.parse().unwrap());
        let good = allowed(found.into_iter(), true).unwrap();
        assert_eq!(good, ["1.1.1.1:0".parse().unwrap()]);
    }

    #[test]
    fn a_name_that_leads_only_to_refused_addresses_is_refused() {
        let found = ["127.0.0.1:0".parse().unwrap()];
        assert_eq!(allowed(found.into_iter(), false), Err(PRIVATE));
    }
}
