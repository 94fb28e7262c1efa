//! Logs go to stderr: stdout belongs to what a command gives.

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

#[derive(clap::Args)]
pub struct Logs {
    /// What to log, such as `info` or `engine=debug,warn`.
    #[arg(long, env = "KHLONG_LOG", default_value = "info", global = true, value_name = "FILTER")]
    log: String,
    /// Log one JSON object per line.
    #[arg(long, env = "KHLONG_LOG_JSON", global = true)]
    log_json: bool,
}

impl Logs {
    pub fn start(&self) {
        let filter = EnvFilter::builder().parse_lossy(&self.log);
        let logs = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .with_ansi(std::io::stderr().is_terminal());
        // A second start, as in tests, changes nothing.
        let _ = match self.log_json {
            true => logs.json().try_init(),
            false => logs.try_init(),
        };
    }
}
