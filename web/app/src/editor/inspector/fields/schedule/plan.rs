//! A schedule as people say it, and as the cron line that it stands for.

/// Days from Sunday, as cron counts them.
pub const DAYS: [u8; 7] = [1, 2, 3, 4, 5, 6, 0];

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Every so many minutes: a divisor of 60.
    Minutes(u8),
    /// Every so many hours, at a minute: a divisor of 24.
    Hours {
        every: u8,
        minute: u8,
    },
    Daily(Time),
    /// On these days, in the order of [`DAYS`].
    Weekly(Vec<u8>, Time),
    /// On a day that every month has.
    Monthly(u8, Time),
    Cron(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    pub hour: u8,
    pub minute: u8,
}

impl Time {
    /// `09:00`, as the browser's input for a time writes it.
    pub fn parse(text: &str) -> Option<Self> {
        let (hour, minute) = text.split_once(':')?;
        Some(Self { hour: number(hour, 0, 23)?, minute: number(minute.get(..2)?, 0, 59)? })
    }
}

impl std::fmt::Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}", self.hour, self.minute)
    }
}

pub const MINUTES: [u8; 7] = [1, 2, 5, 10, 15, 20, 30];
pub const HOURS: [u8; 7] = [1, 2, 3, 4, 6, 8, 12];

impl Plan {
    pub fn cron(&self) -> String {
        match self {
            Plan::Minutes(1) => "* * * * *".to_owned(),
            Plan::Minutes(every) => format!("*/{every} * * * *"),
            Plan::Hours { every: 1, minute } => format!("{minute} * * * *"),
            Plan::Hours { every, minute } => format!("{minute} */{every} * * *"),
            Plan::Daily(time) => format!("{} {} * * *", time.minute, time.hour),
            Plan::Weekly(days, time) => format!("{} {} * * {}", time.minute, time.hour, days_of(days)),
            Plan::Monthly(day, time) => format!("{} {} {day} * *", time.minute, time.hour),
            Plan::Cron(text) => text.clone(),
        }
    }

    /// What a line says; a line that says more stays a line.
    pub fn of(cron: &str) -> Self {
        let read = read(cron).filter(|plan| plan.cron() == cron.trim());
        read.unwrap_or_else(|| Plan::Cron(cron.to_owned()))
    }

    pub const fn name(&self) -> &'static str {
        match self {
            Plan::Minutes(_) => "minutes",
            Plan::Hours { .. } => "hours",
            Plan::Daily(_) => "daily",
            Plan::Weekly(..) => "weekly",
            Plan::Monthly(..) => "monthly",
            Plan::Cron(_) => "cron",
        }
    }

    /// The time of day, to be kept when another kind is chosen.
    pub fn time(&self) -> Time {
        match self {
            Plan::Daily(time) | Plan::Weekly(_, time) | Plan::Monthly(_, time) => *time,
            _ => Time { hour: 9, minute: 0 },
        }
    }

    /// The plan of another kind that is nearest to this one.
    pub fn become_kind(&self, name: &str) -> Self {
        let time = self.time();
        match name {
            "minutes" => Plan::Minutes(15),
            "hours" => Plan::Hours { every: 1, minute: time.minute },
            "weekly" => Plan::Weekly(vec![1, 2, 3, 4, 5], time),
            "monthly" => Plan::Monthly(1, time),
            "cron" => Plan::Cron(self.cron()),
            _ => Plan::Daily(time),
        }
    }
}

fn read(cron: &str) -> Option<Plan> {
    let parts: Vec<&str> = cron.split_whitespace().collect();
    let [minute, hour, day, "*", weekday] = parts[..] else { return None };
    let time = || Some(Time { hour: number(hour, 0, 23)?, minute: number(minute, 0, 59)? });
    match (minute, hour, day, weekday) {
        ("*", "*", "*", "*") => Some(Plan::Minutes(1)),
        (minute, "*", "*", "*") => match minute.strip_prefix("*/") {
            Some(every) => number(every, 2, 30).filter(|every| MINUTES.contains(every)).map(Plan::Minutes),
            None => Some(Plan::Hours { every: 1, minute: number(minute, 0, 59)? }),
        },
        (minute, hour, "*", "*") if hour.starts_with("*/") => {
            let every = number(hour.strip_prefix("*/")?, 2, 12).filter(|every| HOURS.contains(every))?;
            Some(Plan::Hours { every, minute: number(minute, 0, 59)? })
        }
        (_, _, "*", "*") => Some(Plan::Daily(time()?)),
        (_, _, "*", days) => Some(Plan::Weekly(days_in(days)?, time()?)),
        (_, _, day, "*") => Some(Plan::Monthly(number(day, 1, 28)?, time()?)),
        _ => None,
    }
}

fn number(text: &str, least: u8, most: u8) -> Option<u8> {
    text.parse().ok().filter(|number| (least..=most).contains(number))
}

/// `1-5` for working days, else the days one by one.
fn days_of(days: &[u8]) -> String {
    if days == [1, 2, 3, 4, 5] {
        return "1-5".to_owned();
    }
    let days: Vec<String> = days.iter().map(u8::to_string).collect();
    days.join(",")
}

fn days_in(text: &str) -> Option<Vec<u8>> {
    if text == "1-5" {
        return Some(vec![1, 2, 3, 4, 5]);
    }
    text.split(',').map(|day| number(day, 0, 6)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NINE: Time = Time { hour: 9, minute: 0 };

    #[test]
    fn each_plan_is_a_line_and_the_line_is_that_plan() {
        let plans = [
            (Plan::Minutes(1), "* * * * *"),
            (Plan::Minutes(15), "*/15 * * * *"),
            (Plan::Hours { every: 1, minute: 0 }, "0 * * * *"),
            (Plan::Hours { every: 1, minute: 30 }, "30 * * * *"),
            (Plan::Hours { every: 6, minute: 5 }, "5 */6 * * *"),
            (Plan::Daily(NINE), "0 9 * * *"),
            (Plan::Weekly(vec![1, 2, 3, 4, 5], Time { hour: 8, minute: 30 }), "30 8 * * 1-5"),
            (Plan::Weekly(vec![6, 0], NINE), "0 9 * * 6,0"),
            (Plan::Monthly(1, NINE), "0 9 1 * *"),
        ];
        for (plan, line) in plans {
            assert_eq!((plan.cron().as_str(), Plan::of(line)), (line, plan));
        }
    }

    #[test]
    fn a_line_that_says_more_stays_as_it_is() {
        for line in [
            "0 9 1,15 * *",
            "0 9 31 * *",
            "*/7 * * * *",
            "0 9 * 1 *",
            "30 0 9 * * *",
            "at nine",
            "0 9 * * MON",
            "",
        ] {
            assert_eq!(Plan::of(line), Plan::Cron(line.to_owned()), "{line}");
        }
    }

    #[test]
    fn another_kind_keeps_the_time_of_day() {
        let weekly = Plan::Weekly(vec![5], Time { hour: 17, minute: 45 });
        assert_eq!(weekly.become_kind("daily").cron(), "45 17 * * *");
        assert_eq!(weekly.become_kind("cron"), Plan::Cron("45 17 * * 5".into()));
        assert_eq!(
            (Time::parse("07:05"), Time::parse("7"), Time::parse("25:00")),
            (Some(Time { hour: 7, minute: 5 }), None, None)
        );
    }
}
