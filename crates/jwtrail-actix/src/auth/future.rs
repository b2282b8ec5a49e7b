use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::Error;
use actix_web::body::EitherBody;
use actix_web::dev::ServiceResponse;
use futures_util::future::LocalBoxFuture;
use pin_project_lite::pin_project;

use super::recording::Recording;

pin_project! {
    /// The answer of a [`ProtectedService`](crate::ProtectedService): of what it protects, or its
    /// refusal.
    ///
    /// ```
    /// use actix_web::Error;
    /// use actix_web::body::MessageBody;
    /// use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
    /// use jwtrail_actix::{ProtectedFuture, ProtectedService};
    ///
    /// fn ask<S, B>(protected: &ProtectedService<S>, request: ServiceRequest) -> ProtectedFuture<S::Future, B>
    /// where
    ///     S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    ///     B: MessageBody + 'static,
    /// {
    ///     protected.call(request)
    /// }
    /// ```
    pub struct ProtectedFuture<F, B> {
        #[pin]
        stage: Stage<F, B>,
    }
}

pin_project! {
    #[project = Projected]
    enum Stage<F, B> {
        /// Nothing is left to decide. The outermost layer records the answer.
        Decided { #[pin] answered: F, recording: Option<Recording> },
        Deciding { answered: LocalBoxFuture<'static, Outcome<B>> },
    }
}

type Outcome<B> = Result<ServiceResponse<EitherBody<B>>, Error>;

impl<F, B> ProtectedFuture<F, B> {
    pub(super) fn decided(answered: F, recording: Option<Recording>) -> Self {
        Self {
            stage: Stage::Decided {
                answered,
                recording,
            },
        }
    }

    pub(super) fn deciding(answered: impl Future<Output = Outcome<B>> + 'static) -> Self {
        Self {
            stage: Stage::Deciding {
                answered: Box::pin(answered),
            },
        }
    }
}

impl<F, B> Future for ProtectedFuture<F, B>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
{
    type Output = Outcome<B>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome<B>> {
        match self.project().stage.project() {
            Projected::Decided {
                answered,
                recording,
            } => {
                let outcome = ready!(answered.poll(context));
                let mut outcome = outcome.map(ServiceResponse::map_into_left_body);
                if let Some(recording) = recording.take() {
                    recording.finish(&mut outcome);
                }
                Poll::Ready(outcome)
            }
            Projected::Deciding { answered } => answered.as_mut().poll(context),
        }
    }
}

impl<F, B> fmt::Debug for ProtectedFuture<F, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProtectedFuture").finish_non_exhaustive()
    }
}
