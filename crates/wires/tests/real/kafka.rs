//! Kafka: the stand-in for a cluster that librdkafka has, with librdkafka's own producer and consumer on the other side.

use crate::common::*;
use connector::{Body, Connection, Delivery, Polled};
use model::EffectRule;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::{Headers, Message};
use rdkafka::mocking::MockCluster;
use rdkafka::producer::{BaseProducer, BaseRecord, DefaultProducerContext, Producer};
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};
use rdkafka::{Offset, TopicPartitionList};
use serde_json::{Value, json};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);

struct Server {
    cluster: MockCluster<'static, DefaultProducerContext>,
    connection: Connection,
}

/// Two brokers, and a topic of three partitions, `orders`.
fn server() -> Server {
    let cluster = MockCluster::new(2).expect("a cluster");
    cluster.create_topic("orders", 3, 1).expect("a topic");
    let fields = json!({"brokers": cluster.bootstrap_servers(), "tls": false});
    Server { connection: connection("kafka", fields, &[]), cluster }
}

/// The key of a record, what it says, and its headers.
type Consumed = (Option<String>, String, Vec<(String, String)>);

impl Server {
    /// Another program's producer.
    fn producer(&self, compression: &str) -> BaseProducer {
        let mut config = ClientConfig::new();
        config
            .set("bootstrap.servers", self.cluster.bootstrap_servers())
            .set("partitioner", "murmur2_random");
        config.set("compression.type", compression).set("linger.ms", "20").create().expect("a producer")
    }

    /// What lies in a partition, as another program reads it.
    fn consumed(&self, partition: i32, count: usize) -> Vec<Consumed> {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", self.cluster.bootstrap_servers()).set("group.id", "another");
        let consumer: BaseConsumer = config.create().expect("a consumer");
        let mut from = TopicPartitionList::new();
        from.add_partition_offset("orders", partition, Offset::Beginning).expect("a place");
        consumer.assign(&from).expect("assigned");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let mut all = Vec::new();
        while all.len() < count {
            let record = consumer.poll(PATIENCE).expect("it comes").expect("a record");
            let headers = record.headers().into_iter().flat_map(|headers| headers.iter());
            let headers =
                headers.map(|one| (one.key.to_owned(), text(one.value.unwrap_or_default()))).collect();
            all.push((record.key().map(text), text(record.payload().unwrap_or_default()), headers));
        }
        all
    }
}

fn send(producer: &BaseProducer, topic: &str, partition: Option<i32>, key: Option<&str>, text: &str) {
    let mut record = BaseRecord::<str, str>::to(topic).payload(text);
    record.key = key;
    record.partition = partition;
    producer.send(record).map_err(|(error, _)| error).expect("queued");
}

fn sent(producer: &BaseProducer) {
    producer.flush(PATIENCE).expect("sent");
}

fn with(more: Value) -> Value {
    let mut with = json!({"topic": "orders", "from": "all"});
    more.as_object().into_iter().flatten().for_each(|(name, value)| with[name] = value.clone());
    with
}

fn body(delivery: &Delivery) -> Value {
    Body::into_value(delivery.body.clone())
}

/// Looks again as long as there is more, as the engine does.
async fn all(
    looking: &Looking,
    server: &Server,
    with: &Value,
    mut cursor: Option<Value>,
) -> (Vec<Delivery>, Value) {
    let mut events = Vec::new();
    loop {
        let looked = looking.look(&server.connection, with.clone(), cursor.as_ref()).await;
        let Polled { deliveries, cursor: next, more, .. } = looked.expect("a look");
        events.extend(deliveries);
        if !more {
            return (events, next);
        }
        cursor = Some(next);
    }
}

fn places(events: &[Delivery]) -> Vec<(i64, i64)> {
    let number = |delivery: &Delivery, name: &str| delivery.head[name].as_i64().expect("a number");
    events.iter().map(|one| (number(one, "partition"), number(one, "offset"))).collect()
}

