#![doc = include_str!("../README.md")]

#[cfg(feature = "contract")]
#[doc(hidden)]
pub mod contract;
#[cfg(feature = "contract")]
#[doc(hidden)]
pub mod memory;

use async_trait::async_trait;
use bytes::Bytes;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// What is put into a buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// The same again is the same parcel. Letters and digits, 64 at most.
    pub key: String,
    /// Parcels of one lane keep their order, as well as the broker can. Letters and digits, 64 at most.
    pub lane: Option<String>,
    /// JSON, so that a person who looks into the broker can read it.
    pub text: Bytes,
}

/// A parcel in the hands of whoever drew it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    pub text: Bytes,
    /// How often it has been given out, this time included; 1 where the broker does not count.
    pub times: u32,
    pub receipt: Receipt,
}

/// What the broker knows a drawn parcel by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Receipt(pub String);

/// How much is drawn at once. A single parcel may be larger than `bytes`; it then comes alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Most {
    pub parcels: usize,
    pub bytes: usize,
}

/// What is in a buffer, where the broker tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// Not drawn yet, or drawn and not done.
    pub waiting: Option<u64>,
    /// Buried.
    pub dead: Option<u64>,
}

/// Who may draw at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Draws {
    /// Any number of processes: the broker keeps the order of a lane among them, or knows none.
    Everywhere,
    /// One process, because the broker would deal a lane's parcels out to several.
    InOnePlace,
}

/// Why a buffer could not do what it was asked. None of the texts holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It cannot be reached, or did not confirm in time. It may keep the parcel nevertheless.
    #[error("the broker cannot be reached: {0}")]
    Away(String),
    /// It has no room for more.
    #[error("the broker is full: {0}")]
    Full(String),
    #[error("a parcel may have {limit} bytes at most")]
    TooLarge { limit: usize },
    /// Trying again does not help: a person must change something.
    #[error("the broker is not set up for this: {0}")]
    Misfit(String),
}

#[async_trait]
pub trait Buffer: Send + Sync + 'static {
    /// Returns when the broker has confirmed that it keeps the parcel.
    async fn put(&self, parcel: &Parcel) -> Result<(), Error>;

    /// Takes some out, the oldest first. Where there is none, waits so long for one.
    async fn draw(&self, most: Most, wait: Duration) -> Result<Vec<Drawn>, Error>;

    /// What was drawn is in the store: the broker may forget it. A receipt that is no longer good is no error: its parcel
    /// comes again.
    async fn done(&self, receipts: &[Receipt]) -> Result<(), Error>;

    /// Puts back what was drawn, for whoever draws next.
    async fn give_back(&self, receipts: &[Receipt]) -> Result<(), Error>;

    /// Moves a parcel to where a person finds it, with the reason. It is kept there before it is forgotten here.
    async fn bury(&self, drawn: &Drawn, why: &str) -> Result<(), Error>;

    async fn depth(&self) -> Result<Depth, Error>;

    /// Whether events could be put in now; the text says what was found.
    async fn check(&self) -> Result<String, Error>;

    /// The largest parcel, as far as is known.
    fn parcel_bytes_max(&self) -> usize;

    fn draws(&self) -> Draws;
}

/// The buffers of this process, by the names that flows know them by.
#[derive(Clone, Default)]
pub struct Buffers(Arc<BTreeMap<String, Arc<dyn Buffer>>>);

impl Buffers {
    pub fn get(&self, name: &str) -> Option<&Arc<dyn Buffer>> {
        self.0.get(name)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Arc<dyn Buffer>)> {
        self.0.iter().map(|(name, buffer)| (name.as_str(), buffer))
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl FromIterator<(String, Arc<dyn Buffer>)> for Buffers {
    fn from_iter<I: IntoIterator<Item = (String, Arc<dyn Buffer>)>>(buffers: I) -> Self {
        Self(Arc::new(buffers.into_iter().collect()))
    }
}

/// The names alone: what is behind them has credentials.
impl fmt::Debug for Buffers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}
