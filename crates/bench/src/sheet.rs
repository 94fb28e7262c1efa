//! Where scenes put their figures.

use serde_json::{Value, json};

use crate::Scene;

/// What a figure should be on an otherwise idle machine with two cores.
#[derive(Clone, Copy)]
pub enum Target {
    AtLeast(f64),
    AtMost(f64),
    /// It is one of the machine's limits, or stands beside another figure.
    None,
}

impl Target {
    pub fn is_missed(self, value: f64) -> bool {
        match self {
            Self::AtLeast(target) => value < target,
            Self::AtMost(target) => value > target,
            Self::None => false,
        }
    }

    fn json(self) -> Value {
        match self {
            Self::AtLeast(target) => json!({"at_least": target}),
            Self::AtMost(target) => json!({"at_most": target}),
            Self::None => Value::Null,
        }
    }
}

/// One figure of one scene.
pub struct Measured {
    pub scene: &'static str,
    /// Such as `100,000 keys`.
    pub of: String,
    pub what: &'static str,
    pub value: f64,
    pub unit: &'static str,
    pub target: Target,
}

impl Measured {
    pub fn at_least(&mut self, target: f64) {
        self.target = Target::AtLeast(target);
    }

    pub fn at_most(&mut self, target: f64) {
        self.target = Target::AtMost(target);
    }
}

#[derive(Default)]
pub struct Sheet {
    pub rows: Vec<Measured>,
    /// Scenes that broke off, and why.
    pub broken: Vec<(Scene, String)>,
}

impl Sheet {
    pub fn note(
        &mut self,
        scene: &'static str,
        of: &str,
        what: &'static str,
        value: f64,
        unit: &'static str,
    ) -> &mut Measured {
        eprintln!("    {of}: {what} {value:.1} {unit}");
        let at = self.rows.len();
        self.rows.push(Measured { scene, of: of.to_owned(), what, value, unit, target: Target::None });
        &mut self.rows[at]
    }

    pub fn json(&self) -> Value {
        let row = |row: &Measured| {
            let value = (row.value * 1_000.0).round() / 1_000.0;
            json!({
                "scene": row.scene, "of": row.of, "what": row.what, "value": value, "unit": row.unit,
                "target": row.target.json(),
            })
        };
        self.rows.iter().map(row).collect()
    }

    pub fn broken_json(&self) -> Value {
        self.broken.iter().map(|(scene, why)| json!({"scene": scene.name(), "why": why})).collect()
    }
}
