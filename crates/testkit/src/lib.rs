#![doc = include_str!("../README.md")]

mod chance;
mod clock;
mod feed;
mod flaky;
mod flow;
mod life;
mod pass_on;
mod shared;
mod target;
mod world;

pub use chance::Chance;
pub use clock::{Clock, START};
pub use feed::Feed;
pub use flaky::{FlakyStore, Weather, When};
pub use flow::{flow, saving, specs, with_settings};
pub use life::{Life, LongPost, Post};
pub use shared::Shared;
pub use target::{Answer, Call, Target, catalog_with};
pub use world::{PATIENCE, World, options};
