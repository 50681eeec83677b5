//! `/console` on the admin listener: what administrators see and do.
