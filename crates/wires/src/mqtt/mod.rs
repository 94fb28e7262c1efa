//! MQTT 5: messages of a topic, taken once they are on disk, and messages that the broker has acknowledged.

mod client;
mod publish;
mod received;

use crate::pool::Pool;
use crate::tls;
use async_trait::async_trait;
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose};

struct Mqtt;

#[async_trait]
impl Connector for Mqtt {
    fn spec(&self) -> ConnectorSpec {
        ConnectorSpec::new("mqtt", Purpose::Queue, "MQTT", "MQTT")
            .about(
                "Messages of an MQTT broker: devices, scales, tills. Version 5 of the protocol.",
                "รับและส่งข้อความผ่านโบรกเกอร์ MQTT เช่น อุปกรณ์ เครื่องชั่ง เครื่องคิดเงิน ใช้โปรโตคอลรุ่น 5",
            )
            .connection(fields())
            .step(
                "Ask whoever runs the broker for the host, the port and a user; the port for TLS is usually 8883, the one without is 1883.",
                "ขอโฮสต์ พอร์ต และชื่อผู้ใช้จากผู้ดูแลโบรกเกอร์ พอร์ตที่ใช้ TLS มักเป็น 8883 ส่วนที่ไม่ใช้คือ 1883",
            )
            .step(
                "Let the user subscribe to the topics that flows hear, and publish to those that they send to.",
                "ให้สิทธิ์ผู้ใช้ subscribe หัวข้อที่โฟลว์รับ และ publish หัวข้อที่โฟลว์ส่ง",
            )
            .limit("A message has 8 MB at most.", "ข้อความหนึ่งมีขนาดไม่เกิน 8 MB")
            .quirk(
                "A message is known again by its user property event_id. Without one, a message that comes twice is two events.",
                "ระบบจำข้อความซ้ำได้จาก user property ชื่อ event_id หากไม่มี ข้อความที่มาสองครั้งจะเป็นสองเหตุการณ์",
            )
            .quirk(
                "MQTT has no dead letters: what can never be an event is thrown away, and the log says so.",
                "MQTT ไม่มีที่เก็บข้อความเสีย ข้อความที่เป็นเหตุการณ์ไม่ได้จะถูกทิ้งและมีบันทึกในล็อก",
            )
            .quirk(
                "The last value of a topic (a retained message) is sent on each subscription; it is not taken for an event.",
                "ค่าล่าสุดของหัวข้อ (retained message) จะถูกส่งทุกครั้งที่เริ่มรับ ระบบไม่นับเป็นเหตุการณ์",
            )
    }

    fn speaks_http(&self) -> bool {
        false
    }

    async fn test(&self, _http: &Http, connection: &Connection) -> Result<String, Error> {
        client::describe(connection).await
    }
}

pub fn parts() -> Parts {
    Parts::of(Mqtt).queue(received::Received).action(publish::Publish(Pool::default()))
}

fn fields() -> Vec<Field> {
    vec![
        Field::new("host", FieldKind::Text, "Host", "โฮสต์")
            .about(
                "Where the broker is, without mqtt:// and port.",
                "ที่อยู่ของโบรกเกอร์ โดยไม่ต้องใส่ mqtt:// และพอร์ต",
            )
            .required()
            .example("mqtt.example.com"),
        Field::new("port", FieldKind::Number, "Port", "พอร์ต")
            .about("Empty: 8883 with TLS, 1883 without.", "หากเว้นว่างจะใช้ 8883 เมื่อใช้ TLS และ 1883 เมื่อไม่ใช้")
            .at_least(1)
            .at_most(65_535)
            .example(8883),
        tls::switch(),
        Field::new("username", FieldKind::Text, "User name", "ชื่อผู้ใช้")
            .about("Where the broker asks for one.", "หากโบรกเกอร์ต้องการ")
            .example("khlong"),
        Field::new("password", FieldKind::Secret, "Password", "รหัสผ่าน")
            .about("Belongs to the user name.", "รหัสผ่านที่คู่กับชื่อผู้ใช้"),
        tls::authority(),
        Field::rate(None),
    ]
}
