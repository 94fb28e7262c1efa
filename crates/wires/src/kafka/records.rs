//! `kafka/records`: the records of a topic.

use super::cluster::{Cluster, Topic};
use super::look::{EARLIEST, LATEST, about, fetch, led, offsets_at, without_leader};
use super::offsets::Offsets;
use super::{codes, log};
use crate::place::Place;
use crate::pool::Pool;
use crate::{failure, payload, words};
use async_trait::async_trait;
use bytes::Bytes;
use chrono::DateTime;
use connector::{Body, Delivery, Error, Poll, PollCx, Polled, poll};
use kafka_protocol::messages::fetch_response::PartitionData;
use kafka_protocol::records::{NO_TIMESTAMP, Record};
use model::{Field, FieldKind, Need, OperationSpec};
use serde_json::{Map, Value, json};

/// Events of one look; what is left comes with the next, at once.
const RECORDS_MAX: usize = 500;
const HEADERS_MAX: usize = 50;
const TOPIC_CHARS_MAX: u64 = 249;

pub struct Records(pub Pool<Cluster>);

/// One look, as far as it has come.
struct Look<'a> {
    cluster: &'a Cluster,
    topic: Topic,
    offsets: Offsets,
    /// Each partition may bring so many, so that none keeps the others waiting.
    share: usize,
    goes_on: bool,
    deliveries: Vec<Delivery>,
    more: bool,
    failed: Option<Error>,
}

#[async_trait]
impl Poll for Records {
    fn spec(&self) -> OperationSpec {
        spec()
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let connection = cx.connection()?;
        let name = words::need(with, "topic")?;
        let late = || failure::unreachable(&"Kafka", &"connecting takes too long");
        let cluster = self.0.of(connection).get(async { Cluster::of(connection) }, late).await?;
        let topic = cluster.topic(name).await?;
        let offsets = match Offsets::read(cursor, name) {
            Some(kept) => with_new_partitions(&cluster, &topic, kept).await?,
            None => beginning(&cluster, &topic, with).await?,
        };
        let share = (RECORDS_MAX / topic.partitions.len()).max(1);
        let goes_on = words::text(with, "when_gone") == Some("go_on");
        let (deliveries, cluster) = (Vec::new(), &cluster);
        let look = Look { cluster, topic, offsets, share, goes_on, deliveries, more: false, failed: None };
        look.at_all().await
    }
}

/// Where the first look begins.
async fn beginning(cluster: &Cluster, topic: &Topic, with: &Map<String, Value>) -> Result<Offsets, Error> {
    let at = match (words::text(with, "since"), words::text(with, "from")) {
        (Some(since), _) => time(since)?,
        (None, Some("all")) => EARLIEST,
        _ => LATEST,
    };
    let mut found = offsets_at(cluster, topic, at, |_| true).await?;
    // Where nothing is younger than that time, no offset is told.
    let none: Vec<i32> = found.iter().filter(|(_, offset)| *offset < 0).map(|(index, _)| *index).collect();
    if !none.is_empty() {
        found.retain(|(_, offset)| *offset >= 0);
        found.extend(offsets_at(cluster, topic, LATEST, |index| none.contains(&index)).await?);
    }
    let mut offsets = Offsets::new(topic.name.as_str());
    found.into_iter().for_each(|(index, offset)| offsets.set(index, offset));
    Ok(offsets)
}

/// A partition that was added since the last look is read from its beginning.
async fn with_new_partitions(
    cluster: &Cluster,
    topic: &Topic,
    mut offsets: Offsets,
) -> Result<Offsets, Error> {
    let is_new = |index: i32| offsets.of(index).is_none();
    if topic.partitions.iter().any(|partition| is_new(partition.index) && partition.leader.is_some()) {
        let led = |index: i32| topic.partitions.iter().any(|one| one.index == index && one.leader.is_some());
        let found = offsets_at(cluster, topic, EARLIEST, |index| is_new(index) && led(index)).await?;
        found.into_iter().for_each(|(index, offset)| offsets.set(index, offset));
    }
    Ok(offsets)
}

fn time(text: &str) -> Result<i64, Error> {
    let whole = if text.len() == 10 { format!("{text}T00:00:00+07:00") } else { text.to_owned() };
    DateTime::parse_from_rfc3339(&whole).map(|time| time.timestamp_millis()).map_err(|_| {
        failure::input(
            format!("\"{text}\" is not a time"),
            "Write it as 2026-11-20T00:00:00+07:00, or as a date such as 2026-11-20.",
        )
    })
}

