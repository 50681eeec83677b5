//! Messages under way: sending, doubt, take-over, recording, asking after them.

mod doubt;
mod house;
mod polls;
mod recording;
mod sending;
mod take_over;
