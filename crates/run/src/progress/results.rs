//! What the items of a for-each gave.

use crate::Data;
use crate::doc::StepError;
use std::collections::HashMap;
use std::fmt::Debug;

/// Where results go, in the order of their items.
pub trait Gather: Debug + Send {
    /// Refused where there is no more room for them.
    fn put(&mut self, result: &Data) -> Result<(), StepError>;

    /// Bytes that are held in memory.
    fn held(&self) -> usize;

    /// All of them, as a list.
    fn finish(self: Box<Self>) -> Data;
}

/// Results as one JSON text.
#[derive(Debug, Default)]
pub struct InText(Vec<u8>);

impl Gather for InText {
    fn put(&mut self, result: &Data) -> Result<(), StepError> {
        self.0.push(if self.0.is_empty() { b'[' } else { b',' });
        result.write_text(&mut self.0);
        Ok(())
    }

    fn held(&self) -> usize {
        self.0.len()
    }

    fn finish(mut self: Box<Self>) -> Data {
        if self.0.is_empty() {
            self.0.push(b'[');
        }
        self.0.push(b']');
        self.0.shrink_to_fit();
        Data::from_text(self.0)
    }
}

/// Puts results in order; those that came too early wait.
#[derive(Debug)]
pub(super) struct Results {
    gather: Box<dyn Gather>,
    /// The item whose result is the next to be put.
    pub next: u32,
    early: HashMap<u32, Data>,
    early_bytes: usize,
}

impl Results {
    pub(super) fn new(gather: Box<dyn Gather>) -> Self {
        Self { gather, next: 0, early: HashMap::new(), early_bytes: 0 }
    }

    pub(super) fn put(&mut self, index: u32, data: Data) -> Result<(), StepError> {
        if index != self.next {
            self.early_bytes += data.held().0;
            self.early.insert(index, data);
            return Ok(());
        }
        self.gather.put(&data)?;
        self.next += 1;
        while let Some(data) = self.early.remove(&self.next) {
            self.early_bytes -= data.held().0.min(self.early_bytes);
            self.gather.put(&data)?;
            self.next += 1;
        }
        Ok(())
    }

    pub(super) fn held(&self) -> usize {
        self.gather.held() + self.early_bytes
    }

    pub(super) fn finish(self) -> Data {
        self.gather.finish()
    }
}
