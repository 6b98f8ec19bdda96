//! The same sessions, rotated again and again: the ten-thousandth rotation costs what the first
//! did.

use std::error::Error;

use reissue_load::resident_bytes;

use crate::lab::Lab;
use crate::page::Page;
use crate::plot::{Chart, Line, lines};
use crate::server::{Server, redis_pid};
use crate::table::{count, micros, table};

pub(crate) struct Rotations {
    memory: Vec<Point>,
    redis: Vec<Point>,
}

/// What refreshes cost up to this rotation since the last point.
struct Point {
    rotation: u64,
    cpu: f64,
    /// What all sessions take, store and process together or Redis alone.
    bytes: u64,
}

pub(crate) fn measure(lab: &mut Lab) -> Result<Rotations, Box<dyn Error>> {
    let server = lab.token_server("memory:")?;
    let pid = server.pid();
    let memory = rotate(lab, &server, "rotations-memory", || {
        Ok(resident_bytes(pid)?)
    })?;
    let redis_server = lab.redis()?;
    redis_pid(&redis_server)?;
    let server = lab.token_server(&redis_server.url())?;
    let redis = rotate(lab, &server, "rotations-redis", || {
        Ok(redis_server.used_memory())
    })?;
    Ok(Rotations { memory, redis })
}

fn rotate(
    lab: &mut Lab,
    server: &Server,
    name: &str,
    bytes: impl Fn() -> Result<u64, Box<dyn Error>>,
) -> Result<Vec<Point>, Box<dyn Error>> {
    let mut sessions = lab.sessions(name, SESSIONS);
    let mut points = Vec::new();
    let mut done = 0;
    for &rotation in lab.lengths.rotations {
        let refreshes = (rotation - done).to_string();
        let report = lab.run(&[server], &mut sessions, &[], &["--refreshes", &refreshes])?;
        done = rotation;
        points.push(Point {
            rotation,
            cpu: report.cpu.watched.first().copied().unwrap_or(f64::NAN),
            bytes: bytes()?,
        });
    }
    Ok(points)
}

impl Rotations {
    pub(crate) fn write(&self, page: &mut Page) -> Result<(), Box<dyn Error>> {
        page.section("Rotations of one session");
        page.text(&format!(
            "{SESSIONS} sessions that are refreshed over and over. Each row is what a refresh cost on average \
             since the row before, \
             and what all sessions take by then: a session does not grow.",
        ));
        let rows: Vec<_> = self
            .memory
            .iter()
            .zip(&self.redis)
            .map(|(memory, redis)| {
                vec![
                    format!("up to {}", count(memory.rotation as f64)),
                    micros(memory.cpu),
                    format!("{} KiB", count(memory.bytes as f64 / 1024.0)),
                    micros(redis.cpu),
                    format!("{} KiB", count(redis.bytes as f64 / 1024.0)),
                ]
            })
            .collect();
        let head = [
            "rotation",
            "CPU, memory store",
            "RSS of the server",
            "CPU, Redis store",
            "used by Redis",
        ];
        page.text(&table(&head, &rows));
        let line = |label: &str, points: &[Point]| Line {
            label: label.to_owned(),
            points: points
                .iter()
                .map(|point| (point.rotation as f64, point.cpu))
                .collect(),
        };
        let chart = Chart {
            x: "rotation of the session",
            y: "CPU of the server per refresh, µs",
            log_x: false,
            log_y: false,
        };
        let series = [
            line("memory store", &self.memory),
            line("Redis store", &self.redis),
        ];
        lines(&page.plot("rotations.svg"), &chart, &series)?;
        page.image(
            "rotations.svg",
            "CPU time of a refresh against the number of rotations",
        );
        Ok(())
    }
}

const SESSIONS: usize = 16;
