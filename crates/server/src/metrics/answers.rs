//! How requests were answered.

use axum::http::StatusCode;
use std::sync::atomic::{AtomicU64, Ordering};

const AREAS: [&str; 4] = ["hooks", "api", "watch", "pages"];
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

#[derive(Debug, Default)]
pub struct Answers([[AtomicU64; CLASSES.len()]; AREAS.len()]);

impl Answers {
    pub fn count(&self, area: usize, status: StatusCode) {
        let class = usize::from(status.as_u16() / 100).clamp(1, CLASSES.len()) - 1;
        self.0[area][class].fetch_add(1, Ordering::Relaxed);
    }

    pub fn read(&self) -> impl Iterator<Item = (&'static str, &'static str, u64)> {
        AREAS.into_iter().zip(&self.0).flat_map(|(area, classes)| {
            let counts = CLASSES.into_iter().zip(classes);
            counts.map(move |(class, count)| (area, class, count.load(Ordering::Relaxed)))
        })
    }
}

/// Which part of the server a path belongs to.
pub fn area(path: &str) -> usize {
    let of = |start: &str| path.starts_with(start);
    match () {
        () if of("/hooks/") => 0,
        () if of("/api/") => 1,
        () if of("/health/") || path == api::path::METRICS => 2,
        () => 3,
    }
}
