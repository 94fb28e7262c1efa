//! How many runs ended when, and how long they took.

use run::doc::Ms;

wire! {
    /// Runs that ended in each of some equal spans of time.
    #[derive(Default)]
    pub struct Series {
        /// When the first span began.
        pub since: Ms,
        /// The length of each.
        pub every: Ms,
        pub done: Vec<u64>,
        /// Of those: so many needed more than one attempt at a step.
        pub retried: Vec<u64>,
        pub failed: Vec<u64>,
    }

    /// How long runs took that ended well, from their acceptance to their end.
    #[derive(Default)]
    pub struct Took {
        /// Half of them took no longer. Nothing where there were none.
        pub median: Option<Ms>,
        /// Of a hundred, 99 took no longer.
        pub p99: Option<Ms>,
    }

    /// How a flow fares of late.
    pub struct FlowSeries {
        pub series: Series,
        pub took: Took,
    }
}
