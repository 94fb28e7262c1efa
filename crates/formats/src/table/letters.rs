//! The letters of a file, as UTF-8, whatever they are written in.

use crate::charset::spoken;
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, WINDOWS_874};
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;

const READ_AT_ONCE: usize = 32 << 10;

pub struct Letters {
    from: File,
    decoder: Decoder,
    raw: Vec<u8>,
    decoded: Vec<u8>,
    /// How much of what was decoded is taken.
    taken: usize,
    has_ended: bool,
}

impl Letters {
    /// A byte order mark is believed; else it is UTF-8 where the whole file is that, else TIS-620.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let mut first = Vec::with_capacity(3);
        file.by_ref().take(3).read_to_end(&mut first)?;
        file.rewind()?;
        if let Some((encoding, _)) = Encoding::for_bom(&first) {
            return Ok(Self::of(file, encoding));
        }
        match io::copy(&mut Self::of(file, UTF_8), &mut io::sink()) {
            Ok(_) => Ok(Self::of(File::open(path)?, UTF_8)),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                Ok(Self::of(File::open(path)?, WINDOWS_874))
            }
            Err(error) => Err(error),
        }
    }

    fn of(from: File, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_with_bom_removal();
        let raw = vec![0; READ_AT_ONCE];
        Self { from, decoder, raw, decoded: Vec::new(), taken: 0, has_ended: false }
    }

    fn decode_more(&mut self) -> io::Result<()> {
        let read = self.from.read(&mut self.raw)?;
        self.has_ended = read == 0;
        let encoding = self.decoder.encoding();
        let unknown = || {
            let what = format!("it has bytes that {} does not know", spoken(encoding));
            io::Error::new(io::ErrorKind::InvalidData, what)
        };
        let room = self.decoder.max_utf8_buffer_length_without_replacement(read).ok_or_else(unknown)?;
        self.decoded.resize(room, 0);
        let raw = &self.raw[..read];
        match self.decoder.decode_to_utf8_without_replacement(raw, &mut self.decoded, self.has_ended) {
            (DecoderResult::InputEmpty, _, written) => self.decoded.truncate(written),
            _ => return Err(unknown()),
        }
        self.taken = 0;
        Ok(())
    }
}

impl Read for Letters {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.decoded.len() && !self.has_ended {
            self.decode_more()?;
        }
        let mut left = &self.decoded[self.taken..];
        let read = left.read(buffer)?;
        self.taken += read;
        Ok(read)
    }
}
