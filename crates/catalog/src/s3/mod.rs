//! Amazon S3, and the many stores that speak as it does.

mod api;
mod failure;
mod files;
mod sign;
mod xml;

use async_trait::async_trait;
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose};
use wires::files::{Base, Files, Kind, System};

struct S3;

#[async_trait]
impl Connector for S3 {
    fn spec(&self) -> ConnectorSpec {
        ConnectorSpec::new("s3", Purpose::Data, "Amazon S3 and compatible", "Amazon S3 และที่เข้ากันได้")
            .about(
                "Files in buckets: at Amazon, MinIO, Cloudflare R2, Wasabi and others.",
                "ไฟล์ในบัคเก็ตของ Amazon, MinIO, Cloudflare R2, Wasabi และอื่น ๆ",
            )
            .connection(fields())
            .step(
                "At Amazon, make a user in IAM for Khlong alone, and allow it s3:ListBucket on the bucket, and s3:GetObject, s3:PutObject and s3:DeleteObject on what is in it. Then make an access key for it.",
                "ที่ Amazon ให้สร้างผู้ใช้ใน IAM สำหรับ Khlong โดยเฉพาะ อนุญาต s3:ListBucket กับบัคเก็ต และ s3:GetObject, s3:PutObject, s3:DeleteObject กับไฟล์ในบัคเก็ต แล้วสร้าง access key",
            )
            .step(
                "Elsewhere, make an access key in the store's console, and enter the store's address as the endpoint: for R2 https://ACCOUNT.r2.cloudflarestorage.com with the region auto, for Wasabi https://s3.REGION.wasabisys.com, for MinIO its own address.",
                "สำหรับที่อื่น ให้สร้าง access key ในหน้าจัดการ และกรอกที่อยู่เป็น endpoint เช่น R2 ใช้ https://ACCOUNT.r2.cloudflarestorage.com กับ region auto, Wasabi ใช้ https://s3.REGION.wasabisys.com, MinIO ใช้ที่อยู่ของตนเอง",
            )
            .limit("Files have 10 MB at most.", "ไฟล์มีขนาดไม่เกิน 10 MB")
            .limit(
                "200,000 files below a folder at most; lists come in pages of 1,000. Beyond 3,000, the trigger tells exactly what is new as long as no more than about a thousand files came or went between two looks; of more, it takes those that are later than the latest before.",
                "ไม่เกิน 200,000 ไฟล์ต่อโฟลเดอร์ อ่านรายการหน้าละ 1,000 เมื่อเกิน 3,000 ไฟล์ ตัวเริ่มยังบอกไฟล์ใหม่ได้ครบถ้วนตราบที่ไฟล์เข้าหรือออกไม่เกินราวหนึ่งพันไฟล์ระหว่างการตรวจสองครั้ง หากมากกว่านั้นจะรับเฉพาะไฟล์ที่ใหม่กว่าไฟล์ล่าสุดครั้งก่อน",
            )
            .quirk(
                "S3 knows no folders: they are the beginnings of names, and one without files is not there.",
                "S3 ไม่มีโฟลเดอร์จริง โฟลเดอร์คือส่วนต้นของชื่อ และโฟลเดอร์ที่ไม่มีไฟล์ถือว่าไม่มีอยู่",
            )
            .quirk(
                "A file appears when it has been written in full, so the trigger waits for nothing. Moving is copying and then deleting.",
                "ไฟล์จะปรากฏเมื่อเขียนครบแล้ว ตัวเริ่มจึงไม่ต้องรอ การย้ายไฟล์คือการคัดลอกแล้วลบไฟล์เดิม",
            )
            .quirk(
                "Leaving a file that is there, or failing for it, is safe against others where the store knows If-None-Match (Amazon, MinIO, R2). Elsewhere somebody else may write in between.",
                "การคงไฟล์เดิมหรือให้ล้มเหลวเมื่อมีไฟล์อยู่แล้วจะปลอดภัยเมื่อที่เก็บรองรับ If-None-Match (Amazon, MinIO, R2) ที่อื่นอาจมีผู้อื่นเขียนแทรกได้",
            )
    }

    async fn test(&self, http: &Http, connection: &Connection) -> Result<String, Error> {
        let api = api::Api::of(http, connection)?;
        let prefix = base(connection)?.path("")?;
        let count = files::first_page(&api, &prefix).await?;
        Ok(format!("The bucket \"{}\" is there; {count} of its files were listed.", api.bucket()))
    }
}

struct Buckets;

#[async_trait]
impl System for Buckets {
    fn kind(&self) -> Kind {
        Kind { id: "s3", grows: false, has_folders: false }
    }

    async fn open(&self, http: &Http, connection: &Connection) -> Result<Box<dyn Files>, Error> {
        Ok(Box::new(files::S3Files { api: api::Api::of(http, connection)?, base: base(connection)? }))
    }
}

pub fn parts() -> Parts {
    Parts::of(S3).join(wires::files::parts(Buckets))
}

fn base(connection: &Connection) -> Result<Base, Error> {
    Base::new(connection.text("base_folder").unwrap_or_default())
}

fn fields() -> Vec<Field> {
    vec![
        Field::new("bucket", FieldKind::Text, "Bucket", "บัคเก็ต")
            .about("Its name.", "ชื่อบัคเก็ต")
            .required()
            .at_most(63)
            .example("khlong-exports"),
        Field::new("region", FieldKind::Text, "Region", "ภูมิภาค")
            .about(
                "Where the bucket is: ap-southeast-1 is Singapore and ap-southeast-7 Thailand; auto for R2; us-east-1 where a store knows none.",
                "ที่ตั้งของบัคเก็ต เช่น ap-southeast-1 คือสิงคโปร์ ap-southeast-7 คือไทย R2 ใช้ auto หากไม่มีภูมิภาคให้ใช้ us-east-1",
            )
            .at_most(63)
            .default("us-east-1")
            .example("ap-southeast-7"),
        Field::new("access_key", FieldKind::Text, "Access key id", "Access key id")
            .about("The key's name.", "ชื่อของคีย์")
            .required()
            .example("AKIAIOSFODNN7EXAMPLE"),
        Field::new("secret_key", FieldKind::Secret, "Secret access key", "Secret access key")
            .about("The key itself.", "ตัวคีย์ลับ")
            .required(),
        Field::new("session_token", FieldKind::Secret, "Session token", "Session token")
            .about("With temporary keys only.", "เฉพาะเมื่อใช้คีย์ชั่วคราว"),
        Field::new("endpoint", FieldKind::Url, "Endpoint", "Endpoint")
            .about(
                "The store's address, where it is not Amazon's own.",
                "ที่อยู่ของที่เก็บ หากไม่ใช่ของ Amazon",
            )
            .example("https://minio.example.com:9000"),
        addressing(),
        wires::base_folder(),
        Field::rate(None),
    ]
}

fn addressing() -> Field {
    let options = [
        ("auto", "As is usual there", "ตามปกติของที่นั้น"),
        ("path", "In the path", "ในพาธ"),
        ("host", "In the host's name", "ในชื่อโฮสต์"),
    ];
    Field::choice("addressing", &options, "Where the bucket's name goes", "ตำแหน่งของชื่อบัคเก็ต")
        .about(
            "In the host's name at Amazon, in the path at other endpoints, unless it is chosen here.",
            "ปกติอยู่ในชื่อโฮสต์สำหรับ Amazon และอยู่ในพาธสำหรับ endpoint อื่น เว้นแต่เลือกไว้ที่นี่",
        )
        .default("auto")
        .example("auto")
        .advanced()
}
