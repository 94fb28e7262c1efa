//! FTP, plain and encrypted: files on the servers that have been there all along.

mod files;
mod listing;
mod session;
mod wire;

use crate::files::{Session as _, Sessions, base};
use crate::tls;
use async_trait::async_trait;
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose};

struct Ftp;

#[async_trait]
impl Connector for Ftp {
    fn spec(&self) -> ConnectorSpec {
        ConnectorSpec::new("ftp", Purpose::Data, "FTP and FTPS", "FTP และ FTPS")
            .about("Files on an FTP server, encrypted or not.", "ไฟล์บนเซิร์ฟเวอร์ FTP ทั้งแบบเข้ารหัสและไม่เข้ารหัส")
            .connection(fields())
            .step(
                "Ask whoever runs the server for the host, a user name and a password, and whether it takes TLS: most do, on the usual port (explicit).",
                "ขอโฮสต์ ชื่อผู้ใช้ และรหัสผ่านจากผู้ดูแลเซิร์ฟเวอร์ และถามว่ารองรับ TLS หรือไม่ ส่วนใหญ่รองรับที่พอร์ตปกติ (แบบ explicit)",
            )
            .step(
                "Where the certificate is the company's own, paste its certificate authority, and enter the host by the name that the certificate has.",
                "หากใช้ใบรับรองของบริษัทเอง ให้วางใบรับรองของผู้ออก และกรอกโฮสต์ด้วยชื่อเดียวกับในใบรับรอง",
            )
            .step(
                "Have passive mode allowed through the server's firewall: every list and file comes over a port of its own.",
                "ให้ผู้ดูแลเปิดโหมด passive ผ่านไฟร์วอลล์ เพราะรายการและไฟล์แต่ละครั้งใช้พอร์ตแยกต่างหาก",
            )
            .limit("Files have 10 MB at most.", "ไฟล์มีขนาดไม่เกิน 10 MB")
            .limit(
                "200,000 files in a folder at most. Beyond 3,000, the trigger tells exactly what is new as long as no more than about a thousand files came or went between two looks; of more, it takes those that are later than the latest before.",
                "ไม่เกิน 200,000 ไฟล์ต่อโฟลเดอร์ เมื่อเกิน 3,000 ไฟล์ ตัวเริ่มยังบอกไฟล์ใหม่ได้ครบถ้วนตราบที่ไฟล์เข้าหรือออกไม่เกินราวหนึ่งพันไฟล์ระหว่างการตรวจสองครั้ง หากมากกว่านั้นจะรับเฉพาะไฟล์ที่ใหม่กว่าไฟล์ล่าสุดครั้งก่อน",
            )
            .quirk(
                "Without TLS the password can be read on the way. To a public address it is sent only if the connection says that this is meant.",
                "หากไม่ใช้ TLS รหัสผ่านอาจถูกดักอ่านระหว่างทาง ระบบจะส่งไปยังที่อยู่สาธารณะเฉพาะเมื่อการเชื่อมต่อระบุไว้ว่ายินยอม",
            )
            .quirk(
                "Files are written as .khlong-….part and renamed when they are whole. Between looking whether there is a file of that name and renaming, somebody else may put one there: FTP knows no lock.",
                "ไฟล์จะถูกเขียนในชื่อ .khlong-….part ก่อนแล้วเปลี่ยนชื่อเมื่อครบ ระหว่างตรวจชื่อซ้ำกับเปลี่ยนชื่ออาจมีผู้อื่นวางไฟล์ชื่อเดียวกันได้ เพราะ FTP ไม่มีการล็อก",
            )
            .quirk(
                "TLS 1.2 is spoken and not 1.3: servers take files only over the session that commands come over, and that can be gone back to without end in 1.2 alone.",
                "ใช้ TLS 1.2 ไม่ใช่ 1.3 เพราะเซิร์ฟเวอร์รับไฟล์เฉพาะในเซสชันเดียวกับคำสั่ง ซึ่งใช้ซ้ำได้ไม่จำกัดเฉพาะใน 1.2",
            )
            .quirk(
                "Servers without MLSD tell only the day of a change. A file that is replaced on the same day by one of the same size is then not seen as new.",
                "เซิร์ฟเวอร์ที่ไม่มี MLSD บอกได้เพียงวันที่แก้ไข ไฟล์ที่ถูกแทนที่ในวันเดียวกันด้วยขนาดเท่าเดิมจะไม่นับเป็นไฟล์ใหม่",
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
    Parts::of(Ftp).join(crate::files::parts(Sessions::<session::Session>::default()))
}

fn fields() -> Vec<Field> {
    vec![
        Field::new("host", FieldKind::Text, "Host", "โฮสต์")
            .about("Where the server is, without ftp://.", "ที่อยู่ของเซิร์ฟเวอร์ โดยไม่ต้องใส่ ftp://")
            .required()
            .example("ftp.example.com"),
        security(),
        Field::new("port", FieldKind::Number, "Port", "พอร์ต")
            .about(
                "Empty: 21, and 990 where TLS begins with the first byte.",
                "หากเว้นว่างจะใช้ 21 หรือ 990 เมื่อเข้ารหัสตั้งแต่เริ่มเชื่อมต่อ",
            )
            .at_least(1)
            .at_most(65_535)
            .example(21),
        Field::new("username", FieldKind::Text, "User name", "ชื่อผู้ใช้")
            .about("Who signs in; anonymous for servers that ask nobody.", "ผู้ใช้ที่เข้าสู่ระบบ หรือ anonymous หากเซิร์ฟเวอร์ไม่ต้องยืนยันตัวตน")
            .required()
            .example("khlong"),
        Field::new("password", FieldKind::Secret, "Password", "รหัสผ่าน")
            .about("Belongs to the user name.", "รหัสผ่านที่คู่กับชื่อผู้ใช้"),
        crate::sftp::base_folder(),
        names(),
        Field::new("plain_password", FieldKind::Bool, "Password in the open", "ส่งรหัสผ่านโดยไม่เข้ารหัส")
            .about(
                "Sends the password to a public address even where nothing is encrypted. Everybody on the way can read it.",
                "ส่งรหัสผ่านไปยังที่อยู่สาธารณะแม้ไม่ได้เข้ารหัส ผู้อื่นระหว่างทางอาจอ่านได้",
            )
            .default(false)
            .example(false)
            .advanced(),
        tls::authority(),
        Field::rate(None),
    ]
}

fn security() -> Field {
    let options = [
        ("explicit", "TLS on request (explicit)", "TLS แบบ explicit"),
        ("implicit", "TLS from the first byte (implicit)", "TLS ตั้งแต่เริ่มเชื่อมต่อ (implicit)"),
        ("none", "Not encrypted", "ไม่เข้ารหัส"),
    ];
    Field::choice("security", &options, "Encryption", "การเข้ารหัส")
        .about(
            "How the connection is encrypted. Not at all only inside a network that nobody else is in.",
            "วิธีเข้ารหัสการเชื่อมต่อ เลือกไม่เข้ารหัสได้เฉพาะในเครือข่ายภายในที่ไม่มีผู้อื่นใช้",
        )
        .default("explicit")
        .example("explicit")
}

fn names() -> Field {
    let options =
        [("utf-8", "UTF-8", "UTF-8"), ("tis-620", "TIS-620 (Windows-874)", "TIS-620 (Windows-874)")];
    Field::choice("names", &options, "Characters of names", "รหัสอักขระของชื่อไฟล์")
        .about(
            "What the server writes names of files in. Older Thai servers use TIS-620.",
            "รหัสอักขระที่เซิร์ฟเวอร์ใช้กับชื่อไฟล์ เซิร์ฟเวอร์ไทยรุ่นเก่าใช้ TIS-620",
        )
        .default("utf-8")
        .example("utf-8")
        .advanced()
}
