//! What a connection to a store consists of, and how people come by it.

use model::{ConnectorSpec, Field, FieldKind, Purpose, Rate, Span};

/// The store itself sets no limit, but it runs on somebody's small server.
const RATE: Rate = Rate::new(2, Span::from_secs(1), 10);

pub fn spec() -> ConnectorSpec {
    let spec = ConnectorSpec::new("woocommerce", Purpose::Shop, "WooCommerce", "WooCommerce")
        .about(
            "Orders, products, stock, customers and refunds of a WooCommerce store on WordPress: pushed as they happen, asked \
             for, and changed.",
            "คำสั่งซื้อ สินค้า สต็อก ลูกค้า และการคืนเงินของร้าน WooCommerce บน WordPress ทั้งรับแบบทันที ดึงข้อมูล และแก้ไข",
        )
        .connection([keys().to_vec(), more()].concat());
    quirks(limits(steps(spec)))
}

fn steps(spec: ConnectorSpec) -> ConnectorSpec {
    spec.step(
        "Enter the store's address as it is opened in the browser, with the folder where it lies in one.",
        "กรอกที่อยู่ร้านตามที่เปิดในเบราว์เซอร์ หากร้านอยู่ในโฟลเดอร์ย่อยให้ใส่โฟลเดอร์ด้วย",
    )
    .step(
        "In WordPress open WooCommerce, Settings, Advanced, REST API, and press Add key. Choose a user who is a shop manager, \
         and the permission Read/Write.",
        "ใน WordPress เปิด WooCommerce > Settings > Advanced > REST API แล้วกด Add key เลือกผู้ใช้ที่เป็น Shop manager \
         และสิทธิ์ Read/Write",
    )
    .step(
        "Copy the consumer key (ck_) and the consumer secret (cs_) here at once: the store shows them only this time. They do \
         not end, and Revoke takes them back.",
        "คัดลอก Consumer key (ck_) และ Consumer secret (cs_) มากรอกทันที เพราะร้านจะแสดงเพียงครั้งเดียว คีย์ไม่มีวันหมดอายุ \
         และยกเลิกได้ด้วยปุ่ม Revoke",
    )
    .step(
        "Make up a webhook secret of letters and digits (30 or more) and enter it here. Let a flow run \"Subscribe to \
         webhooks\" once, and every day after that. Or make the webhooks by hand (WooCommerce, Settings, Advanced, Webhooks) \
         with the same secret, once the flow that takes them is live.",
        "ตั้งรหัสลับของเว็บฮุคด้วยตัวอักษรอังกฤษและตัวเลข 30 ตัวขึ้นไปแล้วกรอกที่นี่ ให้โฟลว์เรียก \"สมัครรับเว็บฮุค\" ครั้งแรกและทุกวัน \
         หรือสร้างเว็บฮุคเองที่ WooCommerce > Settings > Advanced > Webhooks ด้วยรหัสลับเดียวกัน หลังเปิดใช้โฟลว์ที่รับเว็บฮุคแล้ว",
    )
    .step(
        "Press Test. Does the store not accept keys that are right? Then its host drops them on the way: choose \"In the \
         address\" under More settings.",
        "กดทดสอบ หากร้านไม่รับคีย์ทั้งที่ถูกต้อง แสดงว่าโฮสต์ตัดคีย์ออกระหว่างทาง ให้เลือก \"ในที่อยู่\" ในการตั้งค่าเพิ่มเติม",
    )
}

fn limits(spec: ConnectorSpec) -> ConnectorSpec {
    spec.limit(
        "The store sends each webhook once and switches it off after more than five failures in a row. It may be minutes \
         late on a quiet site. Let orders_changed look every five minutes as well.",
        "ร้านส่งเว็บฮุคเพียงครั้งเดียว และจะปิดเว็บฮุคเมื่อส่งไม่สำเร็จเกินห้าครั้งติดกัน เว็บไซต์ที่มีผู้เข้าชมน้อยอาจส่งช้าหลายนาที \
         ควรใช้ orders_changed ดึงข้อมูลทุกห้านาทีร่วมด้วย",
    )
    .limit(
        "Lists come in pages of 100 and changes in batches of 100. There is no limit of calls, but firewalls and small \
         servers have theirs: the rate budget is a careful one.",
        "รายการแบ่งหน้าละ 100 และการแก้ไขส่งครั้งละ 100 ร้านไม่จำกัดจำนวนครั้งที่เรียก แต่ไฟร์วอลล์และเซิร์ฟเวอร์ขนาดเล็กอาจจำกัด \
         งบการเรียกจึงตั้งไว้อย่างระมัดระวัง",
    )
}

