//! A link whose errors are those of a buffer.

use buffer::Error;
use std::sync::Arc;

pub struct Link<T>(links::Link<T, Error>);

impl<T> Default for Link<T> {
    fn default() -> Self {
        Self(links::Link::default())
    }
}

impl<T> Link<T> {
    pub async fn get(&self, connect: impl Future<Output = Result<T, Error>>) -> Result<Arc<T>, Error> {
        self.0.get(connect, || Error::Away("connecting takes too long".into())).await
    }

    pub async fn broke(&self, broken: &Arc<T>) {
        self.0.broke(broken).await;
    }

    pub async fn now(&self) -> Option<Arc<T>> {
        self.0.now().await
    }
}
