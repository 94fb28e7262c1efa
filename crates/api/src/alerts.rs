//! What people are told of by themselves, over connections that they have.

use run::doc::Ms;
use serde::{Deserialize, Serialize};

wire! {
    pub struct AlertList {
        /// By id.
        pub alerts: Vec<AlertInfo>,
    }

    /// A rule, and how it stands.
    pub struct AlertInfo {
        pub id: String,
        pub rule: AlertRule,
        pub changed_at: Ms,
        pub changed_by: String,
        /// What is wrong now. Empty where all is well.
        pub troubles: Vec<AlertTrouble>,
        /// How the latest message to each of those it tells came out.
        pub told: Vec<AlertTold>,
        /// Messages that are still on their way.
        pub untold: u64,
    }

    /// One thing that is wrong: a flow, a connection, a queue.
    pub struct AlertTrouble {
        /// A flow's id, a connection's name, or `runs` or `inbox`.
        pub subject: String,
        /// In the rule's language.
        pub text: String,
        pub since: Ms,
        /// When people were last told of it.
        pub told_at: Ms,
        /// Nobody is told of it any more until it is over.
        pub acknowledged: Option<AlertAcknowledged>,
    }

    pub struct AlertAcknowledged {
        pub at: Ms,
        pub by: String,
    }

    /// How a message came out.
    pub struct AlertTold {
        pub connection: String,
        /// Whom it was for there, where that had to be said.
        pub to: Option<String>,
        pub ok: bool,
        pub at: Ms,
        pub occasion: AlertOccasion,
        /// What went wrong, and what to do about it.
        pub message: String,
        pub advice: String,
    }

    /// What came of a drill.
    pub struct AlertDrill {
        pub told: Vec<AlertTold>,
    }

    /// When to tell whom of what.
    pub struct AlertRule {
        pub name: String,
        /// Off: nobody is told, and what stands is forgotten.
        #[serde(default = "yes")]
        pub enabled: bool,
        pub when: AlertWhen,
        /// From 1 to 10.
        pub to: Vec<AlertTarget>,
        /// Told again after so many minutes while it stays, from 5 on; 0 means once.
        #[serde(default)]
        pub again_minutes: u32,
        /// It is over when it has been well for so many minutes.
        #[serde(default = "calm")]
        pub calm_minutes: u32,
        #[serde(default)]
        pub language: AlertLanguage,
    }

    /// Who is told: whoever a connection of `email`, `line`, `slack` or `http` leads to.
    pub struct AlertTarget {
        pub connection: String,
        /// Mail: addresses. LINE: a user, group or room. HTTP: a path that goes on from the base address, or nothing. Slack:
        /// nothing.
        #[serde(default)]
        pub to: Option<String>,
    }

    /// When people are at work, Bangkok time.
    pub struct AlertHours {
        /// Empty means every day.
        #[serde(default)]
        pub days: Vec<AlertDay>,
        /// Such as 09:00.
        pub from: String,
        /// Such as 18:00, or 24:00; after `from`.
        pub until: String,
    }
}

fn yes() -> bool {
    true
}

fn calm() -> u32 {
    5
}

/// What is wrong when it is so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AlertWhen {
    /// So many of a hundred runs of a flow that ended within the time failed. Without a flow, each flow is looked at.
    FailureRate {
        #[serde(default)]
        flow: Option<String>,
        /// From 1 to 100.
        percent: u32,
        /// From 5 to 1,440. Runs are counted by five minutes, so up to four more may count.
        minutes: u32,
        /// So many runs have to have ended at least.
        runs_min: u32,
    },
    /// No event of the flow has come for so long.
    Quiet {
        flow: String,
        /// From 1 to 10,080.
        minutes: u32,
        /// Only these minutes count.
        #[serde(default)]
        hours: Option<AlertHours>,
    },
    /// The oldest run that has not ended, or the oldest failed run that waits for a person, has waited for so long.
    Oldest {
        queue: AlertQueue,
        #[serde(default)]
        flow: Option<String>,
        /// From 1 to 43,200.
        minutes: u32,
    },
    /// A connection has not worked for so long: its trial fails, its system does not answer, or somebody has to sign in.
    /// Without a name, every one.
    ConnectionBroken {
        #[serde(default)]
        connection: Option<String>,
        /// Up to 1,440.
        #[serde(default)]
        minutes: u32,
    },
    /// A sign-in or a key ends within so many days and only a person can renew it. Without a name, of every connection.
    ConnectionExpires {
        #[serde(default)]
        connection: Option<String>,
        /// From 1 to 90.
        days: u32,
    },
    /// Something that the flow accepted so long ago is not done: its run is still open, or failed and waits for a person.
    NotDone {
        flow: String,
        /// From 1 to 10,080.
        minutes: u32,
    },
}

word! {
    AlertQueue { Runs = "runs", Inbox = "inbox" }

    #[derive(Default)]
    AlertLanguage {
        #[default]
        En = "en",
        Th = "th",
    }

    AlertDay { Mon = "mon", Tue = "tue", Wed = "wed", Thu = "thu", Fri = "fri", Sat = "sat", Sun = "sun" }

    /// Why a message was sent.
    AlertOccasion {
        Begun = "begun",
        /// It is still so.
        Again = "again",
        Over = "over",
        /// Nothing is wrong: somebody tries whether messages arrive.
        Drill = "drill",
    }
}
