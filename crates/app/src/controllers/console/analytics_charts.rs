//! The charts of `/console/analytics`.

use bonin_domain::analytics::Step;
use bonin_services::analytics::{By, Cost, Latency, Line, Point, Series};

use super::charts::{Chart, Column, Shape, Unit, drawn};
use super::costs;
use super::figures::NOTHING;
use super::names;
use crate::pages::{Frame, format};

/// Parts that are drawn; colours do not tell more apart. The table of the whole span shows all, one over time the others
/// together.
const MOST: usize = 6;

fn times(frame: &Frame, step: Step, points: &[Point]) -> Vec<String> {
    let write = match step {
        Step::Hour => format::hour,
        Step::Day => format::day,
    };
    points.iter().map(|point| write(point.at, frame.locale)).collect()
}

fn over(frame: &Frame, step: Step) -> &'static str {
    match step {
        Step::Hour => frame.say("시각", "Hour"),
        Step::Day => frame.say("날짜", "Day"),
    }
}

/// Starts, successes and failed messages over time.
pub fn course(frame: &Frame, step: Step, points: &[Point]) -> Chart {
    let column = |name: &str, figure: fn(&Point) -> u64| Column {
        name: name.to_owned(),
        drawn: Some(points.iter().map(|point| Some(drawn(figure(point)))).collect()),
        written: points.iter().map(|point| format::number(figure(point))).collect(),
    };
    Chart::new(
        ("course", frame.say("인증 추이", "Verifications over time")),
        (Shape::Lines, Unit::Count),
        (over(frame, step), times(frame, step, points)),
        &[
            column(frame.say("시작", "Started"), |point| point.outcomes.starts()),
            column(frame.say("완료", "Verified"), |point| point.outcomes.verified),
            column(frame.say("실패한 발송", "Failed messages"), |point| point.failed),
        ],
    )
}

/// Conversion over time.
pub fn conversion(frame: &Frame, step: Step, points: &[Point]) -> Chart {
    Chart::new(
        ("conversion", frame.say("전환율 추이", "Conversion over time")),
        (Shape::Lines, Unit::Percent),
        (over(frame, step), times(frame, step, points)),
        &[converted(points, frame.say("전환율", "Conversion").to_owned())],
    )
}

fn converted(points: &[Point], name: String) -> Column {
    let percent = |point: &Point| point.outcomes.conversion().ratio().map(|ratio| ratio * 100.0);
    let written = |point: &Point| format::share(point.outcomes.verified, point.outcomes.decided());
    Column {
        name,
        drawn: Some(points.iter().map(percent).collect()),
        written: points.iter().map(written).collect(),
    }
}

/// Starts over time, by part.
pub fn starts_of_parts(frame: &Frame, by: By, series: &Series) -> Chart {
    let title = match by {
        By::Provider => frame.say("발송사별 시작 추이", "Starts over time by provider"),
        By::Country => frame.say("국가별 시작 추이", "Starts over time by country"),
        By::Purpose => frame.say("목적별 시작 추이", "Starts over time by purpose"),
    };
    let starts = |line: &Line, name: String| Column {
        name,
        drawn: Some(line.points.iter().map(|point| Some(drawn(point.outcomes.starts()))).collect()),
        written: line.points.iter().map(|point| format::number(point.outcomes.starts())).collect(),
    };
    over_time(frame, ("starts-of-parts", title), Unit::Count, series, &columns_of(frame, by, series, starts))
}

/// Conversion over time, by part.
pub fn conversion_of_parts(frame: &Frame, by: By, series: &Series) -> Chart {
    let title = match by {
        By::Provider => frame.say("발송사별 전환율 추이", "Conversion over time by provider"),
        By::Country => frame.say("국가별 전환율 추이", "Conversion over time by country"),
        By::Purpose => frame.say("목적별 전환율 추이", "Conversion over time by purpose"),
    };
    let conversion = |line: &Line, name: String| converted(&line.points, name);
    let columns = columns_of(frame, by, series, conversion);
    over_time(frame, ("conversion-of-parts", title), Unit::Percent, series, &columns)
}

fn columns_of(
    frame: &Frame,
    by: By,
    series: &Series,
    column: impl Fn(&Line, String) -> Column,
) -> Vec<Column> {
    let (largest, others) = series.largest(MOST);
    let largest = largest.iter().map(|line| column(line, part(frame, by, line)));
    let others = others.map(|line| column(&line, frame.say("그 밖", "Others").to_owned()));
    largest.chain(others).collect()
}

fn over_time(
    frame: &Frame,
    names: (&'static str, &'static str),
    unit: Unit,
    series: &Series,
    columns: &[Column],
) -> Chart {
    let points = series.lines.first().map_or(&[][..], |line| &line.points);
    let step = series.range.step;
    Chart::new(names, (Shape::Lines, unit), (over(frame, step), times(frame, step, points)), columns)
}

