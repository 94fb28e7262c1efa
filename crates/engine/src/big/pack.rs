//! A long list of results, packed in pieces: in memory while it is small, in a file of the run beyond that.

use super::Room;
use super::room::size;
use crate::codes;
use bytes::Bytes;
use model::Value;
use run::doc::StepError;
use run::{Data, Elements, Gather, Large, SHORT_BYTES_MAX};
use serde_json::json;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// Text that is packed in one piece, and so what is unpacked at once.
const PIECE_BYTES: usize = 128 << 10;
/// Packed pieces that one list keeps in memory.
const PIECES_BYTES_MAX: usize = 1 << 20;
const LEVEL: i32 = 1;

/// Takes the results of a for-each.
#[derive(Debug)]
pub struct Packing {
    /// The piece under way: elements parted by commas.
    text: Vec<u8>,
    in_text: u64,
    pieces: Pieces,
    count: u64,
    bytes: u64,
}

#[derive(Debug)]
struct Pieces {
    room: Arc<Room>,
    index: Vec<Piece>,
    memory: Vec<u8>,
    file: Option<File>,
    file_bytes: u64,
}

#[derive(Clone, Copy, Debug)]
struct Piece {
    in_file: bool,
    at: u64,
    packed: usize,
    text: usize,
}

impl Packing {
    pub fn new(room: Arc<Room>) -> Self {
        let pieces = Pieces { room, index: Vec::new(), memory: Vec::new(), file: None, file_bytes: 0 };
        Self { text: Vec::new(), in_text: 0, pieces, count: 0, bytes: 0 }
    }

    fn close_piece(&mut self) -> Result<(), StepError> {
        self.pieces.add(&self.text)?;
        self.text.clear();
        self.in_text = 0;
        Ok(())
    }
}

impl Gather for Packing {
    fn put(&mut self, result: &Data) -> Result<(), StepError> {
        if self.in_text > 0 {
            self.text.push(b',');
        }
        let before = self.text.len();
        result.write_text(&mut self.text);
        self.bytes += (self.text.len() - before) as u64 + 1;
        self.in_text += 1;
        self.count += 1;
        if self.text.len() >= PIECE_BYTES { self.close_piece() } else { Ok(()) }
    }

    fn held(&self) -> usize {
        self.text.capacity() + self.pieces.memory.len()
    }

    fn finish(mut self: Box<Self>) -> Data {
        if self.pieces.index.is_empty() && self.text.len() <= SHORT_BYTES_MAX {
            let mut text = Vec::with_capacity(self.text.len() + 2);
            text.push(b'[');
            text.extend_from_slice(&self.text);
            text.push(b']');
            return Data::from_text(text);
        }
        // The last piece stays as it is: there is room for it, or there would not have been for its text.
        let last = Bytes::from(std::mem::take(&mut self.text));
        let facts = json!({"large": true, "length": self.count, "size": self.bytes + 1});
        let Self { pieces, count, bytes, .. } = *self;
        Data::large(Arc::new(Packed { pieces, last, count, bytes: bytes + 1, facts }))
    }
}

impl Pieces {
    fn add(&mut self, text: &[u8]) -> Result<(), StepError> {
        let packed = zstd::bulk::compress(text, LEVEL).map_err(|error| unkept(&error))?;
        let in_file = self.memory.len() + packed.len() > PIECES_BYTES_MAX;
        let at = if in_file { self.file_bytes } else { self.memory.len() as u64 };
        match in_file {
            true => self.write(&packed)?,
            false => self.memory.extend_from_slice(&packed),
        }
        self.index.push(Piece { in_file, at, packed: packed.len(), text: text.len() });
        Ok(())
    }

    fn write(&mut self, packed: &[u8]) -> Result<(), StepError> {
        self.room.spill(packed.len() as u64)?;
        let at = self.file_bytes;
        self.file_bytes += packed.len() as u64;
        if self.file.is_none() {
            self.file = Some(self.room.file().map_err(|error| unkept(&error))?);
        }
        let file = self.file.as_ref().ok_or_else(|| unkept(&io::ErrorKind::NotFound.into()))?;
        file.write_all_at(packed, at).map_err(|error| unkept(&error))
    }

