#![doc = include_str!("../README.md")]

mod bell;
mod beside;
mod chance;
mod clock;
mod danger;
mod flows;
mod harvest;
mod life;
mod people;
mod target;
mod world;

use history::History;

pub use world::{Step, Story};

/// Lives before the last one, in which nothing fails any more.
const LIVES: u64 = 8;

/// Plays one seed to its end and gives what was seen.
pub fn play(seed: u64) -> History {
    tell(seed).history
}

/// The same with several processes.
pub fn play_beside(seed: u64) -> History {
    tell_beside(seed).history
}

/// Plays one seed to its end and tells everything.
pub fn tell(seed: u64) -> Story {
    let world = world::World::new(seed);
    life::calm_start(&world);
    for _ in 0..LIVES {
        life::dangerous(&world);
    }
    life::last(&world);
    world.story()
}

/// The same with several processes.
pub fn tell_beside(seed: u64) -> Story {
    let world = world::World::new(seed);
    beside::play(&world);
    world.story()
}
