//! Kafka: the records of a topic, read from where the engine says that they were read, and records that all copies have.

mod cluster;
mod codes;
mod log;
mod look;
mod murmur;
mod offsets;
mod packed;
mod publish;
mod records;
mod sasl;
mod wire;

use crate::pool::Pool;
use crate::tls;
use async_trait::async_trait;
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose};

struct Kafka;

#[async_trait]
impl Connector for Kafka {
    fn spec(&self) -> ConnectorSpec {
        ConnectorSpec::new("kafka", Purpose::Queue, "Apache Kafka", "Apache Kafka")
            .about(
                "Records in the topics of Kafka, and of what speaks like it, such as Redpanda.",
                "รับและส่งเรคคอร์ดในหัวข้อของ Kafka หรือระบบที่ใช้โปรโตคอลเดียวกัน เช่น Redpanda",
            )
            .connection(fields())
            .step(
                "Ask the administrator of Kafka for the addresses of two or three brokers, and for a user with a password and how it signs in.",
                "ขอที่อยู่ของโบรกเกอร์สองหรือสามตัวจากผู้ดูแล Kafka พร้อมชื่อผู้ใช้ รหัสผ่าน และวิธียืนยันตัวตน",
            )
            .step(
                "Let the user describe and read the topics that flows read, and describe and write those that they publish to. A consumer group is not needed.",
                "ให้สิทธิ์ผู้ใช้ Describe และ Read ในหัวข้อที่โฟลว์อ่าน และ Describe กับ Write ในหัวข้อที่โฟลว์ส่ง ไม่ต้องมี consumer group",
            )
            .step(
                "Every broker has to be reachable from here by the name that Kafka itself tells (advertised.listeners).",
                "เครื่องนี้ต้องเข้าถึงโบรกเกอร์ทุกตัวได้ตามชื่อที่ Kafka แจ้งเอง (advertised.listeners)",
            )
            .limit(
                "A topic is looked at every 10 seconds at the most often; as long as there is more it is read on at once, 500 records at a time.",
                "ดูหัวข้อได้ถี่ที่สุดทุก 10 วินาที ตราบใดที่ยังมีเรคคอร์ดจะอ่านต่อทันที ครั้งละ 500 เรคคอร์ด",
            )
            .limit(
                "A record has 8 MB at most, and no more than the broker allows, 1 MB unless it says otherwise. A topic has 2000 partitions at most.",
                "เรคคอร์ดมีขนาดไม่เกิน 8 MB และไม่เกินที่โบรกเกอร์กำหนด ปกติ 1 MB หัวข้อมีได้ไม่เกิน 2000 พาร์ทิชัน",
            )
            .quirk(
                "Kafka knows no repeat of a record that was sent again. Whoever reads can drop it by the header message-id.",
                "Kafka ไม่รู้ว่าเรคคอร์ดที่ส่งอีกครั้งเป็นรายการซ้ำ ผู้อ่านตัดรายการซ้ำได้จากเฮดเดอร์ message-id",
            )
            .quirk(
                "Records in Avro or Protobuf, as with a schema registry, come as base64. Certificates of clients and sign-in by Kerberos or OAuth are not supported.",
                "เรคคอร์ดแบบ Avro หรือ Protobuf เช่น เมื่อใช้ schema registry จะได้เป็น base64 ยังไม่รองรับใบรับรองฝั่งไคลเอนต์ และการยืนยันตัวตนด้วย Kerberos หรือ OAuth",
            )
            .quirk(
                "Records of a transaction are events when it is done, and those of one that was given up never are.",
                "เรคคอร์ดในทรานแซกชันจะเป็นเหตุการณ์เมื่อทรานแซกชันเสร็จ และจะไม่เป็นเหตุการณ์หากทรานแซกชันถูกยกเลิก",
            )
    }

    fn speaks_http(&self) -> bool {
        false
    }

    async fn test(&self, _http: &Http, connection: &Connection) -> Result<String, Error> {
        cluster::Cluster::of(connection)?.describe().await
    }
}

pub fn parts() -> Parts {
    let pool = Pool::default();
    Parts::of(Kafka).poll(records::Records(pool.clone())).action(publish::Publish(pool))
}

fn fields() -> Vec<Field> {
    vec![
        Field::new("brokers", FieldKind::Text, "Brokers", "โบรกเกอร์")
            .about(
                "Hosts with ports, with commas between. One is enough to find the others; more help when one is away.",
                "โฮสต์พร้อมพอร์ต คั่นด้วยจุลภาค มีตัวเดียวก็หาตัวอื่นได้ แต่หลายตัวช่วยได้เมื่อบางตัวไม่ทำงาน",
            )
            .required()
            .at_most(2_000)
            .example("kafka-1.example.com:9093, kafka-2.example.com:9093"),
        tls::switch(),
        Field::choice(
            "sasl",
            &[
                ("none", "Nothing", "ไม่ใช้"),
                ("plain", "Password (PLAIN)", "รหัสผ่าน (PLAIN)"),
                ("scram_sha_256", "SCRAM-SHA-256", "SCRAM-SHA-256"),
                ("scram_sha_512", "SCRAM-SHA-512", "SCRAM-SHA-512"),
            ],
            "Sign in with",
            "วิธียืนยันตัวตน",
        )
        .about(
            "How brokers want to know who comes. PLAIN sends the password itself, so it is for connections with TLS.",
            "วิธีที่โบรกเกอร์ใช้ยืนยันผู้ใช้ แบบ PLAIN ส่งรหัสผ่านไปตรง ๆ จึงควรใช้คู่กับ TLS",
        )
        .default("none")
        .example("scram_sha_512"),
        Field::new("username", FieldKind::Text, "User name", "ชื่อผู้ใช้")
            .about("With PLAIN and SCRAM.", "เมื่อใช้ PLAIN หรือ SCRAM")
            .example("khlong"),
        Field::new("password", FieldKind::Secret, "Password", "รหัสผ่าน")
            .about("Belongs to the user name.", "รหัสผ่านที่คู่กับชื่อผู้ใช้"),
        tls::authority(),
        Field::rate(None),
    ]
}
