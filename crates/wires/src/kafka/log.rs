//! A partition's log as brokers hand it out: batches of records, with gaps where records were taken out, and with the records of
//! transactions that were given up.

use super::packed;
use bytes::{Buf, Bytes, BytesMut};
use kafka_protocol::indexmap::IndexMap;
use kafka_protocol::messages::fetch_response::AbortedTransaction;
use kafka_protocol::protocol::StrBytes;
use kafka_protocol::records::{
    Compression, NO_PARTITION_LEADER_EPOCH, NO_PRODUCER_EPOCH, NO_PRODUCER_ID, NO_SEQUENCE, Record,
    RecordBatchDecoder, RecordBatchEncoder, RecordEncodeOptions, TimestampType,
};
use std::collections::HashSet;

/// Of a batch: its first offset, its length, who wrote it when, and how many records there are.
const HEAD: usize = 61;
/// Far more than fit into a batch of usual size; a broken one must not ask for all memory.
const RECORDS_MAX: i32 = 250_000;

#[derive(Debug, PartialEq)]
pub struct Read {
    pub records: Vec<Record>,
    /// The offset that is to be read next: behind the gaps, too.
    pub next: i64,
}

/// The records from an offset on, `most` of them, without those that no consumer is to see.
pub fn read(log: &Bytes, given_up: &[AbortedTransaction], from: i64, most: usize) -> Result<Read, String> {
    let mut left = log.clone();
    let mut out = Read { records: Vec::new(), next: from };
    let mut given_up: Vec<(i64, i64)> =
        given_up.iter().map(|one| (one.first_offset, one.producer_id.0)).collect();
    given_up.sort_unstable();
    let mut given_up = given_up.into_iter().peekable();
    let mut producers = HashSet::new();
    while let Some(head) = Head::of(&left)? {
        let mut batch = left.split_to(head.bytes);
        while let Some((_, producer)) = given_up.next_if(|(first, _)| *first <= head.last) {
            producers.insert(producer);
        }
        if head.count > 0 && head.last >= from {
            let records = decoded(&mut batch)?;
            if head.is_control {
                if records.iter().any(is_given_up) {
                    producers.remove(&head.producer);
                }
            } else if !(head.is_transactional && producers.contains(&head.producer)) {
                for record in records.into_iter().filter(|record| record.offset >= from) {
                    if out.records.len() == most {
                        return Ok(out);
                    }
                    out.next = record.offset + 1;
                    out.records.push(record);
                }
            }
        }
        out.next = out.next.max(head.last + 1);
    }
    match out.next > from || log.is_empty() {
        true => Ok(out),
        false => Err("a batch did not come whole".into()),
    }
}

/// The marker at the end of a transaction: a version, and 0 where it was given up.
fn is_given_up(marker: &Record) -> bool {
    marker.key.as_ref().and_then(|key| key.get(2..4)) == Some(&[0, 0])
}

fn decoded(batch: &mut Bytes) -> Result<Vec<Record>, String> {
    let unpack = |packed: &mut Bytes, how: Compression| Ok(packed::unpacked(packed, how)?);
    RecordBatchDecoder::decode_with_custom_compression(batch, Some(unpack))
        .map(|set| set.records)
        .map_err(|error| format!("a batch cannot be read: {error}"))
}

/// What has to be known of a batch before it is opened.
struct Head {
    bytes: usize,
    /// The batch's last offset, also where that record was taken out.
    last: i64,
    producer: i64,
    count: i32,
    is_transactional: bool,
    is_control: bool,
}

impl Head {
    /// Nothing where the rest is no whole batch: brokers cut where a bound is reached.
    fn of(left: &Bytes) -> Result<Option<Self>, String> {
        if left.len() < HEAD {
            return Ok(None);
        }
        let mut head = left.slice(..HEAD);
        let first = head.get_i64();
        let length = usize::try_from(head.get_i32()).map_err(|_| "a batch has no length")?;
        head.advance(4);
        let magic = head.get_i8();
        if magic != 2 {
            return Err(format!(
                "records are written as before Kafka 0.11 (format {magic}), which is not read"
            ));
        }
        head.advance(4);
        let attributes = head.get_i16();
        let last = first.saturating_add(head.get_i32().into());
        head.advance(16);
        let producer = head.get_i64();
        head.advance(6);
        let count = head.get_i32();
        let bytes = length.saturating_add(12);
        if bytes < HEAD || !(0..=RECORDS_MAX).contains(&count) {
            return Err(format!("a batch says that it has {length} bytes and {count} records"));
        }
        let is = |bit: i16| attributes & bit != 0;
        let head =
            Self { bytes, last, producer, count, is_transactional: is(1 << 4), is_control: is(1 << 5) };
        Ok((bytes <= left.len()).then_some(head))
    }
}