#[tokio::test]
async fn what_is_published_is_an_event_once_and_only_from_the_present_on() {
    let server = server();
    let (looking, doing) = (looking("kafka/records"), doing("kafka/publish"));
    let found = test(&server.connection).await.expect("it is there");
    assert!(found.contains("2 brokers, 1 topics"), "{found}");
    let publish =
        async |input: Value| doing.run(&server.connection, "run-7/publish", input).await.expect("kept");
    publish(json!({"topic": "orders", "key": "before", "body": 0})).await;
    let new = with(json!({"from": "new"}));
    let first = looking.look(&server.connection, new.clone(), None).await.expect("a look");
    assert_eq!((first.deliveries.len(), first.more), (0, false));
    let order = json!({"id": 9_007_199_254_740_993_i64});
    let input = json!({"topic": "orders", "key": 1001, "body": order, "headers": {"shop": "เชียงใหม่"}, "partition": 1});
    let kept = publish(input).await;
    assert_eq!((&kept["topic"], &kept["partition"]), (&json!("orders"), &json!(1)));
    let (events, cursor) = all(&looking, &server, &new, Some(first.cursor)).await;
    assert_eq!(events.iter().map(body).collect::<Vec<_>>(), [order]);
    let head = &events[0].head;
    assert_eq!(
        (&head["key"], &head["partition"], &head["offset"]),
        (&json!("1001"), &json!(1), &kept["offset"])
    );
    assert_eq!(
        head["headers"],
        json!({"content-type": "application/json", "message-id": "run-7/publish", "shop": "เชียงใหม่"})
    );
    assert!(
        head["time"].as_str().is_some_and(|time| time.starts_with("20") && time.ends_with('Z')),
        "{head:?}"
    );
    let id = events[0].id.as_deref().expect("an id");
    assert!(id.starts_with(&format!("orders/1/{}@", kept["offset"])), "{id}");
    assert_eq!(all(&looking, &server, &new, Some(cursor)).await.0, []);
}

#[tokio::test]
async fn everything_that_others_wrote_and_packed_is_read_once_and_in_order() {
    let server = server();
    for (round, compression) in ["none", "snappy", "lz4"].into_iter().enumerate() {
        let producer = server.producer(compression);
        for n in 0..600 {
            send(&producer, "orders", Some(n % 3), None, &format!("\"{round}-{n}\""));
        }
        sent(&producer);
    }
    let (events, cursor) = all(&looking("kafka/records"), &server, &with(json!({})), None).await;
    assert_eq!(events.len(), 1_800);
    for partition in 0..3 {
        let of = |place: &&(i64, i64)| place.0 == partition;
        let offsets: Vec<i64> = places(&events).iter().filter(of).map(|(_, offset)| *offset).collect();
        assert_eq!(offsets, (0..600).collect::<Vec<_>>(), "partition {partition}");
    }
    let first: Vec<Value> = events.iter().filter(|one| one.head["partition"] == 0).map(body).collect();
    assert_eq!((&first[0], &first[599]), (&json!("0-0"), &json!("2-597")));
    assert_eq!(cursor["next"], json!({"0": 600, "1": 600, "2": 600}));
}

#[tokio::test]
async fn one_look_is_bounded_and_no_partition_keeps_the_others_waiting() {
    let server = server();
    let producer = server.producer("none");
    (0..2_000).for_each(|n| send(&producer, "orders", Some(0), None, &n.to_string()));
    send(&producer, "orders", Some(2), None, "\"last\"");
    sent(&producer);
    let looked =
        looking("kafka/records").look(&server.connection, with(json!({})), None).await.expect("a look");
    assert!(looked.deliveries.len() <= 500 && looked.more, "{}", looked.deliveries.len());
    assert!(looked.deliveries.iter().any(|one| body(one) == "last"));
}

#[tokio::test]
async fn a_key_lies_where_other_producers_put_it_and_others_read_what_is_published() {
    let server = server();
    let producer = server.producer("none");
    let keys: Vec<String> = (0..30).map(|n| format!("SHOPIFY-{n}")).collect();
    keys.iter().for_each(|key| send(&producer, "orders", None, Some(key), "0"));
    sent(&producer);
    let (events, _) = all(&looking("kafka/records"), &server, &with(json!({})), None).await;
    let doing = doing("kafka/publish");
    for event in &events {
        let input = json!({"topic": "orders", "key": event.head["key"], "body": "hello", "content_type": "text/plain"});
        let kept = doing.run(&server.connection, "k", input).await.expect("kept");
        assert_eq!(kept["partition"], event.head["partition"], "{}", event.head["key"]);
    }
    let of_first = places(&events).iter().filter(|(partition, _)| *partition == 0).count();
    let read = server.consumed(0, of_first * 2);
    let (key, text, headers) = &read[of_first];
    assert_eq!((key, text.as_str()), (&read[0].0, "hello"));
    assert_eq!(headers[0], ("content-type".to_owned(), "text/plain".to_owned()));
}

