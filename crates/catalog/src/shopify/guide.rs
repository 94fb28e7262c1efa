//! What a connection to a shop consists of, and how people come by it.

use super::{api, sign_in};
use connector::oauth2::{CLIENT_ID, CLIENT_SECRET};
use model::{ConnectorSpec, Field, FieldKind, Purpose, Rate, Span};

/// A call of this many points is a usual one, and every shop gets a hundred points in a second.
const RATE: Rate = Rate::new(2, Span::from_secs(1), 40);

pub fn spec() -> ConnectorSpec {
    let spec = ConnectorSpec::new("shopify", Purpose::Shop, "Shopify", "Shopify")
        .about(
            "Orders, products, stock, customers and refunds of a Shopify shop: pushed as they happen, asked for, and changed.",
            "คำสั่งซื้อ สินค้า สต็อก ลูกค้า และการคืนเงินของร้าน Shopify ทั้งรับแบบทันที ดึงข้อมูล และแก้ไข",
        )
        .connection([address().to_vec(), keys().to_vec(), more()].concat())
        .signs_in();
    quirks(limits(steps(spec)))
}

fn steps(spec: ConnectorSpec) -> ConnectorSpec {
    spec.step(
        "Note the shop's address under myshopify.com (Shopify admin, Settings, Domains) and enter it here.",
        "ดูที่อยู่ร้านที่ลงท้ายด้วย myshopify.com (หน้าผู้ดูแล Shopify > Settings > Domains) แล้วกรอกที่นี่",
    )
    .step(
        "In Shopify's Dev Dashboard (dev.shopify.com) make an app, and give it these Admin API scopes: read_products, \
         write_products, read_inventory, write_inventory, read_locations, read_orders, write_orders, read_customers, \
         read_merchant_managed_fulfillment_orders, write_merchant_managed_fulfillment_orders. Orders older than 60 days \
         need read_all_orders, which Shopify has to approve.",
        "สร้างแอปใน Dev Dashboard ของ Shopify (dev.shopify.com) และให้สิทธิ์ Admin API ดังนี้ read_products, write_products, \
         read_inventory, write_inventory, read_locations, read_orders, write_orders, read_customers, \
         read_merchant_managed_fulfillment_orders, write_merchant_managed_fulfillment_orders \
         คำสั่งซื้อที่เก่ากว่า 60 วันต้องใช้ read_all_orders ซึ่ง Shopify ต้องอนุมัติก่อน",
    )
    .step(
        "Install the app in the shop. For one's own shop choose \"By the app's keys\" here, and copy the client ID and \
         client secret from the app's settings: Khlong gets a token each day by itself.",
        "ติดตั้งแอปในร้าน หากเป็นร้านของตัวเอง ให้เลือก \"ด้วยคีย์ของแอป\" แล้วคัดลอก Client ID และ Client secret จากหน้าตั้งค่าแอป \
         Khlong จะขอโทเคนใหม่ทุกวันเอง",
    )
    .step(
        "Does an older custom app of the shop show a token that begins with shpat_? Then choose \"With a token\" and enter it: \
         it does not end.",
        "หากร้านมี custom app แบบเดิมที่แสดงโทเคนขึ้นต้นด้วย shpat_ ให้เลือก \"ด้วยโทเคน\" แล้วกรอกโทเคนนั้น ซึ่งไม่มีวันหมดอายุ",
    )
    .step(
        "For an app that other shops install, choose \"By signing in\", enter the address that this page shows as redirect URL \
         in the app's settings, and press Sign in.",
        "หากเป็นแอปที่ร้านอื่นติดตั้ง ให้เลือก \"ด้วยการลงชื่อเข้าใช้\" นำที่อยู่ redirect URL ที่แสดงในหน้านี้ไปกรอกในตั้งค่าแอป แล้วกดลงชื่อเข้าใช้",
    )
    .step(
        "Webhooks, first the address: publish the flow with its trigger, such as Order paid, open the flow's page, choose the \
         trigger and copy its webhook address. Publishing a flow does not tell Shopify of it; the next step does. Shopify has to \
         reach the address over HTTPS.",
        "เว็บฮุค เริ่มที่ที่อยู่: เผยแพร่โฟลว์ที่มีตัวเริ่ม เช่น คำสั่งซื้อชำระเงินแล้ว เปิดหน้าโฟลว์ เลือกตัวเริ่ม แล้วคัดลอกที่อยู่เว็บฮุค \
         การเผยแพร่โฟลว์ไม่ได้แจ้ง Shopify ต้องทำขั้นตอนถัดไปด้วย และ Shopify ต้องเข้าถึงที่อยู่นี้ได้ผ่าน HTTPS",
    )
    .step(
        "Webhooks by the app: make a second flow that begins by hand and by a schedule, once a day, and leads to \"Subscribe to \
         webhooks\" with the topic, such as orders/paid, and the address. Publish it and press Run now; after that it looks every day \
         whether the webhook is still there. Leave the webhook secret empty: the app's client secret signs.",
        "เว็บฮุคผ่านแอป: สร้างอีกโฟลว์ที่มีตัวเริ่มสองตัว คือ เริ่มด้วยมือ และ ตั้งเวลา วันละครั้ง ต่อไปยัง \"สมัครรับเว็บฮุค\" ใส่หัวข้อ เช่น orders/paid และที่อยู่ \
         เผยแพร่แล้วกดรันเดี๋ยวนี้ หลังจากนั้นโฟลว์จะตรวจทุกวันว่าเว็บฮุคยังอยู่ เว้นช่องรหัสลับของเว็บฮุคว่างไว้ เพราะลงลายเซ็นด้วย Client secret ของแอป",
    )
    .step(
        "Webhooks by hand instead, in the Shopify admin under Settings, Notifications, Webhooks: choose event and format JSON, \
         enter the address, save, and enter the secret that is shown there as the webhook secret here.",
        "หรือสร้างเว็บฮุคเองในหน้าผู้ดูแล Shopify ที่ Settings > Notifications > Webhooks: เลือกเหตุการณ์และรูปแบบ JSON ใส่ที่อยู่ กดบันทึก \
         แล้วนำรหัสลับที่แสดงในหน้านั้นมากรอกที่ช่องรหัสลับของเว็บฮุค",
    )
}

