//! Plots in SVG.

use std::error::Error;
use std::ops::Range;
use std::path::Path;

use plotters::coord::ranged1d::{AsRangedCoord, Ranged, ValueFormatter};
use plotters::prelude::*;

/// What is plotted against what.
pub(crate) struct Chart {
    pub(crate) x: &'static str,
    pub(crate) y: &'static str,
    pub(crate) log_x: bool,
    pub(crate) log_y: bool,
}

pub(crate) struct Line {
    pub(crate) label: String,
    pub(crate) points: Vec<(f64, f64)>,
}

pub(crate) struct Bar {
    pub(crate) label: String,
    pub(crate) value: f64,
}

/// Draws lines with their points.
pub(crate) fn lines(file: &Path, chart: &Chart, series: &[Line]) -> Result<(), Box<dyn Error>> {
    let points = || series.iter().flat_map(|line| line.points.iter());
    let x = extent(points().map(|point| point.0), chart.log_x);
    let y = extent(points().map(|point| point.1), chart.log_y);
    match (chart.log_x, chart.log_y) {
        (false, false) => draw(file, chart, series, x, y),
        (false, true) => draw(file, chart, series, x, y.log_scale()),
        (true, false) => draw(file, chart, series, x.log_scale(), y),
        (true, true) => draw(file, chart, series, x.log_scale(), y.log_scale()),
    }
}

/// Draws bars, the first at the top.
pub(crate) fn bars(file: &Path, title: &str, bars: &[Bar]) -> Result<(), Box<dyn Error>> {
    let count = u32::try_from(bars.len())?;
    let (width, height) = (760, 60 + 30 * count);
    let root = SVGBackend::new(file, (width, height)).into_drawing_area();
    root.fill(&WHITE)?;
    let font = ("sans-serif", 15).into_font();
    root.draw(&Text::new(title, (10, 10), font.clone()))?;
    let most = bars.iter().map(|bar| bar.value).fold(1.0, f64::max);
    let (left, longest) = (220, f64::from(width) - 220.0 - 80.0);
    for (at, bar) in (0_i32..).zip(bars) {
        let top = 42 + at * 30;
        let length = (bar.value / most * longest).round() as i32;
        let color = Palette99::pick(usize::try_from(at)? % 3).filled();
        root.draw(&Rectangle::new(
            [(left, top), (left + length, top + 20)],
            color,
        ))?;
        root.draw(&Text::new(bar.label.clone(), (10, top + 3), font.clone()))?;
        let value = format!("{:.1}", bar.value);
        root.draw(&Text::new(
            value,
            (left + length + 8, top + 3),
            font.clone(),
        ))?;
    }
    root.present()?;
    Ok(())
}

fn draw<X, Y>(file: &Path, chart: &Chart, series: &[Line], x: X, y: Y) -> Result<(), Box<dyn Error>>
where
    X: AsRangedCoord<Value = f64>,
    X::CoordDescType: Ranged<ValueType = f64> + ValueFormatter<f64>,
    Y: AsRangedCoord<Value = f64>,
    Y::CoordDescType: Ranged<ValueType = f64> + ValueFormatter<f64>,
{
    let root = SVGBackend::new(file, (760, 420)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut context = ChartBuilder::on(&root)
        .margin(14)
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d(x, y)?;
    context
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_desc(chart.x)
        .y_desc(chart.y)
        .draw()?;
    for (at, line) in series.iter().enumerate() {
        let color = Palette99::pick(at).to_rgba();
        let points = line.points.iter().copied();
        context
            .draw_series(LineSeries::new(points.clone(), color.stroke_width(2)))?
            .label(line.label.clone())
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], color.stroke_width(2)));
        context.draw_series(points.map(|point| Circle::new(point, 3, color.filled())))?;
    }
    context
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerRight)
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK.mix(0.3))
        .draw()?;
    root.present()?;
    Ok(())
}

/// From zero to a little more than the largest; on a logarithmic axis, from the smallest.
fn extent(values: impl Iterator<Item = f64> + Clone, is_log: bool) -> Range<f64> {
    let most = values.clone().fold(f64::MIN_POSITIVE, f64::max);
    if is_log {
        let least = values.fold(most, f64::min);
        least * 0.8..most * 1.25
    } else {
        0.0..most * 1.15
    }
}
