//! Bodies as the store keeps them: one byte for the coding, then the bytes.

use bytes::Bytes;
use std::cell::RefCell;
use std::io;
use zstd::bulk::{Compressor, Decompressor};

const PLAIN: u8 = 0;
const ZSTD: u8 = 1;
/// What follows says where the body is.
const ELSEWHERE: u8 = 2;

/// Shorter bodies do not gain from compression.
const COMPRESS_BYTES_MIN: usize = 1 << 10;
const LEVEL: i32 = 1;
/// No body in the store is larger than this; it bounds what a damaged row can make us allocate.
const BODY_BYTES_MAX: usize = 512 << 20;

thread_local! {
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = RefCell::new(Compressor::new(LEVEL).ok());
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = RefCell::new(Decompressor::new().ok());
}

pub fn encode(body: &[u8]) -> Bytes {
    let packed = (body.len() >= COMPRESS_BYTES_MIN).then(|| compress(body)).flatten();
    let mut out = Vec::with_capacity(1 + packed.as_ref().map_or(body.len(), |(packed, _)| packed.len() + 8));
    match packed {
        Some((packed, size)) => {
            out.push(ZSTD);
            out.extend_from_slice(&size.to_le_bytes());
            out.extend_from_slice(&packed);
        }
        None => {
            out.push(PLAIN);
            out.extend_from_slice(body);
        }
    }
    out.into()
}

fn compress(body: &[u8]) -> Option<(Vec<u8>, u64)> {
    COMPRESSOR.with_borrow_mut(|compressor| {
        let packed = compressor.as_mut()?.compress(body).ok()?;
        (packed.len() < body.len()).then_some((packed, body.len() as u64))
    })
}

fn decompress(packed: &[u8], size: usize) -> io::Result<Vec<u8>> {
    DECOMPRESSOR.with_borrow_mut(|decompressor| match decompressor {
        Some(decompressor) => decompressor.decompress(packed, size),
        None => Err(io::ErrorKind::OutOfMemory.into()),
    })
}

pub fn decode(kept: &Bytes) -> io::Result<Bytes> {
    let damaged = || io::Error::new(io::ErrorKind::InvalidData, "a body in the store is damaged");
    match kept.split_first() {
        None => Ok(Bytes::new()),
        Some((&PLAIN, _)) => Ok(kept.slice(1..)),
        Some((&ZSTD, rest)) => {
            let (size, packed) = rest.split_first_chunk::<8>().ok_or_else(damaged)?;
            let size = usize::try_from(u64::from_le_bytes(*size)).map_err(|_| damaged())?;
            if size > BODY_BYTES_MAX {
                return Err(damaged());
            }
            decompress(packed, size).map(Bytes::from)
        }
        Some(_) => Err(damaged()),
    }
}

/// Stands for a body that lies elsewhere.
pub fn refer(text: &[u8]) -> Bytes {
    [&[ELSEWHERE], text].concat().into()
}

/// What was given to `refer`.
pub fn referred(kept: &Bytes) -> Option<Bytes> {
    (kept.first() == Some(&ELSEWHERE)).then(|| kept.slice(1..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_comes_back_whatever_its_length() {
        for length in [0, 1, COMPRESS_BYTES_MIN - 1, COMPRESS_BYTES_MIN, 300_000] {
            let body: Vec<u8> = (0..length).map(|n| (n / 7 % 251) as u8).collect();
            assert_eq!(decode(&encode(&body)).unwrap(), body);
        }
    }

    #[test]
    fn a_damaged_body_is_an_error() {
        assert!(decode(&Bytes::from_static(&[9, 1, 2])).is_err());
        assert!(decode(&Bytes::from_static(&[ZSTD, 255, 255, 255, 255, 255, 255, 255, 127, 0])).is_err());
    }
}
