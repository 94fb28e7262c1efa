//! The kinds of objects: their properties and how they may be linked.

/// A kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Contacts,
    Companies,
    Deals,
    Orders,
    LineItems,
    Products,
}

impl Kind {
    pub(super) fn of(path: &str) -> Option<Self> {
        Some(match path {
            "contacts" | "contact" | "0-1" => Self::Contacts,
            "companies" | "company" | "0-2" => Self::Companies,
            "deals" | "deal" | "0-3" => Self::Deals,
            "orders" | "order" | "0-123" => Self::Orders,
            "line_items" | "line_item" | "0-8" => Self::LineItems,
            "products" | "product" | "0-7" => Self::Products,
            _ => return None,
        })
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Companies => "companies",
            Self::Deals => "deals",
            Self::Orders => "orders",
            Self::LineItems => "line_items",
            Self::Products => "products",
        }
    }

    /// HubSpot's own properties, as far as a shop needs them.
    pub(super) fn properties(self) -> &'static [&'static str] {
        match self {
            Self::Contacts => &[
                "email",
                "firstname",
                "lastname",
                "phone",
                "mobilephone",
                "company",
                "address",
                "city",
                "state",
                "zip",
                "country",
                "jobtitle",
                "website",
                "lifecyclestage",
                "hs_lead_status",
                "hs_language",
            ],
            Self::Companies => {
                &["name", "domain", "phone", "address", "city", "state", "zip", "country", "industry"]
            }
            Self::Deals => &[
                "dealname",
                "amount",
                "dealstage",
                "pipeline",
                "closedate",
                "dealtype",
                "description",
                "deal_currency_code",
                "hubspot_owner_id",
            ],
            Self::Orders => &[
                "hs_order_name",
                "hs_external_order_id",
                "hs_total_price",
                "hs_currency_code",
                "hs_source_store",
                "hs_fulfillment_status",
                "hs_external_order_status",
                "hs_pipeline",
                "hs_pipeline_stage",
                "hs_external_created_date",
                "hs_shipping_address_street",
                "hs_shipping_address_city",
            ],
            Self::LineItems => {
                &["name", "price", "quantity", "amount", "hs_sku", "hs_product_id", "description"]
            }
            Self::Products => &["name", "price", "hs_sku", "description", "hs_cost_of_goods_sold"],
        }
    }

    /// The property that says when an object was changed last.
    pub(super) fn modified(self) -> &'static str {
        match self {
            Self::Contacts => "lastmodifieddate",
            _ => "hs_lastmodifieddate",
        }
    }

    /// The number of HubSpot's own link from this kind to that.
    pub(super) fn link_to(self, to: Self) -> Option<u32> {
        let links = LINKS.iter().find(|(from, other, _)| (*from, *other) == (self, to));
        links.map(|(_, _, number)| *number)
    }

    /// The kind at the other end of a link with this number.
    pub(super) fn linked_by(self, number: u64) -> Option<Self> {
        let link = LINKS.iter().find(|(from, _, held)| *from == self && u64::from(*held) == number);
        link.map(|(_, to, _)| *to)
    }
}

const LINKS: [(Kind, Kind, u32); 14] = [
    (Kind::Contacts, Kind::Companies, 279),
    (Kind::Companies, Kind::Contacts, 280),
    (Kind::Deals, Kind::Contacts, 3),
    (Kind::Contacts, Kind::Deals, 4),
    (Kind::Deals, Kind::Companies, 341),
    (Kind::Companies, Kind::Deals, 342),
    (Kind::Deals, Kind::LineItems, 19),
    (Kind::LineItems, Kind::Deals, 20),
    (Kind::Orders, Kind::Contacts, 507),
    (Kind::Contacts, Kind::Orders, 508),
    (Kind::Orders, Kind::Deals, 511),
    (Kind::Deals, Kind::Orders, 512),
    (Kind::Orders, Kind::LineItems, 513),
    (Kind::LineItems, Kind::Orders, 514),
];
