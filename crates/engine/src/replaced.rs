//! Runs that a newer one of their key took the place of: their end, on disk before the newer one starts.

use crate::core::Core;
use crate::queue::{Ready, Replaced};
use crate::view::{Changed, Doc};
use crate::writer::{Ticket, Write};
use crate::{codes, sync};
use std::sync::Arc;
use store::{Finish, Lease, RunId, RunRow, Status};

impl Core {
    /// Ends them together, so that a burst is a few commits.
    pub(crate) fn end_replaced(self: &Arc<Self>, replaced: Vec<(Replaced, Lease)>) {
        if !replaced.is_empty() {
            sync::spawn(self.clone().write_ends(replaced));
        }
    }

    async fn write_ends(self: Arc<Self>, replaced: Vec<(Replaced, Lease)>) {
        let mut under_way = Vec::with_capacity(replaced.len());
        for (Replaced { ready, by }, lease) in replaced {
            let lane = ready.lane;
            under_way.push((lane, lease, self.write_end(ready, by, lease).await));
        }
        for (lane, lease, end) in under_way {
            if let Some((run, ticket)) = end
                && ticket.on_disk().await.is_ok()
            {
                self.count(&run).await;
            }
            // Where the store does not take the end, the newer run goes on all the same. A store that is down takes nothing
            // of that either.
            if let Some(lane) = lane {
                let mut queue = self.queue();
                // The lane is another one where its shard went and came back meanwhile.
                if self.holding.lease_to_begin(lease.shard) == Some(lease) {
                    queue.end_written(lane);
                }
            }
        }
        self.pump();
    }

    /// Under the lease that the newer one was lined up under: nobody else can have begun the older one before that ends.
    async fn write_end(self: &Arc<Self>, ready: Ready, by: RunId, lease: Lease) -> Option<(RunRow, Ticket)> {
        let run = self.row_of(ready).await?;
        let doc = Doc::empty();
        let finish = Finish {
            run: run.clone(),
            status: Status::Cancelled,
            finished_at: self.clock.now(),
            steps: 0,
            retried: false,
            error_node: None,
            error_code: Some(codes::REPLACED.into()),
            error: Some(format!("replaced by the run {by}, which came later with the same key")),
            doc: doc.encode(),
            dead: None,
        };
        let write = Write { finish: Some(finish), lease: Some(lease), ..Write::default() };
        Some((run, self.writer.send(write).await))
    }

    async fn count(&self, run: &RunRow) {
        if let Ok(flow) = self.flow_version(run.flow, run.version).await {
            self.gauges.ended(&flow, Status::Cancelled, self.clock.now() - run.started_at);
        }
        self.tell(Changed { run: run.id, flow: run.flow });
    }

    async fn row_of(&self, ready: Ready) -> Option<RunRow> {
        if let Some(fresh) = ready.fresh {
            return Some(fresh.row);
        }
        match self.store.load_run(ready.run).await {
            Ok(loaded) => loaded.map(|loaded| loaded.run),
            Err(error) => {
                tracing::warn!(run = ready.run, %error, "a replaced run could not be read; it is ended at the next start");
                None
            }
        }
    }
}
