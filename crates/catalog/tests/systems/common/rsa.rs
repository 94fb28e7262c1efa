//! A key that nobody uses.

/// Made for these tests alone.
const KEY: &[&str] = &[
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCN8rq5kvjEhfxqq+1v4syOBe2qYvZnQUs7KAZX9BXppx8Tx89xjI",
    "QEGJEXMwPL9g0VYzEsVwv+K7MDsQOqi8WtX3QCVKqi5yb7HJkoeH3adm7/J+2sz0sOS/TdBYGnPHeCGEzxDNBflFL2ihsJhTlwBnVr",
    "O+14LEPxQi4mMRQWPcqFQt42ZeVlIkLcNMR0LSk7wvCfJytVTtDsKcc0yWH9XkMhcWS2b6PtTExI9rN2GnRSdnM9/MsjwnW3EfDqUZ",
    "XHWSpr+9TryOVHLKv2qZoq7omx5EkhNeskRXtmaLosy5HUtnfdPu/Y2wJX3goNprht0s8jEG+B36A1RG3E7JkHAgMBAAECggEACZRz",
    "I6kWnvTH908JJD7zPTaLNq+dH5TZhfGKlA8GF5HO2B/pESnBkyExUZaA0BgYA/SA0hRB2/KJD1u3+p+aRLwncSzTo1DkYZgpggC3xb",
    "Guhgvkz3/h+eIIcY44lNfQ3PfU4YPS4FB7VOY3MupJ2RSmggk2WqDqKPMleDBhwapqKwtznOBHZoOomm0uGFfKTOq+vEZavMKknYIp",
    "0BWFN+HR4JYLHtLZCHuy5GcZXLV/h8j4PuMEtehCWJwz7dcJln+XQmMiBdvOgCbkGbkzEei2yviEgQMqBr/HOnm/oVbB/2pjDDtN4I",
    "bSWiYI9f8NKSNurgBa2wZKExhd810DaQKBgQDGkuZ6Uy6FR8es59t8TqOmZgyStW6KhsNbtcIUjyfw1zdC29wdET4BgAs7174SmAMd",
    "AVIF/XxEbC0/ibDLwYxnlQPqDF/IVDYeIJr5hb1lUHiAHvAWkQHoqitJ3t6geOAHt6vg53axOS4aZzUExOc+jKHWma7m/kEJoZxj1H",
    "K4rQKBgQC2/6Mjcu/SF0XqgtwsrnxzdLQ+1KXf43mb+5zP+jsYDK7qXrUSk+PLj018jgureHaYtEKyIvflhxTvvun/l9etU4udNozr",
    "QQ3AJlCgShF+H0rCzlHvOBJ+zoBo2OtGCIRhESdjAa9ZqcOLOB5kuatw1umO8JPlgRB9JUFM69kLAwKBgC1tk/6uIvlox3x9+o+Aqh",
    "26QOwbR7O3SuAjP8hWS8vkYIcSJ1QbCrVrJqbFH32/ew7aq3olWJWKrftYM7MZj1ZvF9smg48f/NV9nhaxivevpjGhYkm3WNlyfL7E",
    "lufdX1tEoLSuH1BCBZMSw2VY6pI7uBaRSBseVaCvcUjBZJFtAoGAaLYGJzaRO2nNu859JaQB2h6hNIKBF4cWAscKh4brYWuAeuMOQT",
    "8WTVgGQosU6lzXn7ElqMCRkGim9jgLtRCxfKAddyvLnqFuuNAzukQnlj9Zi/Z6s6MmEiEfIN9eYIhnFxO1sdU4/NlC5tqJqaEEFGEk",
    "64GFXwFm6fTzVIxvePkCgYEAt4Jnyt5aXWkPNKopXVrkpK1M1gmDdVEezT8xd8ueG3G38qAtrUDwNqZ5WuxonJx1NypoRCHGO+B3Hz",
    "6MLNQCyS+RKxMYjW87j2rBDbLcjD0KqZ3OYUIYfx3QRsu8BOghrAbj8poy3pDa3n01j+UrZINMJGDDtMDuEEWX5xOcW7Q=",
];

pub fn pem() -> String {
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", KEY.join("\n"))
}