fn quirks(spec: ConnectorSpec) -> ConnectorSpec {
    spec.quirk(
        "There is no topic for paid, cancelled, sent or refunded: they come as order.updated. What a flow itself writes comes \
         back as product.updated.",
        "ไม่มีหัวข้อแยกสำหรับชำระเงิน ยกเลิก จัดส่ง หรือคืนเงิน ทั้งหมดมาเป็น order.updated ส่วนสิ่งที่โฟลว์เขียนจะย้อนกลับมาเป็น product.updated",
    )
    .quirk(
        "The total of a line is without tax, also where prices contain it; add total_tax. Amounts have the places that the \
         store is set to. Times that end in _gmt are UTC; the others are the store's own.",
        "total ของรายการไม่รวมภาษีแม้ร้านตั้งราคารวมภาษี ต้องบวก total_tax จำนวนทศนิยมเป็นไปตามการตั้งค่าร้าน เวลาที่ลงท้ายด้วย \
         _gmt เป็น UTC ส่วนเวลาอื่นเป็นเวลาของร้าน",
    )
    .quirk(
        "The number that customers see can differ from the order's id; operations take the id.",
        "เลขที่คำสั่งซื้อที่ลูกค้าเห็นอาจต่างจาก id ของคำสั่งซื้อ การทำงานต่าง ๆ ใช้ id",
    )
    .quirk(
        "A store has one quantity for each product. Several warehouses need a plugin, which is not spoken to.",
        "ร้านมีจำนวนสต็อกเดียวต่อสินค้า การแยกหลายคลังต้องใช้ปลั๊กอินซึ่งยังไม่รองรับ",
    )
    .quirk(
        "The buyer's tax id is in the order's meta data (meta_data) under a key of the plugin that asks for it. Those of \
         Thai plugins are not confirmed by any documentation: look at an order of the store.",
        "เลขประจำตัวผู้เสียภาษีของผู้ซื้ออยู่ใน meta_data ของคำสั่งซื้อ โดยใช้คีย์ของปลั๊กอินที่เก็บข้อมูล คีย์ของปลั๊กอินไทยยังไม่มีเอกสารยืนยัน \
         ให้ดูจากคำสั่งซื้อจริงของร้าน",
    )
    .quirk(
        "Whether the store's own parcels take the names of Thai couriers as they are is not confirmed by the vendor's \
         documentation. Where they do not, keep parcels as notes.",
        "เอกสารของผู้พัฒนายังไม่ยืนยันว่าระบบจัดส่งของร้านรับชื่อบริษัทขนส่งไทยโดยตรงหรือไม่ หากไม่รับ ให้บันทึกเป็นหมายเหตุแทน",
    )
}

fn keys() -> [Field; 4] {
    [
        Field::new("store_url", FieldKind::Url, "Store's address", "ที่อยู่ร้าน")
            .about(
                "Where the store is opened in the browser. Without https the keys sign each call and never travel.",
                "ที่อยู่ที่ใช้เปิดร้านในเบราว์เซอร์ หากไม่ใช่ https จะใช้คีย์ลงลายเซ็นทุกการเรียกโดยไม่ส่งคีย์ออกไป",
            )
            .required()
            .example("https://shop.example.com"),
        Field::new("consumer_key", FieldKind::Secret, "Consumer key", "Consumer key")
            .about("It begins with ck_.", "ขึ้นต้นด้วย ck_")
            .required(),
        Field::new("consumer_secret", FieldKind::Secret, "Consumer secret", "Consumer secret")
            .about("It begins with cs_.", "ขึ้นต้นด้วย cs_")
            .required(),
        Field::new("webhook_secret", FieldKind::Secret, "Webhook secret", "รหัสลับของเว็บฮุค").about(
            "What the store signs its webhooks with: letters and digits only, for the store changes some other signs.",
            "รหัสที่ร้านใช้ลงลายเซ็นเว็บฮุค ใช้ตัวอักษรอังกฤษและตัวเลขเท่านั้น เพราะร้านจะแปลงเครื่องหมายบางตัว",
        ),
    ]
}

fn more() -> Vec<Field> {
    let ways = [
        ("auto", "As the address asks for", "ตามที่อยู่"),
        ("header", "In a header", "ในเฮดเดอร์"),
        ("address", "In the address", "ในที่อยู่"),
        ("signed", "As a signature", "เป็นลายเซ็น"),
    ];
    vec![
        Field::choice("keys_in", &ways, "Keys travel", "วิธีส่งคีย์")
            .about(
                "By default in a header over https, and as a signature (OAuth 1.0a) over http. Some hosts drop the header; \
                 then the keys go in the address, which the store's own logs may keep. A header \
                 over http can be read on the way.",
                "ปกติส่งในเฮดเดอร์เมื่อใช้ https และเป็นลายเซ็น (OAuth 1.0a) เมื่อใช้ http บางโฮสต์ตัดเฮดเดอร์ออก จึงต้องส่งในที่อยู่ \
                 ซึ่งบันทึกของร้านอาจเก็บไว้ หากส่งในเฮดเดอร์ผ่าน http ผู้อื่นอาจอ่านได้ระหว่างทาง",
            )
            .default("auto")
            .example("auto")
            .advanced(),
        Field::choice(
            "oauth_hash",
            &[("sha256", "HMAC-SHA256", "HMAC-SHA256"), ("sha1", "HMAC-SHA1", "HMAC-SHA1")],
            "Signature",
            "ลายเซ็น",
        )
        .about("How calls over http are signed.", "วิธีลงลายเซ็นเมื่อใช้ http")
        .default("sha256")
        .example("sha256")
        .advanced(),
        Field::choice(
            "permalinks",
            &[("pretty", "Pretty", "แบบสวยงาม"), ("plain", "Plain", "แบบธรรมดา")],
            "Permalinks",
            "ลิงก์ถาวร",
        )
        .about(
            "As they are set in WordPress under Settings, Permalinks.",
            "ตามที่ตั้งไว้ใน WordPress ที่ Settings > Permalinks",
        )
        .default("pretty")
        .example("pretty")
        .advanced(),
        Field::rate(Some(RATE)),
    ]
}
