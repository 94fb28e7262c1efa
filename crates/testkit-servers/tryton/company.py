"""A small Thai company in an empty database of Tryton: what a first day with it leaves behind.

Called with the name of the database, the file of settings and the key for the REST interface, after the modules were
activated.
"""

import datetime
import sys
from decimal import Decimal

from proteus import Model, config
from trytond.modules.account.tests.tools import create_chart, create_tax, get_accounts
from trytond.modules.account_invoice.tests.tools import create_payment_term
from trytond.modules.company.tests.tools import create_company

# So wide that no test comes to an end of it.
FIRST_DAY, LAST_DAY = datetime.date(2020, 1, 1), datetime.date(2059, 12, 31)
GOODS = [("TEA-001", "ชาไทย", "125.00"), ("MUG-001", "แก้วกาแฟ", "89.50"), ("BAG-001", "ถุงผ้า", "199.00")]
IN_STOCK = 40


def new(model, **values):
    record = Model.get(model)(**values)
    record.save()
    return record


def the(model, **values):
    (record,) = Model.get(model).find([(name, "=", value) for name, value in values.items()])
    return record


def make_company():
    cent = Decimal("0.01")
    baht = new("currency.currency", name="Baht", symbol="฿", code="THB", numeric_code="764", rounding=cent, digits=2)
    new("currency.currency.rate", currency=baht, date=datetime.date.min, rate=Decimal(1))
    create_company(party=new("party.party", name="บริษัท คลอง จำกัด"), currency=baht)
    return the("company.company")


def make_fiscal_year(company):
    def sequence(kind):
        return new("ir.sequence.strict", name=kind, sequence_type=the("ir.sequence.type", name=kind), company=company)

    days = {"start_date": FIRST_DAY, "end_date": LAST_DAY}
    year = Model.get("account.fiscalyear")(name="all", company=company, move_sequence=sequence("Account Move"), **days)
    (numbers,) = year.invoice_sequences
    numbers.out_invoice_sequence = numbers.in_invoice_sequence = sequence("Invoice")
    numbers.out_credit_note_sequence = numbers.in_credit_note_sequence = numbers.out_invoice_sequence
    year.save()
    new("account.period", name="all", fiscalyear=year, **days)


def make_accounts(company):
    """Gives the category of goods, which says where sales are booked and how they are taxed."""
    create_chart(company)
    make_fiscal_year(company)
    vat = create_tax(Decimal("0.07"))
    vat.name = vat.description = "VAT 7%"
    vat.save()
    accounts = get_accounts(company)
    category = Model.get("product.category")(name="Goods", accounting=True)
    category.account_expense, category.account_revenue = accounts["expense"], accounts["revenue"]
    category.customer_taxes.append(vat)
    category.save()
    create_payment_term().save()
    return category


def make_product(category, code, name, price):
    template = Model.get("product.template")(name=name, type="goods", salable=True, account_category=category)
    template.default_uom = template.sale_uom = the("product.uom", name="Unit")
    template.list_price = Decimal(price)
    (product,) = template.products
    product.suffix_code = code
    product.cost_price = Decimal(price) / 2
    template.save()
    return template.products[0]


def put_in_stock(company, product):
    """As if the supplier had brought it."""
    places = {"from_location": the("stock.location", code="SUP"), "to_location": the("stock.location", code="STO")}
    value = {"company": company, "currency": company.currency, "unit_price": product.cost_price}
    new("stock.move", product=product, quantity=IN_STOCK, unit=product.default_uom, **places, **value).click("do")


def make_customer():
    party = Model.get("party.party")(name="สมชาย ใจดี")
    address = party.addresses[0] if party.addresses else party.addresses.new()
    address.street, address.postal_code, address.city = "99 ถ.สุขุมวิท", "10110", "กรุงเทพมหานคร"
    party.contact_mechanisms.new(type="email", value="somchai@example.com")
    party.save()


def main(database, settings, key):
    config.set_trytond(database=database, config_file=settings)
    company = make_company()
    category = make_accounts(company)
    for goods in GOODS:
        put_in_stock(company, make_product(category, *goods))
    make_customer()
    new("web.shop", name="Khlong", company=company, currency=company.currency)
    new("res.user.application", user=the("res.user", login="admin"), application="rest", key=key)


main(*sys.argv[1:])
