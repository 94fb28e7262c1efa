//! Where the database is, and how its connections behave.

use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;
use store::Error;

/// How long a process is thought to be alive without a word from it.
const LEASE: Duration = Duration::from_secs(15);
/// How long a batch is tried again before it is given back.
const PATIENCE: Duration = Duration::from_secs(3);

/// Not `Debug` as a whole: it holds a password.
#[derive(Clone)]
pub struct Options {
    connect: PgConnectOptions,
    /// How long shards are good without being renewed.
    pub lease: Duration,
    /// How long a batch is tried again while the database cannot be reached.
    pub patience: Duration,
    /// Open also what an import has not filled to its end: for an import that begins anew.
    pub unfinished: bool,
}

impl Options {
    /// Reads `postgres://user:password@host:port/database`, with `?sslmode=verify-full&sslrootcert=…` where wanted.
    pub fn parse(url: &str) -> Result<Self, Error> {
        let is_ours = url.starts_with("postgres://") || url.starts_with("postgresql://");
        // What was given is not repeated: it may hold a password.
        let wrong =
            || Error::Conflict("a database is named as postgres://user:password@host:5432/database".into());
        let connect = PgConnectOptions::from_str(url).ok().filter(|_| is_ours).ok_or_else(wrong)?;
        let connect = connect.application_name("khlong").disable_statement_logging();
        Ok(Self { connect, lease: LEASE, patience: PATIENCE, unfinished: false })
    }

    /// A connection for statements of one kind; none of them can hold others up for long.
    pub(crate) fn connect(&self, kind: Kind) -> PgConnectOptions {
        let (statement, lock) = match kind {
            Kind::Writer => ("20s", "5s"),
            Kind::Desk => ("10s", "5s"),
            Kind::Reader => ("2s", "1s"),
            Kind::Builder => ("0", "0"),
        };
        let common = [
            ("statement_timeout", statement),
            ("lock_timeout", lock),
            ("idle_in_transaction_session_timeout", "10s"),
            // Said outright: a database may have another default, and then acknowledged events could be lost.
            ("synchronous_commit", "on"),
            ("jit", "off"),
            ("client_min_messages", "warning"),
        ];
        let special: &[(&str, &str)] = match kind {
            // Its statements are the same for ever, but are planned while the tables are still small.
            Kind::Writer => &[("plan_cache_mode", "force_generic_plan"), ("enable_seqscan", "off")],
            Kind::Reader => &[("default_transaction_read_only", "on")],
            Kind::Desk | Kind::Builder => &[],
        };
        self.connect.clone().options(common).options(special.iter().copied())
    }

    /// For people: where the database is, without how to get in.
    pub fn place(&self) -> String {
        let (host, port) = (self.connect.get_host(), self.connect.get_port());
        format!("{host}:{port}/{}", self.connect.get_database().unwrap_or_default())
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("place", &self.place()).finish_non_exhaustive()
    }
}

#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// The one connection that commits batches.
    Writer,
    /// What people and processes change now and then.
    Desk,
    /// Questions.
    Reader,
    /// What changes the tables themselves: that may take its time.
    Builder,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_shown_nowhere() {
        let options = Options::parse("postgres://ann:geheim@db.example:5433/orders").expect("it is read");
        assert_eq!(options.place(), "db.example:5433/orders");
        assert!(!format!("{options:?}").contains("geheim"));
        for wrong in ["postgres://ann:geheim@db.example:port/orders", "mysql://ann:geheim@db.example/orders"]
        {
            let refused = Options::parse(wrong).expect_err("it cannot be read");
            assert!(!format!("{refused} {refused:?}").contains("geheim"), "{refused}");
        }
    }
}
