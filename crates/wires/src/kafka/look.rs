//! What a trigger asks brokers: where logs begin and end, and what is in them.

use super::cluster::{Cluster, Topic};
use super::codes;
use crate::place::Place;
use connector::Error;
use kafka_protocol::messages::fetch_request::{FetchPartition, FetchTopic};
use kafka_protocol::messages::fetch_response::PartitionData;
use kafka_protocol::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use kafka_protocol::messages::{BrokerId, FetchRequest, ListOffsetsRequest};
use std::collections::BTreeMap;

/// Where the present is.
pub const LATEST: i64 = -1;
/// The first record that is still there.
pub const EARLIEST: i64 = -2;
/// Nothing of transactions that are not done.
const COMMITTED: i8 = 1;
/// What one look may bring, and one partition of it. A batch that is larger comes alone.
const BYTES_MAX: i32 = 8 << 20;
const PARTITION_BYTES_MAX: i32 = 1 << 20;
/// A look does not wait for records that are not there yet.
const WAIT_MS: i32 = 100;
const NOBODY: BrokerId = BrokerId(-1);

/// Partitions by who leads them, and those that nobody leads.
pub struct Led {
    pub by: Vec<(Place, Vec<i32>)>,
    pub by_nobody: Vec<i32>,
}

pub fn led(topic: &Topic, wanted: impl Fn(i32) -> bool) -> Led {
    let mut by: BTreeMap<String, (Place, Vec<i32>)> = BTreeMap::new();
    let mut by_nobody = Vec::new();
    for partition in topic.partitions.iter().filter(|one| wanted(one.index)) {
        match &partition.leader {
            Some(place) => {
                let of_place = by.entry(place.to_string()).or_insert_with(|| (place.clone(), Vec::new()));
                of_place.1.push(partition.index);
            }
            None => by_nobody.push(partition.index),
        }
    }
    Led { by: by.into_values().collect(), by_nobody }
}

pub fn about(topic: &Topic, partition: i32) -> String {
    format!("partition {partition} of the topic \"{}\"", topic.name.as_str())
}

pub fn without_leader(topic: &Topic, partition: i32) -> Error {
    Error::Unreachable {
        host: "Kafka".into(),
        message: format!("no broker leads {} at this moment", about(topic, partition)),
    }
}

/// The offsets at a time (milliseconds since 1970), at the beginning or at the end.
pub async fn offsets_at(
    cluster: &Cluster,
    topic: &Topic,
    at: i64,
    wanted: impl Fn(i32) -> bool,
) -> Result<Vec<(i32, i64)>, Error> {
    let led = led(topic, wanted);
    if let Some(partition) = led.by_nobody.first() {
        return Err(without_leader(topic, *partition));
    }
    let mut found = Vec::new();
    for (place, partitions) in led.by {
        let ask =
            |index: &i32| ListOffsetsPartition::default().with_partition_index(*index).with_timestamp(at);
        let partitions = partitions.iter().map(ask).collect();
        let asked = ListOffsetsTopic::default().with_name(topic.name.clone()).with_partitions(partitions);
        let request = |_| {
            let request = ListOffsetsRequest::default().with_replica_id(NOBODY);
            request.with_isolation_level(COMMITTED).with_topics(vec![asked])
        };
        let told = cluster.read(&place, (2, 5), request).await?;
        for one in told.topics.into_iter().flat_map(|topic| topic.partitions) {
            if one.error_code != 0 {
                return Err(codes::error(&place, &about(topic, one.partition_index), one.error_code, None));
            }
            found.push((one.partition_index, one.offset));
        }
    }
    Ok(found)
}

/// What is in partitions that one broker leads, from their offsets on.
pub async fn fetch(
    cluster: &Cluster,
    place: &Place,
    topic: &Topic,
    from: &[(i32, i64)],
) -> Result<Vec<PartitionData>, Error> {
    let ask = |(index, offset): &(i32, i64)| {
        let partition = FetchPartition::default().with_partition(*index).with_fetch_offset(*offset);
        partition.with_partition_max_bytes(PARTITION_BYTES_MAX)
    };
    let asked = FetchTopic::default().with_topic(topic.name.clone());
    let asked = asked.with_partitions(from.iter().map(ask).collect());
    let request = |_| {
        let request = FetchRequest::default().with_replica_id(NOBODY).with_isolation_level(COMMITTED);
        request.with_max_wait_ms(WAIT_MS).with_min_bytes(1).with_max_bytes(BYTES_MAX).with_topics(vec![asked])
    };
    let told = cluster.read(place, (4, 10), request).await?;
    if told.error_code != 0 {
        return Err(codes::error(
            place,
            &format!("the topic \"{}\"", topic.name.as_str()),
            told.error_code,
            None,
        ));
    }
    Ok(told.responses.into_iter().flat_map(|topic| topic.partitions).collect())
}
