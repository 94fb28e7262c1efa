//! When a connection is to be tried.

use model::ConnectionName;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;
use store::Ms;

/// Those that nobody has tried yet are, within this time.
const FIRST_MS: Ms = 30_000;

pub struct Due<'a> {
    pub name: &'a ConnectionName,
    /// Nothing where it is as nobody has tried it.
    pub checked_at: Option<Ms>,
    /// Since when it is as it is, and there is somebody to try it.
    pub since: Ms,
    pub every: Duration,
}

impl Due<'_> {
    /// Not all at once: each a little earlier or later than the others, a tenth of the time at most.
    pub fn at(&self) -> Ms {
        let every = Ms::try_from(self.every.as_millis()).unwrap_or(Ms::MAX);
        match self.checked_at {
            None => self.since.saturating_add(self.dice(FIRST_MS.min(every))),
            Some(at) => {
                let tenth = every / 10;
                at.saturating_add(every).saturating_sub(tenth).saturating_add(self.dice(2 * tenth))
            }
        }
    }

    /// From 0 on and below so many; the same for the same trial.
    fn dice(&self, below: Ms) -> Ms {
        let mut hasher = DefaultHasher::new();
        (self.name.as_str(), self.checked_at).hash(&mut hasher);
        let below = u64::try_from(below).unwrap_or(0).max(1);
        Ms::try_from(hasher.finish() % below).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: Duration = Duration::from_secs(900);

    fn at(name: &str, checked_at: Option<Ms>) -> Ms {
        let name = ConnectionName::new(name);
        Due { name: &name, checked_at, since: 1_000_000, every: EVERY }.at()
    }

    #[test]
    fn each_is_tried_about_every_so_often_and_they_are_spread() {
        let names: Vec<String> = (0..50).map(|n| format!("c{n}")).collect();
        let times: Vec<Ms> = names.iter().map(|name| at(name, Some(5_000_000))).collect();
        assert!(times.iter().all(|at| (5_810_000..5_990_000).contains(at)), "{times:?}");
        let spread = times.iter().max().unwrap() - times.iter().min().unwrap();
        assert!(spread > 90_000, "{spread} ms between the first and the last");
        assert_eq!(at("c1", Some(5_000_000)), times[1], "and the same is said twice");
        assert_ne!(at("c1", Some(6_000_000)) - 1_000_000, times[1], "they do not stay together either");
    }

    #[test]
    fn what_nobody_has_tried_is_tried_soon() {
        let times: Vec<Ms> = (0..50).map(|n| at(&format!("c{n}"), None)).collect();
        assert!(times.iter().all(|at| (1_000_000..1_030_000).contains(at)), "{times:?}");
    }
}
