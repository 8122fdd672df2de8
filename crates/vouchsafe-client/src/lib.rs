//! Typed client of the Vouchsafe API.
