//! `files/make_pdf`: an invoice, tax invoice, receipt or delivery note.

use super::compose::Composer;
use super::draw::{self, About};
use super::facts::{Calendar, Copies, Kind, Language};
use super::letters::Letters;
use super::sale::{Amount, Party, Sale};
use super::totals::Totals;
use super::{amount, checks, fields, labels};
use crate::{failure, given};
use connector::{ActionCx, Error};
use model::{EffectRule, OperationSpec};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default, deserialize_with = "given::or_default")]
    pub kind: Kind,
    #[serde(deserialize_with = "given::trimmed")]
    pub number: String,
    pub seller: Party,
    pub sale: Sale,
    #[serde(default = "seven")]
    pub vat_rate: Amount,
    #[serde(default, deserialize_with = "given::or_default")]
    pub language: Language,
    #[serde(default, deserialize_with = "given::or_default")]
    pub copies: Copies,
    #[serde(default, deserialize_with = "given::or_default")]
    pub calendar: Calendar,
    #[serde(default, deserialize_with = "given::trimmed")]
    pub paid_by: String,
    #[serde(default = "crate::words::yes")]
    pub signatures: bool,
    #[serde(default, deserialize_with = "given::trimmed")]
    name: String,
}

fn seven() -> Amount {
    Amount(Decimal::from(7))
}

pub fn spec() -> OperationSpec {
    let spec = OperationSpec::action("files/make_pdf", "Make a PDF document", "สร้างเอกสาร PDF")
        .about(
            "An invoice, tax invoice, receipt or delivery note as PDF, in Thai, English or both. A tax invoice is refused while anything is missing that section 86/4 of the Revenue Code asks for, and so is a document whose lines do not come to its total.",
            "สร้างใบแจ้งหนี้ ใบกำกับภาษี ใบเสร็จรับเงิน หรือใบส่งของเป็น PDF ภาษาไทย อังกฤษ หรือสองภาษา ใบกำกับภาษีจะไม่ถูกสร้างหากขาดรายการตามมาตรา 86/4 แห่งประมวลรัษฎากร และเอกสารจะไม่ถูกสร้างหากรายการรวมไม่ตรงกับยอดรวม",
        )
        .effect(EffectRule::Read);
    let spec = fields::all().into_iter().fold(spec, OperationSpec::field);
    spec.example(fields::example(), fields::example_output())
}

pub async fn run(_cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    failure::apart(move || make(&input)).await
}

pub fn make(input: &Input) -> Result<Value, Error> {
    let (day, due) = checks::check(input)?;
    let totals = match input.kind.has_prices() {
        true => Some(Totals::of(&input.sale, input.vat_rate.0)?),
        false => None,
    };
    let letters = Letters::new().ok_or_else(|| failed("the fonts cannot be read"))?;
    let composer = Composer { input, letters: &letters, totals: totals.as_ref(), day, due };
    let pages = composer.pages();
    let about = About {
        title: format!("{} {}", labels::title(input.kind).of(input.language), input.number),
        author: input.seller.name.clone(),
        language: if input.language == Language::En { "en" } else { "th" },
        day,
    };
    let bytes = draw::pdf(&pages, &letters, &about).map_err(failed)?;
    let file = failure::file(&file_name(input), "application/pdf", bytes)?;
    let mut more = json!({"pages": pages.len(), "left_out": letters.left_out()});
    if let (Some(totals), Value::Object(more)) = (totals, &mut more) {
        let number = |amount: Decimal| serde_json::from_str(&amount.to_string()).unwrap_or(Value::Null);
        more.insert("net".into(), number(totals.sums.vatable + totals.sums.exempt));
        more.insert("vat".into(), number(totals.sums.vat));
        more.insert("total".into(), number(totals.sums.grand));
        let words = amount::in_thai(totals.sums.grand).filter(|_| input.sale.is_baht());
        more.insert("in_words".into(), words.map_or(Value::Null, Value::String));
    }
    failure::made(file, more)
}

/// As it was asked for; else by the document's number, of which a folder is no part.
fn file_name(input: &Input) -> String {
    match input.name.as_str() {
        "" => format!("{}.pdf", input.number.replace(['/', '\\'], "-")),
        name => name.to_owned(),
    }
}

fn failed(what: impl std::fmt::Display) -> Error {
    failure::input(
        format!("the document cannot be drawn: {what}"),
        "Make the document with fewer lines or shorter texts.",
    )
}
