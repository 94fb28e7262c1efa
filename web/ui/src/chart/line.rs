//! Numbers as a line in a box, as SVG wants it.

use std::fmt::Write;

/// The box that charts are drawn in; CSS stretches it.
pub const WIDTH: f64 = 900.0;
pub const HEIGHT: f64 = 165.0;

/// The line through the values, from left to right, `top` being the upper edge.
pub fn line(values: &[u64], top: u64) -> String {
    let mut path = String::new();
    for (place, value) in values.iter().enumerate() {
        let letter = if place == 0 { 'M' } else { 'L' };
        let _ = write!(path, "{letter}{:.1} {:.1}", x(place, values.len()), y(*value, top));
    }
    path
}

/// The same with all that lies below it.
pub fn area(values: &[u64], top: u64) -> String {
    let mut path = line(values, top);
    if !path.is_empty() {
        let last = x(values.len() - 1, values.len());
        let _ = write!(path, "L{last:.1} {HEIGHT}L0 {HEIGHT}Z");
    }
    path
}

/// Where a value stands, of so many.
pub fn x(place: usize, of: usize) -> f64 {
    WIDTH * place as f64 / of.saturating_sub(1).max(1) as f64
}

fn y(value: u64, top: u64) -> f64 {
    HEIGHT * (1.0 - value as f64 / top.max(1) as f64)
}

/// The value that stands nearest to a part of the width.
pub fn nearest(part: f64, of: usize) -> Option<usize> {
    let last = of.checked_sub(1)?;
    Some(((part * last as f64).round().max(0.0) as usize).min(last))
}

/// A round number that nothing is above, and whose thirds are round too.
pub fn top(largest: u64) -> u64 {
    let mut unit: u64 = 1;
    loop {
        for step in [3, 6, 12, 15] {
            if largest <= unit.saturating_mul(step) {
                return unit.saturating_mul(step);
            }
        }
        unit = unit.saturating_mul(10);
        if unit == u64::MAX {
            return unit;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_value_touches_the_top_and_nothing_the_bottom() {
        assert_eq!(line(&[0, 6, 3], 6), "M0.0 165.0L450.0 0.0L900.0 82.5");
        assert_eq!(area(&[0, 6], 6), "M0.0 165.0L900.0 0.0L900.0 165L0 165Z");
        assert_eq!((line(&[], 6), area(&[], 6)), (String::new(), String::new()));
        assert_eq!(line(&[0], 0), "M0.0 165.0");
    }

    #[test]
    fn the_scale_ends_at_a_number_whose_thirds_are_whole() {
        assert_eq!([0, 1, 4, 7, 13, 16, 44, 61, 1_284].map(top), [3, 3, 6, 12, 15, 30, 60, 120, 1_500]);
        assert!((0..5_000).all(|largest| top(largest) >= largest && top(largest).is_multiple_of(3)));
        assert_eq!(top(u64::MAX), u64::MAX);
    }

    #[test]
    fn the_pointer_picks_the_nearest_value() {
        assert_eq!([0.0, 0.24, 0.26, 0.9, 7.0].map(|part| nearest(part, 3)), [0, 0, 1, 2, 2].map(Some));
        assert_eq!((nearest(-1.0, 3), nearest(0.5, 0)), (Some(0), None));
    }
}
