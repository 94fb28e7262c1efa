//! Rows as columns: one array per column is one round trip for all rows.

use crate::text::text;
use std::borrow::Cow;
use store::{Accept, EventRow, Finish, Record, RunRow};

/// Bytes in one statement. A parameter of PostgreSQL ends at a gigabyte, and both sides hold a copy meanwhile.
const STATEMENT_BYTES_MAX: usize = 16 << 20;

#[derive(Default)]
pub(crate) struct Events<'a> {
    pub id: Vec<i64>,
    pub flow: Vec<i64>,
    pub trigger: Vec<&'a str>,
    pub received_at: Vec<i64>,
    pub delivery: Vec<Option<&'a [u8]>>,
    pub sha256: Vec<&'a [u8]>,
    pub head: Vec<&'a [u8]>,
    pub body: Vec<&'a [u8]>,
}

impl<'a> FromIterator<&'a EventRow> for Events<'a> {
    fn from_iter<I: IntoIterator<Item = &'a EventRow>>(events: I) -> Self {
        let mut columns = Self::default();
        for event in events {
            columns.id.push(event.id);
            columns.flow.push(event.flow);
            columns.trigger.push(event.trigger.as_str());
            columns.received_at.push(event.received_at);
            columns.delivery.push(event.delivery.as_ref().map(|delivery| &delivery[..]));
            columns.sha256.push(&event.sha256);
            columns.head.push(&event.head);
            columns.body.push(&event.body);
        }
        columns
    }
}

#[derive(Default)]
pub(crate) struct Runs<'a> {
    pub id: Vec<i64>,
    pub flow: Vec<i64>,
    pub version: Vec<i64>,
    pub event: Vec<i64>,
    pub shard: Vec<i16>,
    pub lane: Vec<Option<i64>>,
    pub key: Vec<Option<Cow<'a, str>>>,
    pub lineage: Vec<i64>,
    pub parent: Vec<Option<i64>>,
    pub parent_step: Vec<Option<&'a str>>,
    pub started_at: Vec<i64>,
    pub deadline: Vec<i64>,
}

impl<'a> FromIterator<&'a RunRow> for Runs<'a> {
    fn from_iter<I: IntoIterator<Item = &'a RunRow>>(runs: I) -> Self {
        let mut columns = Self::default();
        for run in runs {
            let (parent, step) = run.parent.as_ref().map(|(run, step)| (*run, step.as_str())).unzip();
            columns.id.push(run.id);
            columns.flow.push(run.flow);
            columns.version.push(run.version);
            columns.event.push(run.event);
            columns.shard.push(run.shard as i16);
            columns.lane.push(run.lane);
            columns.key.push(run.key.as_deref().map(text));
            columns.lineage.push(run.lineage);
            columns.parent.push(parent);
            columns.parent_step.push(step);
            columns.started_at.push(run.started_at);
            columns.deadline.push(run.deadline);
        }
        columns
    }
}

#[derive(Default)]
pub(crate) struct Records<'a> {
    pub run: Vec<i64>,
    pub seq: Vec<i32>,
    pub at: Vec<i64>,
    pub body: Vec<&'a [u8]>,
}

impl<'a> FromIterator<&'a Record> for Records<'a> {
    fn from_iter<I: IntoIterator<Item = &'a Record>>(records: I) -> Self {
        let mut columns = Self::default();
        for record in records {
            columns.run.push(record.run);
            columns.seq.push(record.seq as i32);
            columns.at.push(record.at);
            columns.body.push(&record.body);
        }
        columns
    }
}

#[derive(Default)]
pub(crate) struct Finishes<'a> {
    pub id: Vec<i64>,
    pub flow: Vec<i64>,
    pub version: Vec<i64>,
    pub event: Vec<i64>,
    pub status: Vec<i16>,
    pub key: Vec<Option<Cow<'a, str>>>,
    pub lineage: Vec<i64>,
    pub started_at: Vec<i64>,
    pub finished_at: Vec<i64>,
    pub steps: Vec<i32>,
    pub error_node: Vec<Option<&'a str>>,
    pub error_code: Vec<Option<Cow<'a, str>>>,
    pub error: Vec<Option<Cow<'a, str>>>,
    pub doc: Vec<&'a [u8]>,
}

impl<'a> FromIterator<&'a Finish> for Finishes<'a> {
    fn from_iter<I: IntoIterator<Item = &'a Finish>>(finishes: I) -> Self {
        let mut columns = Self::default();
        for finish in finishes {
            let run = &finish.run;
            columns.id.push(run.id);
            columns.flow.push(run.flow);
            columns.version.push(run.version);
            columns.event.push(run.event);
            columns.status.push(finish.status as i16);
            columns.key.push(run.key.as_deref().map(text));
            columns.lineage.push(run.lineage);
            columns.started_at.push(run.started_at);
            columns.finished_at.push(finish.finished_at);
            columns.steps.push(i32::try_from(finish.steps).unwrap_or(i32::MAX));
            columns.error_node.push(finish.error_node.as_ref().map(|node| node.as_str()));
            columns.error_code.push(finish.error_code.as_deref().map(text));
            columns.error.push(finish.error.as_deref().map(text));
            columns.doc.push(&finish.doc);
        }
        columns
    }
}

pub(crate) trait Bytes {
    fn bytes(&self) -> usize;
}

impl Bytes for &Accept {
    fn bytes(&self) -> usize {
        self.event.as_ref().map_or(0, |event| event.head.len() + event.body.len())
    }
}

impl Bytes for &Record {
    fn bytes(&self) -> usize {
        self.body.len()
    }
}

impl Bytes for &Finish {
    fn bytes(&self) -> usize {
        self.doc.len()
    }
}

/// Rows in groups that fit into one statement each; one group, nearly always.
pub(crate) fn statements<T: Bytes>(rows: &[T]) -> Vec<&[T]> {
    let (mut groups, mut begin, mut bytes) = (Vec::new(), 0, 0);
    for (n, row) in rows.iter().enumerate() {
        if n > begin && bytes + row.bytes() > STATEMENT_BYTES_MAX {
            groups.push(&rows[begin..n]);
            (begin, bytes) = (n, 0);
        }
        bytes += row.bytes();
    }
    groups.extend((begin < rows.len()).then(|| &rows[begin..]));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_takes_what_fits_and_one_row_at_least() {
        let record = |bytes: usize| Record { run: 1, seq: 1, at: 0, body: vec![0; bytes].into() };
        let rows = [record(9 << 20), record(9 << 20), record(1), record(20 << 20), record(1)];
        let rows: Vec<&Record> = rows.iter().collect();
        let sizes: Vec<usize> = statements(&rows).into_iter().map(<[_]>::len).collect();
        assert_eq!(sizes, [1, 2, 1, 1]);
        assert!(statements::<&Record>(&[]).is_empty());
    }
}
