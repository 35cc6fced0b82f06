-- bfm: depends-on=organization/create_apm_services, core/create_set_updated_at_function
-- bfm: tags=tier=standard, team=apm

CREATE TABLE apm_endpoints (
  apm_endpoint_id uuid NOT NULL DEFAULT gen_random_uuid(),
  apm_service_id uuid NOT NULL,
  protocol text NOT NULL DEFAULT 'http',
  method text NOT NULL DEFAULT '',
  route text NOT NULL,
  operation text NOT NULL GENERATED ALWAYS AS (btrim(method || ' ' || route)) STORED,
  is_ignored boolean NOT NULL DEFAULT false,
  first_seen_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT apm_endpoints_pkey PRIMARY KEY (apm_endpoint_id),
  CONSTRAINT apm_endpoints_apm_endpoint_id_apm_service_id_key UNIQUE (apm_endpoint_id, apm_service_id),
  CONSTRAINT apm_endpoints_operation_key UNIQUE (apm_service_id, protocol, operation),
  CONSTRAINT apm_endpoints_apm_service_id_fkey
    FOREIGN KEY (apm_service_id) REFERENCES apm_services (apm_service_id) ON DELETE CASCADE,
  CONSTRAINT apm_endpoints_protocol_check CHECK (protocol IN ('http', 'grpc', 'messaging')),
  CONSTRAINT apm_endpoints_method_check CHECK ((protocol = 'http') = (method ~ '^[A-Z]+$')),
  CONSTRAINT apm_endpoints_route_check CHECK (char_length(route) BETWEEN 1 AND 1000)
);

CREATE INDEX apm_endpoints_route_idx
  ON apm_endpoints (lower(route) text_pattern_ops);

CREATE INDEX apm_endpoints_last_seen_at_idx
  ON apm_endpoints (apm_service_id, last_seen_at DESC)
  WHERE NOT is_ignored;

CREATE TRIGGER apm_endpoints_set_updated_at
  BEFORE UPDATE ON apm_endpoints
  FOR EACH ROW EXECUTE FUNCTION core.set_updated_at();

COMMENT ON TABLE apm_endpoints IS 'Operations that a service offers.';
COMMENT ON COLUMN apm_endpoints.method IS 'HTTP method; empty for other protocols.';
COMMENT ON COLUMN apm_endpoints.route IS 'Template such as /orders/{id}, never a path with ids in it.';
COMMENT ON COLUMN apm_endpoints.is_ignored IS 'Health checks and the like, which would spoil every average.';
COMMENT ON CONSTRAINT apm_endpoints_apm_endpoint_id_apm_service_id_key ON apm_endpoints IS
  'Lets other tables refer to an endpoint together with its service, so that the two cannot disagree.';
