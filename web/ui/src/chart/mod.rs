//! Numbers over time. Drawn here, because it is a path and a few lines of arithmetic; a crate for charts brings more than
//! that to every first visit.

mod line;
mod spark;
mod time_chart;

pub use spark::Sparkline;
pub use time_chart::{ChartData, ChartLine, TimeChart};
