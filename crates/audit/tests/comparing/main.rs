//! Two lists in, what is told of them out.

mod common;
mod naive;
mod refusals;
mod results;
mod tolerances;
mod windows;
