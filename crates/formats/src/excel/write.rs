//! `files/write_excel`: rows as a workbook.

use super::sheet::{self, Looks, Sheet, refused};
use crate::rows::CELLS_MAX;
use crate::{failure, words};
use connector::{ActionCx, Error};
use model::{EffectRule, OperationSpec};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook};
use serde::Deserialize;
use serde_json::{Value, json};

pub const SHEETS_MAX: usize = 20;

#[derive(Debug, Deserialize)]
pub struct Input {
    pub name: String,
    pub sheets: Vec<Sheet>,
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("files/write_excel", "Write Excel", "สร้าง Excel")
        .about(
            "Rows as an Excel workbook (.xlsx) of one sheet or several. Texts are never taken for formulas.",
            "สร้างไฟล์ Excel (.xlsx) จากแถวข้อมูล หนึ่งแผ่นงานหรือหลายแผ่น ข้อความจะไม่ถูกตีความเป็นสูตร",
        )
        .effect(EffectRule::Read)
        .field(words::name("orders.xlsx"))
        .field(sheet::field())
        .example(
            json!({
                "name": "orders.xlsx",
                "sheets": [{
                    "name": "คำสั่งซื้อ",
                    "rows": [{"no": "0081", "total": "267.50"}],
                    "columns": [{"name": "no", "title": "เลขที่"}, {"name": "total", "title": "ยอดรวม", "kind": "money"}],
                }],
            }),
            json!({
                "file": {
                    "name": "orders.xlsx",
                    "content_type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                    "bytes": 6121,
                    "base64": "UEsDBBQ…",
                },
                "count": 1,
            }),
        )
}

pub async fn run(_cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    failure::apart(move || write(&input)).await
}

pub fn write(input: &Input) -> Result<Value, Error> {
    if input.sheets.is_empty() || input.sheets.len() > SHEETS_MAX {
        let message = format!("there are {} sheets; 1 to {SHEETS_MAX} are possible", input.sheets.len());
        return Err(failure::input(message, "Make several workbooks."));
    }
    let cells: usize = input.sheets.iter().flat_map(|sheet| &sheet.rows).map(|row| row.len()).sum();
    if cells > CELLS_MAX {
        return Err(failure::input("the workbook has more than a million cells", "Make several workbooks."));
    }
    let bytes = bytes(&input.sheets)?;
    let count: usize = input.sheets.iter().map(|sheet| sheet.rows.len()).sum();
    let file = failure::file(&input.name, XLSX, bytes)?;
    failure::made(file, json!({"count": count}))
}

/// The workbook with these sheets.
pub fn bytes(sheets: &[Sheet]) -> Result<Vec<u8>, Error> {
    let mut workbook = Workbook::new();
    // The same rows are the same file, whenever it is made.
    let made = ExcelDateTime::from_ymd(2000, 1, 1).map_err(refused)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let looks = Looks::new();
    for sheet in sheets {
        sheet.write(workbook.add_worksheet(), &looks)?;
    }
    workbook.save_to_buffer().map_err(refused)
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
