use super::Home;
use super::sample::*;
use crate::{Error, JOBS_KEPT, JOBS_OPEN_MAX, JobRow, JobState, Lease, Store};

pub(super) fn job(n: i64) -> JobRow {
    JobRow {
        id: id(n),
        at: at(n),
        who: "somebody".into(),
        what: format!("what {n}"),
        state: JobState::Working,
        progress: "{}".into(),
        changed_at: at(n),
        changed_by: String::new(),
    }
}

/// A lease that is good: the process that asks holds shard 0.
async fn lease(store: &dyn Store) -> Lease {
    let joined = store.join("test", "1").await.expect("it joins");
    let held = store.renew(joined.node, &[]).await.expect("it is given shards");
    held.leases.into_iter().find(|lease| lease.shard == 0).expect("it is alone")
}

async fn save(store: &dyn Store, lease: Lease, n: i64, state: JobState) -> bool {
    store.save_job(lease, id(n), "half", state, at(99)).await.expect("it is asked")
}

async fn numbers_of(jobs: Result<Vec<JobRow>, Error>) -> Vec<i64> {
    numbers(jobs.expect("jobs are listed").iter().map(|job| job.id))
}

pub async fn a_job_is_there_until_it_is_done(home: &dyn Home) {
    let store = home.open().await;
    let held = lease(&*store).await;
    for n in 1..=3 {
        store.add_job(job(n)).await.expect("it is put down");
    }
    store.add_job(JobRow { what: "other".into(), ..job(2) }).await.expect("the same again is no error");
    assert_eq!(store.job(id(2)).await.expect("asked"), Some(job(2)));
    assert_eq!(store.job(id(9)).await.expect("asked"), None);
    assert!(save(&*store, held, 2, JobState::Working).await);
    let saved = JobRow { progress: "half".into(), changed_at: at(99), ..job(2) };
    assert_eq!(store.job(id(2)).await.expect("asked"), Some(saved));
    assert!(save(&*store, held, 1, JobState::Done).await);
    assert!(!save(&*store, held, 1, JobState::Working).await, "it is done");
    assert_eq!(numbers_of(store.open_jobs().await).await, [2, 3]);
    assert_eq!(numbers_of(store.jobs(None, 2).await).await, [3, 2]);
    assert_eq!(numbers_of(store.jobs(Some(id(2)), 2).await).await, [1]);
}

pub async fn a_job_that_was_ended_is_not_gone_on_with(home: &dyn Home) {
    let store = home.open().await;
    let held = lease(&*store).await;
    store.add_job(job(1)).await.expect("it is put down");
    assert!(store.cancel_job(id(1), at(5), "mali").await.expect("asked"));
    assert!(!store.cancel_job(id(1), at(6), "somchai").await.expect("asked"));
    assert!(!save(&*store, held, 1, JobState::Done).await);
    let ended = store.job(id(1)).await.expect("asked").expect("it is there");
    assert_eq!(
        (ended.state, ended.changed_at, ended.changed_by.as_str()),
        (JobState::Cancelled, at(5), "mali")
    );
}

pub async fn jobs_have_a_bound(home: &dyn Home) {
    let store = home.open().await;
    let (open, kept) = (JOBS_OPEN_MAX as i64, JOBS_KEPT as i64);
    for n in 1..=kept + 5 {
        store.add_job(job(n)).await.expect("it is put down");
        store.cancel_job(id(n), at(n), "mali").await.expect("asked");
    }
    for n in 1..=open {
        store.add_job(job(1_000 + n)).await.expect("it is put down");
    }
    let refused = store.add_job(job(2_000)).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    store.add_job(job(1_001)).await.expect("what is there is no error");
    assert_eq!(store.jobs(None, 1_000).await.expect("listed").len().min(JOBS_KEPT), JOBS_KEPT);
    assert_eq!(store.job(id(5)).await.expect("asked"), None, "the oldest that have ended go");
    assert!(store.job(id(6)).await.expect("asked").is_some());
}
