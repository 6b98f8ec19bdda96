//! A request that is not ours: what the layer adds to it.

use std::hint::black_box;

use bytes::Bytes;
use http::Request;
use http_body_util::Empty;
use reissue::RefreshLayer;
use tower::{Layer as _, Service, service_fn};

use crate::setup::{block_on, plain, server};
use crate::stopwatch::Subject;

pub(crate) fn bare() -> Subject {
    subject(service_fn(plain))
}

pub(crate) fn passed() -> Subject {
    subject(layer().layer(service_fn(plain)))
}

/// Allocations of a request behind the layer, less those of the same request without it.
pub(crate) fn added_allocations() -> i64 {
    let mut bare = bare();
    let mut passed = passed();
    let count = |subject: &mut Subject| {
        let counted = allocation_counter::measure(|| subject(1));
        i64::try_from(counted.count_total).expect("a small number")
    };
    count(&mut passed) - count(&mut bare)
}

fn layer() -> RefreshLayer {
    RefreshLayer::new(server()).with_path("/token")
}

fn subject<S>(mut service: S) -> Subject
where
    S: Service<Request<Empty<Bytes>>> + 'static,
    S::Error: std::fmt::Debug,
{
    Box::new(move |count| {
        for _ in 0..count {
            let mut request = Request::new(Empty::new());
            *request.uri_mut() = http::Uri::from_static("/elsewhere");
            let response = block_on(service.call(black_box(request)));
            drop(black_box(response));
        }
    })
}