#[tokio::test]
async fn a_time_and_a_partition_that_is_new_begin_where_they_should() {
    let server = server();
    let producer = server.producer("none");
    send(&producer, "orders", Some(2), None, "1");
    sent(&producer);
    let looking = looking("kafka/records");
    let kept = json!({"topic": "orders", "next": {"0": 0, "1": 0}});
    let (events, cursor) = all(&looking, &server, &with(json!({"from": "new"})), Some(kept)).await;
    assert_eq!((places(&events), &cursor["next"]["2"]), (vec![(2, 0)], &json!(1)));
    let other = json!({"topic": "returns", "next": {"0": 77}});
    let (events, _) = all(&looking, &server, &with(json!({})), Some(other)).await;
    assert_eq!(places(&events), [(2, 0)], "another topic is begun anew");
    let since = looking.look(&server.connection, with(json!({"since": "soon"})), None).await;
    assert_eq!(since.expect_err("no time").code(), "E0301");
}

#[tokio::test]
async fn what_kafka_dropped_before_it_was_read_is_told_and_gone_on_from_only_if_the_node_says_so() {
    let server = server();
    let looking = looking("kafka/records");
    let (_, cursor) = all(&looking, &server, &with(json!({})), None).await;
    // The stand-in keeps 5 MB of a partition.
    let producer = server.producer("none");
    let large = format!("\"{}\"", "x".repeat(900_000));
    for _ in 0..12 {
        send(&producer, "orders", Some(1), None, &large);
        sent(&producer);
    }
    let stopped = looking.look(&server.connection, with(json!({})), Some(&cursor)).await;
    let error = stopped.expect_err("records are gone");
    assert!(error.code() == "E0308" && error.to_string().contains("partition 1"), "{error}");
    assert!(error.to_string().contains("records, from offset 0 on, are no longer there"), "{error}");
    let go_on = with(json!({"when_gone": "go_on"}));
    let (events, cursor) = all(&looking, &server, &go_on, Some(cursor)).await;
    assert_eq!(cursor["next"]["1"], 12);
    let first = places(&events)[0].1;
    assert_eq!(places(&events), (first..12).map(|offset| (1, offset)).collect::<Vec<_>>());
    assert!(first > 0, "{first}");
    let anew = json!({"topic": "orders", "next": {"0": 5, "1": 12, "2": 0}});
    let error =
        looking.look(&server.connection, with(json!({})), Some(&anew)).await.expect_err("it ends before");
    assert!(error.to_string().contains("it ends at offset 0, before 5"), "{error}");
}

#[tokio::test]
async fn a_record_that_is_no_json_or_nothing_at_all_is_an_event_too() {
    let server = server();
    let producer = server.producer("none");
    let none: BaseRecord<'_, str, [u8]> = BaseRecord::to("orders").partition(0).key("gone");
    producer.send(none).map_err(|(error, _)| error).expect("queued");
    for bytes in [&b"\0\0\0\0\x07avro\xff"[..], b"ready", b"{\"a\": 1.10}"] {
        let record: BaseRecord<'_, [u8], [u8]> = BaseRecord::to("orders").partition(0).payload(bytes);
        producer.send(record).map_err(|(error, _)| error).expect("queued");
    }
    sent(&producer);
    let (events, _) = all(&looking("kafka/records"), &server, &with(json!({})), None).await;
    let bodies: Vec<String> = events.iter().map(|one| body(one).to_string()).collect();
    let avro = r#"{"content_type":"application/octet-stream","base64":"AAAAAAdhdnJv/w=="}"#;
    assert_eq!(bodies, ["null", avro, "\"ready\"", "{\"a\":1.10}"]);
    assert_eq!((&events[0].head["key"], &events[1].head["key"]), (&json!("gone"), &Value::Null));
}

#[tokio::test]
async fn a_topic_that_is_not_there_is_not_made_and_a_partition_that_is_not_there_is_refused() {
    let server = server();
    let doing = doing("kafka/publish");
    let input = json!({"topic": "nowhere", "body": 1});
    let error = doing.run(&server.connection, "k", input).await.expect_err("no topic");
    assert_eq!((error.code(), error.may_have_happened()), ("E0308", false), "{error}");
    let looked = looking("kafka/records").look(&server.connection, json!({"topic": "nowhere"}), None).await;
    assert_eq!(looked.expect_err("no topic").code(), "E0308");
    let input = json!({"topic": "orders", "body": 1, "partition": 3});
    let error = doing.run(&server.connection, "k", input).await.expect_err("no partition");
    assert_eq!(error.code(), "E0301", "{error}");
}

