//! Figures for people: from the counts of the store to conversion, cost, times and their course.