impl Look<'_> {
    /// What one broker cannot give does not keep back what the others gave; it is told beside it.
    async fn at_all(mut self) -> Result<Polled, Error> {
        let led = led(&self.topic, |index| self.offsets.of(index).is_some());
        for (place, partitions) in led.by {
            let from: Vec<(i32, i64)> =
                partitions.iter().filter_map(|index| Some((*index, self.offsets.of(*index)?))).collect();
            match fetch(self.cluster, &place, &self.topic, &from).await {
                Ok(found) => {
                    for partition in found {
                        self.take(&place, partition).await?;
                    }
                }
                Err(error) => self.failed = Some(error),
            }
        }
        if let Some(partition) = led.by_nobody.first() {
            self.failed = Some(without_leader(&self.topic, *partition));
        }
        match self.failed {
            Some(error) if self.deliveries.is_empty() => Err(error),
            trouble => {
                let (deliveries, cursor) = (self.deliveries, self.offsets.cursor());
                Ok(Polled { deliveries, cursor, more: self.more, trouble })
            }
        }
    }

    async fn take(&mut self, place: &Place, data: PartitionData) -> Result<(), Error> {
        let index = data.partition_index;
        let Some(from) = self.offsets.of(index) else { return Ok(()) };
        match data.error_code {
            0 => {}
            codes::OFFSET_OUT_OF_RANGE => return self.gone(index, from).await,
            code => {
                self.failed = Some(codes::error(place, &about(&self.topic, index), code, None));
                return Ok(());
            }
        }
        let bytes = data.records.unwrap_or_default();
        let given_up = data.aborted_transactions.unwrap_or_default();
        let read = match log::read(&bytes, &given_up, from, self.share) {
            Ok(read) => read,
            // What nobody can read keeps back its own partition alone.
            Err(why) => {
                let message = format!("{}, from offset {from} on: {why}", about(&self.topic, index));
                self.failed = Some(Error::Unreadable { host: place.to_string(), message });
                return Ok(());
            }
        };
        let topic = self.topic.name.as_str();
        self.deliveries.extend(read.records.iter().map(|record| delivery(topic, index, record)));
        self.offsets.set(index, read.next);
        let end = if data.last_stable_offset < 0 { data.high_watermark } else { data.last_stable_offset };
        self.more |= read.next > from && read.next < end;
        Ok(())
    }

    async fn offset_at(&self, index: i32, at: i64, usual: i64) -> Result<i64, Error> {
        let found = offsets_at(self.cluster, &self.topic, at, |other| other == index).await?;
        Ok(found.first().map_or(usual, |(_, offset)| *offset))
    }

    /// The offset is none that the partition has: its records are too old to be kept, or the topic was made anew.
    async fn gone(&mut self, index: i32, from: i64) -> Result<(), Error> {
        let (first, end) =
            (self.offset_at(index, EARLIEST, from).await?, self.offset_at(index, LATEST, from).await?);
        if (first..=end).contains(&from) {
            // It came while this look was under way.
            self.more = true;
            return Ok(());
        }
        let what = match from < first {
            true => format!("{} records, from offset {from} on, are no longer there", first - from),
            false => format!("it ends at offset {end}, before {from}, as when a topic is made anew"),
        };
        let message = format!("{}: {what}", about(&self.topic, index));
        if !self.goes_on {
            return Err(failure::refused(
                message,
                "See what was lost; then choose in the node to go on with the first that is there, and publish the flow.",
            ));
        }
        tracing::warn!(message, "a trigger goes on with the first record that is there");
        self.offsets.set(index, first);
        self.more = true;
        Ok(())
    }
}

/// The time is in the id as well: a topic that is made anew counts from 0 again.
fn delivery(topic: &str, partition: i32, record: &Record) -> Delivery {
    let headers: Map<String, Value> = record
        .headers
        .iter()
        .take(HEADERS_MAX)
        .map(|(name, value)| (name.as_str().to_owned(), value.as_ref().map_or(Value::Null, payload::plain)))
        .collect();
    let kind = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let kind = kind.and_then(|(_, kind)| kind.as_str()).map(str::to_owned);
    let (body, problem) = opened(record.value.as_ref(), kind.as_deref());
    let mut head = json!({
        "topic": topic,
        "partition": partition,
        "offset": record.offset,
        "key": record.key.as_ref().map_or(Value::Null, payload::plain),
        "time": iso(record.timestamp),
        "headers": headers,
    });
    if let (Some(problem), Some(head)) = (problem, head.as_object_mut()) {
        head.insert("problem".into(), problem.into());
    }
    let id = format!("{topic}/{partition}/{}@{}", record.offset, record.timestamp);
    Delivery { id: Some(id), body, head: head.as_object().cloned().unwrap_or_default() }
}

