use testkit_process::http::ask;
use testkit_servers::{Moto, here};

#[test]
fn what_is_put_into_a_bucket_comes_out() {
    let Some(moto) = here::<Moto>() else { return };
    let url = moto.bucket("exports").expect("a bucket");
    let port = url.rsplit_once(':').expect("a port").1.parse().expect("a number");
    let signed = [("authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request")];
    let put = ask(port, "PUT /exports/orders.csv", &signed, "TEA-001;2\n").expect("an answer");
    assert_eq!(put.status, 200, "{put:?}");
    let got = ask(port, "GET /exports/orders.csv", &signed, "").expect("an answer");
    assert_eq!((got.status, got.body.as_str()), (200, "TEA-001;2\n"));
    assert_eq!(ask(port, "GET /exports/none.csv", &signed, "").expect("an answer").status, 404);
}
