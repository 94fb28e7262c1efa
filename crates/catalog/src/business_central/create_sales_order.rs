//! `business_central/create_sales_order`: a sale becomes a sales order, header and lines in one call, once.

use super::api::Api;
use super::company::is_id;
use super::order::{self, LINES, ORDERS};
use super::{SYSTEM, upsert_customer};
use crate::invoice::{self, Line, Sale, Totals, number};
use crate::odata::quoted;
use crate::office;
pub use crate::office::NewOrder as Input;
pub use crate::office::settle;
use crate::unchanged::nothing_done;
use crate::values::filled;
use connector::{ActionCx, Connection, Error};
use model::OperationSpec;
use serde_json::{Map, Value, json};

/// As much as a description and each line of an address hold.
const TEXT_CHARS_MAX: usize = 100;
const SECOND_LINE_CHARS_MAX: usize = 50;

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    input.check()?;
    let api = Api::of(cx).await?;
    let totals = Totals::of(&input.sale, invoice::vat_rate(api.connection)?)?;
    // Nothing in Business Central refuses a second order with the same number.
    if let Some(standing) = order::find(&api, input.reference()).await.map_err(nothing_done)? {
        return checked(&api, &standing, &totals, false);
    }
    if let Some(invoice) = order::invoiced(&api, input.reference()).await.map_err(nothing_done)? {
        return Ok(order::output_of_invoice(&invoice));
    }
    checked(&api, &create(&api, &input).await?, &totals, true)
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let api = Api::of(cx).await?;
    if let Some(standing) = order::find(&api, input.reference()).await? {
        return Ok(Some(order::output(&standing, true)));
    }
    Ok(order::invoiced(&api, input.reference()).await?.map(|invoice| order::output_of_invoice(&invoice)))
}

fn checked(api: &Api<'_>, standing: &Value, totals: &Totals, created: bool) -> Result<Value, Error> {
    let gross = with_vat(api.connection);
    if standing.get("pricesIncludeTax").and_then(Value::as_bool).is_some_and(|is| is != gross) {
        return Err(Error::Refused {
            message: format!(
                "Business Central made {} with prices that {} VAT, and the connection says otherwise",
                office::text(standing, "number"),
                if gross { "do not include" } else { "include" }
            ),
            advice: "Set Prices of customers in the connection, or Prices Including VAT on the customer; delete the order if it is wrong, \
                     then retry."
                .into(),
        });
    }
    invoice::check_made(
        SYSTEM.name,
        standing.get("number"),
        standing.get("totalAmountIncludingTax"),
        totals,
    )?;
    Ok(order::output(standing, created))
}

/// Whether the customers' prices include VAT. An order takes it from its customer, and it cannot be told.
fn with_vat(connection: &Connection) -> bool {
    connection.text("prices") == Some("gross")
}

async fn create(api: &Api<'_>, input: &Input) -> Result<Value, Error> {
    let customer = match input.chosen() {
        Some(chosen) => chosen.to_owned(),
        None => upsert_customer::found(api, &input.sale.buyer).await?,
    };
    let sale = input.sale.spread();
    let location = location(api, input.warehouse().or_else(|| api.connection.text("warehouse"))).await?;
    let lines: Vec<Value> = sale
        .lines
        .iter()
        .map(|row| line(api.connection, &sale, row, location.as_deref()))
        .collect::<Result<_, _>>()?;
    let mut body = Map::from_iter([
        ("customerNumber".into(), customer.into()),
        ("externalDocumentNumber".into(), input.reference().into()),
        ("orderDate".into(), sale.day()?.to_string().into()),
        ("requestedDeliveryDate".into(), input.delivery_day()?.to_string().into()),
        (LINES.into(), lines.into()),
    ]);
    let local = api.connection.text("currency").unwrap_or("THB");
    let currency = sale.currency.as_deref().map(str::trim).filter(|code| !code.is_empty());
    let foreign = currency.filter(|code| !code.eq_ignore_ascii_case(local));
    body.extend(foreign.map(|code| ("currencyCode".into(), code.into())));
    body.extend(ship_to(&sale));
    let made = api.create(ORDERS, &Value::Object(body)).await?;
    match order::id(&made) {
        "" => Err(office::unread(SYSTEM.name, "the order")),
        _ => Ok(made),
    }
}

