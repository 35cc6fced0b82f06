-- bfm: depends-on=organization/create_apm_services
-- bfm: tags=tier=standard, team=apm

CREATE TABLE apm_service_dependencies (
  caller_service_id uuid NOT NULL,
  callee_service_id uuid NOT NULL,
  protocol text NOT NULL,
  first_seen_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT apm_service_dependencies_pkey PRIMARY KEY (caller_service_id, callee_service_id, protocol),
  CONSTRAINT apm_service_dependencies_caller_service_id_fkey
    FOREIGN KEY (caller_service_id) REFERENCES apm_services (apm_service_id) ON DELETE CASCADE,
  CONSTRAINT apm_service_dependencies_callee_service_id_fkey
    FOREIGN KEY (callee_service_id) REFERENCES apm_services (apm_service_id) ON DELETE CASCADE,
  CONSTRAINT apm_service_dependencies_protocol_check CHECK (protocol IN ('http', 'grpc', 'messaging', 'database')),
  CONSTRAINT apm_service_dependencies_self_check CHECK (caller_service_id <> callee_service_id)
);

CREATE INDEX apm_service_dependencies_callee_service_id_idx
  ON apm_service_dependencies (callee_service_id, caller_service_id);

-- The body is bound to the tables now, so that no search path of a caller can lead it to others.
CREATE FUNCTION apm_dependents_of(service_id uuid, hops_max integer DEFAULT 5)
RETURNS TABLE (apm_service_id uuid, hops integer)
LANGUAGE sql
STABLE
PARALLEL SAFE
BEGIN ATOMIC
  WITH RECURSIVE dependents (dependent_id, distance) AS (
    SELECT apm_service_dependencies.caller_service_id, 1
    FROM apm_service_dependencies
    WHERE apm_service_dependencies.callee_service_id = service_id
    UNION
    SELECT apm_service_dependencies.caller_service_id, dependents.distance + 1
    FROM dependents
    JOIN apm_service_dependencies ON apm_service_dependencies.callee_service_id = dependents.dependent_id
    WHERE dependents.distance < hops_max
  )
  SELECT dependents.dependent_id, min(dependents.distance)
  FROM dependents
  WHERE dependents.dependent_id <> service_id
  GROUP BY dependents.dependent_id
  ORDER BY 2, 1;
END;

COMMENT ON TABLE apm_service_dependencies IS 'Which service calls which, as the spans show it.';
COMMENT ON FUNCTION apm_dependents_of(uuid, integer) IS
  'Services that would feel a failure of the given one, nearest first; cycles end at the limit.';
