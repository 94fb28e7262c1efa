//! What systems are for, in words.

use crate::words::Language;
use model::Purpose;

pub fn purpose_name(purpose: Purpose, language: Language) -> &'static str {
    let w = language.words();
    match purpose {
        Purpose::Flow => w.purpose_flow,
        Purpose::Shop => w.purpose_shop,
        Purpose::BackOffice => w.purpose_back_office,
        Purpose::Accounting => w.purpose_accounting,
        Purpose::Crm => w.purpose_crm,
        Purpose::Courier => w.purpose_courier,
        Purpose::Message => w.purpose_message,
        Purpose::Data => w.purpose_data,
        Purpose::Queue => w.purpose_queue,
    }
}
