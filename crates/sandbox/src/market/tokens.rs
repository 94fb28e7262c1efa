//! Access tokens that end, and refresh tokens that rotate.

use std::collections::HashMap;

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::chance::Chance;

/// Codes of consents that wait to be exchanged; more are refused.
const CODES_MAX: usize = 1_000;

/// What becomes of a refresh token once it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rotation {
    /// It is spent: a lost answer means a new consent.
    AtOnce,
    /// It is good until the new one is used for the first time, so that a lost answer can be asked for again.
    WhenNewIsUsed,
}

/// How long a vendor's tokens live.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub access_prefix: &'static str,
    pub refresh_prefix: &'static str,
    pub access: Duration,
    pub refresh: Duration,
    /// An access token that was replaced stays good for so long.
    pub grace: Duration,
    pub code: Duration,
    pub rotation: Rotation,
    /// False: the refresh deadline is the consent's and no refresh moves it.
    pub deadline_moves: bool,
}

/// A pair of tokens and when each ends.
#[derive(Clone)]
pub(crate) struct Pair {
    pub access: String,
    pub refresh: String,
    pub access_until: DateTime<Utc>,
    pub refresh_until: DateTime<Utc>,
}

/// Why a token or code is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stale {
    Unknown,
    Expired,
}

/// The tokens of one seller's consent.
pub(crate) struct Tokens {
    rules: Rules,
    chance: Chance,
    current: Pair,
    replaced: Option<Pair>,
    codes: HashMap<String, DateTime<Utc>>,
    refreshed: u64,
    exchanged: u64,
    refused: u64,
}

impl Tokens {
    /// Starts with a pair that was handed in, as if the seller had consented just now.
    pub(crate) fn new(rules: Rules, seed: u64, access: &str, refresh: &str, now: DateTime<Utc>) -> Self {
        let current = Pair {
            access: access.to_owned(),
            refresh: refresh.to_owned(),
            access_until: now + rules.access,
            refresh_until: now + rules.refresh,
        };
        let chance = Chance::of(seed, &format!("tokens {}", rules.access_prefix));
        let (replaced, codes) = (None, HashMap::new());
        Self { rules, chance, current, replaced, codes, refreshed: 0, exchanged: 0, refused: 0 }
    }

    /// Starts without a consent: with a pair that nobody was told.
    pub(crate) fn unknown(rules: Rules, seed: u64, now: DateTime<Utc>) -> Self {
        let mut tokens = Self::new(rules, seed, "", "", now);
        tokens.replace(now, now + rules.refresh);
        tokens.replaced = None;
        tokens
    }

    pub(crate) fn check(&self, access: &str, now: DateTime<Utc>) -> Result<(), Stale> {
        let pairs = std::iter::once(&self.current).chain(&self.replaced);
        let until = pairs.filter(|pair| pair.access == access).map(|pair| pair.access_until).max();
        match until {
            None => Err(Stale::Unknown),
            Some(until) if now < until => Ok(()),
            Some(_) => Err(Stale::Expired),
        }
    }

    /// A code as the consent page hands out; good once.
    pub(crate) fn consent(&mut self, now: DateTime<Utc>) -> Option<String> {
        self.codes.retain(|_, until| now < *until);
        if self.codes.len() >= CODES_MAX {
            return None;
        }
        let code = format!("0_{:016x}{:016x}", self.chance.next(), self.chance.next());
        self.codes.insert(code.clone(), now + self.rules.code);
        Some(code)
    }

    pub(crate) fn exchange(&mut self, code: &str, now: DateTime<Utc>) -> Result<Pair, Stale> {
        match self.codes.remove(code) {
            None => self.refuse(Stale::Unknown),
            Some(until) if until <= now => self.refuse(Stale::Expired),
            Some(_) => {
                self.exchanged += 1;
                let until = now + self.rules.refresh;
                Ok(self.replace(now, until))
            }
        }
    }

    pub(crate) fn refresh(&mut self, refresh: &str, now: DateTime<Utc>) -> Result<Pair, Stale> {
        let newest = self.current.refresh == refresh;
        let again = self.rules.rotation == Rotation::WhenNewIsUsed
            && self.replaced.as_ref().is_some_and(|pair| pair.refresh == refresh);
        if !newest && !again {
            return self.refuse(Stale::Unknown);
        }
        if self.current.refresh_until <= now {
            return self.refuse(Stale::Expired);
        }
        self.refreshed += 1;
        let moved = now + self.rules.refresh;
        let until = if self.rules.deadline_moves { moved } else { self.current.refresh_until };
        if again {
            // The answer was lost: the pair nobody saw gives way, and the older one stays the one before.
            let before = self.replaced.take();
            let pair = self.replace(now, until);
            self.replaced = before;
            return Ok(pair);
        }
        Ok(self.replace(now, until))
    }

