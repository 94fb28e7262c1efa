//! What the items of a for-each gave.

use crate::Data;
use std::collections::HashMap;

/// Results of items in order, as JSON text; those that came too early wait.
#[derive(Debug, Default)]
pub(super) struct Results {
    text: Vec<u8>,
    written: u32,
    early: HashMap<u32, Data>,
}

impl Results {
    pub(super) fn put(&mut self, index: u32, data: Data) {
        self.early.insert(index, data);
        while let Some(data) = self.early.remove(&self.written) {
            self.text.push(if self.written == 0 { b'[' } else { b',' });
            data.write_text(&mut self.text);
            self.written += 1;
        }
    }

    pub(super) fn finish(mut self) -> Data {
        if self.written == 0 {
            self.text.push(b'[');
        }
        self.text.push(b']');
        self.text.shrink_to_fit();
        Data::from_text(self.text)
    }
}
