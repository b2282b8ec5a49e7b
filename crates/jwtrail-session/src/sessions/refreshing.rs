use jwtrail_event::{Reason, Timestamp};

use super::mint::{random_uuid, uuid_text};
use super::{Sessions, micros};
use crate::family::{Presented, Verdict};
use crate::{
    Advance, Family, FamilyPlace, KnownFamily, Limits, NotAdmitted, RefreshKind, RefreshRefusal,
    Refreshed, Sharing, Swap,
};

impl Sessions {
    /// Exchanges a refresh token for an access token and the next refresh token.
    ///
    /// If the future is dropped, or its answer lost, at any point, the client can come again
    /// with the same token inside the grace window, and gets the same successor.
    ///
    /// # Errors
    ///
    /// A refusal, which says why for the audit event. An old token, and another client's,
    /// revoke the family.
    pub async fn refresh(
        &self,
        refresh_token: &str,
        client_id: &str,
        now: Timestamp,
    ) -> Result<Refreshed, RefreshRefusal> {
        self.refresh_if(refresh_token, client_id, now, async |_| Ok(()))
            .await
    }

    /// As [`refresh`](Self::refresh), if the subject may refresh so often. An old token is found
    /// out all the same. `told` hears of it when shared limits are found to be back.
    ///
    /// # Errors
    ///
    /// As [`refresh`](Self::refresh), `rate_limited`, and `backend_unavailable` while shared
    /// limits do not answer.
    pub async fn refresh_within(
        &self,
        limits: &Limits,
        told: impl Fn(Sharing),
        refresh_token: &str,
        client_id: &str,
        now: Timestamp,
    ) -> Result<Refreshed, RefreshRefusal> {
        let admit = async |subject: &str| {
            let admission = limits.admit_refresh(&self.issuer, subject, now).await;
            admission.turned.into_iter().for_each(&told);
            admission.verdict
        };
        self.refresh_if(refresh_token, client_id, now, admit).await
    }

    async fn refresh_if(
        &self,
        refresh_token: &str,
        client_id: &str,
        now: Timestamp,
        admit: impl AsyncFn(&str) -> Result<(), NotAdmitted>,
    ) -> Result<Refreshed, RefreshRefusal> {
        let unknown = || RefreshRefusal::new(Reason::RefreshUnknown);
        // A guess ends here, without a look-up.
        let place = self.refresh_key.read(refresh_token).ok_or_else(unknown)?;
        let presented = Presented {
            generation: place.generation,
            client_id,
            now,
            grace_micros: micros(self.settings.grace),
            skew_micros: micros(self.settings.grace.max(self.settings.leeway)),
        };
        let family = self.state.family(place.id, now).await;
        let mut family = family
            .map_err(RefreshRefusal::unavailable)?
            .ok_or_else(unknown)?;
        let mut admitted = false;
        // Generations only grow: a second loss means that the first winner's is already old.
        loop {
            let verdict = family.judge(&presented);
            let gives = matches!(verdict, Verdict::Rotate | Verdict::Replay);
            if gives && !std::mem::replace(&mut admitted, true) {
                let admission = admit(&family.subject).await;
                admission.map_err(|refused| self.not_admitted(refused, place, &family))?;
            }
            match verdict {
                Verdict::Rotate => {
                    let rotation = self.rotate(place, &family, now).await?;
                    match rotation {
                        Rotation::Won(refreshed) => return Ok(*refreshed),
                        Rotation::Lost(Some(current)) => family = current,
                        Rotation::Lost(None) => return Err(unknown()),
                    }
                }
                Verdict::Replay => return self.replay(place, family, now).await,
                Verdict::Reuse => {
                    return Err(self
                        .refuse_and_revoke(Reason::RefreshReused, place, family, now)
                        .await);
                }
                Verdict::OtherClient => {
                    let reason = Reason::RefreshClientMismatch;
                    return Err(self.refuse_and_revoke(reason, place, family, now).await);
                }
                Verdict::Expired => return Err(self.refuse(Reason::Expired, place, family)),
                Verdict::Revoked => return Err(self.refuse(Reason::RefreshUnknown, place, family)),
            }
        }
    }

    async fn rotate(
        &self,
        place: FamilyPlace,
        family: &Family,
        now: Timestamp,
    ) -> Result<Rotation, RefreshRefusal> {
        let revoked_before = self.subject_still_good(place, family, now).await?;
        let access_jti = random_uuid().map_err(RefreshRefusal::unavailable)?;
        let advance = Advance {
            from: place.generation,
            at: now,
            access_jti,
        };
        let swap = self.state.advance(place.id, advance, now).await;
        match swap.map_err(RefreshRefusal::unavailable)? {
            Swap::Lost(current) => return Ok(Rotation::Lost(current)),
            Swap::Done => {}
        }
        // From here on the client may come again as a replay.
        let successor = next(place);
        let access = self.mint_in(family, successor, access_jti, revoked_before, now);
        Ok(Rotation::Won(Box::new(Refreshed {
            access: access.map_err(RefreshRefusal::unavailable)?,
            refresh_token: self.refresh_key.write(successor),
            kind: RefreshKind::Rotated,
            previous_jti: uuid_text(family.access_jti),
        })))
    }

    async fn replay(
        &self,
        place: FamilyPlace,
        family: Family,
        now: Timestamp,
    ) -> Result<Refreshed, RefreshRefusal> {
        let revoked_before = self.subject_still_good(place, &family, now).await?;
        let access_jti = random_uuid().map_err(RefreshRefusal::unavailable)?;
        let successor = next(place);
        let access = self.mint_in(&family, successor, access_jti, revoked_before, now);
        Ok(Refreshed {
            access: access.map_err(RefreshRefusal::unavailable)?,
            refresh_token: self.refresh_key.write(successor),
            kind: RefreshKind::Replayed,
            previous_jti: uuid_text(family.access_jti),
        })
    }

    /// Refuses if everything that the subject had when this family was opened is revoked.
    async fn subject_still_good(
        &self,
        place: FamilyPlace,
        family: &Family,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, RefreshRefusal> {
        let before = self.revoked_before(&family.subject, now).await;
        let before = before.map_err(RefreshRefusal::unavailable)?;
        if before.is_some_and(|before| family.opened_at <= before) {
            return Err(self.refuse(Reason::Revoked, place, family.clone()));
        }
        Ok(before)
    }

    async fn refuse_and_revoke(
        &self,
        reason: Reason,
        place: FamilyPlace,
        family: Family,
        now: Timestamp,
    ) -> RefreshRefusal {
        let revoked = self.revoke_family(place.id, now).await;
        self.refuse(reason, place, family)
            .with_revocation(revoked.map(|_| ()))
    }

    fn not_admitted(
        &self,
        refused: NotAdmitted,
        place: FamilyPlace,
        family: &Family,
    ) -> RefreshRefusal {
        match refused {
            NotAdmitted::Limited(limited) => self
                .refuse(Reason::RateLimited, place, family.clone())
                .with_limit(limited),
            NotAdmitted::Unavailable(error) => RefreshRefusal::unavailable(error),
        }
    }

    fn refuse(&self, reason: Reason, place: FamilyPlace, family: Family) -> RefreshRefusal {
        RefreshRefusal::new(reason).of(KnownFamily::new(place, &self.issuer, family))
    }
}

enum Rotation {
    Won(Box<Refreshed>),
    Lost(Option<Family>),
}

fn next(place: FamilyPlace) -> FamilyPlace {
    FamilyPlace {
        generation: place.generation.saturating_add(1),
        ..place
    }
}
