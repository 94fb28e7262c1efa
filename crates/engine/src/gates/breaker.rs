//! When a connection is paused because its system does not answer, and when it is tried again.
//!
//! It opens after five failures in a row with nothing that went well between: the system cannot be reached, answers too
//! late, or answers that it failed (5xx). One order that a healthy system stumbles over must not pause all others: where
//! the system did answer, or may have, the failures must be of two runs at least.

use connector::Error;
use model::Value;
use store::{Ms, OpenBreaker, RunId};

/// Failures in a row that open it.
pub const FAILURES_MAX: u32 = 5;
/// From opening to the first trial; each one that fails doubles it.
pub const TRIAL_AFTER_MS: Ms = 10_000;
pub const TRIAL_AFTER_MAX_MS: Ms = 300_000;
/// A trial of which nothing is heard for so long is made by somebody else.
pub const TRIAL_LEASE_MS: Ms = 120_000;
/// How much is kept of what the system said.
const ERROR_CHARS: usize = 300;

/// What a call says of the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It answered: even if it refused.
    Alive,
    /// Nothing arrived there.
    Away,
    /// No answer came in time, and nobody knows what it is doing.
    Silent,
    /// It answered that it failed.
    Broken,
    /// Nothing was sent.
    Nothing,
}

impl Verdict {
    pub fn of(came: &Result<Value, Error>) -> Self {
        match came {
            Ok(_) => Self::Alive,
            Err(Error::Unreachable { .. }) => Self::Away,
            Err(Error::Unanswered { .. }) => Self::Silent,
            // What stands before the system says that it is not there.
            Err(Error::Status { status: 502..=504, .. }) => Self::Away,
            Err(Error::Status { status: 500..=599, .. }) => Self::Broken,
            Err(
                Error::Input { .. }
                | Error::Forbidden { .. }
                | Error::Connection { .. }
                | Error::SignedOut { .. },
            ) => Self::Nothing,
            Err(
                Error::RateLimited { .. }
                | Error::Status { .. }
                | Error::Refused { .. }
                | Error::TokenEnded { .. }
                | Error::Unreadable { .. }
                | Error::TooLarge { .. },
            ) => Self::Alive,
        }
    }

    /// Whether a trial that came out like this says nothing about the step that made it.
    pub fn spares_the_step(self) -> bool {
        matches!(self, Self::Away | Self::Silent)
    }
}

#[derive(Debug, Default)]
pub struct Breaker {
    streak: Option<Streak>,
    pub open: Option<OpenBreaker>,
}

/// Failures in a row.
#[derive(Debug)]
struct Streak {
    failures: u32,
    /// Of the first of them.
    run: RunId,
    of_several_runs: bool,
    all_away: bool,
}

/// What is to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turned {
    Open(OpenBreaker),
    Closed,
}

impl Breaker {
    pub fn of(open: Option<OpenBreaker>) -> Self {
        Self { streak: None, open }
    }

    /// Nothing went wrong lately.
    pub fn is_calm(&self) -> bool {
        self.streak.is_none() && self.open.is_none()
    }

    /// Notes how a call came out.
    pub fn note(
        &mut self,
        verdict: Verdict,
        error: Option<&Error>,
        run: RunId,
        trial: bool,
        now: Ms,
    ) -> Option<Turned> {
        match verdict {
            Verdict::Nothing => None,
            Verdict::Alive => {
                self.streak = None;
                self.open.take().map(|_| Turned::Closed)
            }
            Verdict::Away | Verdict::Silent | Verdict::Broken => {
                let said = error.map(|error| shorten(&error.to_string())).unwrap_or_default();
                match &mut self.open {
                    // Sent before it opened.
                    Some(_) if !trial => None,
                    Some(open) => {
                        open.trials = open.trials.saturating_add(1);
                        open.next_trial_at = now.saturating_add(trial_after(open.trials));
                        open.error = said;
                        Some(Turned::Open(open.clone()))
                    }
                    None => self.count(verdict, run).then(|| self.open(said, now)),
                }
            }
        }
    }

