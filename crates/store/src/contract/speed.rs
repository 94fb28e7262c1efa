//! The load under which each SQL store's example measures it, so that their figures can be held against each other.

use crate::{Accept, Batch, Error, EventRow, Finish, IdMint, Journal, Ms, Record, RunRow, Status, ids};
use bytes::Bytes;
use model::NodeId;
use std::time::{Duration, Instant};

/// Runs in one commit.
pub const GROUPS: [usize; 3] = [1, 20, 200];
/// How long one kind of load goes on before it is another's turn: machines and neighbours change from minute to minute.
pub const ROUND: Duration = Duration::from_secs(2);
/// When the runs begin, by their ids.
pub const NOW: Ms = ids::EPOCH_MS + 1_000_000_000;
/// Ends in one commit where only what is left over ends.
const LEFT_MAX: usize = 1_000;
const LANES: i64 = 1_000;

/// Makes runs and puts them to a store.
#[derive(Debug)]
pub struct Load {
    mint: IdMint,
    begin: Instant,
}

impl Load {
    pub fn new(node: u16) -> Self {
        Self { mint: IdMint::new(node, 0), begin: Instant::now() }
    }

    /// What `accepts` is called among the figures.
    pub fn name_of_accepts(group: usize) -> String {
        format!("accept a 1 kB event, {group} per commit")
    }

    /// Accepts runs for one round, and gives them: they are open.
    pub async fn accepts(&self, store: &dyn Journal, group: usize) -> Result<Vec<RunRow>, Error> {
        let (begin, mut open) = (Instant::now(), Vec::new());
        while begin.elapsed() < ROUND {
            let accepts: Vec<Accept> = (0..group).map(|_| self.accept(1 << 10)).collect();
            open.extend(accepts.iter().map(|accept| accept.run.clone()));
            store.commit(Batch { accepts, ..Batch::default() }).await?;
        }
        Ok(open)
    }

    /// Ends open runs, outside of what is measured.
    pub async fn finish(&self, store: &dyn Journal, open: Vec<RunRow>) -> Result<(), Error> {
        for runs in open.chunks(LEFT_MAX) {
            let finishes = runs.iter().cloned().map(finish).collect();
            store.commit(Batch { finishes, ..Batch::default() }).await?;
        }
        Ok(())
    }

    /// What `lives` is called among the figures.
    pub fn name_of_lives(group: usize) -> String {
        format!("whole run, 2 kB event, record, 1 kB doc, {group} per commit")
    }

    /// Accepts runs for one round and ends them; tells how many. Each commit carries the accepts of one group, the records
    /// of the one before and the ends of the one before that.
    pub async fn lives(&self, store: &dyn Journal, group: usize) -> Result<usize, Error> {
        let (begin, mut count) = (Instant::now(), 0);
        let (mut accepted, mut recorded) = (Vec::new(), Vec::<RunRow>::new());
        while begin.elapsed() < ROUND {
            let accepts: Vec<Accept> = (0..group).map(|_| self.accept(2 << 10)).collect();
            let records = accepted.iter().map(record).collect();
            let finishes = recorded.into_iter().map(finish).collect();
            recorded = accepted;
            accepted = accepts.iter().map(|accept| accept.run.clone()).collect();
            store.commit(Batch { accepts, records, finishes, ..Batch::default() }).await?;
            count += group;
        }
        Ok(count)
    }

    fn accept(&self, bytes: usize) -> Accept {
        let now = NOW + self.begin.elapsed().as_millis() as Ms;
        let id = self.mint.mint(now);
        // Odd constants spread the ids like a hash would.
        let spread = (id as u128).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        let event = EventRow {
            id,
            flow: 1,
            trigger: NodeId::new("paid"),
            received_at: now,
            delivery: Some((spread ^ spread >> 64).to_be_bytes()),
            head: Bytes::from_static(
                br#"{"method":"POST","path":"/hooks/paid","headers":{"content-type":"application/json"}}"#,
            ),
            body: vec![b'x'; bytes].into(),
            sha256: [7; 32],
        };
        let lane = id % LANES;
        let run = RunRow {
            id,
            flow: 1,
            version: 1,
            event: id,
            shard: crate::shard_of(lane),
            lane: Some(lane),
            key: Some(format!("order-{lane}")),
            lineage: id,
            parent: None,
            started_at: now,
            deadline: now + 600_000,
        };
        Accept { event: Some(event), run, records: Vec::new(), retries: None }
    }
}

fn record(run: &RunRow) -> Record {
    Record { run: run.id, seq: 1, at: run.started_at, body: vec![b'r'; 200].into() }
}

fn finish(run: RunRow) -> Finish {
    Finish {
        status: Status::Done,
        finished_at: run.started_at + 5,
        steps: 3,
        retried: false,
        error_node: None,
        error_code: None,
        error: None,
        doc: vec![b'd'; 1 << 10].into(),
        dead: None,
        run,
    }
}

/// Rounds by what was done, each with its rate and what one of what it did cost.
#[derive(Debug, Default)]
pub struct Figures<Cost>(Vec<(String, Vec<(f64, Cost)>)>);

impl<Cost: Copy> Figures<Cost> {
    pub fn note(&mut self, name: String, count: usize, time: Duration, cost: Cost) {
        let round = (count as f64 / time.as_secs_f64(), cost);
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, rounds)) => rounds.push(round),
            None => self.0.push((name, vec![round])),
        }
    }

    /// One line each, with the median of the rounds and what that round cost, as `told`.
    pub fn print(mut self, told: impl Fn(Cost) -> String) {
        for (name, rounds) in &mut self.0 {
            rounds.sort_by(|(a, _), (b, _)| a.total_cmp(b));
            let (min, max) = (rounds[0].0, rounds[rounds.len() - 1].0);
            let (median, cost) = rounds[rounds.len() / 2];
            println!("{name}: {median:.0}/s [{min:.0}-{max:.0}], {} each", told(cost));
        }
    }
}
