//! How much the engine takes on at once.

use crate::Tracer;
use buffer::Buffers;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Clone, Debug)]
pub struct Options {
    /// How this process is called among those that work on one store, for people.
    pub worker_name: String,
    /// Runs in memory at once, over all flows.
    pub runs_active_max: usize,
    /// Runs that are accepted and wait for their turn. Beyond this the door answers "busy".
    pub queue_runs_max: usize,
    /// Runs of one held flow that wait. Beyond this the door says that the hold is full.
    pub held_runs_max: usize,
    /// Bytes of bodies between the door and the disk. Beyond this the door answers "busy".
    pub accept_bytes_max: usize,
    /// Bytes of bodies that waiting runs keep in memory, so as not to read them back from the disk.
    pub payload_bytes_max: usize,
    /// Bytes of data that the steps of one run may hold in memory. A run that holds more fails, and no other.
    pub run_memory_max: usize,
    /// Bytes that one run may put on the disk for what does not fit into memory.
    pub run_disk_max: u64,
    /// The folder for that; where none is given, the system's own for temporary files.
    pub spill_dir: Option<PathBuf>,
    /// A run that has nothing to do for longer than this leaves memory.
    pub park_after: Duration,
    /// How long one attempt at a step may take, where the node says nothing.
    pub step_timeout: Duration,
    /// How often a run may be at work when the process dies, without getting any further, before it is set aside.
    pub poison_after: u32,
    /// Signs the addresses that end a wait.
    pub callback_key: [u8; 32],
    pub limits: script::Limits,
    /// Records runs and attempts for whoever collects traces.
    pub tracer: Tracer,
    /// Where events of flows with `accept_into` are put, and drawn from.
    pub buffers: Buffers,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            worker_name: format!("process {}", std::process::id()),
            runs_active_max: 512,
            queue_runs_max: 1_000_000,
            held_runs_max: 100_000,
            accept_bytes_max: 64 << 20,
            payload_bytes_max: 32 << 20,
            run_memory_max: 32 << 20,
            run_disk_max: 1 << 30,
            spill_dir: None,
            park_after: Duration::from_secs(5),
            step_timeout: Duration::from_secs(60),
            poison_after: 5,
            callback_key: [0; 32],
            limits: script::Limits::default(),
            tracer: Tracer::default(),
            buffers: Buffers::default(),
        }
    }
}
