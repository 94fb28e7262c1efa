//! What a fresh database holds, and the defaults of contacts and products.

use super::cell::Cell;
use super::database::{BOT, Database};
use super::exception::Exception;
use super::fields::Model;
use super::table::Record;
use crate::chance::Chance;
use crate::goods;
use crate::shop::Person;

/// Ids as in Odoo's own data where integrations tend to rely on them.
const COMPANY: i64 = 1;
const THB: i64 = 135;
const UNITS: i64 = 1;
const SALES: i64 = 26;
/// Shop prices contain VAT, so the default sales tax does, too.
pub(crate) const VAT_INCLUDED: i64 = 1;
const VAT_ON_TOP: i64 = 2;
const PARTNERS_FIRST: i64 = 1;
/// Odoo has made a handful of contacts (company, users, templates) before the first customer.
const PARTNERS_TAKEN: i64 = 6;
const PRODUCTS_FIRST: i64 = 31;
const WAREHOUSES: [(i64, &str, &str); 3] =
    [(1, "คลังบางนา", "WH"), (2, "คลังเชียงใหม่", "CNX"), (3, "คลังหาดใหญ่", "HDY")];

const COUNTRIES: [(i64, &str, &str); 5] = [
    (217, "Thailand", "TH"),
    (129, "Laos", "LA"),
    (157, "Malaysia", "MY"),
    (197, "Singapore", "SG"),
    (233, "United States", "US"),
];

pub(crate) fn fill(database: &mut Database, now: i64, customers: usize) {
    let mut seed = Seed { database, now };
    seed.named(Model::Currency, THB, "THB");
    seed.named(Model::Unit, UNITS, "Units");
    seed.named(Model::Account, SALES, "400000 Product Sales");
    seed.named(Model::Company, COMPANY, "บริษัท ร้านชาตัวอย่าง จำกัด");
    for (id, name, code) in COUNTRIES {
        seed.row(Model::Country, id, &[("name", Cell::text(name)), ("code", Cell::text(code))]);
    }
    seed.tax(VAT_INCLUDED, "Output VAT 7% (included)", true);
    seed.tax(VAT_ON_TOP, "Output VAT 7%", false);
    seed.bot();
    for (id, name, code) in WAREHOUSES {
        seed.warehouse(id, name, code);
    }
    seed.named(Model::Partner, PARTNERS_FIRST, "บริษัท ร้านชาตัวอย่าง จำกัด");
    seed.database.table_mut(Model::Partner).continue_after(PARTNERS_TAKEN);
    seed.customers(customers);
    seed.products();
}

struct Seed<'a> {
    database: &'a mut Database,
    now: i64,
}

impl Seed<'_> {
    fn row(&mut self, model: Model, id: i64, cells: &[(&str, Cell)]) {
        let mut record = Record::new(id, model);
        cells.iter().for_each(|(name, cell)| record.put(model.place(name), cell.clone()));
        record.put(model.place("create_date"), Cell::Time(self.now));
        record.put(model.place("write_date"), Cell::Time(self.now));
        if model == Model::Partner {
            active(&mut record, model);
        }
        self.database.table_mut(model).continue_after(id);
        self.database.table_mut(model).save(record);
    }

    fn named(&mut self, model: Model, id: i64, name: &str) {
        self.row(model, id, &[("name", Cell::text(name))]);
    }

    fn tax(&mut self, id: i64, name: &str, included: bool) {
        let cells = [
            ("name", Cell::text(name)),
            ("amount", Cell::Float(7.0)),
            ("amount_type", Cell::text("percent")),
            ("type_tax_use", Cell::text("sale")),
            ("price_include", Cell::Bool(included)),
            ("active", Cell::Bool(true)),
        ];
        self.row(Model::Tax, id, &cells);
    }

    fn warehouse(&mut self, id: i64, name: &str, code: &str) {
        let cells = [
            ("name", Cell::text(name)),
            ("code", Cell::text(code)),
            ("company_id", Cell::Int(COMPANY)),
            ("active", Cell::Bool(true)),
        ];
        self.row(Model::Warehouse, id, &cells);
    }

    /// Customers that were there before the first order.
    fn customers(&mut self, count: usize) {
        let mut chance = Chance::of(1, "customers");
        for number in 1..=count {
            let person = Person::new(&mut chance, number as u64);
            let name = person.name();
            let cells = [
                ("name", Cell::text(name)),
                ("ref", Cell::text(format!("C{number:04}"))),
                ("email", Cell::text(person.email)),
                ("phone", Cell::text(person.phone)),
                ("street", Cell::text(person.street)),
                ("city", Cell::text(person.place.province)),
                ("zip", Cell::text(person.place.postcode)),
            ];
            let id = self.database.table_mut(Model::Partner).take_id();
            self.row(Model::Partner, id, &cells);
        }
    }

    fn bot(&mut self) {
        let cells = [
            ("name", Cell::text("Khlong")),
            ("login", Cell::text("khlong")),
            ("lang", Cell::text("th_TH")),
            ("tz", Cell::text("Asia/Bangkok")),
            ("company_id", Cell::Int(COMPANY)),
        ];
        self.row(Model::User, BOT, &cells);
    }

    fn products(&mut self) {
        for (id, article) in (PRODUCTS_FIRST..).zip(goods::known_to_both()) {
            let mut record = Record::new(id, Model::Product);
            record.put(Model::Product.place("name"), Cell::text(article.title));
            record.put(Model::Product.place("default_code"), Cell::text(article.sku));
            record.put(Model::Product.place("lst_price"), Cell::Float(article.satang as f64 / 100.0));
            record.put(Model::Product.place("weight"), Cell::Float(f64::from(article.grams) / 1_000.0));
            let stock = Cell::Float((20 + id * 7 % 60) as f64);
            for name in ["qty_available", "free_qty", "virtual_available"] {
                record.put(Model::Product.place(name), stock.clone());
            }
            complete_product(&mut record);
            record.put(Model::Product.place("create_date"), Cell::Time(self.now));
            record.put(Model::Product.place("write_date"), Cell::Time(self.now));
            self.database.table_mut(Model::Product).continue_after(id);
            self.database.table_mut(Model::Product).save(record);
        }
    }
}

pub(crate) fn currency() -> Cell {
    Cell::Int(THB)
}

pub(crate) fn account() -> Cell {
    Cell::Int(SALES)
}

pub(crate) fn warehouse() -> Cell {
    Cell::Int(WAREHOUSES[0].0)
}

pub(crate) fn company() -> Cell {
    Cell::Int(COMPANY)
}

pub(crate) fn complete_partner(record: &mut Record) -> Result<(), Exception> {
    let model = Model::Partner;
    if record.at(model.place("name")).is_empty() {
        return Err(Exception::validation("The operation cannot be completed: Contacts require a name"));
    }
    record.default_to(model.place("type"), || Cell::text("contact"));
    record.default_to(model.place("company_type"), || Cell::text("person"));
    active(record, model);
    Ok(())
}

pub(crate) fn complete_product(record: &mut Record) {
    let model = Model::Product;
    record.default_to(model.place("type"), || Cell::text("consu"));
    record.default_to(model.place("uom_id"), || Cell::Int(UNITS));
    record.default_to(model.place("taxes_id"), || Cell::Ids(vec![VAT_INCLUDED]));
    record.default_to(model.place("sale_ok"), || Cell::Bool(true));
    active(record, model);
}

fn active(record: &mut Record, model: Model) {
    record.default_to(model.place("active"), || Cell::Bool(true));
}
