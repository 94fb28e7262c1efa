//! Which files are meant, by their names.

/// Patterns such as `*.csv, orders-*.txt`; large and small letters are the same. Names that begin with a point are meant
/// only by a pattern that does so, too.
#[derive(Clone, Debug)]
pub struct Pattern(Vec<Vec<char>>);

impl Pattern {
    pub fn new(text: &str) -> Self {
        let one = |text: &str| text.trim().to_lowercase().chars().collect::<Vec<_>>();
        let all: Vec<_> = text.split(',').map(one).filter(|pattern| !pattern.is_empty()).collect();
        Self(if all.is_empty() { vec![vec!['*']] } else { all })
    }

    pub fn means(&self, name: &str) -> bool {
        let name: Vec<char> = name.to_lowercase().chars().collect();
        let hidden = name.first() == Some(&'.');
        self.0.iter().any(|pattern| (!hidden || pattern.first() == Some(&'.')) && fits(pattern, &name))
    }
}

/// Goes back to the last star only, so that no name takes long.
fn fits(pattern: &[char], name: &[char]) -> bool {
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(letter) if *letter == '?' || *letter == name[n] => {
                p += 1;
                n += 1;
            }
            _ => {
                let Some((at, from)) = star else { return false };
                star = Some((at, from + 1));
                p = at + 1;
                n = from + 1;
            }
        }
    }
    pattern[p..].iter().all(|letter| *letter == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_meant_as_people_write_patterns() {
        for (pattern, name, wanted) in [
            ("*.csv", "orders.csv", true),
            ("*.csv", "ORDERS.CSV", true),
            ("*.csv", "orders.csv.tmp", false),
            ("", "anything", true),
            ("*", ".hidden", false),
            (".*", ".hidden", true),
            ("orders-??.txt, *.xml", "orders-07.txt", true),
            ("orders-??.txt, *.xml", "a.xml", true),
            ("orders-??.txt, *.xml", "orders-7.txt", false),
            ("ใบสั่งซื้อ*", "ใบสั่งซื้อ 12.pdf", true),
            ("*a*a*a*a*b", &"a".repeat(200), false),
        ] {
            assert_eq!(Pattern::new(pattern).means(name), wanted, "{pattern} {name}");
        }
    }
}
