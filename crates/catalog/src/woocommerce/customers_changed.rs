//! `woocommerce/customers_changed`: a store cannot be asked which customers changed, so the whole list is looked through.

use super::api::{Api, PAGE};
use super::examples;
use super::walk::{changed_at, version};
use crate::since::{self, Since};
use crate::{values, words};
use async_trait::async_trait;
use connector::{Delivery, Error, Poll, PollCx, Polled};
use model::{Need, OperationSpec};
use serde_json::{Map, Value, json};

const PAGES_MAX: usize = 5;
/// Pages overlap by some rows: when a customer is deleted, all behind move up.
const STEP: usize = PAGE - 5;
const OVERLAP_MS: i64 = 300_000;

pub struct CustomersChanged;

#[async_trait]
impl Poll for CustomersChanged {
    fn spec(&self) -> OperationSpec {
        OperationSpec::trigger("woocommerce/customers_changed", "Customers changed", "ลูกค้าที่เปลี่ยนแปลง")
            .about(
                "Looks through all customers for those that are new or have changed: a store cannot be asked for them alone. \
                 With many customers, ask seldom and use the webhooks for what is urgent.",
                "ตรวจดูลูกค้าทั้งหมดเพื่อหารายที่ใหม่หรือเปลี่ยนแปลง เพราะร้านไม่สามารถค้นเฉพาะรายที่เปลี่ยนได้ \
                 หากมีลูกค้ามากควรถามไม่บ่อย และใช้เว็บฮุคสำหรับเรื่องเร่งด่วน",
            )
            .connection(Need::Required)
            .field(words::every())
            .field(words::since())
            .example(json!({"every": "1h"}), examples::customer())
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let since = Since::read(cx, with, cursor)?;
        // The present is known without looking.
        if since.first && since.at >= cx.now {
            return Ok(Polled { cursor: since.cursor(None), ..Polled::default() });
        }
        let api = Api::look(cx)?;
        let mut round = Round::read(cx, since, cursor);
        let mut polled = Polled::default();
        for _ in 0..PAGES_MAX {
            let (deliveries, more) = round.page(&api).await?;
            polled.deliveries.extend(deliveries);
            polled.more = more;
            if !more {
                break;
            }
        }
        polled.cursor = round.cursor(polled.more);
        Ok(polled)
    }
}

/// One time through all customers.
struct Round {
    since: Since,
    from: i64,
    began: i64,
    offset: usize,
}

impl Round {
    fn read(cx: &PollCx<'_>, since: Since, cursor: Option<&Value>) -> Self {
        let number = |name: &str| cursor.and_then(|cursor| cursor.get(name)?.as_i64());
        let offset = number("offset").and_then(|offset| usize::try_from(offset).ok());
        Self {
            from: number("from").unwrap_or_else(|| since.from(OVERLAP_MS)),
            began: number("began").unwrap_or(cx.now),
            offset: offset.unwrap_or(0),
            since,
        }
    }

    async fn page(&mut self, api: &Api<'_>) -> Result<(Vec<Delivery>, bool), Error> {
        let pairs = [
            ("role", "all".to_owned()),
            ("orderby", "id".into()),
            ("order", "asc".into()),
            ("per_page", PAGE.to_string()),
            ("offset", self.offset.to_string()),
        ];
        let told = api.get("wc/v3/customers", &pairs).await?;
        let rows = values::records(&told, "", "WooCommerce")?.to_vec();
        let more = rows.len() >= PAGE;
        self.offset += STEP;
        let is_new = |row: &Value| changed_at(row).is_none_or(|at| at >= self.from);
        Ok((rows.into_iter().filter(is_new).map(event).collect(), more))
    }

    fn cursor(&self, more: bool) -> Value {
        match more {
            true => {
                json!({"at": self.since.at, "from": self.from, "began": self.began, "offset": self.offset})
            }
            false => self.since.cursor(Some(self.began)),
        }
    }
}

fn event(customer: Value) -> Delivery {
    let id = customer.get("id").map(Value::to_string).unwrap_or_default();
    let version = version(&customer).to_owned();
    since::changed(&id, &version, customer)
}
