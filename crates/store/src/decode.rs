//! What rows of every SQL store hold, as the store's types: numbers that stand for words, and rows that are the same in all.

use crate::{
    DayCount, Error, FlowKey, FlowState, FlowTotals, Ms, Role, SealedConnection, Status, Token, User,
};
use model::ConnectionName;

const DAY_MS: Ms = 86_400_000;

macro_rules! numbered {
    ($($word:ident: $what:literal, $($variant:ident),+;)*) => {$(
        impl TryFrom<i16> for $word {
            type Error = Error;

            fn try_from(number: i16) -> Result<Self, Error> {
                let mut known = [$(Self::$variant),+].into_iter();
                let unknown = || Error::Unreadable(format!(concat!("no ", $what, " {}"), number));
                known.find(|word| *word as i16 == number).ok_or_else(unknown)
            }
        }
    )*};
}

numbered! {
    Status: "run ends with status", Done, Failed, Cancelled;
    FlowState: "flow has state", Live, Paused, Held;
    Role: "role has number", Viewer, Operator, Editor, Owner;
}

/// Bytes whose number is part of their meaning, such as a hash.
pub fn fixed<const N: usize>(bytes: Vec<u8>) -> Result<[u8; N], Error> {
    let held = bytes.len();
    bytes.try_into().map_err(|_| Error::Unreadable(format!("a value of {held} bytes should have {N}")))
}

/// Flow; done, failed, cancelled and open runs; when the last one began, and how the last one ended.
pub type TotalsRow = (FlowKey, i64, i64, i64, i64, Option<Ms>, Option<i16>);

pub fn totals(row: TotalsRow) -> Result<(FlowKey, FlowTotals), Error> {
    let (flow, done, failed, cancelled, open, last_run_at, last_status) = row;
    let totals = FlowTotals {
        done: count(done)?,
        failed: count(failed)?,
        cancelled: count(cancelled)?,
        open: count(open)?,
        last_run_at,
        last_status: last_status.map(Status::try_from).transpose()?,
    };
    Ok((flow, totals))
}

/// Flow, day since 1970, status, runs.
pub type DayRow = (FlowKey, i64, i16, i64);

pub fn day((flow, day, status, runs): DayRow) -> Result<DayCount, Error> {
    Ok(DayCount { flow, day: day * DAY_MS, status: status.try_into()?, runs: count(runs)? })
}

fn count(number: i64) -> Result<u64, Error> {
    u64::try_from(number).map_err(|_| Error::Unreadable("a count below zero".into()))
}

pub type UserRow = (String, String, String, i16, String, Ms);

pub fn user((id, email, name, role, password_hash, created_at): UserRow) -> Result<User, Error> {
    Ok(User { id, email, name, role: role.try_into()?, password_hash, created_at })
}

pub type TokenRow = (String, String, Vec<u8>, i16, Ms, String, Option<Ms>);

pub fn token(row: TokenRow) -> Result<Token, Error> {
    let (id, name, hash, role, created_at, created_by, last_used_at) = row;
    let (hash, role) = (fixed(hash)?, role.try_into()?);
    Ok(Token { id, name, hash, role, created_at, created_by, last_used_at })
}

pub type ConnectionRow = (String, String, String, Vec<u8>, Ms);

pub fn connection((name, connector, fields, secrets, updated_at): ConnectionRow) -> SealedConnection {
    SealedConnection { name: ConnectionName::new(name), connector, fields, secrets, updated_at }
}
