//! Tests clients of interfaces whose methods take `&self`.

mod creation;
mod several;
mod shapes;
mod threads;
mod views;
