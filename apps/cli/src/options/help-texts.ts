/** What `bfm --help` ends with. */
export const EXIT_CODES = `
Exit codes:
   0  done, or nothing to do
   1  a migration failed, or the run was cancelled
   2  bad usage, or something in the files or the configuration that cannot be used
   3  not allowed
   4  not found: an unknown connection or migration
   5  locked by another run, or the plan no longer matches
   6  a person must decide: drift, out of order, baseline needed, irreversible,
      pending with --exit-code, or somebody answered no
   7  not supported for this kind of store
   8  a database cannot be reached
  70  a bug in BFM
When several apply: 1 before 6 before the rest. A third Ctrl-C ends with 130.

Connections come from the environment or --env-file: CORE_BACKEND=postgresql and
CORE_URL=postgres://user:password@host:5432/database declare the connection core.`;

/** Examples of each command. */
export const EXAMPLES = {
  status: `
Examples:
  bfm status                              fixed schemas, and every tenant known
  bfm status --connection organization    one connection
  bfm status --schemas-from tenants.txt   just these schemas
  bfm status --exit-code                  exit 6 when anything is pending`,
  plan: `
Examples:
  bfm plan                                 what bfm up would do, with its SQL
  bfm plan --schema acme --out plan.json   save it, for bfm up --plan plan.json
  bfm plan --down --steps 1                what rolling back the newest would do
  bfm plan --exit-code                     exit 6 when there is something to do`,
  up: `
Examples:
  bfm up                              everything pending in fixed schemas
  bfm up --schema acme --schema bolt  these tenants, and what they need
  bfm up --connection organization --all-tenants --concurrency 16
  bfm up --plan plan.json             exactly what was planned and reviewed`,
  down: `
Examples:
  bfm down --steps 1 --connection core       the newest migration of core
  bfm down --to 20250106093000               everything newer than that version
  bfm down --migration guard/create_users    this one
  bfm down --all --schema acme --yes         all of one tenant, without asking

Exactly one of --to, --steps, --migration and --all says how far. On a terminal
it asks first; answering no changes nothing and exits 6.`,
  history: `
Examples:
  bfm history                                the last 20 events
  bfm history --schema acme --limit 100      of one tenant
  bfm history --migration core/create_plans  of one migration, in all targets`,
} as const;