    fn read(&self, piece: Piece) -> io::Result<Vec<u8>> {
        let gone = || io::Error::from(io::ErrorKind::UnexpectedEof);
        if piece.in_file {
            let mut packed = vec![0; piece.packed];
            self.file.as_ref().ok_or_else(gone)?.read_exact_at(&mut packed, piece.at)?;
            return zstd::bulk::decompress(&packed, piece.text);
        }
        let at = usize::try_from(piece.at).map_err(|_| gone())?;
        zstd::bulk::decompress(self.memory.get(at..at + piece.packed).ok_or_else(gone)?, piece.text)
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        self.room.give_back(self.file_bytes);
    }
}

fn unkept(error: &io::Error) -> StepError {
    codes::error(
        codes::RUN_ROOM,
        format!("the results of this for-each cannot be put on the disk: {error}"),
        "Whoever runs Khlong has to make room in its data folder. Then retry the run.",
    )
}

/// A list that is complete.
#[derive(Debug)]
struct Packed {
    pieces: Pieces,
    last: Bytes,
    count: u64,
    bytes: u64,
    facts: Value,
}

impl Packed {
    /// The elements of one piece, parted by commas; the last one is not packed.
    fn piece(&self, at: usize) -> Option<Bytes> {
        match self.pieces.index.get(at) {
            Some(piece) => match self.pieces.read(*piece) {
                Ok(text) => Some(text.into()),
                Err(error) => {
                    tracing::error!(%error, size = size(self.bytes), "a list of results cannot be read back");
                    None
                }
            },
            None => (at == self.pieces.index.len() && !self.last.is_empty()).then(|| self.last.clone()),
        }
    }

    fn list(&self, at: usize) -> Option<Elements> {
        let piece = self.piece(at)?;
        let mut text = Vec::with_capacity(piece.len() + 2);
        text.push(b'[');
        text.extend_from_slice(&piece);
        text.push(b']');
        Some(Elements::of_text(text.into(), 0))
    }
}

impl Large for Packed {
    fn facts(&self) -> &Value {
        &self.facts
    }

    fn len(&self) -> u64 {
        self.bytes
    }

    fn held(&self) -> usize {
        self.pieces.memory.len() + self.last.len()
    }

    fn count(&self) -> Option<u64> {
        Some(self.count)
    }

    fn read(&self) -> Option<Bytes> {
        let mut text = Vec::with_capacity(usize::try_from(self.bytes).ok()?);
        for at in 0..=self.pieces.index.len() {
            if at == self.pieces.index.len() && self.last.is_empty() {
                break;
            }
            text.push(if at == 0 { b'[' } else { b',' });
            text.extend_from_slice(&self.piece(at)?);
        }
        text.push(b']');
        Some(text.into())
    }

    fn elements(self: Arc<Self>) -> Option<Box<dyn Iterator<Item = Data> + Send>> {
        let pieces = 0..=self.pieces.index.len();
        Some(Box::new(pieces.map_while(move |at| self.list(at)).flatten()))
    }

    fn beginning(&self) -> Bytes {
        self.piece(0).unwrap_or_default()
    }

    fn as_any(&self) -> &(dyn std::any::Any + Send + Sync) {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;

    fn packed(count: u64, options: &Options) -> Result<Data, StepError> {
        let mut packing = Box::new(Packing::new(Arc::new(Room::of(options))));
        for n in 0..count {
            packing.put(&Data::from(
                json!({"n": n, "noise": format!("{:x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15))}),
            ))?;
        }
        Ok(packing.finish())
    }

    #[test]
    fn a_long_list_comes_back_whole_and_piece_by_piece_from_memory_and_disk() {
        for count in [0, 3, 10_000, 400_000] {
            let list = packed(count, &Options::default()).expect("there is room");
            let elements: Vec<Data> = list.elements().expect("they are at hand").collect();
            assert_eq!(elements.len() as u64, count);
            assert!(elements.iter().zip(0u64..).all(|(element, n)| element.value()["n"] == n), "{count}");
            let Some(large) = list.as_large() else { continue };
            let whole: Value = serde_json::from_slice(&large.read().expect("it is there")).expect("JSON");
            assert_eq!(whole.as_array().map(Vec::len), Some(count as usize));
            assert!(large.held() <= PIECES_BYTES_MAX + 2 * PIECE_BYTES, "{}", large.held());
        }
    }

    #[test]
    fn a_list_that_takes_too_much_of_the_disk_is_refused_and_gives_it_back() {
        let options = Options { run_disk_max: 1 << 20, ..Options::default() };
        let error = packed(400_000, &options).expect_err("there is no room");
        assert_eq!(error.code, codes::RUN_ROOM);
        assert!(packed(50_000, &options).is_ok());
    }
}
