//! Passwords: argon2id with OWASP's parameters, a few at a time, off the threads that serve.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use std::sync::{Arc, OnceLock};
use tokio::sync::Semaphore;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Each takes 19 MiB and a core for some 20 ms.
const HASHING_AT_ONCE_MAX: usize = 2;
/// Beyond this many waiting, the next is turned away.
const WAITING_MAX: usize = 32;

pub const PASSWORD_CHARS_MIN: usize = 10;
pub const PASSWORD_CHARS_MAX: usize = 128;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("too many are signing in at once")]
    Busy,
    #[error("hashing failed: {0}")]
    Hash(String),
}

/// Says what is wrong with a password that somebody wants to have.
pub fn check_password(password: &str) -> Result<(), &'static str> {
    match password.chars().count() {
        n if n < PASSWORD_CHARS_MIN => Err("the password needs at least 10 characters"),
        n if n > PASSWORD_CHARS_MAX => Err("the password may have at most 128 characters"),
        _ => Ok(()),
    }
}

#[derive(Clone)]
pub struct Passwords {
    working: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// Verified instead of nothing where there is no such account, so that both take the same time.
    nobody: Arc<OnceLock<String>>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            working: Arc::new(Semaphore::new(HASHING_AT_ONCE_MAX)),
            waiting: Arc::new(Semaphore::new(WAITING_MAX)),
            nobody: Arc::default(),
        }
    }
}

impl Passwords {
    pub async fn hash(&self, password: SecretString) -> Result<String, Error> {
        self.work(move |_| hash(&password)).await?
    }

    /// True if the password belongs to the hash; takes as long where there is no hash.
    pub async fn verify(&self, password: SecretString, hash: Option<String>) -> Result<bool, Error> {
        self.work(move |nobody| {
            let known = hash.is_some();
            let hash = match hash {
                Some(hash) => hash,
                None => stand_in(nobody)?,
            };
            let parsed = PasswordHash::new(&hash).map_err(|e| Error::Hash(e.to_string()))?;
            let right = argon2()?.verify_password(password.expose_secret().as_bytes(), &parsed).is_ok();
            Ok(known && right)
        })
        .await?
    }

    async fn work<T: Send + 'static>(
        &self,
        job: impl FnOnce(&OnceLock<String>) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let _place = self.waiting.try_acquire().map_err(|_| Error::Busy)?;
        let turn = self.working.clone().acquire_owned().await;
        let turn = turn.map_err(|_| Error::Busy)?;
        let nobody = self.nobody.clone();
        // The turn ends with the work, also where the asker has gone away meanwhile.
        let work = move || {
            let done = job(&nobody);
            drop(turn);
            done
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| Error::Hash(error.to_string()))
    }
}

fn stand_in(nobody: &OnceLock<String>) -> Result<String, Error> {
    if let Some(hash) = nobody.get() {
        return Ok(hash.clone());
    }
    let hash = hash(&SecretString::from("nobody has this password"))?;
    Ok(nobody.get_or_init(|| hash).clone())
}

fn hash(password: &SecretString) -> Result<String, Error> {
    argon2()?
        .hash_password(password.expose_secret().as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| Error::Hash(error.to_string()))
}

fn argon2() -> Result<Argon2<'static>, Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None);
    let params = params.map_err(|error| Error::Hash(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_an_account_is_right() {
        let passwords = Passwords::default();
        let right = || SecretString::from("tea from the north");
        let hash = passwords.hash(right()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.verify(right(), Some(hash.clone())).await.unwrap());
        let wrong = SecretString::from("tea from the south");
        assert!(!passwords.verify(wrong, Some(hash)).await.unwrap());
        let nobody = SecretString::from("nobody has this password");
        assert!(!passwords.verify(nobody, None).await.unwrap());
    }
}
