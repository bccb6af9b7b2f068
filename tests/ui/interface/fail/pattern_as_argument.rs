use extism_runtime::plugin_interface;

#[plugin_interface]
trait Geometry {
    fn length(&mut self, (x, y): (f64, f64)) -> f64;
    fn area(&mut self, _: f64, mut height: f64) -> f64;
}

fn main() {}
