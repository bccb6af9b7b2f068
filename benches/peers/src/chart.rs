//! A chart of lines, both axes logarithmic, as SVG.

use std::fmt::Write;

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 460.0;
const LEFT: f64 = 84.0;
const RIGHT: f64 = 190.0;
const TOP: f64 = 56.0;
const BOTTOM: f64 = 62.0;
/// The distance between two names at the right, so that they do not overlap.
const NAME_HEIGHT: f64 = 17.0;

/// A line of the chart.
pub struct Series {
    pub name: String,
    pub color: &'static str,
    pub points: Vec<(f64, f64)>,
}

pub struct Chart {
    pub title: &'static str,
    pub x_label: &'static str,
    /// Formats a number of the x axis.
    pub x_tick: fn(f64) -> String,
    /// The factor between two numbers of the x axis.
    pub x_step: f64,
    pub y_label: &'static str,
    /// Formats a number of the y axis, a power of ten.
    pub y_tick: fn(f64) -> String,
    /// Formats any value.
    pub y_value: fn(f64) -> String,
    pub series: Vec<Series>,
}

/// The position of numbers in the picture.
struct Scale {
    x: (f64, f64),
    /// Powers of ten.
    y: (i32, i32),
}

impl Scale {
    fn of(series: &[Series]) -> Self {
        let points = || series.iter().flat_map(|series| &series.points);
        let least = |of: fn(&(f64, f64)) -> f64| points().map(of).fold(f64::INFINITY, f64::min);
        let most = |of: fn(&(f64, f64)) -> f64| points().map(of).fold(0.0, f64::max);
        Self {
            x: (least(|p| p.0), most(|p| p.0)),
            y: (least(|p| p.1).log10().floor() as i32, most(|p| p.1).log10().ceil() as i32),
        }
    }

    fn x(&self, value: f64) -> f64 {
        let share = (value / self.x.0).ln() / (self.x.1 / self.x.0).ln();
        LEFT + share * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, value: f64) -> f64 {
        let share = (value.log10() - f64::from(self.y.0)) / f64::from(self.y.1 - self.y.0);
        HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)
    }
}

impl Chart {
    pub fn svg(&self) -> Result<String, std::fmt::Error> {
        let scale = Scale::of(&self.series);
        let mut svg = String::new();
        writeln!(
            svg,
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" font-family="system-ui, sans-serif" font-size="13" fill="#333">
<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>
<text x="{LEFT}" y="28" font-size="17" font-weight="600">{}</text>"##,
            self.title
        )?;
        self.axes(&mut svg, &scale)?;
        self.lines(&mut svg, &scale)?;
        svg.push_str("</svg>\n");
        Ok(svg)
    }

    fn axes(&self, svg: &mut String, scale: &Scale) -> std::fmt::Result {
        let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
        for power in scale.y.0..=scale.y.1 {
            let value = 10_f64.powi(power);
            let (y, label) = (scale.y(value), (self.y_tick)(value));
            writeln!(svg, r##"<path d="M{LEFT} {y:.1}H{right}" stroke="#ddd"/>"##)?;
            writeln!(svg, r#"<text x="{}" y="{:.1}" text-anchor="end">{label}</text>"#, LEFT - 9.0, y + 4.5)?;
        }
        let mut value = scale.x.0;
        while value <= scale.x.1 * 1.001 {
            let x = scale.x(value);
            writeln!(svg, r##"<path d="M{x:.1} {TOP}V{bottom}" stroke="#eee"/>"##)?;
            writeln!(
                svg,
                r#"<text x="{x:.1}" y="{}" text-anchor="middle">{}</text>"#,
                bottom + 20.0,
                (self.x_tick)(value)
            )?;
            value *= self.x_step;
        }
        let middle = f64::midpoint(LEFT, right);
        writeln!(svg, r##"<path d="M{LEFT} {TOP}V{bottom}H{right}" fill="none" stroke="#888"/>"##)?;
        writeln!(svg, r#"<text x="{middle}" y="{}" text-anchor="middle">{}</text>"#, HEIGHT - 18.0, self.x_label)?;
        let middle = f64::midpoint(TOP, bottom);
        writeln!(
            svg,
            r#"<text transform="translate(20 {middle}) rotate(-90)" text-anchor="middle">{}</text>"#,
            self.y_label
        )
    }

    fn lines(&self, svg: &mut String, scale: &Scale) -> std::fmt::Result {
        let mut names: Vec<(f64, &Series)> = Vec::new();
        for series in &self.series {
            let points = series.points.iter().map(|(x, y)| format!("{:.1},{:.1}", scale.x(*x), scale.y(*y)));
            let color = series.color;
            let points = points.collect::<Vec<_>>().join(" ");
            writeln!(
                svg,
                r#"<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2.5" stroke-linejoin="round"/>"#
            )?;
            for (x, y) in &series.points {
                writeln!(svg, r#"<circle cx="{:.1}" cy="{:.1}" r="3" fill="{color}"/>"#, scale.x(*x), scale.y(*y))?;
            }
            names.extend(series.points.last().map(|(_, y)| (scale.y(*y), series)));
        }
        names.sort_by(|left, right| left.0.total_cmp(&right.0));
        let mut free = TOP;
        for (y, series) in names {
            let y = y.max(free);
            free = y + NAME_HEIGHT;
            let (x, color, name) = (WIDTH - RIGHT + 10.0, series.color, &series.name);
            writeln!(svg, r#"<text x="{x}" y="{:.1}" fill="{color}" font-weight="600">{name}</text>"#, y + 4.5)?;
        }
        Ok(())
    }
}

/// Formats this many bytes, a power of two.
pub fn size(bytes: f64) -> String {
    match bytes {
        b if b < 1024.0 => format!("{b} B"),
        b if b < 1024.0 * 1024.0 => format!("{} KB", b / 1024.0),
        b => format!("{} MB", b / 1024.0 / 1024.0),
    }
}
