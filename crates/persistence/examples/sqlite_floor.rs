//! The floor of the SQLite figures in `make bench`: one durable `INSERT` and one durable conditional `UPDATE` a
//! verification, one by one, `synchronous = FULL`. Prints verifications a second.
//!
//! `sqlite_floor FILE COUNT`

#![expect(missing_docs, reason = "the table of an example")]

use std::time::Instant;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;

diesel::table! {
    floor (id) {
        id -> BigInt,
        digest -> Text,
        status -> Text,
        checks -> Integer,
        expires_at -> BigInt,
    }
}

fn main() {
    let mut words = std::env::args().skip(1);
    let path = words.next().expect("a file");
    let count: i64 = words.next().and_then(|text| text.parse().ok()).expect("a count");
    let mut c = SqliteConnection::establish(&path).expect("the file opens");
    c.batch_execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
         CREATE TABLE floor (id INTEGER PRIMARY KEY, digest TEXT NOT NULL, status TEXT NOT NULL, \
         checks INTEGER NOT NULL, expires_at INTEGER NOT NULL) STRICT",
    )
    .expect("the table is made");
    let begun = Instant::now();
    for id in 0..count {
        let row = (
            floor::id.eq(id),
            floor::digest.eq("digest"),
            floor::status.eq("pending"),
            floor::checks.eq(0),
            floor::expires_at.eq(i64::MAX),
        );
        diesel::insert_into(floor::table).values(row).execute(&mut c).expect("a row");
        let pending =
            floor::table.find(id).filter(floor::status.eq("pending")).filter(floor::expires_at.gt(0));
        let verified = (floor::checks.eq(floor::checks + 1), floor::status.eq("verified"));
        assert_eq!(diesel::update(pending).set(verified).execute(&mut c).expect("an update"), 1);
    }
    println!(
        "{:.1}",
        f64::from(i32::try_from(count).expect("a small count")) / begun.elapsed().as_secs_f64()
    );
}
