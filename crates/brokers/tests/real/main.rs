//! Real brokers, asked and killed.

mod contract;
mod kills;
