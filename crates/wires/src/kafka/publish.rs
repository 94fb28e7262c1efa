//! `kafka/publish`: a record that all copies of a partition have.

use super::cluster::{Cluster, Topic};
use super::look::{about, without_leader};
use super::murmur::partition_of;
use super::records::topic_field;
use super::{codes, log};
use crate::pool::Pool;
use crate::{failure, payload, words};
use async_trait::async_trait;
use bytes::Bytes;
use connector::{Action, ActionCx, Error, decode};
use kafka_protocol::indexmap::IndexMap;
use kafka_protocol::messages::ProduceRequest;
use kafka_protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use kafka_protocol::protocol::StrBytes;
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const ALL_COPIES: i16 = -1;
/// How long the broker waits for the copies.
const COPIES_MS: i32 = 10_000;
const HEADER_BYTES_MAX: usize = 16 << 10;
const KEY_CHARS_MAX: u64 = 1_000;
const PARTITION_MAX: u64 = 100_000;

pub struct Publish(pub Pool<Cluster>);

#[derive(Deserialize)]
pub struct Input {
    topic: String,
    #[serde(default)]
    key: Value,
    body: Value,
    #[serde(default = "payload::json_type")]
    content_type: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    partition: Option<i32>,
}

impl Input {
    /// A number is written with its digits, as an order's may be.
    fn key(&self) -> Option<Bytes> {
        let key = (!self.key.is_null()).then(|| payload::as_text(&self.key));
        key.filter(|key| !key.is_empty()).map(Bytes::from)
    }

    fn headers(&self, step_key: &str) -> Result<IndexMap<StrBytes, Option<Bytes>>, Error> {
        words::bounded(&self.headers, "headers", HEADER_BYTES_MAX)?;
        let own = [("content-type", self.content_type.as_str()), ("message-id", step_key)];
        let given = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let header = |(name, value): (&str, &str)| {
            (StrBytes::from_string(name.to_owned()), Some(Bytes::copy_from_slice(value.as_bytes())))
        };
        Ok(own.into_iter().chain(given).map(header).collect())
    }

    /// The one that is named, or the key's. Without a key the step's own decides, so that a repeat lies where the first may.
    fn partition(&self, topic: &Topic, key: Option<&Bytes>, step_key: &str) -> Result<i32, Error> {
        if let Some(named) = self.partition {
            let is_there = topic.partitions.iter().any(|one| one.index == named);
            return is_there.then_some(named).ok_or_else(|| {
                failure::input(
                    format!("there is no {}", about(topic, named)),
                    "Partitions are counted from 0; leave the field empty to have one chosen.",
                )
            });
        }
        let of = |bytes: &[u8], count: usize| partition_of(bytes, u32::try_from(count).unwrap_or(1)) as usize;
        let all: Vec<&super::cluster::Partition> = match key {
            Some(_) => topic.partitions.iter().collect(),
            None => topic.partitions.iter().filter(|one| one.leader.is_some()).collect(),
        };
        let at = of(key.map_or(step_key.as_bytes(), |key| key), all.len());
        all.get(at).map(|one| one.index).ok_or_else(|| without_leader(topic, 0))
    }
}

#[async_trait]
impl Action for Publish {
    fn spec(&self) -> OperationSpec {
        spec()
    }

    fn effect(&self, input: &Value) -> EffectRule {
        words::repeats_of(input)
    }

    fn check(&self, input: Value) -> Result<(), Error> {
        decode::<Input>(input).map(drop)
    }

