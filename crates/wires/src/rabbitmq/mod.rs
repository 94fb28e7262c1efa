//! RabbitMQ: messages of a queue, and messages to an exchange, each answered for by the side that has it.

mod client;
mod publish;
mod received;

use crate::pool::Pool;
use crate::tls;
use async_trait::async_trait;
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose};

struct RabbitMq;

#[async_trait]
impl Connector for RabbitMq {
    fn spec(&self) -> ConnectorSpec {
        ConnectorSpec::new("rabbitmq", Purpose::Queue, "RabbitMQ", "RabbitMQ")
            .about("Messages of RabbitMQ's queues, and messages to its exchanges.", "รับข้อความจากคิว และส่งข้อความไปยัง exchange ของ RabbitMQ")
            .connection(fields())
            .step(
                "Let RabbitMQ's administrator make a user for Khlong, with a password of its own and the rights to read the queues and write to the exchanges that flows use.",
                "ให้ผู้ดูแล RabbitMQ สร้างผู้ใช้สำหรับ Khlong พร้อมรหัสผ่านเฉพาะ และให้สิทธิ์อ่านคิวกับเขียน exchange ที่โฟลว์ใช้",
            )
            .step(
                "Ask for the host, the port and the virtual host; the port for TLS is usually 5671, the one without is 5672.",
                "ขอชื่อโฮสต์ พอร์ต และ virtual host พอร์ตที่ใช้ TLS มักเป็น 5671 ส่วนที่ไม่ใช้คือ 5672",
            )
            .step(
                "Set a dead-letter exchange for each queue, by a policy: messages that can never be an event go there, and are thrown away without one.",
                "ตั้ง dead-letter exchange ให้แต่ละคิวด้วย policy ข้อความที่เป็นเหตุการณ์ไม่ได้จะไปที่นั่น หากไม่ตั้งไว้ข้อความจะถูกทิ้ง",
            )
            .limit("A message has 8 MB at most.", "ข้อความหนึ่งมีขนาดไม่เกิน 8 MB")
            .quirk(
                "A message is known again by its property message-id, or by a header event_id. Without either, a message that comes twice is two events.",
                "ระบบจำข้อความซ้ำได้จาก message-id หรือเฮดเดอร์ event_id หากไม่มีทั้งสองอย่าง ข้อความที่มาสองครั้งจะเป็นสองเหตุการณ์",
            )
            .quirk(
                "A message that was sent carries the step's key as its message-id, unless the node says otherwise, so that its receiver can drop repeats.",
                "ข้อความที่ส่งจะมีคีย์ของขั้นตอนเป็น message-id หากโหนดไม่ได้กำหนดไว้ ผู้รับจึงตัดข้อความซ้ำได้",
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
    Parts::of(RabbitMq).queue(received::Received).action(publish::Publish(Pool::default()))
}

fn fields() -> Vec<Field> {
    vec![
        Field::new("host", FieldKind::Text, "Host", "โฮสต์")
            .about(
                "Where RabbitMQ is, without amqp:// and port.",
                "ที่อยู่ของ RabbitMQ โดยไม่ต้องใส่ amqp:// และพอร์ต",
            )
            .required()
            .example("rabbit.example.com"),
        Field::new("port", FieldKind::Number, "Port", "พอร์ต")
            .about("Empty: 5671 with TLS, 5672 without.", "หากเว้นว่างจะใช้ 5671 เมื่อใช้ TLS และ 5672 เมื่อไม่ใช้")
            .at_least(1)
            .at_most(65_535)
            .example(5671),
        tls::switch(),
        Field::new("vhost", FieldKind::Text, "Virtual host", "Virtual host")
            .about("The part of RabbitMQ that the queues are in.", "ส่วนของ RabbitMQ ที่คิวอยู่")
            .default("/")
            .example("/"),
        Field::new("username", FieldKind::Text, "User name", "ชื่อผู้ใช้")
            .about("The user that Khlong works as.", "ผู้ใช้ที่ Khlong ใช้ทำงาน")
            .required()
            .example("khlong"),
        Field::new("password", FieldKind::Secret, "Password", "รหัสผ่าน")
            .about("Belongs to the user name.", "รหัสผ่านที่คู่กับชื่อผู้ใช้")
            .required(),
        tls::authority(),
        Field::rate(None),
    ]
}
