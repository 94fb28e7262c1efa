//! The models the stand-in knows and their fields, as data.

use super::Series;
use super::{invoice, picking};

/// What a field holds. Money is a float rounded to two digits, as Odoo keeps THB.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Char,
    Text,
    Integer,
    Float,
    Money,
    Boolean,
    Date,
    Datetime,
    Selection(&'static [&'static str]),
    Many2one(Model),
    One2many(Model),
    Many2many(Model),
}

/// One field of a model.
#[derive(Debug)]
pub(crate) struct Field {
    name: &'static str,
    name_in_17: &'static str,
    pub label: &'static str,
    pub kind: Kind,
    pub required: bool,
    /// Searched by equality so often that a scan would be felt with 100,000 records.
    pub indexed: bool,
    gone_in_19: bool,
}

impl Field {
    pub(super) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(super) const fn indexed(mut self) -> Self {
        self.indexed = true;
        self
    }

    const fn named_in_17(mut self, name: &'static str) -> Self {
        self.name_in_17 = name;
        self
    }

    const fn gone_in_19(mut self) -> Self {
        self.gone_in_19 = true;
        self
    }

    /// What this release calls the field; `None` where it does not have it.
    pub(crate) fn name_in(&self, series: Series) -> Option<&'static str> {
        match series {
            Series::V17 => Some(self.name_in_17),
            Series::V19 if self.gone_in_19 => None,
            Series::V19 => Some(self.name),
        }
    }

    /// The kind's name in `fields_get`.
    pub(crate) fn type_name(&self) -> &'static str {
        match self.kind {
            Kind::Char => "char",
            Kind::Text => "text",
            Kind::Integer => "integer",
            Kind::Float => "float",
            Kind::Money => "monetary",
            Kind::Boolean => "boolean",
            Kind::Date => "date",
            Kind::Datetime => "datetime",
            Kind::Selection(_) => "selection",
            Kind::Many2one(_) => "many2one",
            Kind::One2many(_) => "one2many",
            Kind::Many2many(_) => "many2many",
        }
    }

    pub(crate) fn relation(&self) -> Option<Model> {
        match self.kind {
            Kind::Many2one(model) | Kind::One2many(model) | Kind::Many2many(model) => Some(model),
            _ => None,
        }
    }
}

pub(super) const fn field(name: &'static str, label: &'static str, kind: Kind) -> Field {
    Field { name, name_in_17: name, label, kind, required: false, indexed: false, gone_in_19: false }
}

/// The models a caller may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Model {
    Partner,
    Product,
    Order,
    Line,
    Tax,
    Country,
    User,
    Company,
    Currency,
    Unit,
    Warehouse,
    Picking,
    Move,
    Invoice,
    InvoiceLine,
    Invoicing,
    Account,
}

pub(crate) const MODELS: [Model; 17] = [
    Model::Partner,
    Model::Product,
    Model::Order,
    Model::Line,
    Model::Tax,
    Model::Country,
    Model::User,
    Model::Company,
    Model::Currency,
    Model::Unit,
    Model::Warehouse,
    Model::Picking,
    Model::Move,
    Model::Invoice,
    Model::InvoiceLine,
    Model::Invoicing,
    Model::Account,
];

impl Model {
    pub(crate) fn named(name: &str) -> Option<Self> {
        MODELS.into_iter().find(|model| model.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Model::Partner => "res.partner",
            Model::Product => "product.product",
            Model::Order => "sale.order",
            Model::Line => "sale.order.line",
            Model::Tax => "account.tax",
            Model::Country => "res.country",
            Model::User => "res.users",
            Model::Company => "res.company",
            Model::Currency => "res.currency",
            Model::Unit => "uom.uom",
            Model::Warehouse => "stock.warehouse",
            Model::Picking => "stock.picking",
            Model::Move => "stock.move",
            Model::Invoice => "account.move",
            Model::InvoiceLine => "account.move.line",
            Model::Invoicing => "sale.advance.payment.inv",
            Model::Account => "account.account",
        }
    }

