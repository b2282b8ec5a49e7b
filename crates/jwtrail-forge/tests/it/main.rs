//! The catalogue and the forge, judged by a signature check of the tests' own.

#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod defect;
#[cfg(test)]
mod forge;
#[cfg(test)]
mod model;
#[cfg(test)]
mod support;
