//! Answers without an end.

use crate::calls::{self, BODY_BYTES_MAX};
use crate::judge::{self, Again, Work};
use crate::server::{HUGE_BYTES, Reply, Server};
use std::time::Duration;
use tokio::time::Instant;

/// What the sockets of both sides may hold besides.
const IN_FLIGHT_MAX: u64 = 16 << 20;

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_megabytes_are_not_read_to_their_end() {
    for declared in [true, false] {
        let ended = calls::everything(move |_, _| Reply::Huge { declared }).await;
        let mut wrong: Vec<String> =
            ended.iter().flat_map(|ended| judge::complaints(ended, Work::Perhaps, Again::Either)).collect();
        let most = (BODY_BYTES_MAX + IN_FLIGHT_MAX) * 2;
        assert!(most < HUGE_BYTES);
        wrong.extend(
            ended
                .iter()
                .filter(|ended| ended.server.written() > most)
                .map(|ended| format!("{} took {} bytes", ended.call.name(), ended.server.written())),
        );
        judge::none(wrong);
    }
}

/// On a clock that the test moves: it stands still while somebody works, and jumps to whoever waits.
#[tokio::test(start_paused = true)]
async fn an_answer_that_drips_is_given_up_when_its_time_is_over() {
    let catalog = catalog::all();
    let mut wrong = Vec::new();
    for call in calls::all(&catalog) {
        let server = Server::saying(Reply::Drip).await;
        let (url, begun) = (server.url.clone(), Instant::now());
        let ended = calls::make(&catalog, call, server, &url).await;
        wrong.extend(judge::complaints(&ended, Work::Perhaps, Again::Later));
        let took = begun.elapsed();
        // A file of ten megabytes takes its time over a slow line; the engine bounds the step.
        let longest = if ended.call.connector == "s3" { LONGEST * 4 } else { LONGEST };
        if took > longest {
            wrong.push(format!("{} waited {took:?}", ended.call.name()));
        }
    }
    judge::none(wrong);
}

/// A call has the step's time; those of a sign-in and of a trial have the client's own.
const LONGEST: Duration = Duration::from_secs(31);
