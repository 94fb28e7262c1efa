//! The engine with a real store, a clock moved by hand, and a target that misbehaves on demand.

mod stops;
