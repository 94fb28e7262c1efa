//! The engine's own sources, in many orders of their steps.

mod budget;
mod door;
mod explore;
mod gate;
mod processes;
mod runs;
mod world;
mod writer;
