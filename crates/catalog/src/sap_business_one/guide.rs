//! What people are told and asked when they connect SAP Business One.

use super::REFERENCE;
use super::record_payment::PAYMENT_FIELD;
use super::shipments_changed::TRACKING;
use crate::invoice;
use model::{ConnectorSpec, Field, FieldKind, Purpose, Rate, Span};

/// Nothing is limited by number; each call holds a worker of the server, and a few at once are what it bears beside people's own work.
const RATE: Rate = Rate::new(5, Span::from_secs(1), 4);

pub fn spec() -> ConnectorSpec {
    let spec = ConnectorSpec::new("sap_business_one", Purpose::BackOffice, "SAP Business One", "SAP Business One")
        .about(
            "Customers, sales orders, stock, prices, invoices, payments and deliveries in SAP Business One 10, by its Service Layer.",
            "ลูกค้า คำสั่งขาย สต็อก ราคา ใบแจ้งหนี้ การรับชำระเงิน และการจัดส่งใน SAP Business One 10 ผ่าน Service Layer",
        )
        .connection(fields());
    quirks(steps(spec))
}

fn steps(spec: ConnectorSpec) -> ConnectorSpec {
    spec.step(
        "Ask the administrator for the Service Layer's address (usually port 50000) and the company database's name, and for a way to it: \
         a VPN, or this server's address on its list.",
        "ขอที่อยู่ของ Service Layer (มักเป็นพอร์ต 50000) และชื่อฐานข้อมูลบริษัทจากผู้ดูแลระบบ พร้อมช่องทางเข้าถึง เช่น VPN \
         หรือเพิ่มที่อยู่เซิร์ฟเวอร์นี้ในรายการที่อนุญาต",
    )
    .step(
        "In SAP Business One, make a user of its own for Khlong with a licence for indirect access, and authorizations for sales, stock and \
         business partners.",
        "ใน SAP Business One สร้างผู้ใช้สำหรับ Khlong พร้อมไลเซนส์ indirect access และสิทธิ์ด้านการขาย สต็อก และคู่ค้า",
    )
    .step(
        "Under Tools, Customization Tools, User-Defined Fields, add the field KhlongId (Alphanumeric, 60) to Marketing Documents, title. It \
         becomes U_KhlongId; by it nothing is made twice. Do it when nobody works: the company is locked for a moment.",
        "ที่ Tools > Customization Tools > User-Defined Fields เพิ่มฟิลด์ KhlongId (Alphanumeric, 60) ใน Marketing Documents ส่วน title \
         จะได้ชื่อ U_KhlongId ใช้ป้องกันการสร้างเอกสารซ้ำ ควรทำตอนไม่มีผู้ใช้งาน เพราะบริษัทจะถูกล็อกชั่วครู่",
    )
    .step(
        "If the server has a certificate of its own, paste its certificate authority (PEM) under More settings, Certificate authority. A \
         self-signed certificate is pasted itself; it has to name the host as a DNS name.",
        "หากเซิร์ฟเวอร์ใช้ใบรับรองของตนเอง ให้วางใบรับรองของผู้ออก (PEM) ที่ช่องผู้ออกใบรับรอง หากเป็นใบรับรองที่ลงนามเองให้วางใบนั้น \
         โดยต้องระบุชื่อโฮสต์เป็น DNS name",
    )
}

