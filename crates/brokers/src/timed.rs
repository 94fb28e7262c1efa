//! Every call ends, whatever the broker does.

use async_trait::async_trait;
use buffer::{Buffer, Depth, Drawn, Draws, Error, Most, Parcel, Receipt};
use std::time::Duration;

/// How long a broker has for an answer.
const ANSWER_MAX: Duration = Duration::from_secs(10);

pub struct Timed<B>(pub B);

async fn within<T>(most: Duration, call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let late = |_| Err(Error::Away(format!("it did not answer within {} s", most.as_secs())));
    tokio::time::timeout(most, call).await.unwrap_or_else(late)
}

#[async_trait]
impl<B: Buffer> Buffer for Timed<B> {
    async fn put(&self, parcel: &Parcel) -> Result<(), Error> {
        within(ANSWER_MAX, self.0.put(parcel)).await
    }

    async fn draw(&self, most: Most, wait: Duration) -> Result<Vec<Drawn>, Error> {
        within(wait + ANSWER_MAX, self.0.draw(most, wait)).await
    }

    async fn done(&self, receipts: &[Receipt]) -> Result<(), Error> {
        within(ANSWER_MAX, self.0.done(receipts)).await
    }

    async fn give_back(&self, receipts: &[Receipt]) -> Result<(), Error> {
        within(ANSWER_MAX, self.0.give_back(receipts)).await
    }

    async fn bury(&self, drawn: &Drawn, why: &str) -> Result<(), Error> {
        within(ANSWER_MAX, self.0.bury(drawn, why)).await
    }

    async fn depth(&self) -> Result<Depth, Error> {
        within(ANSWER_MAX, self.0.depth()).await
    }

    async fn check(&self) -> Result<String, Error> {
        within(ANSWER_MAX, self.0.check()).await
    }

    fn parcel_bytes_max(&self) -> usize {
        self.0.parcel_bytes_max()
    }

    fn draws(&self) -> Draws {
        self.0.draws()
    }
}
