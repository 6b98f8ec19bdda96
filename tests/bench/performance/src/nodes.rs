//! Several token servers on one Redis, and on a cluster.

use std::error::Error;

use reissue_tests::redis::RedisServer;

use crate::lab::Lab;
use crate::page::Page;
use crate::plot::{Chart, Line, lines};
use crate::server::{Server, redis_pid};
use crate::table::{count, median, micros, table};

pub(crate) struct Nodes {
    single: Vec<Point>,
    cluster: Vec<Point>,
}

struct Point {
    nodes: usize,
    per_second: f64,
    /// Of all nodes, per refresh.
    cpu: f64,
    redis_cpu: f64,
    scripts: f64,
}

pub(crate) fn measure(lab: &mut Lab) -> Result<Nodes, Box<dyn Error>> {
    let redis = lab.redis()?;
    let single = scale(
        lab,
        &redis.url(),
        std::slice::from_ref(&redis),
        "nodes-single",
    )?;
    let cluster = lab.cluster()?;
    let cluster = scale(lab, &cluster.url(), cluster.nodes(), "nodes-cluster")?;
    Ok(Nodes { single, cluster })
}

fn scale(
    lab: &mut Lab,
    url: &str,
    redis: &[RedisServer],
    name: &str,
) -> Result<Vec<Point>, Box<dyn Error>> {
    let watched = redis.iter().map(redis_pid).collect::<Result<Vec<_>, _>>()?;
    let most = lab.lengths.nodes.iter().copied().max().unwrap_or(1);
    let servers = (0..most)
        .map(|_| lab.token_server(url))
        .collect::<Result<Vec<_>, _>>()?;
    let mut sessions = lab.sessions(name, SESSIONS);
    let scripts = || -> u64 { redis.iter().map(|node| node.command_stats("evalsha")).sum() };
    let mut points = Vec::new();
    for &nodes in lab.lengths.nodes {
        let (mut rates, mut cpus, mut redis_cpus, mut counts) = (vec![], vec![], vec![], vec![]);
        for _ in 0..lab.lengths.rounds.min(2) {
            let before = scripts();
            let chosen: Vec<&Server> = servers[..nodes].iter().collect();
            let each = REFRESHES_OF_A_SLICE / SESSIONS as f64 * lab.lengths.slice.as_secs_f64();
            let each = format!("{each:.0}");
            let report = lab.run(&chosen, &mut sessions, &watched, &["--refreshes", &each])?;
            rates.push(report.refreshes_per_second);
            cpus.push(report.cpu.watched[..nodes].iter().sum());
            redis_cpus.push(report.cpu.watched[nodes..].iter().sum());
            counts.push((scripts() - before) as f64 / report.refreshes as f64);
        }
        points.push(Point {
            nodes,
            per_second: median(rates),
            cpu: median(cpus),
            redis_cpu: median(redis_cpus),
            scripts: median(counts),
        });
    }
    Ok(points)
}

impl Nodes {
    pub(crate) fn write(&self, page: &mut Page) -> Result<(), Box<dyn Error>> {
        page.section("Nodes");
        page.text(&format!(
            "{SESSIONS} sessions, each of which uses all nodes in turn, so that every refresh finds its session \
             advanced by another node. All nodes share one core, and Redis (six processes in the cluster, \
             replicas among them) and the load generator \
             the other: this machine cannot show more throughput with more nodes. It shows that a refresh costs \
             no more with more nodes, and is one `EVALSHA` whatever their number.",
        ));
        let rows: Vec<_> = [("one Redis", &self.single), ("cluster", &self.cluster)]
            .into_iter()
            .flat_map(|(name, points)| {
                points.iter().map(move |point| {
                    vec![
                        name.to_owned(),
                        point.nodes.to_string(),
                        count(point.per_second),
                        micros(point.cpu),
                        micros(point.redis_cpu),
                        format!("{:.3}", point.scripts),
                    ]
                })
            })
            .collect();
        let head = [
            "store",
            "nodes",
            "per second",
            "CPU of all nodes",
            "CPU in Redis",
            "`EVALSHA`s per refresh",
        ];
        page.text(&table(&head, &rows));
        let line = |label: &str, points: &[Point]| Line {
            label: label.to_owned(),
            points: points
                .iter()
                .map(|point| (point.nodes as f64, point.cpu))
                .collect(),
        };
        let chart = Chart {
            x: "nodes",
            y: "CPU of all nodes per refresh, µs",
            log_x: false,
            log_y: false,
        };
        let series = [
            line("one Redis", &self.single),
            line("cluster", &self.cluster),
        ];
        lines(&page.plot("nodes.svg"), &chart, &series)?;
        page.image(
            "nodes.svg",
            "CPU time of a refresh against the number of nodes",
        );
        Ok(())
    }
}

const SESSIONS: usize = 64;

/// Per second of a slice: what one core can do even if others use it.
const REFRESHES_OF_A_SLICE: f64 = 5_000.0;