/// The parts of the whole span side by side.
pub fn parts(frame: &Frame, by: By, series: &Series) -> Chart {
    let lines = &series.lines;
    let (id, head) = match by {
        By::Provider => ("by-provider", frame.say("발송사", "Provider")),
        By::Country => ("by-country", frame.say("국가", "Country")),
        By::Purpose => ("by-purpose", frame.say("목적", "Purpose")),
    };
    let column = |name: &str, figure: fn(&Line) -> u64| Column {
        name: name.to_owned(),
        drawn: Some(lines.iter().take(MOST).map(|line| Some(drawn(figure(line)))).collect()),
        written: lines.iter().map(|line| format::number(figure(line))).collect(),
    };
    let written = |name: &str, write: &dyn Fn(&Line) -> String| Column {
        name: name.to_owned(),
        drawn: None,
        written: lines.iter().map(write).collect(),
    };
    let columns = vec![
        column(frame.say("시작", "Started"), |line| line.outcomes().starts()),
        column(frame.say("완료", "Verified"), |line| line.outcomes().verified),
        written(frame.say("전환율", "Conversion"), &|line| {
            let outcomes = line.outcomes();
            format::share(outcomes.verified, outcomes.decided())
        }),
        written(frame.say("실패한 발송", "Failed"), &|line| format::number(line.failed())),
        written(frame.say("비용", "Cost"), &|line| costs::noted(frame, &line.cost())),
    ];
    let labels = lines.iter().map(|line| part(frame, by, line)).collect();
    Chart::new((id, names::part(frame, by)), (Shape::Bars, Unit::Count), (head, labels), &columns)
}

fn part(frame: &Frame, by: By, line: &Line) -> String {
    let Some(name) = &line.name else { return frame.say("알 수 없음", "Unknown").to_owned() };
    match by {
        By::Provider => names::provider(name).to_owned(),
        By::Country => name.clone(),
        By::Purpose => {
            name.parse().map_or(name.as_str(), |purpose| names::purpose(frame, purpose)).to_owned()
        }
    }
}

/// How long deliveries take, by provider: a histogram, and median and 95th percentile in the table's last rows.
pub fn latency(frame: &Frame, latencies: &[Latency]) -> Chart {
    let up_to = |tenths: u32| {
        let bound = format::duration(Some(tenths), frame.locale);
        if frame.korean() { format!("{bound} 이하") } else { format!("up to {bound}") }
    };
    let mut labels: Vec<String> = Latency::BOUNDS.into_iter().map(up_to).collect();
    labels.push(frame.say("더 오래", "longer").to_owned());
    labels.push(frame.say("중앙값", "Median").to_owned());
    labels.push("95%".to_owned());
    let columns = latencies.iter().map(|latency| {
        let counts = latency.delivery.histogram(&Latency::BOUNDS);
        let spread = [latency.delivery.median(), latency.delivery.percentile(95)];
        let written = counts.iter().map(|count| format::number(*count));
        let spread = spread.into_iter().map(|tenths| format::duration(tenths, frame.locale));
        Column {
            name: names::provider(latency.provider.as_str()).to_owned(),
            drawn: Some(counts.iter().map(|count| Some(drawn(*count))).collect()),
            written: written.chain(spread).collect(),
        }
    });
    Chart::new(
        ("latency", frame.say("도착까지 걸린 시간", "Time to delivery")),
        (Shape::Bars, Unit::Count),
        (frame.say("걸린 시간", "Within"), labels),
        &columns.collect::<Vec<Column>>(),
    )
}

/// What messages cost over time, by provider, in KRW alone: one scale cannot show other currencies beside.
pub fn cost(frame: &Frame, series: &Series) -> Chart {
    let won = |cost: &Cost| cost.amounts().find(|(currency, _)| *currency == "KRW").map(|(_, amount)| amount);
    let spent = |line: &&Line| won(&line.cost()).is_some();
    let points = series.lines.first().map_or(&[][..], |line| &line.points);
    let written = |cost: &Cost| match won(cost) {
        None if cost.is_unknown() => NOTHING.to_owned(),
        won => format::money(won.unwrap_or_default(), "KRW", frame.locale),
    };
    let columns = series.lines.iter().filter(spent).map(|line| Column {
        name: part(frame, By::Provider, line),
        drawn: Some(line.points.iter().map(|point| Some(point.cost.of("KRW").to_f64())).collect()),
        written: line.points.iter().map(|point| written(&point.cost)).collect(),
    });
    let step = series.range.step;
    Chart::new(
        ("cost", frame.say("발송사별 비용 (KRW)", "Cost by provider (KRW)")),
        (Shape::Stack, Unit::Won),
        (over(frame, step), times(frame, step, points)),
        &columns.collect::<Vec<Column>>(),
    )
}
