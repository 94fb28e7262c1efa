//! Batches as producers pack them. How much comes out is bounded: a few bytes can be packed that become gigabytes.

use bytes::{Buf, Bytes};
use flate2::read::MultiGzDecoder;
use kafka_protocol::records::Compression;
use lz4_flex::frame::FrameDecoder;
use std::io::{Error, Read, Result};

pub const UNPACKED_BYTES_MAX: usize = 64 << 20;
/// How Java's producers begin what they pack with Snappy: their magic, and two versions.
const XERIAL: &[u8] = b"\x82SNAPPY\0";
const XERIAL_HEAD: usize = 16;

pub fn unpacked(packed: &Bytes, how: Compression) -> Result<Bytes> {
    match how {
        Compression::None => Ok(packed.clone()),
        Compression::Gzip => bounded(MultiGzDecoder::new(packed.as_ref())),
        Compression::Lz4 => bounded(FrameDecoder::new(packed.as_ref())),
        Compression::Zstd => bounded(zstd::stream::read::Decoder::new(packed.as_ref())?),
        Compression::Snappy => snappy(packed),
    }
}

fn bounded(from: impl Read) -> Result<Bytes> {
    let mut bytes = Vec::new();
    from.take(UNPACKED_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > UNPACKED_BYTES_MAX { Err(too_much()) } else { Ok(bytes.into()) }
}

fn too_much() -> Error {
    Error::other(format!("a batch has more than {UNPACKED_BYTES_MAX} bytes when it is unpacked"))
}

/// Blocks with their lengths behind a head, or one block alone.
fn snappy(packed: &Bytes) -> Result<Bytes> {
    let mut bytes = Vec::new();
    if !packed.starts_with(XERIAL) || packed.len() < XERIAL_HEAD {
        add_block(packed, &mut bytes)?;
        return Ok(bytes.into());
    }
    let mut left = packed.slice(XERIAL_HEAD..);
    while left.has_remaining() {
        let length = left.try_get_u32().map_err(|_| cut())? as usize;
        if length > left.len() {
            return Err(cut());
        }
        add_block(&left.split_to(length), &mut bytes)?;
    }
    Ok(bytes.into())
}

fn cut() -> Error {
    Error::other("a packed batch ends too early")
}

fn add_block(block: &[u8], bytes: &mut Vec<u8>) -> Result<()> {
    let length = snap::raw::decompress_len(block).map_err(Error::other)?;
    let from = bytes.len();
    if from.saturating_add(length) > UNPACKED_BYTES_MAX {
        return Err(too_much());
    }
    bytes.resize(from + length, 0);
    snap::raw::Decoder::new().decompress(block, &mut bytes[from..]).map(drop).map_err(Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const TEXT: &[u8] = b"a batch of records, a batch of records, a batch of records";

    fn gzip(text: &[u8]) -> Bytes {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(text).unwrap();
        writer.finish().unwrap().into()
    }

    #[test]
    fn every_way_of_packing_is_unpacked() {
        let mut lz4 = lz4_flex::frame::FrameEncoder::new(Vec::new());
        lz4.write_all(TEXT).unwrap();
        let block = snap::raw::Encoder::new().compress_vec(TEXT).unwrap();
        let mut xerial = b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01".to_vec();
        for block in [&block, &block] {
            xerial.extend(u32::try_from(block.len()).unwrap().to_be_bytes());
            xerial.extend(block);
        }
        for (packed, how, expected) in [
            (TEXT.into(), Compression::None, TEXT.to_vec()),
            (gzip(TEXT), Compression::Gzip, TEXT.to_vec()),
            (lz4.finish().unwrap().into(), Compression::Lz4, TEXT.to_vec()),
            (zstd::encode_all(TEXT, 1).unwrap().into(), Compression::Zstd, TEXT.to_vec()),
            (block.into(), Compression::Snappy, TEXT.to_vec()),
            (Bytes::from(xerial), Compression::Snappy, [TEXT, TEXT].concat()),
        ] {
            assert_eq!(unpacked(&packed, how).unwrap(), expected, "{how:?}");
        }
    }

    #[test]
    fn what_would_become_too_much_and_what_is_cut_are_refused() {
        let bomb = gzip(&vec![0; UNPACKED_BYTES_MAX + 1]);
        assert!(bomb.len() < 1 << 20 && unpacked(&bomb, Compression::Gzip).is_err());
        let says_much = Bytes::from_static(b"\xff\xff\xff\xff\x0f\x00");
        assert!(unpacked(&says_much, Compression::Snappy).is_err());
        let cut = Bytes::from_static(b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01\0\0\0\x09\x01");
        assert!(unpacked(&cut, Compression::Snappy).is_err());
    }
}
