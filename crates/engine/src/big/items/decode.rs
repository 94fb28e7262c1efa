//! Text in whatever encoding it comes in, as UTF-8.

use super::Wrong;
use bytes::Bytes;
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, WINDOWS_874};

/// A byte order mark says it; else whoever sent it or drew the flow; else the first piece: what is no UTF-8 is taken for
/// Thai as Windows writes it, of which TIS-620 is a part.
pub(super) struct Decode {
    named: Option<&'static Encoding>,
    decoder: Option<Decoder>,
    /// Of the text so far.
    bytes: u64,
}

impl Decode {
    pub(super) fn new(chosen: Option<&str>, said: Option<&str>) -> Self {
        let of = |label: &str| Encoding::for_label(label.as_bytes());
        Self { named: chosen.and_then(of).or_else(|| said.and_then(of)), decoder: None, bytes: 0 }
    }

    pub(super) fn text(&mut self, piece: &Bytes, last: bool) -> Result<Bytes, Wrong> {
        let named = self.named;
        let decoder = self.decoder.get_or_insert_with(|| named.unwrap_or_else(|| guess(piece)).new_decoder());
        let room = decoder.max_utf8_buffer_length_without_replacement(piece.len()).unwrap_or(0);
        let mut text = vec![0; room];
        let (result, read, written) = decoder.decode_to_utf8_without_replacement(piece, &mut text, last);
        if let DecoderResult::Malformed(..) = result {
            let (at, name) = (self.bytes + read as u64, decoder.encoding().name());
            return Err(format!("byte {at} is no text in {name}; choose the for-each's encoding"));
        }
        self.bytes += piece.len() as u64;
        text.truncate(written);
        Ok(text.into())
    }
}

fn guess(piece: &[u8]) -> &'static Encoding {
    match std::str::from_utf8(piece) {
        // A piece may end within a character.
        Err(error) if error.error_len().is_some() => WINDOWS_874,
        _ => UTF_8,
    }
}
