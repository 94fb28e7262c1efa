//! What back offices take and tell, so that a flow changes its system by changing an operation.
//!
//! An order is handed over as a sale, like an invoice to an accounting system: its totals are computed before anything is made, and
//! compared with what the system made of it before that is confirmed.

mod amounts;
mod credit_note;
mod input;
mod invoices;
mod ledger;
mod spec;
mod watch;

pub use amounts::{gross_off, gross_price, less, net_price};
pub use credit_note::{CreditNote, check_total, named, no_lines};
pub use input::{By, Cancel, GetOrder, InvoiceOrder, Levels, NewOrder, Tracking, Upsert};
pub use invoices::{GetInvoice, INVOICES_MAX, InvoiceBy};
pub use ledger::Ledger;
pub use spec::{System, discount, note_total};
pub use watch::Watch;

use chrono::FixedOffset;
use connector::{Connection, Error, PollCx};
use model::Span;
use serde_json::Value;

pub const CUSTOMER: &str = "customer";
pub const WAREHOUSE: &str = "warehouse";
pub const ITEM: &str = "item";

/// How long a request whose answer was lost may still be at work, where nobody says otherwise.
const SETTLE: Span = Span::from_secs(120);

pub fn settle(_connection: Option<&Connection>) -> Span {
    SETTLE
}

/// The connection of a trigger.
pub fn of_look<'a>(cx: &'a PollCx<'a>, system: &str) -> Result<&'a Connection, Error> {
    cx.connection.ok_or_else(|| Error::Connection {
        message: format!("the trigger has no connection to {system}"),
        advice: "Choose a connection in the node.".into(),
    })
}

/// How far the system's own clock is from UTC, in milliseconds: some write times without saying so.
pub fn zone(connection: &Connection) -> Result<i64, Error> {
    let text = connection.text("utc_offset").unwrap_or("+07:00");
    let zone: Result<FixedOffset, _> = text.parse();
    zone.map(|zone| i64::from(zone.local_minus_utc()) * 1_000).map_err(|_| Error::Connection {
        message: format!("\"{text}\" is no time zone"),
        advice: "Write it in the connection as +07:00.".into(),
    })
}

/// A record that was meant is not there.
pub fn missing(system: &str, what: &str, name: &str) -> Error {
    Error::Refused {
        message: format!("{system} has no {what} \"{}\"", connector::http::shorten(name)),
        advice: format!("Check the number, or make it in {system}, then retry."),
    }
}

/// What was just made cannot be read: it may be there.
pub fn unread(system: &str, what: &str) -> Error {
    Error::Unanswered {
        host: system.into(),
        message: format!("{what} was made, and its answer has no number of it"),
    }
}

/// A field of the data that has to be filled.
pub fn lacks(what: &str) -> Error {
    Error::Input {
        message: format!("there is no {what}"),
        advice: "Fill it in the node before, then retry.".into(),
    }
}

/// A text of a record; nothing where it has none.
pub fn text<'v>(row: &'v Value, field: &str) -> &'v str {
    row.get(field).and_then(Value::as_str).unwrap_or_default()
}
