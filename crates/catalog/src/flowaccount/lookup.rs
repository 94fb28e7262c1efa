//! The company's bank accounts, to choose from.

use super::api::{Api, List};
use crate::values::{Text, filled};
use connector::lookup::{PAGE_MAX, Page, Record, Wanted};
use connector::{Connection, Error, Http};
use serde_json::{Map, Value, json};

pub const BANK_ACCOUNT: &str = "bank_account";
/// A company has a handful of accounts; they come on one page.
const ACCOUNTS: u64 = 100;
const ALL: List<'_> = List { filter: None, newest: None };

pub async fn look_up(http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
    if wanted.kind != BANK_ACCOUNT {
        return Err(Error::Input {
            message: format!(
                "FlowAccount is not asked: there are no records of the kind \"{}\"",
                wanted.kind
            ),
            advice: "Write the record's id by hand.".into(),
        });
    }
    let api = Api::new(http, connection)?;
    let accounts = api.page("bank-accounts", ALL, 1, ACCOUNTS).await?;
    let text = wanted.text.trim().to_lowercase();
    let fits = |record: &Record| {
        let by_id = wanted.id.as_ref().is_none_or(|id| said(id) == said(&record.id));
        by_id && format!("{} {}", record.label, record.detail).to_lowercase().contains(&text)
    };
    let records = accounts.iter().filter_map(record).filter(fits).take(PAGE_MAX).collect();
    Ok(Page { records, next: None })
}

fn record(account: &Value) -> Option<Record> {
    let text = |name: &str| account.get(name).map(said).unwrap_or_default();
    Some(Record {
        id: id(account)?.clone(),
        label: text("bankAccountName"),
        detail: text("bankAccountNumber"),
    })
}

fn id(account: &Value) -> Option<&Value> {
    account.get("bankAccountId").or_else(|| account.get("id"))
}

fn said(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The fields of a payment that say where the money arrived. A transfer also names the account's bank.
pub async fn account(
    api: &Api<'_>,
    chosen: Option<&Text>,
    transfer: bool,
) -> Result<Map<String, Value>, Error> {
    let Some(chosen) = filled(chosen) else {
        return match transfer {
            true => Err(Error::Input {
                message: "a transfer needs the bank account that it arrived at".into(),
                advice: "Choose the bank account in the node.".into(),
            }),
            false => Ok(Map::new()),
        };
    };
    let accounts = api.page("bank-accounts", ALL, 1, ACCOUNTS).await?;
    let found = accounts.iter().find(|account| id(account).map(said).as_deref() == Some(chosen));
    let found = found.ok_or_else(|| Error::Refused {
        message: format!("FlowAccount has no bank account {chosen}"),
        advice: "Choose the bank account in the node again.".into(),
    })?;
    let mut fields = Map::from_iter([("bankAccountId".into(), json!(id(found)))]);
    if transfer {
        fields.insert("transferBankAccountId".into(), found.get("bankId").cloned().unwrap_or_default());
    }
    Ok(fields)
}
