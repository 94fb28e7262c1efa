# syntax=docker/dockerfile:1
# Two stages: the same `cargo xtask build` that everybody uses, and then the one binary on a small Debian.
FROM rust:1-bookworm AS build
WORKDIR /khlong
# The compiler for the browser; where it cannot be fetched, xtask falls back to Debian's.
RUN rustup target add wasm32-unknown-unknown || true
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/khlong/target \
    cargo xtask build && cp target/release/khlong /usr/local/bin/khlong

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --create-home khlong
COPY --from=build /usr/local/bin/khlong /usr/local/bin/khlong
USER khlong
VOLUME /data
EXPOSE 8686
HEALTHCHECK --interval=15s --timeout=3s --start-period=5s CMD ["khlong", "doctor", "--health"]
# 0.0.0.0, because a container's own loopback is reached by nobody.
CMD ["khlong", "serve", "--data", "/data", "--listen", "0.0.0.0"]
