//! The HTTP client that every connector uses.

/// Where calls may go and how much they may bring back.
#[derive(Clone, Debug)]
pub struct HttpPolicy {
    /// Private ranges (10/8, 172.16/12, 192.168/16, loopback, unique local) may be called.
    pub allow_private: bool,
    pub body_bytes_max: u64,
    pub redirects_max: usize,
}

/// A pooled client that keeps to an `HttpPolicy`.
#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
    policy: HttpPolicy,
}
