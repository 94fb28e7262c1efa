//! What people are told and asked when they connect Google Sheets.

use super::key_file::KEY_FILE;
use super::words::SPREADSHEET;
use connector::oauth2::{CLIENT_ID, CLIENT_SECRET};
use model::{ConnectorSpec, Field, FieldKind, Purpose, Rate, Span};

pub const API_URL: &str = "https://sheets.googleapis.com";
pub const AUTHORIZE_URL: &str = "https://accounts.google.com/o/oauth2/v2/auth";
pub const TOKEN_URL: &str = "https://oauth2.googleapis.com/token";
pub const SCOPE: &str = "https://www.googleapis.com/auth/spreadsheets";
/// 60 reads and 60 writes a minute for each user. A step makes up to two reads and two writes.
const RATE: Rate = Rate::new(30, Span::from_secs(60), 10);

pub fn spec() -> ConnectorSpec {
    ConnectorSpec::new("google_sheets", Purpose::Data, "Google Sheets", "Google Sheets")
        .about(
            "Rows of Google Sheets: read, appended, updated by a key, cleared, and watched for new ones.",
            "แถวใน Google Sheets: อ่าน เพิ่ม อัปเดตตามคีย์ ล้าง และติดตามแถวใหม่",
        )
        .connection(fields())
        .signs_in()
        .step(
            "In the Google Cloud console, make a project, open APIs & Services, Library, and enable the Google Sheets API.",
            "ใน Google Cloud console สร้างโปรเจกต์ เปิด APIs & Services > Library แล้วเปิดใช้ Google Sheets API",
        )
        .step(
            "With a service account (best for a company): under IAM & Admin, Service Accounts, make one, open Keys, add a JSON key, and paste the \
             whole file here. Share the spreadsheet with the service account's e-mail address as an editor.",
            "ใช้ service account (เหมาะกับบริษัท): ที่ IAM & Admin > Service Accounts สร้างบัญชี เปิด Keys เพิ่มคีย์แบบ JSON แล้ววางทั้งไฟล์ที่นี่ \
             จากนั้นแชร์สเปรดชีตให้อีเมลของ service account เป็นผู้แก้ไข",
        )
        .step(
            "Or as yourself: under Google Auth Platform, set up the consent screen and publish it, make an OAuth client of the kind Web application \
             with the redirect address that the connection's page shows as redirect URI, enter client id and secret here, and press Sign in.",
            "หรือใช้บัญชีของคุณ: ที่ Google Auth Platform ตั้งค่าและเผยแพร่หน้าขอความยินยอม สร้าง OAuth client แบบ Web application \
             ใส่ที่อยู่ redirect ที่หน้าการเชื่อมต่อแสดงเป็น redirect URI แล้วใส่ client id และ client secret ที่นี่ และกดลงชื่อเข้าใช้",
        )
        .limit(
            "60 reads and 60 writes a minute for each user, and 300 of each for a project. Above that, steps wait for the next minute.",
            "อ่าน 60 ครั้งและเขียน 60 ครั้งต่อนาทีต่อผู้ใช้ และอย่างละ 300 ครั้งต่อโปรเจกต์ หากเกินจะรอนาทีถัดไป",
        )
        .limit(
            "A spreadsheet holds ten million cells. Khlong writes 1,000 rows at once and reads 5,000.",
            "สเปรดชีตมีได้สิบล้านเซลล์ Khlong เขียนครั้งละไม่เกิน 1,000 แถว และอ่านครั้งละไม่เกิน 5,000 แถว",
        )
        .quirk(
            "Texts stay texts: 0812345678 keeps its zero, and =1+1 is no formula, unless Values are taken says otherwise. A number of more than 15 \
             digits is written as a text, as a cell would lose the rest.",
            "ข้อความยังเป็นข้อความ: 0812345678 ไม่เสียเลขศูนย์ และ =1+1 ไม่เป็นสูตร เว้นแต่เลือกไว้ที่ การรับค่า ตัวเลขเกิน 15 หลักจะเขียนเป็นข้อความ \
             เพราะเซลล์เก็บได้ไม่ครบ",
        )
        .quirk(
            "While the consent screen is in testing, a sign-in ends after seven days: publish it.",
            "ขณะหน้าขอความยินยอมอยู่ในสถานะ testing การเข้าสู่ระบบจะหมดอายุในเจ็ดวัน จึงควรเผยแพร่",
        )
        .quirk(
            "A sheet tells nobody of changes: new rows are looked for now and then. Without a key column, rows that are put in between or added \
             right after others were deleted can be missed.",
            "ชีตไม่แจ้งการเปลี่ยนแปลง ระบบจะตรวจหาแถวใหม่เป็นระยะ หากไม่ระบุคอลัมน์คีย์ แถวที่แทรกกลาง หรือเพิ่มทันทีหลังลบแถวอื่น อาจไม่ถูกพบ",
        )
}

fn fields() -> Vec<Field> {
    vec![
        Field::new(KEY_FILE, FieldKind::Secret, "Service account's key", "คีย์ของ service account")
            .about("The whole JSON file. Empty where somebody signs in.", "ไฟล์ JSON ทั้งหมด เว้นว่างหากใช้การเข้าสู่ระบบ"),
        Field::new(CLIENT_ID, FieldKind::Text, "Client id", "Client id")
            .about("Of the OAuth client, where somebody signs in.", "ของ OAuth client หากใช้การเข้าสู่ระบบ")
            .example("123456789012-abc.apps.googleusercontent.com"),
        Field::new(CLIENT_SECRET, FieldKind::Secret, "Client secret", "Client secret")
            .about("Belongs to the client id.", "รหัสลับคู่กับ client id"),
        Field::new(SPREADSHEET, FieldKind::Text, "Usual spreadsheet", "สเปรดชีตหลัก")
            .about(
                "Its address in the browser. Its sheets can then be chosen by name; a node may name another one.",
                "ที่อยู่ในเบราว์เซอร์ ใช้เลือกชีตตามชื่อได้ และโหนดระบุสเปรดชีตอื่นได้",
            )
            .example("https://docs.google.com/spreadsheets/d/1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789/edit"),
        Field::new("subject", FieldKind::Text, "Works as", "ทำงานแทน")
            .about(
                "With a service account that may act for a domain's users: the user's e-mail address.",
                "ใช้กับ service account ที่ได้รับสิทธิ์ทำงานแทนผู้ใช้ในโดเมน: อีเมลของผู้ใช้",
            )
            .example("somchai@my-company.co.th")
            .advanced(),
        Field::new("api_url", FieldKind::Url, "API address", "ที่อยู่ API")
            .about("Only for tests with a stand-in.", "ใช้เมื่อทดสอบกับระบบจำลองเท่านั้น")
            .default(API_URL)
            .example(API_URL)
            .advanced(),
        Field::new("token_url", FieldKind::Url, "Token address", "ที่อยู่ขอโทเคน")
            .about("Only for tests with a stand-in.", "ใช้เมื่อทดสอบกับระบบจำลองเท่านั้น")
            .default(TOKEN_URL)
            .example(TOKEN_URL)
            .advanced(),
        Field::rate(Some(RATE)),
    ]
}
