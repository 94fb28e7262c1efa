//! Searches that answer in no promised order: everything of a time is read, or nothing where that is too much.

use super::api::{Api, Pairs, VENDOR};
use crate::market::text_at;
use crate::values;
use connector::Error;
use serde_json::{Value, json};

/// Where one kind of record is searched, and under which name it comes.
pub struct Search {
    pub path: &'static str,
    pub list: &'static str,
    pub page: usize,
}

pub const RETURNS: Search =
    Search { path: "/return_refund/202309/returns/search", list: "/return_orders", page: 50 };
pub const CANCELLATIONS: Search =
    Search { path: "/return_refund/202309/cancellations/search", list: "/cancellations", page: 50 };
pub const PRODUCTS: Search = Search { path: "/product/202502/products/search", list: "/products", page: 100 };

impl Search {
    /// Records until there are so many, and whether there are more.
    pub async fn all(&self, api: &Api<'_>, filter: &Value, most: usize) -> Result<(Vec<Value>, bool), Error> {
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let mut pairs: Pairs = vec![("page_size", self.page.to_string())];
            if !after.is_empty() {
                pairs.push(("page_token", after));
            }
            let page = api.post(self.path, pairs, filter.clone()).await?;
            let rows = values::rows_or_none(&page, self.list, VENDOR)?;
            found.extend_from_slice(rows);
            after = text_at(&page, "/next_page_token");
            if after.is_empty() || rows.is_empty() {
                return Ok((found, false));
            }
            if found.len() >= most {
                return Ok((found, true));
            }
        }
    }

    /// The record of one id, if the shop has it.
    pub async fn one(&self, api: &Api<'_>, name: &str, id: &str) -> Result<Value, Error> {
        let (mut found, _) = self.all(api, &json!({name: [id]}), 1).await?;
        found.pop().ok_or_else(|| Error::Refused {
            message: format!("TikTok Shop has no record {id} in this shop"),
            advice: "Check the number, and that it belongs to this shop.".into(),
        })
    }
}