fn limits(spec: ConnectorSpec) -> ConnectorSpec {
    spec.limit(
        "A shop gets 100 points in a second (Advanced 200, Plus 1,000), and one question may cost 1,000. Where they are used \
         up, a step waits as long as Shopify says; large pages are halved.",
        "ร้านหนึ่งได้ 100 คะแนนต่อวินาที (Advanced 200, Plus 1,000) และคำขอหนึ่งใช้ได้ไม่เกิน 1,000 คะแนน เมื่อคะแนนหมด \
         ขั้นตอนจะรอตามเวลาที่ Shopify แจ้ง และหน้าข้อมูลขนาดใหญ่จะถูกแบ่งครึ่ง",
    )
    .limit(
        "A webhook has to be answered within 5 seconds. It is sent 8 more times over 4 hours, and after 8 failures in a row \
         Shopify deletes it.",
        "เว็บฮุคต้องได้รับคำตอบภายใน 5 วินาที หากไม่สำเร็จจะส่งซ้ำ 8 ครั้งใน 4 ชั่วโมง และหากล้มเหลว 8 ครั้งติดกัน Shopify จะลบเว็บฮุคนั้น",
    )
    .limit(
        "An API version works for a year. Testing the connection tells when another one answers.",
        "API แต่ละรุ่นใช้ได้หนึ่งปี การทดสอบการเชื่อมต่อจะแจ้งเมื่อ Shopify ตอบด้วยรุ่นอื่น",
    )
}

fn quirks(spec: ConnectorSpec) -> ConnectorSpec {
    spec.quirk(
        "Webhooks bring orders in the words of the older interface (line_items, total_price), what is read has the newer \
         words (lineItems, currentTotalPriceSet). A webhook's id is the number at the end of the newer id; both are taken.",
        "เว็บฮุคส่งคำสั่งซื้อด้วยชื่อช่องแบบเดิม (line_items, total_price) ส่วนข้อมูลที่ดึงเองใช้ชื่อแบบใหม่ (lineItems, \
         currentTotalPriceSet) รหัสในเว็บฮุคคือตัวเลขท้ายรหัสแบบใหม่ ใช้ได้ทั้งสองแบบ",
    )
    .quirk(
        "Book the shopMoney amounts. Whether prices contain VAT is said by each order (taxesIncluded).",
        "ให้บันทึกบัญชีด้วยยอด shopMoney และดูจาก taxesIncluded ของแต่ละคำสั่งซื้อว่าราคารวม VAT หรือไม่",
    )
    .quirk(
        "Orders made for testing say so (test); leave them out before the back office.",
        "คำสั่งซื้อทดสอบจะมีค่า test เป็นจริง ควรกรองออกก่อนส่งเข้าระบบหลังบ้าน",
    )
    .quirk(
        "A SKU is not unique in Shopify. One that several variants have is not pushed to, and named.",
        "SKU ใน Shopify ซ้ำกันได้ หากมีหลายตัวเลือกสินค้าใช้ SKU เดียวกัน จะไม่ส่งข้อมูลและแจ้ง SKU นั้น",
    )
    .quirk(
        "How long a sign-in lasts without being used is read from Shopify's answer; 30 to 90 days are named, which is not \
         confirmed by the vendor's documentation.",
        "ระยะเวลาที่การลงชื่อเข้าใช้ยังใช้ได้จะอ่านจากคำตอบของ Shopify มีระบุไว้ 30 ถึง 90 วัน ซึ่งเอกสารของผู้ให้บริการยังไม่ยืนยัน",
    )
}