fn quirks(spec: ConnectorSpec) -> ConnectorSpec {
    spec.limit(
        "There is no limit of calls, but of the server's workers: two to four calls at once are sound. A session ends after half an hour \
         without calls, and is then opened anew.",
        "ไม่จำกัดจำนวนครั้ง แต่จำกัดตามกำลังเซิร์ฟเวอร์ เรียกพร้อมกัน 2-4 ครั้งกำลังดี เซสชันหมดอายุเมื่อไม่ใช้ครึ่งชั่วโมง แล้วจะเปิดใหม่เอง",
    )
    .quirk(
        "All runs share one session, as each holds memory and may count as a user. Do not use Khlong's user elsewhere.",
        "ทุกการทำงานใช้เซสชันเดียวกัน เพราะแต่ละเซสชันใช้หน่วยความจำและอาจนับเป็นผู้ใช้ ไม่ควรใช้ผู้ใช้ของ Khlong ที่อื่น",
    )
    .quirk(
        "An order is open as soon as it is made; it is made unapproved (Confirmed off), and confirming it approves it. Documents of a closed \
         posting period, or without an exchange rate for the day, are refused.",
        "คำสั่งขายจะเปิดทันทีที่สร้าง โดยยังไม่อนุมัติ (Confirmed ปิด) การยืนยันคือการอนุมัติ เอกสารในงวดที่ปิดแล้วหรือไม่มีอัตราแลกเปลี่ยนของวันนั้นจะถูกปฏิเสธ",
    )
    .quirk(
        "The customer's number is its code, of 15 characters at most. Changing an address changes the row named Ship, and no other.",
        "รหัสลูกค้าคือ CardCode ยาวไม่เกิน 15 ตัวอักษร การแก้ที่อยู่จะแก้เฉพาะแถวชื่อ Ship",
    )
    .quirk(
        "Changes are told by day and read with their time, in the server's own time zone. A change of a price alone is told where it moves \
         the item's date, which the vendor's documentation does not confirm.",
        "การเปลี่ยนแปลงระบุเป็นวันและเวลาตามเขตเวลาของเซิร์ฟเวอร์ การเปลี่ยนเฉพาะราคาจะทราบเมื่อระบบปรับวันที่ของสินค้า ซึ่งยังไม่ยืนยันจากเอกสารของผู้ให้บริการ",
    )
    .quirk(
        "Stock changed reads the warehouse journal by two SQL queries that it makes in the company when they are missing; whether the \
         journal may be read so is not confirmed for every release, and the other journal can be set. A reservation alone moves nothing.",
        "ตัวเริ่มสต็อกเปลี่ยนแปลงอ่านสมุดรายวันคลังด้วยคำสั่ง SQL สองชุดที่สร้างไว้ในบริษัทเมื่อยังไม่มี ยังไม่ยืนยันว่าอ่านได้ทุกรุ่น \
         จึงเลือกสมุดรายวันอื่นได้ การจองสินค้าอย่างเดียวไม่ถือเป็นการเคลื่อนไหว",
    )
    .quirk(
        "That TrackingNumber of delivery notes and CounterReference of payments are in every release is not confirmed by the vendor's \
         documentation; other fields can be set.",
        "ยังไม่ยืนยันจากเอกสารของผู้ให้บริการว่าทุกรุ่นมีฟิลด์ TrackingNumber ในใบส่งของและ CounterReference ในการรับชำระเงิน \
         ตั้งเป็นฟิลด์อื่นได้",
    )
}

fn text(name: &str, en: &str, th: &str) -> Field {
    Field::new(name, FieldKind::Text, en, th)
}

fn fields() -> Vec<Field> {
    let mut fields = vec![
        Field::new("url", FieldKind::Url, "Service Layer's address", "ที่อยู่ Service Layer")
            .about("Host and port, without a path.", "โฮสต์และพอร์ต ไม่รวมพาธ")
            .required()
            .example("https://sap.my-company.co.th:50000"),
        text("company", "Company database", "ฐานข้อมูลบริษัท")
            .about("Its name, as in the login window.", "ชื่อตามที่แสดงในหน้าต่างเข้าสู่ระบบ")
            .required()
            .example("SBO_KHLONG"),
        text("username", "User name", "ชื่อผู้ใช้")
            .about("Of Khlong's user.", "ของผู้ใช้ Khlong")
            .required()
            .example("khlong"),
        Field::new("password", FieldKind::Secret, "Password", "รหัสผ่าน")
            .about("Of that user.", "ของผู้ใช้นั้น")
            .required(),
        text("warehouse", "Usual warehouse", "คลังหลัก")
            .about(
                "The code of the warehouse that goods are sent from, unless a node says otherwise.",
                "รหัสคลังที่ใช้ส่งสินค้า เว้นแต่ระบุไว้ในโหนด",
            )
            .example("01"),
        text("vat_group", "VAT group", "กลุ่มภาษี")
            .about(
                "The code for sales with VAT. Empty: the item's or customer's own.",
                "รหัสกลุ่มภาษีขาย หากเว้นว่างจะใช้ของสินค้าหรือลูกค้า",
            )
            .example("SO7"),
        text("vat_group_none", "VAT group without VAT", "กลุ่มภาษีไม่มี VAT")
            .about("Put onto lines that bear no VAT.", "ใช้กับรายการที่ไม่มีภาษีมูลค่าเพิ่ม")
            .example("SO0")
            .advanced(),
        text("vat_rate", "VAT in percent", "อัตรา VAT (%)")
            .about(
                "What the VAT group stands for; totals are compared with it.",
                "อัตราของกลุ่มภาษี ใช้ตรวจยอดรวม",
            )
            .default(invoice::VAT_RATE)
            .example(invoice::VAT_RATE)
            .advanced(),
        text("price_list", "Price list", "รายการราคา")
            .about("The number of the price list that prices are read from.", "เลขที่รายการราคาที่ใช้อ่านราคา")
            .default("1")
            .example("1"),
    ];
    fields.extend(advanced());
    fields.push(Field::rate(Some(RATE)));
    fields
}

