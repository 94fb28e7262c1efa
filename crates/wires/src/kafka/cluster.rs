//! A cluster: which broker leads which partition, and the connections to them.

use super::codes;
use super::sasl::{Login, Mechanism};
use super::wire::{Access, Wire};
use crate::place::Place;
use crate::{failure, tls};
use connector::{Connection, Error};
use kafka_protocol::messages::metadata_request::MetadataRequestTopic;
use kafka_protocol::messages::{MetadataRequest, MetadataResponse, TopicName};
use kafka_protocol::protocol::{Request, StrBytes};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const PORT: u16 = 9092;
/// Connections that rest; beyond, the one that rested longest is closed.
const RESTING_MAX: usize = 32;
/// Brokers close what rests for minutes, and what is in between closes it sooner.
const REST_MAX: Duration = Duration::from_secs(60);
const SEEDS_MAX: usize = 20;
/// Where a trigger is has to be kept for each.
const PARTITIONS_MAX: usize = 2_000;

pub struct Cluster {
    seeds: Vec<Place>,
    access: Access,
    resting: Mutex<Vec<Wire>>,
}

pub struct Topic {
    pub name: TopicName,
    pub partitions: Vec<Partition>,
}

pub struct Partition {
    pub index: i32,
    /// Nobody where an election is going on, or the broker is away.
    pub leader: Option<Place>,
}

pub fn topic_name(topic: &str) -> TopicName {
    TopicName(StrBytes::from_string(topic.to_owned()))
}

impl Cluster {
    pub fn of(connection: &Connection) -> Result<Self, Error> {
        let tls = match tls::is_on(connection) {
            true => Some(Arc::new(tls::config(connection)?)),
            false => None,
        };
        let access = Access { tls, login: login(connection)? };
        Ok(Self { seeds: seeds(connection)?, access, resting: Mutex::default() })
    }

    /// Asks a broker; `make` is given the version that both know.
    pub async fn ask<R: Request>(
        &self,
        place: &Place,
        versions: (i16, i16),
        make: impl FnOnce(i16) -> R,
    ) -> Result<R::Response, Error> {
        let mut wire = self.wire(place).await?;
        let version = wire.version::<R>(versions.0, versions.1)?;
        let told = wire.ask(make(version), version).await?;
        self.rest(wire);
        Ok(told)
    }

    /// The same where asking changes nothing, so that a lost answer leaves no doubt.
    pub async fn read<R: Request>(
        &self,
        place: &Place,
        versions: (i16, i16),
        make: impl FnOnce(i16) -> R,
    ) -> Result<R::Response, Error> {
        self.ask(place, versions, make).await.map_err(nothing_done)
    }

    async fn wire(&self, place: &Place) -> Result<Wire, Error> {
        while let Some(mut wire) = self.rested(place) {
            if wire.is_up().await {
                return Ok(wire);
            }
        }
        Wire::connect(place, &self.access).await
    }

    fn rested(&self, place: &Place) -> Option<Wire> {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.retain(|wire| wire.rested() < REST_MAX);
        let at = resting.iter().rposition(|wire| wire.place == *place)?;
        Some(resting.remove(at))
    }

    fn rest(&self, wire: Wire) {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        if resting.len() >= RESTING_MAX {
            resting.remove(0);
        }
        resting.push(wire);
    }

    /// Who leads what, as the first broker says that answers.
    async fn metadata(
        &self,
        topics: Option<Vec<MetadataRequestTopic>>,
    ) -> Result<(Place, MetadataResponse), Error> {
        let mut last = None;
        for seed in &self.seeds {
            let topics = topics.clone();
            let request =
                |_| MetadataRequest::default().with_topics(topics).with_allow_auto_topic_creation(false);
            match self.read(seed, (4, 8), request).await {
                Ok(told) => return Ok((seed.clone(), told)),
                // Another broker has the same users.
                Err(error @ Error::Connection { .. }) => return Err(error),
                Err(error) => last = Some(error),
            }
        }
        Err(last
            .unwrap_or_else(|| failure::input("the connection names no broker", "Complete the connection.")))
    }