fn address() -> [Field; 2] {
    let ways = [
        ("token", "With a token", "ด้วยโทเคน"),
        ("keys", "By the app's keys", "ด้วยคีย์ของแอป"),
        ("consent", "By signing in", "ด้วยการลงชื่อเข้าใช้"),
    ];
    [
        Field::new("shop_url", FieldKind::Url, "Shop's address", "ที่อยู่ร้าน")
            .about(
                "The address under myshopify.com. Webhooks of other shops are ignored.",
                "ที่อยู่ที่ลงท้ายด้วย myshopify.com เว็บฮุคจากร้านอื่นจะถูกข้าม",
            )
            .example("https://my-shop.myshopify.com"),
        Field::choice("sign_in", &ways, "Access", "วิธีเข้าถึง")
            .about(
                "How Khlong may ask the shop: with a token that was entered, with tokens that it gets by the app's keys, or \
                 after somebody has signed in.",
                "วิธีที่ Khlong ใช้ติดต่อร้าน คือโทเคนที่กรอกไว้ โทเคนที่ขอด้วยคีย์ของแอป หรือหลังจากมีคนลงชื่อเข้าใช้",
            )
            .default("token")
            .example("token"),
    ]
}

fn keys() -> [Field; 4] {
    [
        Field::new("access_token", FieldKind::Secret, "Access token", "โทเคนเข้าถึง").about(
            "Only for access with a token: it begins with shpat_. Webhooks work without.",
            "ใช้เมื่อเข้าถึงด้วยโทเคน ขึ้นต้นด้วย shpat_ เว็บฮุคทำงานได้โดยไม่ต้องมี",
        ),
        Field::new(CLIENT_ID, FieldKind::Text, "Client ID", "Client ID")
            .about(
                "Of the app, for access by its keys or by signing in.",
                "ของแอป ใช้เมื่อเข้าถึงด้วยคีย์ของแอปหรือการลงชื่อเข้าใช้",
            )
            .example("0b1f5e3c9a7d4e2f8a6b4c2d0e1f3a5b"),
        Field::new(CLIENT_SECRET, FieldKind::Secret, "Client secret", "Client secret").about(
            "Of the app. Webhooks of the app are signed with it as well.",
            "ของแอป และใช้ตรวจลายเซ็นเว็บฮุคของแอปด้วย",
        ),
        Field::new("webhook_secret", FieldKind::Secret, "Webhook secret", "รหัสลับของเว็บฮุค").about(
            "What the shop's notification settings show for webhooks made there. Empty: the app's client secret.",
            "รหัสที่แสดงในหน้าตั้งค่าการแจ้งเตือนของร้านหากสร้างเว็บฮุคที่นั่น หากเว้นว่างจะใช้ Client secret ของแอป",
        ),
    ]
}

fn more() -> Vec<Field> {
    vec![
        Field::new("scope", FieldKind::Text, "Scopes", "ขอบเขตสิทธิ์")
            .about(
                "What is asked for when somebody signs in, separated by commas.",
                "สิทธิ์ที่ขอเมื่อลงชื่อเข้าใช้ คั่นด้วยเครื่องหมายจุลภาค",
            )
            .default(sign_in::SCOPE)
            .example("read_orders,write_orders")
            .advanced(),
        Field::new("api_version", FieldKind::Text, "API version", "รุ่นของ API")
            .about(
                "The version that is spoken. Shopify supports each one for a year.",
                "รุ่นของ API ที่ใช้ Shopify รองรับแต่ละรุ่นหนึ่งปี",
            )
            .default(api::VERSION)
            .example(api::VERSION)
            .advanced(),
        Field::rate(Some(RATE)),
    ]
}
