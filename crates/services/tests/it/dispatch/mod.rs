//! Messages under way: sending, doubt, take-over, recording, asking after them.

mod adaptive;
mod doubt;
mod failover;
mod groups;
mod house;
mod notices;
mod polls;
mod prices;
mod receipts;
mod recording;
mod sending;
mod take_over;