    fn replace(&mut self, now: DateTime<Utc>, refresh_until: DateTime<Utc>) -> Pair {
        let mut token =
            |prefix: &str| format!("{prefix}{:016x}{:016x}", self.chance.next(), self.chance.next());
        let pair = Pair {
            access: token(self.rules.access_prefix),
            refresh: token(self.rules.refresh_prefix),
            access_until: now + self.rules.access,
            refresh_until,
        };
        let mut old = std::mem::replace(&mut self.current, pair.clone());
        old.access_until = old.access_until.min(now + self.rules.grace);
        self.replaced = Some(old);
        pair
    }

    fn refuse(&mut self, stale: Stale) -> Result<Pair, Stale> {
        self.refused += 1;
        Err(stale)
    }

    /// Every access token ends now.
    pub(crate) fn expire(&mut self, now: DateTime<Utc>) {
        for pair in std::iter::once(&mut self.current).chain(&mut self.replaced) {
            pair.access_until = pair.access_until.min(now);
        }
    }

    /// The refresh token ends, too: the seller must consent again.
    pub(crate) fn revoke(&mut self, now: DateTime<Utc>) {
        self.expire(now);
        self.current.refresh_until = self.current.refresh_until.min(now);
    }

    /// How often was refreshed, for a test that only one worker does it; never the tokens themselves.
    pub(crate) fn show(&self) -> Value {
        let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        json!({
            "refreshed": self.refreshed,
            "exchanged": self.exchanged,
            "refused": self.refused,
            "access_until": time(self.current.access_until),
            "refresh_until": time(self.current.refresh_until),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_796_000_000 + seconds, 0).unwrap()
    }

    fn tokens(rotation: Rotation, deadline_moves: bool) -> Tokens {
        let rules = Rules {
            access_prefix: "a",
            refresh_prefix: "r",
            access: Duration::seconds(100),
            refresh: Duration::seconds(1_000),
            grace: Duration::seconds(5),
            code: Duration::seconds(30),
            rotation,
            deadline_moves,
        };
        Tokens::new(rules, 1, "first", "again", at(0))
    }

    #[test]
    fn an_access_token_ends_and_the_one_before_lives_a_little_longer() {
        let mut tokens = tokens(Rotation::AtOnce, true);
        assert_eq!(tokens.check("first", at(99)), Ok(()));
        assert_eq!(tokens.check("first", at(100)), Err(Stale::Expired));
        assert_eq!(tokens.check("other", at(0)), Err(Stale::Unknown));
        let pair = tokens.refresh("again", at(50)).ok().unwrap();
        assert_eq!(tokens.check(&pair.access, at(149)), Ok(()));
        assert_eq!(
            (tokens.check("first", at(54)), tokens.check("first", at(55))),
            (Ok(()), Err(Stale::Expired))
        );
    }

    #[test]
    fn a_spent_refresh_token_is_not_taken_twice() {
        let mut tokens = tokens(Rotation::AtOnce, true);
        assert!(tokens.refresh("again", at(1)).is_ok());
        assert_eq!(tokens.refresh("again", at(2)).err(), Some(Stale::Unknown));
        assert_eq!((&tokens.show()["refreshed"], &tokens.show()["refused"]), (&json!(1), &json!(1)));
    }

    #[test]
    fn where_an_answer_may_be_lost_the_old_refresh_token_lives_until_the_new_one_is_used() {
        let mut tokens = tokens(Rotation::WhenNewIsUsed, true);
        assert!(tokens.refresh("again", at(1)).is_ok());
        let second = tokens.refresh("again", at(2)).ok().unwrap();
        let third = tokens.refresh(&second.refresh, at(3)).ok().unwrap();
        assert_eq!(tokens.refresh("again", at(4)).err(), Some(Stale::Unknown));
        assert!(tokens.refresh(&third.refresh, at(4)).is_ok());
    }

    #[test]
    fn a_consents_deadline_stands_where_no_refresh_moves_it() {
        let mut fixed = tokens(Rotation::AtOnce, false);
        let pair = fixed.refresh("again", at(900)).ok().unwrap();
        assert_eq!(pair.refresh_until, at(1_000));
        assert_eq!(fixed.refresh(&pair.refresh, at(1_000)).err(), Some(Stale::Expired));
        let mut moving = tokens(Rotation::AtOnce, true);
        assert_eq!(moving.refresh("again", at(900)).ok().unwrap().refresh_until, at(1_900));
    }

    #[test]
    fn a_code_is_good_once_and_for_a_while() {
        let mut tokens = tokens(Rotation::AtOnce, true);
        let code = tokens.consent(at(0)).unwrap();
        assert!(tokens.exchange(&code, at(29)).is_ok());
        assert_eq!(tokens.exchange(&code, at(29)).err(), Some(Stale::Unknown));
        let late = tokens.consent(at(0)).unwrap();
        assert_eq!(tokens.exchange(&late, at(30)).err(), Some(Stale::Expired));
    }
}
