//! Every broker is asked what every buffer is asked. A question has a queue of its own.

use async_trait::async_trait;
use buffer::Buffer;
use buffer::contract::{Home, Kind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use testkit_brokers::{Moto, Nats, Rabbit, here};

struct At {
    url: String,
    kind: Kind,
}

#[async_trait]
impl Home for At {
    fn kind(&self) -> Kind {
        self.kind
    }

    async fn open(&self) -> Arc<dyn Buffer> {
        brokers::open("test", &self.url).expect("an address")
    }
}

static QUEUES: AtomicUsize = AtomicUsize::new(0);

fn queue() -> String {
    format!("queue{}", QUEUES.fetch_add(1, Ordering::Relaxed))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rabbitmq_is_a_buffer() {
    let Some(rabbit) = here::<Rabbit>() else { return };
    let kind = Kind { drops_repeats: false, keeps_order: true, counts: true };
    buffer::contract_tests!(in turn At { url: rabbit.url(&format!("queue={}", queue())), kind });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jetstream_is_a_buffer() {
    let Some(nats) = here::<Nats>() else { return };
    let kind = Kind { drops_repeats: true, keeps_order: true, counts: true };
    buffer::contract_tests!(in turn At { url: nats.url(&format!("stream={}", queue())), kind });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jetstream_that_takes_long_messages_gives_them_back_as_they_were() {
    let Some(mut nats) = here::<Nats>() else { return };
    nats.take_messages_of(8 << 20).expect("it starts again");
    let at = At { url: nats.url(""), kind: Kind { drops_repeats: true, keeps_order: true, counts: true } };
    buffer::contract::a_parcel_that_is_too_large_is_refused_with_the_limit(&at).await;
    let buffer = at.open().await;
    buffer.check().await.expect("it is in order");
    assert_eq!(buffer.parcel_bytes_max(), (8 << 20) - (1 << 10));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqs_is_a_buffer() {
    let Some(moto) = here::<Moto>() else { return };
    let kind = Kind { drops_repeats: false, keeps_order: false, counts: true };
    buffer::contract_tests!(in turn At { url: moto.queue(&queue(), false, "").expect("a queue"), kind });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fifo_queue_of_sqs_is_a_buffer() {
    let Some(moto) = here::<Moto>() else { return };
    let kind = Kind { drops_repeats: true, keeps_order: true, counts: true };
    buffer::contract_tests!(in turn At { url: moto.queue(&queue(), true, "").expect("a queue"), kind });
}
