//! The piece of time that one look asks for.
//!
//! Marketplaces limit how long a window may be, and a look is bounded, too. So a look takes one piece; the next one goes on
//! where it ended, without the overlap, so that a busy hour is always got over.

use crate::since::{Since, when};
use crate::values::Text;
use connector::{Delivery, Error, PollCx, Polled};
use serde_json::{Map, Value, json};

/// How far back a look begins before the end of the last one: marketplaces show changes some minutes late.
pub const OVERLAP_MS: i64 = 5 * 60_000;
/// Where a look goes on that was not the last of its series.
const RESUME: &str = "resume";

/// Times are milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    since: Since,
    pub from: i64,
    pub to: i64,
    now: i64,
}

impl Window {
    /// The next piece, `longest_ms` long at most; nothing where there is no time to ask for.
    pub fn read(
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
        longest_ms: i64,
    ) -> Result<Option<Self>, Error> {
        let since = Since::read(cx, with, cursor)?;
        let resumed = cursor.and_then(|cursor| cursor.get(RESUME)?.as_i64());
        let from = resumed.unwrap_or_else(|| since.from(OVERLAP_MS)).min(cx.now);
        let to = from.saturating_add(longest_ms).min(cx.now);
        Ok((to > from).then_some(Self { since, from, to, now: cx.now }))
    }

    /// What a look brings that had nothing to ask for.
    pub fn nothing(cx: &PollCx<'_>) -> Polled {
        Polled { cursor: json!({"at": cx.now}), ..Polled::default() }
    }

    /// The same piece, half as long.
    pub fn half(self) -> Self {
        Self { to: self.from + (self.to - self.from) / 2, ..self }
    }

    pub fn length(&self) -> i64 {
        self.to - self.from
    }

    /// Everything of the piece was brought.
    pub fn done(&self, deliveries: Vec<Delivery>) -> Polled {
        self.until(self.to, deliveries, self.to < self.now)
    }

    /// Everything up to a time was brought; `more` says that the next look goes on from there at once.
    pub fn until(&self, time: i64, deliveries: Vec<Delivery>, more: bool) -> Polled {
        let mut cursor = self.since.cursor(Some(time));
        if more {
            cursor[RESUME] = time.into();
        }
        Polled { deliveries, cursor, more, ..Polled::default() }
    }
}

/// The time that a node asks for, `since` to `until`, or to now where that is empty.
pub fn asked(now: i64, since: &str, until: &Text) -> Result<(i64, i64), Error> {
    let until = until.filled().map_or(Ok(now), when)?;
    Ok((when(since)?, until))
}

/// All records of a piece of time, where a system lists them in no promised order. `list` gives nothing where there are more
/// than one look may bring; then half of the time is asked for.
pub async fn all_of<F, Fut>(mut window: Window, list: F) -> Result<(Window, Vec<Value>), Error>
where
    F: Fn(Window) -> Fut + Send,
    Fut: Future<Output = Result<Option<Vec<Value>>, Error>> + Send,
{
    loop {
        match list(window).await? {
            Some(records) => return Ok((window, records)),
            None if window.length() > SHORTEST_MS => window = window.half(),
            None => return Err(too_many()),
        }
    }
}

/// One second has more than a look goes through: the next look would ask for the same again.
pub fn too_many() -> Error {
    Error::Unreadable {
        host: "the marketplace".into(),
        message: "more changes in one second than a look can bring".into(),
    }
}

/// Vendors count in seconds: a shorter window is not a window.
const SHORTEST_MS: i64 = 2_000;