#[tokio::test]
async fn what_the_broker_refuses_is_tried_again_or_not_and_a_doubt_is_a_doubt() {
    use RDKafkaRespErr::*;
    let server = server();
    let doing = doing("kafka/publish");
    assert_eq!(doing.action().effect(&json!({})), EffectRule::Ask);
    assert_eq!(doing.action().effect(&json!({"repeats": "send"})), EffectRule::Idempotent);
    for (said, code, may) in [
        (RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, "E0307", false),
        (RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, "E0307", false),
        (RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, "E0307", true),
        (RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND, "E0307", true),
        (RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, "E0301", false),
        (RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, "E0302", false),
        // The stand-in hangs up without an answer.
        (RD_KAFKA_RESP_ERR__TRANSPORT, "E0305", true),
    ] {
        server.cluster.request_errors(RDKafkaApiKey::Produce, &[said]);
        let input = json!({"topic": "orders", "body": 1});
        let error = doing.run(&server.connection, "k", input).await.expect_err("refused");
        assert_eq!((error.code(), error.may_have_happened()), (code, may), "{said:?}: {error}");
    }
    let input = json!({"topic": "orders", "body": "back"});
    doing.run(&server.connection, "k", input).await.expect("it is found again");
}

#[tokio::test]
async fn a_broker_that_is_away_keeps_back_its_own_partitions_only_and_is_found_again() {
    let server = server();
    for partition in 0..3 {
        let leader = if partition == 1 { 2 } else { 1 };
        server.cluster.partition_leader("orders", partition, Some(leader)).expect("led");
    }
    let producer = server.producer("none");
    (0..3).for_each(|partition| send(&producer, "orders", Some(partition), None, &partition.to_string()));
    sent(&producer);
    let (looking, doing) = (looking("kafka/records"), doing("kafka/publish"));
    let (events, _) = all(&looking, &server, &with(json!({})), None).await;
    assert_eq!(events.len(), 3, "connections to both are kept");
    server.cluster.broker_down(2).expect("it is down");
    let beginning = json!({"topic": "orders", "next": {"0": 0, "1": 0, "2": 0}});
    let looked = looking.look(&server.connection, with(json!({})), Some(&beginning)).await;
    let looked = looked.expect("the others'");
    assert_eq!(places(&looked.deliveries), [(0, 0), (2, 0)]);
    assert_eq!(looked.trouble.expect("it is told although others bring something").code(), "E0303");
    assert_eq!(looked.cursor["next"]["1"], 0);
    let error = looking.look(&server.connection, with(json!({})), Some(&looked.cursor)).await;
    assert_eq!(error.expect_err("nothing else").code(), "E0303");
    let input = json!({"topic": "orders", "body": 4, "partition": 1});
    let error = doing.run(&server.connection, "k", input.clone()).await.expect_err("it is away");
    assert_eq!((error.code(), error.may_have_happened()), ("E0303", false), "{error}");
    server.cluster.broker_up(2).expect("it is up");
    in_the_end(async || doing.run(&server.connection, "k", input.clone()).await).await;
    let (events, _) = all(&looking, &server, &with(json!({})), Some(looked.cursor)).await;
    assert_eq!(places(&events), [(1, 0), (1, 1)]);
}

#[tokio::test]
async fn what_does_not_speak_tls_is_said_as_such_and_so_is_whom_nobody_vouches_for() {
    let server = server();
    let mut tls = server.connection.clone();
    tls.fields.insert("tls".into(), true.into());
    let error = test(&tls).await.expect_err("no TLS there");
    assert!(error.code() == "E0302" && error.to_string().contains("TLS"), "{error}");
    trusts_an_authority_of_its_own(tls, |fields, port| {
        fields.insert("brokers".into(), format!("localhost:{port}").into());
    })
    .await;
    let mut nobody = server.connection.clone();
    nobody.fields.insert("brokers".into(), "127.0.0.1:1".into());
    assert_eq!(test(&nobody).await.expect_err("nobody there").code(), "E0303");
    nobody.fields.insert("brokers".into(), "169.254.169.254:9092".into());
    assert_eq!(test(&nobody).await.expect_err("never called").code(), "E0304");
}
