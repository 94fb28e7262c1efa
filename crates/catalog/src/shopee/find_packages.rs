//! `shopee/find_packages`: packages that wait for the seller, or are on their way.

use super::api::Api;
use crate::market::{fields, list, text_at};
use crate::values::Limit;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

const LIMIT_MAX: u64 = 500;
const PAGE: usize = 50;

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default)]
    status: Status,
    #[serde(default)]
    limit: Limit,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    All,
    Pending,
    #[default]
    ToProcess,
    Processed,
}

impl Status {
    /// As Shopee numbers them.
    fn number(self) -> u8 {
        match self {
            Self::All => 0,
            Self::Pending => 1,
            Self::ToProcess => 2,
            Self::Processed => 3,
        }
    }
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let limit = input.limit.within(LIMIT_MAX);
    let (mut found, mut cursor): (Vec<Value>, Option<String>) = (Vec::new(), Some(String::new()));
    while let Some(at) = cursor.take().filter(|_| found.len() <= limit) {
        let filter = json!({"package_status": input.status.number()});
        let body = json!({"filter": filter, "pagination": {"page_size": PAGE, "cursor": at}});
        let told = api.post("order/search_package_list", body).await?;
        let rows = list(&told, "/packages_list");
        found.extend_from_slice(rows);
        let more = told.pointer("/pagination/more") == Some(&Value::Bool(true)) && !rows.is_empty();
        cursor = more.then(|| text_at(&told, "/pagination/next_cursor")).filter(|next| !next.is_empty());
    }
    let more = cursor.is_some() || found.len() > limit;
    found.truncate(limit);
    Ok(json!({"packages": found, "more": more}))
}

pub fn spec() -> OperationSpec {
    let options = [
        ("to_process", "To be arranged", "รอจัดเตรียม"),
        ("pending", "Pending", "รอดำเนินการ"),
        ("processed", "Arranged", "จัดเตรียมแล้ว"),
        ("all", "All", "ทั้งหมด"),
    ];
    OperationSpec::action("shopee/find_packages", "Find packages", "ค้นหาพัสดุ")
        .about(
            "Reads the packages that wait for the seller, each with its order and shipping channel.",
            "อ่านพัสดุที่รอผู้ขาย พร้อมเลขคำสั่งซื้อและช่องทางจัดส่ง",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(
            Field::choice("status", &options, "Status", "สถานะ")
                .about("Only packages in this state.", "เฉพาะพัสดุในสถานะนี้")
                .default("to_process")
                .example("to_process"),
        )
        .field(fields::limit(LIMIT_MAX))
        .example(
            json!({"status": "to_process"}),
            json!({"packages": [{
                "order_sn": "201218V2Y6E59M", "package_number": "OFG1929", "logistics_channel_id": 70021,
                "product_location_id": "THZ"
            }], "more": false}),
        )
}
