//! What is taken back of an invoice, and not more than stands on it.

use connector::Error;
use connector::http::shorten;
use rust_decimal::Decimal;

/// The pieces that are named, used up while the invoice's rows are gone through: a SKU that stands on several rows is taken from
/// one after the other, and what no row has left is refused.
pub struct Ledger<'i> {
    left: Vec<(&'i str, Decimal)>,
    all: bool,
}

impl<'i> Ledger<'i> {
    /// Nothing named means all of the invoice.
    pub fn new(lines: impl Iterator<Item = (&'i str, Decimal)>) -> Self {
        let left: Vec<_> = lines.collect();
        Self { all: left.is_empty(), left }
    }

    /// How many of a row are taken back: all of them where nothing was named, none where others were.
    pub fn take(&mut self, sku: &str, whole: Decimal) -> Option<Decimal> {
        if self.all {
            return Some(whole);
        }
        let taken: Decimal = self.take_by_line(sku, whole).iter().map(|(_, quantity)| quantity).sum();
        (!taken.is_zero()).then_some(taken)
    }

    /// How many of a row are taken back for which of the lines that were named: each may have a price of its own.
    pub fn take_by_line(&mut self, sku: &str, whole: Decimal) -> Vec<(usize, Decimal)> {
        let mut rest = whole;
        let mut taken = Vec::new();
        for (index, (name, left)) in self.left.iter_mut().enumerate() {
            let here = rest.min(*left);
            if *name == sku && here > Decimal::ZERO {
                rest -= here;
                *left -= here;
                taken.push((index, here));
            }
        }
        taken
    }

    /// Refuses what was named and stood on no row.
    pub fn close(self) -> Result<(), Error> {
        match self.left.iter().find(|(_, left)| *left > Decimal::ZERO) {
            Some((sku, left)) => Err(Error::Refused {
                message: format!("{} more of {} than was invoiced", left.normalize(), shorten(sku)),
                advice: "Compare SKUs and quantities with the invoice's lines, correct the data, then retry."
                    .into(),
            }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is taken back of rows of (SKU, quantity), or what is said against it.
    fn taken(named: &[(&str, i64)], rows: &[(&str, i64)]) -> Result<Vec<Option<Decimal>>, String> {
        let mut ledger = Ledger::new(named.iter().map(|(sku, quantity)| (*sku, Decimal::from(*quantity))));
        let taken = rows.iter().map(|(sku, whole)| ledger.take(sku, Decimal::from(*whole))).collect();
        ledger.close().map(|()| taken).map_err(|error| error.to_string())
    }

    fn pieces(quantities: &[i64]) -> Vec<Option<Decimal>> {
        quantities.iter().map(|quantity| (*quantity != 0).then(|| Decimal::from(*quantity))).collect()
    }

    #[test]
    fn a_sku_on_two_rows_is_taken_back_as_often_as_it_was_named() {
        let rows = [("TEA-100", 2), ("CUP", 1), ("TEA-100", 3)];
        assert_eq!(taken(&[("TEA-100", 1)], &rows), Ok(pieces(&[1, 0, 0])));
        assert_eq!(taken(&[("TEA-100", 3)], &rows), Ok(pieces(&[2, 0, 1])));
        assert_eq!(taken(&[("TEA-100", 1), ("TEA-100", 2)], &rows), Ok(pieces(&[2, 0, 1])));
        assert_eq!(taken(&[], &rows), Ok(pieces(&[2, 1, 3])));
    }

    #[test]
    fn more_than_was_invoiced_is_refused_with_how_many_more() {
        let rows = [("TEA-100", 2), ("TEA-100", -1)];
        for (named, says) in [
            (vec![("TEA-100", 3)], "1 more of TEA-100 than was invoiced"),
            (vec![("TEA-100", 2), ("TEA-100", 1)], "1 more of TEA-100 than was invoiced"),
            (vec![("TEA-100", 1), ("CUP", 2)], "2 more of CUP than was invoiced"),
        ] {
            let said = taken(&named, &rows).unwrap_err();
            assert!(said.contains(says), "{said}");
        }
    }
}
