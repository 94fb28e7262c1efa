//! The specs of the triggers that ask a back office what has changed.

use super::System;
use crate::words;
use model::{Need, OperationSpec};
use serde_json::{Value, json};

/// What is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watch {
    Orders,
    Products,
    Stock,
    Shipments,
}

impl Watch {
    pub fn id(self) -> &'static str {
        match self {
            Watch::Orders => "orders_changed",
            Watch::Products => "products_changed",
            Watch::Stock => "stock_changed",
            Watch::Shipments => "shipments_changed",
        }
    }

    fn words(self) -> [&'static str; 4] {
        match self {
            Watch::Orders => [
                "Sales orders changed",
                "คำสั่งขายเปลี่ยนแปลง",
                "Starts for each sales order that is new or was changed, with its lines: confirmed, edited, shipped, closed.",
                "เริ่มเมื่อมีคำสั่งขายใหม่หรือมีการเปลี่ยนแปลง พร้อมรายการสินค้า เช่น ยืนยัน แก้ไข ส่งสินค้า หรือปิดรายการ",
            ],
            Watch::Products => [
                "Products or prices changed",
                "สินค้าหรือราคาเปลี่ยนแปลง",
                "Starts for each product that is new or was changed, also where only its price was.",
                "เริ่มเมื่อมีสินค้าใหม่หรือสินค้าเปลี่ยนแปลง รวมถึงเปลี่ยนเฉพาะราคา",
            ],
            Watch::Stock => [
                "Stock changed",
                "สต็อกเปลี่ยนแปลง",
                "Starts for each product whose stock moved, with its quantities as they are now.",
                "เริ่มเมื่อสต็อกของสินค้าเคลื่อนไหว พร้อมจำนวนล่าสุด",
            ],
            Watch::Shipments => [
                "Shipments changed",
                "การจัดส่งเปลี่ยนแปลง",
                "Starts for each shipment to a customer that is new or was changed, with its lines.",
                "เริ่มเมื่อการจัดส่งให้ลูกค้าถูกสร้างหรือเปลี่ยนแปลง พร้อมรายการสินค้า",
            ],
        }
    }

    /// `output` is one record as it leaves.
    pub fn spec(self, system: System, output: Value) -> OperationSpec {
        let [en, th, about, about_th] = self.words();
        OperationSpec::trigger(&system.operation(self.id()), en, th)
            .about(about, about_th)
            .connection(Need::Required)
            .field(words::every())
            .field(words::since())
            .example(json!({"every": "5m"}), output)
    }

    /// The same where what is watched has no times: it begins with what comes after the first look.
    pub fn spec_from_now(self, system: System, output: Value) -> OperationSpec {
        let mut spec = self.spec(system, output);
        spec.fields.retain(|field| field.name != "since");
        spec
    }
}
