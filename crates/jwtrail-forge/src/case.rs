use jwtrail_event::{EventName, SecretToken};

use crate::{Expect, Forge, Precondition, Presentation, Presented, ProofBuilder};

/// One way to present a token, with what must come of it.
///
/// ```
/// use jwtrail_forge::{Case, catalogue};
///
/// let signature: Vec<&Case> = catalogue().filter(|case| case.check() == "SIG-03").collect();
/// assert!(signature.len() > 3);
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Case {
    /// The check and the variant, e.g. `SIG-03/nOnE`; stable.
    pub id: &'static str,
    /// What is done, as a sentence's beginning.
    pub title: &'static str,
    /// How it goes onto the wire.
    pub presentation: Presentation,
    /// What the service must have.
    pub precondition: Precondition,
    /// What the service must answer and record.
    pub expect: Expect,
    recipe: Recipe,
}

/// Where a case is presented.
///
/// ```
/// use jwtrail_forge::{Endpoint, find};
/// let case = find("REF-02/reused").unwrap();
/// assert_eq!(case.endpoint(), Endpoint::Refresh);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// A protected route.
    Protected,
    /// The refresh endpoint.
    Refresh,
    /// The login.
    Login,
}

impl Case {
    /// The check that this is a variant of, e.g. `SIG-03`.
    #[must_use]
    pub fn check(&self) -> &'static str {
        self.id.split_once('/').map_or(self.id, |(check, _)| check)
    }

    /// Where it is presented.
    #[must_use]
    pub const fn endpoint(&self) -> Endpoint {
        match self.expect.event {
            EventName::LoginFailed => Endpoint::Login,
            EventName::RefreshReused | EventName::RefreshRefused => Endpoint::Refresh,
            _ => Endpoint::Protected,
        }
    }

    pub(crate) fn present(&self, forge: &Forge) -> Presented {
        match self.recipe {
            Recipe::Nothing => Presented::default(),
            Recipe::Bearer(mint) => Presented::bearer(mint(forge)),
            Recipe::Wire(present) => present(forge),
            Recipe::Proof(fault) => {
                let token = forge.token().bound_to_client().sign();
                let proof = fault(forge.proof(&token)).sign();
                Presented::dpop(token).and_proof(proof)
            }
        }
    }

    /// A token in one `Bearer` header.
    pub(crate) const fn bearer(
        id: &'static str,
        title: &'static str,
        mint: fn(&Forge) -> SecretToken,
        expect: Expect,
    ) -> Self {
        let recipe = Recipe::Bearer(mint);
        Self::new(id, title, Presentation::Bearer, recipe, expect)
    }

    /// Whatever else can be sent.
    pub(crate) const fn wire(
        id: &'static str,
        title: &'static str,
        presentation: Presentation,
        present: fn(&Forge) -> Presented,
        expect: Expect,
    ) -> Self {
        Self::new(id, title, presentation, Recipe::Wire(present), expect)
    }

    /// A good bound token with a changed proof.
    pub(crate) const fn proof(
        id: &'static str,
        title: &'static str,
        fault: Fault,
        expect: Expect,
    ) -> Self {
        Self::new(id, title, Presentation::Dpop, Recipe::Proof(fault), expect)
    }

    /// Nothing that the forge could mint.
    pub(crate) const fn nothing(
        id: &'static str,
        title: &'static str,
        presentation: Presentation,
        expect: Expect,
    ) -> Self {
        Self::new(id, title, presentation, Recipe::Nothing, expect)
    }

    pub(crate) const fn given(mut self, precondition: Precondition) -> Self {
        self.precondition = precondition;
        self
    }

    const fn new(
        id: &'static str,
        title: &'static str,
        presentation: Presentation,
        recipe: Recipe,
        expect: Expect,
    ) -> Self {
        Self {
            id,
            title,
            presentation,
            precondition: Precondition::Default,
            expect,
            recipe,
        }
    }
}

/// Makes a good proof into another.
type Fault = fn(ProofBuilder<'_>) -> ProofBuilder<'_>;

#[derive(Clone, Copy, Debug)]
enum Recipe {
    Nothing,
    Bearer(fn(&Forge) -> SecretToken),
    Wire(fn(&Forge) -> Presented),
    Proof(Fault),
}
