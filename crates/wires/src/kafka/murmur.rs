//! Where a key goes: as Kafka's own clients have it by default (murmur2), so that a key lies where other producers put it.

pub fn partition_of(key: &[u8], partitions: u32) -> u32 {
    (murmur2(key) & 0x7fff_ffff) % partitions.max(1)
}

fn murmur2(data: &[u8]) -> u32 {
    const M: u32 = 0x5bd1_e995;
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    let mut hash = 0x9747_b28c_u32 ^ length;
    let mut words = data.chunks_exact(4);
    for word in &mut words {
        let mut part = word.iter().rev().fold(0_u32, |part, byte| part << 8 | u32::from(*byte));
        part = part.wrapping_mul(M);
        part ^= part >> 24;
        part = part.wrapping_mul(M);
        hash = hash.wrapping_mul(M) ^ part;
    }
    let rest = words.remainder();
    if !rest.is_empty() {
        hash ^= rest.iter().rev().fold(0_u32, |part, byte| part << 8 | u32::from(*byte));
        hash = hash.wrapping_mul(M);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(M);
    hash ^ hash >> 15
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values that Kafka's own tests expect.
    #[test]
    fn a_key_has_the_hash_that_kafka_gives_it() {
        for (key, hash) in [
            ("21", -973_932_308_i32),
            ("foobar", -790_332_482),
            ("a-little-bit-long-string", -985_981_536),
            ("a-little-bit-longer-string", -1_486_304_829),
            ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
            ("abc", 479_470_107),
        ] {
            assert_eq!(murmur2(key.as_bytes()).cast_signed(), hash, "{key}");
        }
    }

    #[test]
    fn a_key_lies_in_one_of_the_partitions() {
        assert!((0..1_000).all(|n: u32| partition_of(&n.to_be_bytes(), 7) < 7));
        assert_eq!(partition_of(b"abc", 0), 0);
    }
}
