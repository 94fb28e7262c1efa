//! Amazon SQS: standard queues, and FIFO queues with groups and deduplication ids.

mod client;
mod failure;
mod received;
mod send;

use crate::pool::Pool;
use crate::tls;
use async_trait::async_trait;
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose};

struct Sqs;

#[async_trait]
impl Connector for Sqs {
    fn spec(&self) -> ConnectorSpec {
        ConnectorSpec::new("sqs", Purpose::Queue, "Amazon SQS", "Amazon SQS")
            .about("Messages of Amazon SQS's queues, standard and FIFO.", "รับและส่งข้อความในคิวของ Amazon SQS ทั้งแบบ standard และ FIFO")
            .connection(fields())
            .step(
                "In AWS, open IAM and make a user for Khlong without access to the console.",
                "ใน AWS เปิด IAM แล้วสร้างผู้ใช้สำหรับ Khlong โดยไม่ให้เข้าใช้คอนโซล",
            )
            .step(
                "Give it a policy for the queues that flows use: sqs:ReceiveMessage, sqs:DeleteMessage, sqs:ChangeMessageVisibility, sqs:GetQueueAttributes, sqs:GetQueueUrl and sqs:SendMessage; to try the connection, sqs:ListQueues.",
                "ให้ policy สำหรับคิวที่โฟลว์ใช้ ได้แก่ sqs:ReceiveMessage, sqs:DeleteMessage, sqs:ChangeMessageVisibility, sqs:GetQueueAttributes, sqs:GetQueueUrl และ sqs:SendMessage ส่วนการทดสอบการเชื่อมต่อใช้ sqs:ListQueues",
            )
            .step(
                "Under Security credentials, create an access key; its secret is shown once.",
                "ที่ Security credentials ให้สร้าง access key รหัสลับจะแสดงเพียงครั้งเดียว",
            )
            .step(
                "Give each queue a dead-letter queue (redrive policy): messages that can never be an event go there, and are deleted without one.",
                "ตั้ง dead-letter queue (redrive policy) ให้แต่ละคิว ข้อความที่เป็นเหตุการณ์ไม่ได้จะไปที่นั่น หากไม่ตั้งไว้ข้อความจะถูกลบ",
            )
            .limit("A message has 1 MiB at most, with its attributes.", "ข้อความรวมแอตทริบิวต์มีขนาดไม่เกิน 1 MiB")
            .limit(
                "A FIFO queue takes 300 calls a second, unless high throughput is switched on for it.",
                "คิว FIFO รับได้ 300 คำสั่งต่อวินาที เว้นแต่จะเปิด high throughput",
            )
            .quirk(
                "A FIFO queue knows a repeat for five minutes by its deduplication id, which is the step's key. A standard queue knows none.",
                "คิว FIFO จำข้อความซ้ำได้ห้านาทีตาม deduplication id ซึ่งคือคีย์ของขั้นตอน ส่วนคิว standard ไม่จำ",
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
    Parts::of(Sqs).queue(received::Received).action(send::Send(Pool::default()))
}

/// The field that says which queue, for the trigger and the action.
fn queue_url() -> Field {
    Field::new("queue_url", FieldKind::Url, "Queue's address", "ที่อยู่ของคิว")
        .about("As the queue's page in AWS shows it.", "ตามที่แสดงในหน้าของคิวใน AWS")
        .required()
        .example("https://sqs.ap-southeast-1.amazonaws.com/123456789012/orders.fifo")
}

fn fields() -> Vec<Field> {
    vec![
        Field::new("region", FieldKind::Text, "Region", "ภูมิภาค")
            .about(
                "Where the queues are: ap-southeast-1 is Singapore, ap-southeast-7 is Thailand.",
                "ภูมิภาคที่คิวอยู่ ap-southeast-1 คือสิงคโปร์ ap-southeast-7 คือไทย",
            )
            .required()
            .example("ap-southeast-1"),
        Field::new("access_key_id", FieldKind::Text, "Access key", "Access key")
            .about("The key's id, which begins with AKIA.", "รหัสของคีย์ ขึ้นต้นด้วย AKIA")
            .required()
            .example("AKIAIOSFODNN7EXAMPLE"),
        Field::new("secret_access_key", FieldKind::Secret, "Secret access key", "Secret access key")
            .about("What AWS shows once when the key is made.", "ค่าที่ AWS แสดงเพียงครั้งเดียวตอนสร้างคีย์")
            .required(),
        Field::new("endpoint", FieldKind::Url, "Endpoint", "เอนด์พอยต์")
            .about(
                "Only where it is not Amazon's own, such as inside a private network.",
                "ใส่เฉพาะเมื่อไม่ใช่ของ Amazon โดยตรง เช่น ภายในเครือข่ายส่วนตัว",
            )
            .example("https://sqs.ap-southeast-1.amazonaws.com")
            .advanced(),
        tls::authority(),
        Field::rate(None),
    ]
}