/// A record cannot be buried as a message can, so what cannot be opened is an event all the same, which says why.
fn opened(value: Option<&Bytes>, kind: Option<&str>) -> (Body, Option<String>) {
    let Some(value) = value else { return (Body::Value(Value::Null), None) };
    match payload::opened(value, kind) {
        Ok(body) => (body, None),
        Err(why) => (payload::opened(value, None).unwrap_or(Body::Value(Value::Null)), Some(why)),
    }
}

fn iso(timestamp: i64) -> Value {
    let time = DateTime::from_timestamp_millis(timestamp).filter(|_| timestamp != NO_TIMESTAMP);
    time.map_or(Value::Null, |time| time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true).into())
}

fn spec() -> OperationSpec {
    let spec = OperationSpec::trigger("kafka/records", "Record in a topic", "มีเรคคอร์ดในหัวข้อ")
        .about(
            "Reads the records of a topic, all of its partitions. Khlong itself keeps how far it has read, together with the events: each record is one event, and no consumer group is used.",
            "อ่านเรคคอร์ดของหัวข้อจากทุกพาร์ทิชัน Khlong จำตำแหน่งที่อ่านเองพร้อมกับเหตุการณ์ แต่ละเรคคอร์ดเป็นหนึ่งเหตุการณ์ และไม่ใช้ consumer group",
        )
        .connection(Need::Required)
        .field(topic_field());
    fields().into_iter().fold(spec, OperationSpec::field).example(
        json!({"topic": "orders", "from": "all"}),
        json!({"event_id": "01JD8Q", "type": "order.created", "order_no": "SHOPIFY-1001"}),
    )
}

pub fn topic_field() -> Field {
    Field::new("topic", FieldKind::Text, "Topic", "หัวข้อ")
        .about("The topic's name. It is not made where there is none.", "ชื่อหัวข้อ (topic) หากไม่มีระบบจะไม่สร้างให้")
        .required()
        .at_most(TOPIC_CHARS_MAX)
        .example("orders")
}

fn fields() -> [Field; 4] {
    [
        Field::choice(
            "from",
            &[("new", "What comes from now on", "เรคคอร์ดใหม่เท่านั้น"), ("all", "All that is there", "ทั้งหมดที่มีอยู่")],
            "Begins with",
            "เริ่มจาก",
        )
        .about("Counts when the trigger looks for the first time.", "มีผลเมื่ออ่านครั้งแรกเท่านั้น")
        .default("new")
        .example("all"),
        Field::new(poll::EVERY, FieldKind::Span, "Every", "ทุก ๆ")
            .about(
                "How often the topic is looked at; 10 seconds at least. As long as there is more, it is read on at once.",
                "ดูหัวข้อบ่อยเพียงใด ไม่ถี่กว่า 10 วินาที ตราบใดที่ยังมีเรคคอร์ดจะอ่านต่อทันที",
            )
            .default("10s")
            .example("10s"),
        Field::new("since", FieldKind::Text, "First look from", "เริ่มอ่านตั้งแต่เวลา")
            .about(
                "Only for the first look: records of this time and later. Empty: as chosen above.",
                "ใช้กับการอ่านครั้งแรกเท่านั้น อ่านเรคคอร์ดตั้งแต่เวลานี้เป็นต้นไป หากเว้นว่างจะเป็นไปตามที่เลือกด้านบน",
            )
            .example("2026-11-20T00:00:00+07:00")
            .advanced(),
        Field::choice(
            "when_gone",
            &[("stop", "Stop and tell", "หยุดและแจ้ง"), ("go_on", "Go on with what is there", "อ่านต่อจากที่มีอยู่")],
            "When records are gone",
            "เมื่อเรคคอร์ดหายไป",
        )
        .about(
            "Kafka drops what is too old, also before a flow has read it, as when the flow was off for long. Stop: a person sees it first.",
            "Kafka ลบข้อมูลที่เก่าเกินกำหนด แม้โฟลว์ยังไม่ได้อ่าน เช่น เมื่อปิดโฟลว์ไว้นาน หากเลือกหยุด จะมีคนได้เห็นก่อน",
        )
        .default("stop")
        .example("stop")
        .advanced(),
    ]
}
