//! SFTP: files over SSH, on a server whose key is known.

mod files;
mod host_key;
mod session;

use crate::files::{Session as _, Sessions, base};
use async_trait::async_trait;
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose};

struct Sftp;

#[async_trait]
impl Connector for Sftp {
    fn spec(&self) -> ConnectorSpec {
        ConnectorSpec::new("sftp", Purpose::Data, "SFTP", "SFTP")
            .about("Files on a server that is reached over SSH.", "ไฟล์บนเซิร์ฟเวอร์ที่เชื่อมต่อผ่าน SSH")
            .connection(fields())
            .step(
                "Ask whoever runs the server for the host, the port, a user name, and a password or the permission to enter a public key for that user.",
                "ขอโฮสต์ พอร์ต และชื่อผู้ใช้จากผู้ดูแลเซิร์ฟเวอร์ พร้อมรหัสผ่าน หรือให้เขาติดตั้งกุญแจสาธารณะของเราให้ผู้ใช้นั้น",
            )
            .step(
                "For a key of your own run ssh-keygen -t ed25519, give them the file that ends in .pub, and paste the other one here.",
                "หากใช้กุญแจ ให้รัน ssh-keygen -t ed25519 ส่งไฟล์ที่ลงท้าย .pub ให้ผู้ดูแล และวางเนื้อหาของอีกไฟล์ที่นี่",
            )
            .step(
                "Leave the host key empty and test the connection: nothing secret is sent, and the server's fingerprint is shown. Compare it with what they tell you, and enter it.",
                "เว้นช่องกุญแจของโฮสต์ไว้แล้วกดทดสอบ ระบบจะแสดงลายนิ้วมือของเซิร์ฟเวอร์โดยไม่ส่งข้อมูลลับใด ๆ ตรวจกับผู้ดูแลให้ตรงกันแล้วกรอกลงในช่อง",
            )
            .limit("Files have 10 MB at most.", "ไฟล์มีขนาดไม่เกิน 10 MB")
            .limit(
                "200,000 files in a folder at most. Beyond 3,000, the trigger tells exactly what is new as long as no more than about a thousand files came or went between two looks; of more, it takes those that are later than the latest before.",
                "ไม่เกิน 200,000 ไฟล์ต่อโฟลเดอร์ เมื่อเกิน 3,000 ไฟล์ ตัวเริ่มยังบอกไฟล์ใหม่ได้ครบถ้วนตราบที่ไฟล์เข้าหรือออกไม่เกินราวหนึ่งพันไฟล์ระหว่างการตรวจสองครั้ง หากมากกว่านั้นจะรับเฉพาะไฟล์ที่ใหม่กว่าไฟล์ล่าสุดครั้งก่อน",
            )
            .quirk(
                "A changed host key stops everything until somebody enters the new one: a stranger may stand between.",
                "หากกุญแจของโฮสต์เปลี่ยนไป การเชื่อมต่อจะหยุดจนกว่าจะกรอกกุญแจใหม่ เพราะอาจมีผู้อื่นแทรกกลาง",
            )
            .quirk(
                "Files are written as .khlong-….part and renamed when they are whole. What a crash leaves under such a name is replaced by the next attempt. A file that is replaced is called .khlong-….old meanwhile, where the server cannot replace by itself.",
                "ไฟล์จะถูกเขียนในชื่อ .khlong-….part ก่อนแล้วเปลี่ยนชื่อเมื่อครบ หากหยุดกลางคัน ครั้งถัดไปจะเขียนทับไฟล์ชั่วคราวนั้น หากเซิร์ฟเวอร์แทนที่ไฟล์เองไม่ได้ ไฟล์เดิมจะมีชื่อ .khlong-….old ชั่วคราว",
            )
            .quirk(
                "Whether a file is still being written is told by its size and time. Where files are written with long pauses, raise the time in the trigger.",
                "ระบบดูจากขนาดและเวลาว่าไฟล์ยังถูกเขียนอยู่หรือไม่ หากต้นทางเขียนแบบหยุดเป็นช่วง ให้เพิ่มเวลารอในตัวเริ่ม",
            )
    }

    fn speaks_http(&self) -> bool {
        false
    }

    async fn test(&self, _http: &Http, connection: &Connection) -> Result<String, Error> {
        let base = base(connection)?;
        let mut session = session::Session::connect(connection).await?;
        files::describe(&mut session, &base).await
    }
}

pub fn parts() -> Parts {
    Parts::of(Sftp).join(crate::files::parts(Sessions::<session::Session>::default()))
}

fn fields() -> Vec<Field> {
    vec![
        Field::new("host", FieldKind::Text, "Host", "โฮสต์")
            .about("Where the server is.", "ที่อยู่ของเซิร์ฟเวอร์")
            .required()
            .example("sftp.example.com"),
        Field::new("port", FieldKind::Number, "Port", "พอร์ต")
            .about("22 almost everywhere.", "โดยทั่วไปคือ 22")
            .at_least(1)
            .at_most(65_535)
            .default(session::PORT)
            .example(session::PORT),
        Field::new("host_key", FieldKind::LongText, "Host key", "กุญแจของโฮสต์")
            .about(
                "The fingerprint of the server's key, SHA256:…; several with a line each. Empty: the test shows it, and nothing is sent before it is entered.",
                "ลายนิ้วมือของกุญแจเซิร์ฟเวอร์ รูปแบบ SHA256:… หากมีหลายกุญแจให้แยกบรรทัด หากเว้นว่าง การทดสอบจะแสดงค่าให้ และจะไม่ส่งข้อมูลลับจนกว่าจะกรอก",
            )
            .at_most(5_000)
            .example("SHA256:uNiVztksCsDhcc0u9e8BrXWU6Yh6d3wTn2zsR0m3n5Q"),
        Field::new("username", FieldKind::Text, "User name", "ชื่อผู้ใช้")
            .about("Who signs in.", "ผู้ใช้ที่เข้าสู่ระบบ")
            .required()
            .example("khlong"),
        Field::new("password", FieldKind::Secret, "Password", "รหัสผ่าน")
            .about("Empty: the private key alone.", "หากเว้นว่างจะใช้กุญแจส่วนตัวเท่านั้น"),
        Field::new("private_key", FieldKind::Secret, "Private key", "กุญแจส่วนตัว")
            .about(
                "The whole file, from -----BEGIN to the end: Ed25519, ECDSA or RSA. Empty: the password alone.",
                "วางทั้งไฟล์ ตั้งแต่ -----BEGIN จนจบ รองรับ Ed25519, ECDSA และ RSA หากเว้นว่างจะใช้รหัสผ่านเท่านั้น",
            ),
        Field::new("passphrase", FieldKind::Secret, "Key's passphrase", "รหัสของกุญแจ")
            .about("Where the private key is kept under one.", "หากกุญแจส่วนตัวถูกเข้ารหัสไว้"),
        base_folder(),
        Field::rate(None),
    ]
}

/// The folder that all paths are below.
pub fn base_folder() -> Field {
    Field::new("base_folder", FieldKind::Text, "Base folder", "โฟลเดอร์หลัก")
        .about(
            "All paths are below it, and nothing outside is touched. Empty: where a session begins, and any absolute path.",
            "พาธทั้งหมดอยู่ภายใต้โฟลเดอร์นี้ และจะไม่แตะต้องสิ่งที่อยู่นอกโฟลเดอร์ หากเว้นว่างจะเริ่มที่โฟลเดอร์แรกหลังเข้าสู่ระบบ และใช้พาธเต็มได้",
        )
        .at_most(1_000)
        .example("/outgoing/shop")
}