    pub(crate) fn label(self) -> &'static str {
        match self {
            Model::Partner => "Contact",
            Model::Product => "Product Variant",
            Model::Order => "Sales Order",
            Model::Line => "Sales Order Line",
            Model::Tax => "Tax",
            Model::Country => "Country",
            Model::User => "User",
            Model::Company => "Companies",
            Model::Currency => "Currency",
            Model::Unit => "Product Unit of Measure",
            Model::Warehouse => "Warehouse",
            Model::Picking => "Transfer",
            Model::Move => "Stock Move",
            Model::Invoice => "Journal Entry",
            Model::InvoiceLine => "Journal Item",
            Model::Invoicing => "Sales Advance Payment Invoice",
            Model::Account => "Account",
        }
    }

    /// The order of a search that does not ask for one.
    pub(crate) fn default_order(self) -> &'static str {
        match self {
            Model::Partner => "name, id desc",
            Model::Product => "default_code, name, id",
            Model::Order => "date_order desc, id desc",
            Model::Line => "order_id, sequence, id",
            _ => "id",
        }
    }

    /// Made along with the document that they are lines of.
    pub(crate) fn is_line(self) -> bool {
        matches!(self, Model::Line | Model::InvoiceLine)
    }

    /// Settings are read-only for the bot user of an integration.
    pub(crate) fn writable(self) -> bool {
        matches!(
            self,
            Model::Partner
                | Model::Product
                | Model::Order
                | Model::Line
                | Model::Picking
                | Model::Invoice
                | Model::Invoicing
        )
    }

    pub(crate) fn fields(self) -> &'static [Field] {
        match self {
            Model::Partner => PARTNER,
            Model::Product => PRODUCT,
            Model::Order => ORDER,
            Model::Line => LINE,
            Model::Tax => TAX,
            Model::Country => COUNTRY,
            Model::User => USER,
            Model::Warehouse => WAREHOUSE,
            Model::Picking => picking::PICKING,
            Model::Move => picking::MOVE,
            Model::Invoice => invoice::INVOICE,
            Model::InvoiceLine => invoice::LINE,
            Model::Invoicing => invoice::WINDOW,
            Model::Company | Model::Currency | Model::Unit | Model::Account => NAMED,
        }
    }

    /// The place of a field this crate itself asks for; its 19 name.
    pub(crate) fn place(self, name: &str) -> usize {
        let place = self.fields().iter().position(|field| field.name == name);
        place.unwrap_or_else(|| unreachable!("{} has no field {name}", self.name()))
    }

    /// The place of a field a caller asks for, by the name it has in this release.
    pub(crate) fn place_in(self, series: Series, name: &str) -> Option<usize> {
        self.fields().iter().position(|field| field.name_in(series) == Some(name))
    }
}

/// Places of the two fields every model begins with; neither is stored.
pub(crate) const ID: usize = 0;
pub(crate) const DISPLAY_NAME: usize = 1;

pub(super) const fn id() -> Field {
    field("id", "ID", Kind::Integer)
}
pub(super) const fn display_name() -> Field {
    field("display_name", "Display Name", Kind::Char)
}
pub(super) const fn created() -> Field {
    field("create_date", "Created on", Kind::Datetime)
}
pub(super) const fn written() -> Field {
    field("write_date", "Last Updated on", Kind::Datetime)
}

static NAMED: &[Field] = &[id(), display_name(), created(), written(), field("name", "Name", Kind::Char)];

static COUNTRY: &[Field] = &[
    id(),
    display_name(),
    created(),
    written(),
    field("name", "Name", Kind::Char),
    field("code", "Code", Kind::Char),
];

static USER: &[Field] = &[
    id(),
    display_name(),
    created(),
    written(),
    field("name", "Name", Kind::Char),
    field("login", "Login", Kind::Char),
    field("lang", "Language", Kind::Char),
    field("tz", "Timezone", Kind::Char),
    field("company_id", "Company", Kind::Many2one(Model::Company)),
];

static TAX: &[Field] = &[
    id(),
    display_name(),
    created(),
    written(),
    field("name", "Tax Name", Kind::Char),
    field("amount", "Amount", Kind::Float),
    field("amount_type", "Tax Computation", Kind::Char),
    field("type_tax_use", "Tax Type", Kind::Char),
    field("price_include", "Included in Price", Kind::Boolean),
    field("active", "Active", Kind::Boolean),
];

static WAREHOUSE: &[Field] = &[
    id(),
    display_name(),
    created(),
    written(),
    field("name", "Warehouse", Kind::Char),
    field("code", "Short Name", Kind::Char),
    field("company_id", "Company", Kind::Many2one(Model::Company)),
    field("active", "Active", Kind::Boolean),
];

static PARTNER: &[Field] = &[
    id(),
    display_name(),
    created(),
    written(),
    field("name", "Name", Kind::Char).indexed(),
    field("ref", "Reference", Kind::Char).indexed(),
    field("email", "Email", Kind::Char).indexed(),
    field("phone", "Phone", Kind::Char).indexed(),
    field("mobile", "Mobile", Kind::Char).gone_in_19(),
    field("vat", "Tax ID", Kind::Char).indexed(),
    field("street", "Street", Kind::Char),
    field("street2", "Street2", Kind::Char),
    field("city", "City", Kind::Char),
    field("zip", "Zip", Kind::Char),
    field("country_id", "Country", Kind::Many2one(Model::Country)),
    field("parent_id", "Related Company", Kind::Many2one(Model::Partner)),
    field("company_id", "Company", Kind::Many2one(Model::Company)),
    field("type", "Address Type", Kind::Selection(&["contact", "invoice", "delivery", "other"])),
    field("company_type", "Company Type", Kind::Selection(&["person", "company"])),
    field("is_company", "Is a Company", Kind::Boolean),
    field("customer_rank", "Customer Rank", Kind::Integer),
    field("lang", "Language", Kind::Char),
    field("comment", "Notes", Kind::Text),
    field("active", "Active", Kind::Boolean),
];

