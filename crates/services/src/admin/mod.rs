//! What administrators do in the console; each deed is recorded.
