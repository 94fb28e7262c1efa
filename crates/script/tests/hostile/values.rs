//! Numbers, dates, patterns and orders at their ends.

use super::attack;
use expect_test::expect;

#[test]
fn numbers_that_overflow() {
    attack(
        "9223372036854775807 + 1",
        expect![
            "E0207 Line 1, column 21: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack(
        "-9223372036854775808 - 1",
        expect![
            "E0207 Line 1, column 22: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack(
        "-9223372036854775807 - 2",
        expect![
            "E0207 Line 1, column 22: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack(
        "abs(-9223372036854775807 - 1)",
        expect![
            "E0207 Line 1, column 1: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack(
        "10 ** 1000000",
        expect![
            "E0207 Line 1, column 4: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack("2 ** -1", expect!["E0207 Line 1, column 3: This cannot be computed with these numbers."]);
    attack("1 << 1000", expect!["0"]);
    attack("1 >> -1000", expect!["0"]);
    attack("1 / 0", expect!["E0207 Line 1, column 3: Nothing can be divided by 0."]);
    attack("1 % 0", expect!["E0207 Line 1, column 3: Nothing can be divided by 0."]);
    attack("1.0 / 0", expect!["E0207 Line 1, column 5: Nothing can be divided by 0."]);
    attack(
        "(-9223372036854775807 - 1) / -1",
        expect![
            "E0207 Line 1, column 28: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack(
        "(-9223372036854775807 - 1) % -1",
        expect!["E0207 Line 1, column 28: Nothing can be divided by 0."],
    );
    attack(
        "79228162514264337593543950335 * 2",
        expect![
            "E0207 Line 1, column 31: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack(
        "79228162514264337593543950335.0 ** 20",
        expect![
            "E0207 Line 1, column 33: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack("0.5 ** 100000", expect!["0"]);
    attack(
        "1.5 ** 100000.5",
        expect![
            "E0207 Line 1, column 5: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack(
        "exp(1000.0)",
        expect![
            "E0207 Line 1, column 1: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack("ln(0.0)", expect!["E0207 Line 1, column 1: This cannot be computed with these numbers."]);
    attack("sqrt(-1.0)", expect!["E0207 Line 1, column 1: This cannot be computed with these numbers."]);
    attack(
        "tan(1.5707963267948966192313216916)",
        expect![
            "E0207 Line 1, column 1: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack(
        "sum([9223372036854775807, 1])",
        expect![
            "E0207 Line 1, column 1: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack(
        "sum([79228162514264337593543950335, 1.5])",
        expect![
            "E0207 Line 1, column 1: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack(
        "round_to(79228162514264337593543950335, 28)",
        expect![
            "E0207 Line 1, column 1: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack(
        "let x = 79228162514264337593543950335.0; x.to_int()",
        expect![
            "E0207 Line 1, column 44: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack(
        "input.big + 1",
        expect![
            "E0207 Line 1, column 11: One of these numbers has more digits than scripts compute with (28). It can be passed on and compared, or made a text with `to_string()`."
        ],
    );
    attack("1.0.round(1000)", expect!["1.0"]);
    attack(
        "parse_int(\"99999999999999999999\")",
        expect!["E0207 Line 1, column 1: This text is no number of that kind."],
    );
    attack(
        "split_money(79228162514264337593543950335, [1, 2])",
        expect![
            "E0207 Line 1, column 1: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack(
        "vat_included(79228162514264337593543950335, 7)",
        expect![
            "E0207 Line 1, column 1: The number becomes too large. Whole numbers have 18 digits, decimals 28."
        ],
    );
    attack("from_minor_units(9223372036854775807, \"THB\")", expect!["92233720368547758.07"]);
    attack(
        "baht_text(792281625142643375935439503.35)",
        expect![[
            r#""เจ็ดร้อยเก้าสิบสองล้านสองแสนแปดหมื่นหนึ่งพันหกร้อยยี่สิบห้าล้านหนึ่งแสนสี่หมื่นสองพันหกร้อยสี่สิบสามล้านสามแสนเจ็ดหมื่นห้าพันเก้าร้อยสามสิบห้าล้านสี่แสนสามหมื่นเก้าพันห้าร้อยสามบาทสามสิบห้าสตางค์" … (197 characters)"#
        ]],
    );
}

#[test]
fn dates_at_the_ends_of_time() {
    attack(
        r#"add_time("9999-12-31", 1, "days")"#,
        expect!["E0206 Line 1, column 1: The year must be between 1 and 9999."],
    );
    attack(
        r#"add_time("2026-01-01", 9223372036854775807, "years")"#,
        expect!["E0206 Line 1, column 1: The date goes out of range."],
    );
    attack(
        r#"add_time("2026-01-01", -9223372036854775807, "seconds")"#,
        expect!["E0206 Line 1, column 1: The date goes out of range."],
    );
    attack(
        r#"to_zone("0001-01-01T00:00:00Z", "America/Los_Angeles")"#,
        expect![[r#""0000-12-31T16:07:02-07:53""#]],
    );
    attack(
        r#"to_utc("99999-01-01T00:00:00Z")"#,
        expect![[
            r#"E0206 Line 1, column 1: This is no date. Dates are written as "2026-11-23" or "2026-11-23T13:00:00+07:00"; `parse_date` reads others."#
        ]],
    );
    attack(
        "from_unix(9223372036854775807)",
        expect!["E0206 Line 1, column 1: These are too many seconds for a date."],
    );
    attack(
        r#"format_date("2026-01-01", "%Q %q %!")"#,
        expect![
            "E0206 Line 1, column 1: This pattern cannot be used. It is made of %d %m %Y %BE %H %M %S and the characters between them."
        ],
    );
    attack(
        r#"format_date("2026-01-01", "%9999999999Y")"#,
        expect![
            "E0206 Line 1, column 1: This pattern cannot be used. It is made of %d %m %Y %BE %H %M %S and the characters between them."
        ],
    );
    attack(r#"parse_date("1", "%s")"#, expect![[r#""1970-01-01T00:00:01Z""#]]);
    attack(
        r#"start_of_day("2026-01-01", "Nowhere/City")"#,
        expect![[
            r#"E0206 Line 1, column 1: This is no time zone. Zones are written as "Asia/Bangkok" or "UTC"."#
        ]],
    );
}

#[test]
fn patterns_that_take_for_ever() {
    let text = r#"let t = "a"; for i in 0..15 { t += t; } "#;
    attack(&format!(r#"{text} matches(t, "(a*)*b")"#), expect!["false"]);
    attack(&format!(r#"{text} matches(t, "(x+x+)+y")"#), expect!["false"]);
    attack(
        r#"matches("a", "((((a{100}){100}){100}){100})")"#,
        expect![
            "E0206 Line 1, column 1: This pattern cannot be used: something in it is not closed, unknown or too large."
        ],
    );
    attack(
        r#"let p = "("; for i in 0..12 { p += p; } matches("a", p)"#,
        expect![
            "E0206 Line 1, column 41: Patterns are for texts up to 64 KB, and have up to 500 characters."
        ],
    );
    attack(
        r#"matches("a", "(((((((((((((((((((((((((((((((a)))))))))))))))))))))))))))))))")"#,
        expect![
            "E0206 Line 1, column 1: This pattern cannot be used: something in it is not closed, unknown or too large."
        ],
    );
}

#[test]
fn comparisons_that_contradict_themselves() {
    attack("numbers(1, 100).sort(|a, b| 1) == ()", expect!["true"]);
    attack(
        "let n = 0; let a = numbers(1, 60); a.sort(|x, y| { n = (n * 7 + 3) % 11; n - 5 }); a.len()",
        expect!["60"],
    );
    attack(
        r#"[3, 1].order(|a, b| "x")"#,
        expect!["E0206 Line 1, column 8: The function must give a number: below 0, 0 or above 0."],
    );
    attack(
        "sort_by([1, 2, 3], |x| loop { })",
        expect![
            "E0202 Line 1, column 1: The script took more than 60000 steps. Is there a loop without an end?"
        ],
    );
    attack(r#"let a = [1, "a", #{}, [], 2.5, ()]; a.sort(); a.len()"#, expect!["6"]);
}
