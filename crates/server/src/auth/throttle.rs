//! Slows down whoever guesses passwords, by account and by address, in bounded memory.

use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use store::Ms;

/// Wrong attempts that cost nothing: people mistype.
const FREE_PER_ACCOUNT: u32 = 5;
/// Many people may sit behind one address.
const FREE_PER_ADDRESS: u32 = 20;
const FIRST_WAIT_MS: Ms = 1_000;
/// An account never waits longer, so that a stranger cannot lock its owner out.
const ACCOUNT_WAIT_MAX_MS: Ms = 60_000;
const ADDRESS_WAIT_MAX_MS: Ms = 15 * 60_000;
/// What is quiet for so long is forgotten.
const FORGET_MS: Ms = 30 * 60_000;
const ENTRIES_MAX: usize = 10_000;

#[derive(Clone, Copy)]
struct Entry {
    wrong: u32,
    last: Ms,
    wait_until: Ms,
}

/// Come back after so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    pub seconds: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Account([u8; 16]),
    Address(IpAddr),
}

#[derive(Default)]
pub struct Throttle {
    entries: Mutex<HashMap<Key, Entry>>,
}

impl Throttle {
    /// Counts an attempt as wrong before it is made, so that a hundred at once are not all free.
    pub fn attempt(&self, email: &str, address: IpAddr, now: Ms) -> Result<(), Wait> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = keys(email, address);
        let until = keys.iter().filter_map(|key| entries.get(key)).map(|entry| entry.wait_until);
        if let Some(until) = until.max().filter(|until| *until > now) {
            let seconds = u64::try_from((until - now + 999) / 1_000).unwrap_or(1);
            return Err(Wait { seconds });
        }
        make_room(&mut entries, now);
        for key in keys {
            count(&mut entries, key, now);
        }
        Ok(())
    }

    /// The attempt was right after all: the account starts afresh, and the address gets its one back.
    pub fn was_right(&self, email: &str, address: IpAddr) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let [account, address] = keys(email, address);
        entries.remove(&account);
        if let Some(entry) = entries.get_mut(&address) {
            entry.wrong = entry.wrong.saturating_sub(1);
            entry.wait_until = 0;
        }
    }
}

fn keys(email: &str, address: IpAddr) -> [Key; 2] {
    let digest = Sha256::digest(email.trim().to_lowercase().as_bytes());
    let mut account = [0; 16];
    account.copy_from_slice(&digest[..16]);
    [Key::Account(account), Key::Address(network(address))]
}

/// One customer of a provider has a whole /64 of IPv6.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) >> 64 << 64).into()),
        v4 => v4,
    }
}

fn count(entries: &mut HashMap<Key, Entry>, key: Key, now: Ms) {
    let (free, most) = match key {
        Key::Account(_) => (FREE_PER_ACCOUNT, ACCOUNT_WAIT_MAX_MS),
        Key::Address(_) => (FREE_PER_ADDRESS, ADDRESS_WAIT_MAX_MS),
    };
    let fresh = Entry { wrong: 0, last: now, wait_until: 0 };
    let entry = entries.entry(key).or_insert(fresh);
    if now - entry.last > FORGET_MS {
        *entry = fresh;
    }
    entry.wrong = entry.wrong.saturating_add(1);
    entry.last = now;
    if entry.wrong >= free {
        let doublings = (entry.wrong - free).min(20);
        entry.wait_until = now + (FIRST_WAIT_MS << doublings).min(most);
    }
}

/// Forgets the quiet, and where none is, whoever has been quiet longest.
fn make_room(entries: &mut HashMap<Key, Entry>, now: Ms) {
    if entries.len() + 2 <= ENTRIES_MAX {
        return;
    }
    entries.retain(|_, entry| now - entry.last <= FORGET_MS);
    if entries.len() + 2 > ENTRIES_MAX {
        let mut by_age: Vec<(Ms, Key)> = entries.iter().map(|(key, e)| (e.last, *key)).collect();
        by_age.sort_unstable_by_key(|(last, _)| *last);
        // A tenth at once, so that a flood of strangers does not sort the map at every attempt.
        for (_, key) in by_age.into_iter().take(ENTRIES_MAX / 10) {
            entries.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));

    fn guess(throttle: &Throttle, times: u32, now: Ms) -> Option<Wait> {
        (0..times).find_map(|_| throttle.attempt("a@example.com", HERE, now).err())
    }

    #[test]
    fn the_sixth_wrong_password_has_to_wait_and_the_waits_grow() {
        let throttle = Throttle::default();
        assert_eq!(guess(&throttle, 5, 0), None);
        assert_eq!(guess(&throttle, 1, 0), Some(Wait { seconds: 1 }));
        assert_eq!(guess(&throttle, 1, 1_000), None);
        assert_eq!(guess(&throttle, 1, 1_001), Some(Wait { seconds: 2 }));
    }

    #[test]
    fn a_right_password_starts_afresh() {
        let throttle = Throttle::default();
        guess(&throttle, 5, 0);
        throttle.was_right("A@example.com ", HERE);
        assert_eq!(guess(&throttle, 5, 0), None);
    }

    #[test]
    fn one_address_may_not_try_many_accounts() {
        let throttle = Throttle::default();
        let waits = (0..100).filter(|n| throttle.attempt(&format!("{n}@x"), HERE, 0).is_err()).count();
        assert_eq!(waits, 80);
    }

    #[test]
    fn strangers_cannot_fill_the_memory() {
        let throttle = Throttle::default();
        for n in 0..30_000u32 {
            let _ = throttle.attempt(&n.to_string(), IpAddr::V4(n.into()), Ms::from(n));
        }
        assert!(throttle.entries.lock().unwrap().len() <= ENTRIES_MAX);
    }
}