    pub async fn topic(&self, name: &str) -> Result<Topic, Error> {
        let wanted = MetadataRequestTopic::default().with_name(Some(topic_name(name)));
        let (seed, told) = self.metadata(Some(vec![wanted])).await?;
        let brokers = brokers(&told);
        let strange =
            || Error::Unreadable { host: seed.to_string(), message: "it tells of another topic".into() };
        let topic = told.topics.into_iter().next().ok_or_else(strange)?;
        if topic.error_code != 0 {
            return Err(codes::error(&seed, &format!("the topic \"{name}\""), topic.error_code, None));
        }
        if topic.partitions.is_empty() || topic.partitions.len() > PARTITIONS_MAX {
            return Err(failure::refused(
                format!("the topic \"{name}\" has {} partitions", topic.partitions.len()),
                "A topic of 1 to 2000 partitions is needed.",
            ));
        }
        let leader = |id: i32| brokers.get(&id).cloned();
        let mut partitions: Vec<Partition> = topic
            .partitions
            .iter()
            .map(|one| Partition { index: one.partition_index, leader: leader(one.leader_id.0) })
            .collect();
        partitions.sort_by_key(|partition| partition.index);
        Ok(Topic { name: topic_name(name), partitions })
    }

    /// Brokers and topics, for whoever tries the connection.
    pub async fn describe(&self) -> Result<String, Error> {
        let (seed, told) = self.metadata(None).await?;
        let topics = told.topics.iter().filter(|topic| !topic.is_internal).count();
        Ok(format!("Kafka at {seed}: {} brokers, {topics} topics that this user sees", told.brokers.len()))
    }
}

fn brokers(told: &MetadataResponse) -> HashMap<i32, Place> {
    let place =
        |host: &str, port: i32| Some(Place { host: host.to_owned(), port: u16::try_from(port).ok()? });
    told.brokers.iter().filter_map(|one| Some((one.node_id.0, place(one.host.as_str(), one.port)?))).collect()
}

/// Of a call that only reads: it is simply made again.
fn nothing_done(error: Error) -> Error {
    match error {
        Error::Unanswered { host, message } => Error::Unreachable { host, message },
        other => other,
    }
}

fn seeds(connection: &Connection) -> Result<Vec<Place>, Error> {
    let given = connection.need("brokers")?.split([',', ' ', '\n']).map(str::trim);
    let given: Vec<&str> = given.filter(|one| !one.is_empty()).take(SEEDS_MAX).collect();
    let wrong = |one: &str| Error::Connection {
        message: format!("\"{one}\" is not where a broker can be"),
        advice: "Write each broker as host:port, with commas between them.".into(),
    };
    let place = |one: &&str| match one.rsplit_once(':') {
        None => Ok(Place { host: (*one).to_owned(), port: PORT }),
        Some((host, port)) => {
            let port = port.parse().ok().filter(|port| *port > 0 && !host.is_empty() && !host.contains('/'));
            port.map(|port| Place { host: host.to_owned(), port }).ok_or_else(|| wrong(one))
        }
    };
    given.iter().map(place).collect()
}

fn login(connection: &Connection) -> Result<Option<Login>, Error> {
    let mechanism = match connection.text("sasl").unwrap_or("none") {
        "plain" => Mechanism::Plain,
        "scram_sha_256" => Mechanism::ScramSha256,
        "scram_sha_512" => Mechanism::ScramSha512,
        _ => return Ok(None),
    };
    let (user, password) =
        (connection.need("username")?.to_owned(), connection.need_secret("password")?.clone());
    Ok(Some(Login { mechanism, user, password }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    fn with(brokers: &str) -> Connection {
        let fields = json!({"brokers": brokers}).as_object().cloned().expect("fields");
        Connection::new("c".into(), "kafka".into(), fields, BTreeMap::new())
    }

    #[test]
    fn brokers_are_named_with_and_without_a_port() {
        let places = seeds(&with("one:9093, two\nthree:1")).expect("three");
        let texts: Vec<String> = places.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["one:9093", "two:9092", "three:1"]);
        for wrong in ["", "one:0", "one:x", ":9092", "kafka://one:9092"] {
            assert_eq!(seeds(&with(wrong)).expect_err(wrong).code(), "E0302");
        }
    }
}