fn advanced() -> Vec<Field> {
    let versions = [
        ("v2", "2 (OData 4)", "2 (OData 4)"),
        ("v1", "1 (OData 3), older releases", "1 (OData 3) สำหรับรุ่นเก่า"),
    ];
    let journals = [("OINM", "OINM", "OINM"), ("OIVL", "OIVL", "OIVL")];
    vec![
        text("currency", "Local currency", "สกุลเงินของบริษัท")
            .about("Orders in it are made without naming a currency.", "คำสั่งขายสกุลนี้ไม่ต้องระบุสกุลเงิน")
            .default("THB")
            .example("THB")
            .advanced(),
        text("customer_group", "Customer group", "กลุ่มลูกค้า")
            .about(
                "The number of the group of customers that are made. Empty: the system's own.",
                "เลขกลุ่มของลูกค้าที่สร้างใหม่ หากเว้นว่างจะใช้ค่าของระบบ",
            )
            .example("100")
            .advanced(),
        text("reference_field", "Field of the shop's number", "ฟิลด์เลขของร้าน")
            .about(
                "The user-defined field that the shop's numbers are kept in; NumAtCard where there is none.",
                "ฟิลด์ที่เก็บเลขของร้าน ใช้ NumAtCard หากไม่มีฟิลด์ที่สร้างเอง",
            )
            .default(REFERENCE)
            .example(REFERENCE)
            .advanced(),
        text("tracking_field", "Tracking field", "ฟิลด์เลขพัสดุ")
            .about("The delivery note's field for tracking numbers.", "ฟิลด์เลขพัสดุในใบส่งของ")
            .default(TRACKING)
            .example(TRACKING)
            .advanced(),
        text("carrier_field", "Courier field", "ฟิลด์ขนส่ง")
            .about(
                "The delivery note's field for the courier's name. Empty: it is not written.",
                "ฟิลด์ชื่อขนส่งในใบส่งของ หากเว้นว่างจะไม่บันทึก",
            )
            .example("U_Carrier")
            .advanced(),
        text("payment_field", "Payment's number field", "ฟิลด์เลขที่การชำระเงิน")
            .about("The payment's field that its own number is kept in.", "ฟิลด์ที่เก็บเลขที่การชำระเงิน")
            .default(PAYMENT_FIELD)
            .example(PAYMENT_FIELD)
            .advanced(),
        Field::choice("stock_journal", &journals, "Warehouse journal", "สมุดรายวันคลัง")
            .about("The table that moves of stock are read from.", "ตารางที่ใช้อ่านการเคลื่อนไหวของสต็อก")
            .default("OINM")
            .example("OINM")
            .advanced(),
        text("utc_offset", "Time zone", "เขตเวลา")
            .about(
                "The server's own, in hours from UTC: times come without it.",
                "เขตเวลาของเซิร์ฟเวอร์เทียบกับ UTC เพราะเวลาที่ได้ไม่มีเขตเวลา",
            )
            .default("+07:00")
            .example("+07:00")
            .advanced(),
        Field::choice("version", &versions, "Service Layer version", "รุ่น Service Layer")
            .about("Version 1 only for releases that have no other.", "ใช้รุ่น 1 เฉพาะระบบที่ไม่มีรุ่นอื่น")
            .default("v2")
            .example("v2")
            .advanced(),
    ]
}
