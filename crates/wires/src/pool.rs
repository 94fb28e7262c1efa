//! Connections that actions share, by the settings they are made with.

use connector::{Connection, Error};
use links::Link;
use std::sync::{Arc, Mutex, PoisonError};

/// Settings whose connections are kept; beyond, the one used longest ago is let go of.
const KEPT_MAX: usize = 64;

type Key = [u8; 32];
pub type Shared<T> = Arc<Link<T, Error>>;
type Kept<T> = Vec<(Key, Shared<T>)>;

/// Clones are the same. The last used is at the end.
pub struct Pool<T>(Arc<Mutex<Kept<T>>>);

impl<T> Clone for Pool<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Pool<T> {
    /// The one for a connection's settings: others of the same settings share it, and changed settings have another.
    pub fn of(&self, connection: &Connection) -> Shared<T> {
        let key = connection.settings();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let link = match kept.iter().position(|(known, _)| *known == key) {
            Some(at) => kept.remove(at).1,
            None => Arc::default(),
        };
        if kept.len() >= KEPT_MAX {
            kept.remove(0);
        }
        kept.push((key, link.clone()));
        link
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::SecretString;
    use serde_json::json;
    use std::collections::BTreeMap;

    fn connection(host: &str, password: &str) -> Connection {
        let fields = json!({"host": host}).as_object().cloned().expect("fields");
        let secrets = BTreeMap::from([("password".into(), SecretString::from(password))]);
        Connection::new("c".into(), "nats".into(), fields, secrets)
    }

    #[test]
    fn the_same_settings_share_and_a_changed_password_does_not() {
        let pool = Pool::<u8>::default();
        let first = pool.of(&connection("a", "one"));
        assert!(Arc::ptr_eq(&first, &pool.of(&connection("a", "one"))));
        assert!(!Arc::ptr_eq(&first, &pool.of(&connection("a", "two"))));
    }

    #[test]
    fn what_is_kept_is_bounded_and_the_last_used_stay() {
        let pool = Pool::<u8>::default();
        let first = pool.of(&connection("first", ""));
        for n in 0..2 * KEPT_MAX {
            pool.of(&connection(&n.to_string(), ""));
            pool.of(&connection("first", ""));
        }
        assert_eq!(pool.0.lock().expect("a list").len(), KEPT_MAX);
        assert!(Arc::ptr_eq(&first, &pool.of(&connection("first", ""))));
    }
}