    /// Counts a failure; says whether it was one too many.
    fn count(&mut self, verdict: Verdict, run: RunId) -> bool {
        let new = Streak { failures: 0, run, of_several_runs: false, all_away: true };
        let streak = self.streak.get_or_insert(new);
        streak.failures += 1;
        streak.of_several_runs |= streak.run != run;
        streak.all_away &= verdict == Verdict::Away;
        streak.failures >= FAILURES_MAX && (streak.of_several_runs || streak.all_away)
    }

    fn open(&mut self, error: String, now: Ms) -> Turned {
        self.streak = None;
        let open =
            OpenBreaker { since: now, trials: 0, next_trial_at: now.saturating_add(TRIAL_AFTER_MS), error };
        self.open = Some(open.clone());
        Turned::Open(open)
    }

    /// A person closes it, or it was closed elsewhere.
    pub fn close(&mut self) -> bool {
        self.streak = None;
        self.open.take().is_some()
    }
}

/// The wait after so many trials that failed.
fn trial_after(trials: u32) -> Ms {
    TRIAL_AFTER_MS.saturating_mul(1 << trials.min(16)).min(TRIAL_AFTER_MAX_MS)
}

fn shorten(text: &str) -> String {
    text.chars().take(ERROR_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn away() -> Error {
        Error::Unreachable { host: "erp".into(), message: "refused".into() }
    }

    fn status(status: u16) -> Error {
        Error::Status { host: "erp".into(), status, message: "no".into(), after: None }
    }

    /// Notes calls of these runs, all at one time; says how often that opened it.
    fn opens(calls: &[(RunId, Error)]) -> bool {
        let mut breaker = Breaker::default();
        for (run, error) in calls {
            breaker.note(Verdict::of(&Err(error.clone())), Some(error), *run, false, 0);
        }
        breaker.open.is_some()
    }

    #[test]
    fn five_failures_in_a_row_open_it() {
        assert!(opens(&[1, 2, 3, 4, 5].map(|run| (run, away()))));
        assert!(!opens(&[1, 2, 3, 4].map(|run| (run, away()))));
        assert!(opens(&[1, 1, 1, 1, 2].map(|run| (run, status(500)))));
        assert!(!opens(&[1, 2, 3, 4, 5, 6].map(|run| (run, status(404)))), "a refusal is an answer");
        assert!(!opens(&[1, 2, 3, 4, 5, 6].map(|run| (run, status(429)))));
        let between = [(1, away()), (2, away()), (3, status(400)), (4, away()), (5, away()), (6, away())];
        assert!(!opens(&between), "an answer between begins the count anew");
    }

    #[test]
    fn one_run_that_the_system_stumbles_over_pauses_no_other_and_one_that_finds_nobody_does() {
        assert!(!opens(&[1; 20].map(|run| (run, status(500)))));
        let late = Error::Unanswered { host: "erp".into(), message: "late".into() };
        assert!(!opens(&[1; 20].map(|run| (run, late.clone()))));
        assert!(opens(&[1; 5].map(|run| (run, away()))));
        assert!(opens(&[1; 5].map(|run| (run, status(503)))));
    }

    #[test]
    fn trials_come_at_growing_intervals_and_one_that_is_answered_closes_it() {
        let mut breaker = Breaker::default();
        let mut note = |result: Result<Value, Error>, trial, now| {
            breaker.note(Verdict::of(&result), result.as_ref().err(), now, trial, now)
        };
        (0..5).for_each(|n| drop(note(Err(away()), false, n)));
        let mut due = vec![TRIAL_AFTER_MS + 4];
        for _ in 0..6 {
            let now = due[due.len() - 1];
            let Some(Turned::Open(open)) = note(Err(away()), true, now) else { panic!("it stays open") };
            assert_eq!(open.since, 4);
            due.push(open.next_trial_at);
        }
        let waits: Vec<Ms> = due.windows(2).map(|two| two[1] - two[0]).collect();
        assert_eq!(waits, [20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
        assert_eq!(note(Err(status(500)), false, 0), None, "a late answer of an earlier call");
        assert_eq!(note(Err(status(404)), true, 0), Some(Turned::Closed));
    }
}