    async fn run(&self, cx: &ActionCx<'_>, input: Value) -> Result<Value, Error> {
        let input: Input = decode(input)?;
        let connection = cx.connection()?;
        let (key, step_key) = (input.key(), words::short_key(cx.step_key));
        let body = payload::written(&input.body, &input.content_type)?;
        let now = cx.http.source().now();
        let batch =
            log::written(key.clone(), body.into(), input.headers(&step_key)?, now).map_err(|why| {
                failure::input(format!("the message cannot be written: {why}"), "Send less at once.")
            })?;
        let late = || failure::unreachable(&"Kafka", &"connecting takes too long");
        let cluster = self.0.of(connection).get(async { Cluster::of(connection) }, late).await?;
        let topic = cluster.topic(&input.topic).await?;
        let partition = input.partition(&topic, key.as_ref(), &step_key)?;
        let offset = put(&cluster, &topic, partition, batch).await?;
        Ok(json!({"topic": input.topic, "partition": partition, "offset": offset}))
    }
}

/// Returns when every copy that is in step has it.
async fn put(cluster: &Cluster, topic: &Topic, partition: i32, batch: Bytes) -> Result<i64, Error> {
    let leader =
        topic.partitions.iter().find(|one| one.index == partition).and_then(|one| one.leader.as_ref());
    let place = leader.ok_or_else(|| without_leader(topic, partition))?;
    let data = PartitionProduceData::default().with_index(partition).with_records(Some(batch));
    let data = TopicProduceData::default().with_name(topic.name.clone()).with_partition_data(vec![data]);
    let request = |_| {
        let request = ProduceRequest::default().with_acks(ALL_COPIES).with_timeout_ms(COPIES_MS);
        request.with_topic_data(vec![data])
    };
    let told = cluster.ask(place, (3, 8), request).await?;
    let told = told.responses.into_iter().flat_map(|topic| topic.partition_responses).next();
    let told = told.ok_or_else(|| Error::Unreadable {
        host: place.to_string(),
        message: "the answer says nothing of the message".into(),
    })?;
    match told.error_code {
        0 => Ok(told.base_offset),
        code => {
            let said = told.error_message.as_ref().map(|said| said.as_str());
            Err(codes::error(place, &about(topic, partition), code, said))
        }
    }
}

fn spec() -> OperationSpec {
    OperationSpec::action("kafka/publish", "Publish a record", "ส่งเรคคอร์ด")
        .about(
            "Writes a record to a topic, and is done when all copies that are in step have it (acks=all). The step's key travels in the header message-id.",
            "เขียนเรคคอร์ดลงหัวข้อ และเสร็จเมื่อสำเนาที่ตามทันทั้งหมดได้รับแล้ว (acks=all) คีย์ของขั้นตอนจะส่งไปในเฮดเดอร์ message-id",
        )
        .effect(EffectRule::Ask)
        .connection(Need::Required)
        .field(topic_field())
        .field(
            Field::new("key", FieldKind::Text, "Key", "คีย์")
                .about(
                    "Records of one key keep their order, and lie where other programs put that key. Empty: any partition.",
                    "เรคคอร์ดที่มีคีย์เดียวกันจะเรียงลำดับกัน และอยู่ในพาร์ทิชันเดียวกับที่โปรแกรมอื่นใช้ หากว่างจะเลือกให้เอง",
                )
                .at_most(KEY_CHARS_MAX)
                .example("SHOPIFY-1001"),
        )
        .field(words::body())
        .field(words::content_type())
        .field(words::headers())
        .field(words::repeats())
        .field(
            Field::new("partition", FieldKind::Number, "Partition", "พาร์ทิชัน")
                .about(
                    "Only where whoever reads expects it in a certain one; counted from 0. Empty: by the key.",
                    "ใส่เมื่อผู้อ่านต้องการพาร์ทิชันเฉพาะ นับจาก 0 หากว่างจะเลือกตามคีย์",
                )
                .at_least(0)
                .at_most(PARTITION_MAX)
                .example(0)
                .advanced(),
        )
        .example(
            json!({"topic": "orders", "key": "SHOPIFY-1001", "body": {"order_no": "SHOPIFY-1001"}}),
            json!({"topic": "orders", "partition": 2, "offset": 1042}),
        )
}