static PRODUCT: &[Field] = &[
    id(),
    display_name(),
    created(),
    written(),
    field("name", "Name", Kind::Char).required(),
    field("default_code", "Internal Reference", Kind::Char).indexed(),
    field("barcode", "Barcode", Kind::Char).indexed(),
    field("lst_price", "Sales Price", Kind::Money),
    field("standard_price", "Cost", Kind::Money),
    field("qty_available", "Quantity On Hand", Kind::Float),
    field("free_qty", "Free To Use Quantity", Kind::Float),
    field("virtual_available", "Forecasted Quantity", Kind::Float),
    field("uom_id", "Unit of Measure", Kind::Many2one(Model::Unit)),
    field("taxes_id", "Sales Taxes", Kind::Many2many(Model::Tax)),
    field("type", "Product Type", Kind::Selection(&["consu", "service", "combo", "product"])),
    field("weight", "Weight", Kind::Float),
    field("sale_ok", "Can be Sold", Kind::Boolean),
    field("active", "Active", Kind::Boolean),
];

/// `sent` and the rest are the same in 17 and 19; before 17 there was `done`, too.
const ORDER_STATES: &[&str] = &["draft", "sent", "sale", "cancel"];
const INVOICE_STATES: &[&str] = &["upselling", "invoiced", "to invoice", "no"];

static ORDER: &[Field] = &[
    id(),
    display_name(),
    created(),
    written(),
    field("name", "Order Reference", Kind::Char).indexed(),
    field("partner_id", "Customer", Kind::Many2one(Model::Partner)).required(),
    field("partner_invoice_id", "Invoice Address", Kind::Many2one(Model::Partner)),
    field("partner_shipping_id", "Delivery Address", Kind::Many2one(Model::Partner)),
    field("client_order_ref", "Customer Reference", Kind::Char).indexed(),
    field("origin", "Source Document", Kind::Char).indexed(),
    field("date_order", "Order Date", Kind::Datetime),
    field("commitment_date", "Delivery Date", Kind::Datetime),
    field("state", "Status", Kind::Selection(ORDER_STATES)),
    field("locked", "Locked", Kind::Boolean),
    field("order_line", "Order Lines", Kind::One2many(Model::Line)),
    field("amount_untaxed", "Untaxed Amount", Kind::Money),
    field("amount_tax", "Taxes", Kind::Money),
    field("amount_total", "Total", Kind::Money),
    field("currency_id", "Currency", Kind::Many2one(Model::Currency)),
    field("company_id", "Company", Kind::Many2one(Model::Company)),
    field("user_id", "Salesperson", Kind::Many2one(Model::User)),
    field("warehouse_id", "Warehouse", Kind::Many2one(Model::Warehouse)),
    field("invoice_status", "Invoice Status", Kind::Selection(INVOICE_STATES)),
    field("note", "Terms and conditions", Kind::Text),
    field("picking_ids", "Transfers", Kind::One2many(Model::Picking)),
    field("invoice_ids", "Invoices", Kind::Many2many(Model::Invoice)),
];

static LINE: &[Field] = &[
    id(),
    display_name(),
    created(),
    written(),
    field("order_id", "Order Reference", Kind::Many2one(Model::Order)),
    field("sequence", "Sequence", Kind::Integer),
    field("product_id", "Product", Kind::Many2one(Model::Product)),
    field("name", "Description", Kind::Text),
    field("product_uom_qty", "Quantity", Kind::Float),
    field("product_uom_id", "Unit", Kind::Many2one(Model::Unit)).named_in_17("product_uom"),
    field("price_unit", "Unit Price", Kind::Money),
    field("discount", "Discount (%)", Kind::Float),
    field("tax_ids", "Taxes", Kind::Many2many(Model::Tax)).named_in_17("tax_id"),
    field("price_subtotal", "Subtotal", Kind::Money),
    field("price_tax", "Total Tax", Kind::Money),
    field("price_total", "Total", Kind::Money),
    field("qty_delivered", "Delivery Quantity", Kind::Float),
    field("qty_invoiced", "Invoiced Quantity", Kind::Float),
    field("display_type", "Display Type", Kind::Selection(&["line_section", "line_subsection", "line_note"])),
];
