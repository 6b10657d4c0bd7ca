//! The condition of cards whose relief, print and outline are known by formula.

mod bent;
mod card;
mod ink;
mod outline;
mod print;
mod refusals;
mod relief;