/// One message as a batch of its own.
pub fn written(
    key: Option<Bytes>,
    value: Bytes,
    headers: IndexMap<StrBytes, Option<Bytes>>,
    timestamp: i64,
) -> Result<Bytes, String> {
    let record = Record {
        transactional: false,
        control: false,
        delete_horizon: false,
        partition_leader_epoch: NO_PARTITION_LEADER_EPOCH,
        producer_id: NO_PRODUCER_ID,
        producer_epoch: NO_PRODUCER_EPOCH,
        timestamp_type: TimestampType::Creation,
        offset: 0,
        sequence: NO_SEQUENCE,
        timestamp,
        key,
        value: Some(value),
        headers,
    };
    let mut batch = BytesMut::new();
    let options = RecordEncodeOptions { version: 2, compression: Compression::None };
    RecordBatchEncoder::encode(&mut batch, [&record], &options).map_err(|error| error.to_string())?;
    Ok(batch.freeze())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kafka_protocol::messages::ProducerId;

    /// Records of one batch, by offset and text; those of a producer above 0 are a transaction's.
    fn batch(producer: i64, is_control: bool, records: &[(i64, &[u8])]) -> Vec<u8> {
        let record = |(offset, text): &(i64, &[u8])| Record {
            transactional: producer > 0,
            control: is_control,
            delete_horizon: false,
            partition_leader_epoch: 0,
            producer_id: producer,
            producer_epoch: 0,
            timestamp_type: TimestampType::Creation,
            offset: *offset,
            sequence: i32::try_from(*offset).unwrap(),
            timestamp: 1,
            key: Some(Bytes::copy_from_slice(text)),
            value: Some(Bytes::new()),
            headers: IndexMap::new(),
        };
        let records: Vec<Record> = records.iter().map(record).collect();
        let mut bytes = BytesMut::new();
        let options = RecordEncodeOptions { version: 2, compression: Compression::None };
        RecordBatchEncoder::encode(&mut bytes, &records, &options).unwrap();
        bytes.to_vec()
    }

    const GIVEN_UP: &[u8] = &[0, 0, 0, 0];
    const DONE: &[u8] = &[0, 0, 0, 1];

    fn keys(read: &Read) -> Vec<(i64, &str)> {
        let key = |record: &Record| (record.offset, record.key.clone().unwrap());
        let keys: Vec<(i64, Bytes)> = read.records.iter().map(key).collect();
        keys.into_iter().map(|(at, key)| (at, &*String::from_utf8(key.to_vec()).unwrap().leak())).collect()
    }

    #[test]
    fn records_are_read_from_an_offset_on_and_so_many_at_most() {
        let log =
            Bytes::from([batch(-1, false, &[(4, b"a"), (5, b"b")]), batch(-1, false, &[(6, b"c")])].concat());
        let all = read(&log, &[], 5, 10).unwrap();
        assert_eq!((keys(&all), all.next), (vec![(5, "b"), (6, "c")], 7));
        let one = read(&log, &[], 4, 1).unwrap();
        assert_eq!((keys(&one), one.next), (vec![(4, "a")], 5));
        assert_eq!(read(&Bytes::new(), &[], 7, 10).unwrap().next, 7);
    }

    #[test]
    fn a_batch_that_is_cut_waits_for_the_next_look() {
        let (whole, mut cut) = (batch(-1, false, &[(0, b"a")]), batch(-1, false, &[(1, b"b")]));
        cut.truncate(cut.len() - 1);
        let log = Bytes::from([whole, cut.clone()].concat());
        let found = read(&log, &[], 0, 10).unwrap();
        assert_eq!((keys(&found), found.next), (vec![(0, "a")], 1));
        assert!(read(&Bytes::from(cut), &[], 1, 10).is_err(), "it would be asked for again for ever");
    }

    #[test]
    fn gaps_are_passed_also_at_the_end_of_a_batch() {
        // As after compaction: the batch went up to 9, and only 3 is left of it.
        let mut compacted = batch(-1, false, &[(3, b"a")]);
        compacted[23..27].copy_from_slice(&6_i32.to_be_bytes());
        let sum = crc32c(&compacted[21..]);
        compacted[17..21].copy_from_slice(&sum.to_be_bytes());
        let found = read(&Bytes::from(compacted), &[], 2, 10).unwrap();
        assert_eq!((keys(&found), found.next), (vec![(3, "a")], 10));
    }

    #[test]
    fn what_belongs_to_a_transaction_that_was_given_up_is_no_event() {
        let log = [
            batch(7, false, &[(0, b"lost")]),
            batch(8, false, &[(1, b"kept")]),
            batch(7, true, &[(2, GIVEN_UP)]),
            batch(8, true, &[(3, DONE)]),
            batch(7, false, &[(4, b"again")]),
            batch(7, true, &[(5, DONE)]),
        ];
        let given_up = AbortedTransaction::default().with_producer_id(ProducerId(7)).with_first_offset(0);
        let found = read(&Bytes::from(log.concat()), &[given_up], 0, 10).unwrap();
        assert_eq!((keys(&found), found.next), (vec![(1, "kept"), (4, "again")], 6));
    }

    #[test]
    fn a_batch_with_a_wrong_sum_or_an_old_format_is_said_to_be_one() {
        let mut wrong = batch(-1, false, &[(0, b"a")]);
        *wrong.last_mut().unwrap() ^= 1;
        assert!(read(&Bytes::from(wrong), &[], 0, 10).unwrap_err().contains("redundancy"));
        let mut old = batch(-1, false, &[(0, b"a")]);
        old[16] = 1;
        assert!(read(&Bytes::from(old), &[], 0, 10).unwrap_err().contains("before Kafka 0.11"));
    }

    /// Castagnoli's sum, as the batches have it.
    fn crc32c(bytes: &[u8]) -> u32 {
        let step = |sum: u32, byte: &u8| {
            (0..8)
                .fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0x82f6_3b78 & (sum & 1).wrapping_neg()))
        };
        !bytes.iter().fold(u32::MAX, step)
    }
}
