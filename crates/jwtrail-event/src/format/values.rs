use super::tree::Node;
use crate::{Counts, Record, StepResult, Steps, Text};

/// Every field that the record has, under its own name.
pub(super) fn values<'r>(record: &'r Record<'_>) -> Vec<(&'static str, Node<'r>)> {
    // All by name: a field that is added has to be put somewhere here.
    let Record {
        time,
        event_id,
        schema_version,
        kind,
        event,
        service,
        service_version,
        instance,
        boot_id,
        seq,
        outcome,
        trust,
        correlation_id,
        correlation_source,
        trace_id,
        span_id,
        reason,
        steps,
        token_jti,
        token_sub,
        token_iss,
        token_aud,
        client_id,
        token_scope,
        scope_class,
        token_exp,
        token_iat,
        claimed_jti,
        claimed_sub,
        claimed_iss,
        token_kid,
        token_alg,
        token_typ,
        token_fp,
        authz,
        required_scope,
        missing_scope,
        object_type,
        refresh_family,
        refresh_generation,
        previous_jti,
        linked_trace_id,
        client_ip,
        peer_ip,
        hop,
        user_agent,
        origin,
        method,
        route,
        status,
        exit,
        enforced,
        duration_us,
        cache,
        issuer,
        option,
        sink,
        dropped_count,
        dropped_kind,
        last_seq,
        counts,
        r#final,
        actor,
        rule,
        target,
        until,
        producer,
        received_at,
        position,
        rendered: _,
    } = record;
    let word = |word: Option<&'static str>| word.map(Node::text);
    let number = |number: Option<u64>| number.map(Node::Unsigned);
    [
        ("time", Some(Node::Time(*time))),
        ("event_id", Some(Node::text(event_id.to_string()))),
        ("schema_version", number(Some((*schema_version).into()))),
        ("kind", word(Some(kind.as_str()))),
        ("event", word(Some(event.as_str()))),
        ("service", text(Some(service))),
        ("service_version", text(Some(service_version))),
        ("instance", text(Some(instance))),
        ("boot_id", text(Some(boot_id))),
        ("seq", number(Some(*seq))),
        ("outcome", word(Some(outcome.as_str()))),
        ("reason", word(reason.map(crate::Reason::as_str))),
        ("steps", steps.as_ref().map(step_list)),
        ("trust", word(Some(trust.as_str()))),
        ("token_jti", text(token_jti.as_ref())),
        ("token_sub", text(token_sub.as_ref())),
        ("token_iss", text(token_iss.as_ref())),
        ("token_aud", token_aud.as_deref().map(texts)),
        ("client_id", text(client_id.as_ref())),
        ("token_scope", text(token_scope.as_ref())),
        ("scope_class", text(scope_class.as_ref())),
        ("token_exp", token_exp.map(Node::Signed)),
        ("token_iat", token_iat.map(Node::Signed)),
        ("claimed_jti", text(claimed_jti.as_ref())),
        ("claimed_sub", text(claimed_sub.as_ref())),
        ("claimed_iss", text(claimed_iss.as_ref())),
        ("token_kid", text(token_kid.as_ref())),
        ("token_alg", text(token_alg.as_ref())),
        ("token_typ", text(token_typ.as_ref())),
        ("token_fp", text(token_fp.as_ref())),
        ("authz", word(authz.map(crate::Authz::as_str))),
        ("required_scope", text(required_scope.as_ref())),
        ("missing_scope", text(missing_scope.as_ref())),
        ("object_type", text(object_type.as_ref())),
        ("refresh_family", text(refresh_family.as_ref())),
        ("refresh_generation", number(*refresh_generation)),
        ("previous_jti", text(previous_jti.as_ref())),
        ("correlation_id", text(Some(correlation_id))),
        (
            "correlation_source",
            word(Some(correlation_source.as_str())),
        ),
        ("trace_id", Some(Node::text(trace_id.to_string()))),
        ("span_id", Some(Node::text(span_id.to_string()))),
        (
            "linked_trace_id",
            linked_trace_id.map(|id| Node::text(id.to_string())),
        ),
        ("client_ip", text(client_ip.as_ref())),
        ("peer_ip", text(peer_ip.as_ref())),
        ("hop", word(hop.map(crate::Hop::as_str))),
        ("user_agent", text(user_agent.as_ref())),
        ("origin", text(origin.as_ref())),
        ("method", text(method.as_ref())),
        ("route", text(route.as_ref())),
        ("status", number(status.map(u64::from))),
        ("exit", word(exit.map(crate::Exit::as_str))),
        ("enforced", enforced.map(Node::Flag)),
        ("duration_us", number(*duration_us)),
        ("cache", word(cache.map(crate::CacheUse::as_str))),
        ("issuer", text(issuer.as_ref())),
        ("option", text(option.as_ref())),
        ("sink", text(sink.as_ref())),
        ("dropped_count", number(*dropped_count)),
        (
            "dropped_kind",
            word(dropped_kind.map(crate::DroppedKind::as_str)),
        ),
        ("last_seq", number(*last_seq)),
        ("counts", counts.as_ref().map(tally)),
        ("final", r#final.map(Node::Flag)),
        ("actor", text(actor.as_ref())),
        ("rule", text(rule.as_ref())),
        ("target", text(target.as_ref())),
        ("until", until.map(Node::Time)),
        ("producer", text(producer.as_ref())),
        ("received_at", received_at.map(Node::Time)),
        ("position", number(*position)),
    ]
    .into_iter()
    .filter_map(|(name, node)| Some((name, node?)))
    .collect()
}

fn text<'r>(text: Option<&'r Text<'_>>) -> Option<Node<'r>> {
    text.map(|text| Node::text(text.as_str()))
}

fn texts<'r>(texts: &'r [Text<'_>]) -> Node<'r> {
    let texts = texts.iter().map(|text| Node::text(text.as_str()));
    Node::List(texts.collect())
}

fn step_list(steps: &Steps) -> Node<'static> {
    let steps = steps.taken().map(|(step, result)| {
        Node::text(match result {
            StepResult::Ok => format!("{step}:ok"),
            StepResult::Failed(reason) => format!("{step}:{reason}"),
        })
    });
    Node::List(steps.collect())
}

fn tally(counts: &Counts) -> Node<'static> {
    let Counts {
        accepted,
        missing,
        rejected,
        denied,
        limited,
        dropped,
    } = *counts;
    Node::object(vec![
        ("accepted", Node::Unsigned(accepted)),
        ("missing", Node::Unsigned(missing)),
        ("rejected", Node::Unsigned(rejected)),
        ("denied", Node::Unsigned(denied)),
        ("limited", Node::Unsigned(limited)),
        ("dropped", Node::Unsigned(dropped)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EventName, FIELD_NAMES, Outcome, Timestamp};

    #[test]
    fn fields_have_their_own_names() {
        let record = Record::new(EventName::Heartbeat, Outcome::Success, Timestamp::MIN);
        let names: Vec<_> = values(&record).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), 16);
        assert!(names.iter().all(|name| FIELD_NAMES.contains(name)));
    }
}