async fn location(api: &Api<'_>, wanted: Option<&str>) -> Result<Option<String>, Error> {
    let Some(wanted) = wanted.filter(|wanted| !is_id(wanted)) else { return Ok(wanted.map(str::to_owned)) };
    let found = api.first("locations", format!("code eq {}", quoted(wanted))).await?;
    let found = found.ok_or_else(|| office::missing(SYSTEM.name, "location with the code", wanted))?;
    Ok(Some(order::id(&found).to_owned()))
}

/// Where it is sent to. An address that is longer than a line goes on in the second one.
pub fn address_lines(address: Option<&str>) -> Option<(String, String)> {
    let street = address.map(str::trim).filter(|street| !street.is_empty())?;
    let (first, rest): (String, String) =
        (street.chars().take(TEXT_CHARS_MAX).collect(), street.chars().skip(TEXT_CHARS_MAX).collect());
    Some((first, rest.chars().take(SECOND_LINE_CHARS_MAX).collect()))
}

fn ship_to(sale: &Sale) -> Vec<(String, Value)> {
    let Some((first, second)) = address_lines(sale.buyer.address.as_deref()) else { return Vec::new() };
    let zip = filled(sale.buyer.zip.as_ref()).unwrap_or_default();
    let name: String = sale.name().chars().take(TEXT_CHARS_MAX).collect();
    let given = [
        ("shipToName", name.as_str()),
        ("shipToAddressLine1", &first),
        ("shipToAddressLine2", &second),
        ("shipToPostCode", zip),
        ("shipToCountry", "TH"),
    ];
    let filled = given.into_iter().filter(|(_, text)| !text.is_empty());
    filled.map(|(name, text)| (name.to_owned(), text.into())).collect()
}

fn line(connection: &Connection, sale: &Sale, line: &Line, location: Option<&str>) -> Result<Value, Error> {
    let rate = invoice::vat_rate(connection)?;
    let price = match with_vat(connection) {
        true => office::gross_price(line, sale.prices_include_vat, rate),
        false => office::net_price(line, sale.prices_include_vat, rate),
    };
    let description: String = line.name.trim().chars().take(TEXT_CHARS_MAX).collect();
    let mut row = Map::from_iter([
        ("lineType".into(), "Item".into()),
        ("lineObjectNumber".into(), filled(line.sku.as_ref()).unwrap_or_default().into()),
        ("description".into(), description.into()),
        ("quantity".into(), number(line.quantity.0)),
        ("unitPrice".into(), number(price)),
    ]);
    row.extend(location.map(|id| ("locationId".into(), id.into())));
    let code =
        if line.no_vat { Some(connection.need("tax_code_none")?) } else { connection.text("tax_code") };
    row.extend(code.map(|code| ("taxCode".into(), code.into())));
    Ok(Value::Object(row))
}

pub fn spec() -> OperationSpec {
    SYSTEM
        .create_sales_order(
            json!({"id": "3fb2a1c0-5d4e-ed11-946f-000d3a2feca1", "number": "SO-101005", "status": "Draft", "total": 535.00, "created": true}),
        )
        .about(
            "Makes a sales order with its lines, unless there is one with this reference or it was invoiced. Where it comes to another total \
             than was computed, a person looks at it. Releasing an order is a person's work: the API has no way to confirm one.",
            "สร้างคำสั่งขายพร้อมรายการ เว้นแต่มีคำสั่งขายที่ใช้เลขอ้างอิงนี้หรือออกใบแจ้งหนี้แล้ว หากยอดรวมต่างจากที่คำนวณไว้จะรอให้คนตรวจสอบ การ release คำสั่งขายต้องทำโดยคน เพราะ API ไม่มีคำสั่งยืนยัน",
        )
}
