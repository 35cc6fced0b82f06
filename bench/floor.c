/*
 * The floor: the same SQL and a ledger row per migration, by a C client with threads. No tool that keeps a ledger can take
 * less. It checks nothing, locks nothing and knows nothing of what is applied already.
 *
 *   floor CONNINFO FOLDER SHAPE CONNECTIONS SCHEMA_FORMAT TENANTS [last]
 *
 * FOLDER holds *.up.sql, run in the order of their names. SCHEMA_FORMAT names tenant n, such as tenant_%d; tenants count
 * from 1. With `last`, the ledger exists and only the last file is run.
 *
 *   txn    a message and a commit per migration
 *   batch  a message per tenant, a commit per migration
 *   one    a message and a commit per tenant
 *   noop   per tenant one query of its ledger
 */
#include <dirent.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECTIONS_MAX 64
#define CHECKSUM "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

typedef enum { TXN, BATCH, ONE, NOOP } Shape;

typedef struct {
  char *name;
  char *sql;
} Migration;

typedef struct {
  char *bytes;
  size_t length;
  size_t size;
} Text;

static struct {
  const char *conninfo;
  const char *schema_format;
  Shape shape;
  int tenants;
  int first; /* migration to begin with */
  int count;
  Migration *migrations;
} job;

static atomic_int next_tenant = 1;

static void fail(const char *what, const char *why) {
  fprintf(stderr, "floor: %s: %s\n", what, why);
  exit(1);
}

static void append(Text *text, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  size_t more = (size_t)vsnprintf(NULL, 0, format, args) + 1;
  va_end(args);
  if (text->length + more > text->size) {
    text->size = (text->length + more) * 2;
    text->bytes = realloc(text->bytes, text->size);
    if (text->bytes == NULL) fail("memory", "used up");
  }
  vsnprintf(text->bytes + text->length, more, format, again);
  va_end(again);
  text->length += more - 1;
}

static void send_text(PGconn *connection, Text *text, const char *schema) {
  PGresult *result = PQexec(connection, text->bytes);
  ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail(schema, PQerrorMessage(connection));
  PQclear(result);
  text->length = 0;
}

static void append_migration(Text *text, const Migration *migration) {
  append(text, "%s\n", migration->sql);
  append(text, "INSERT INTO _ledger (version, name, checksum) VALUES ('%.4s', '%s', '" CHECKSUM "');",
         migration->name, migration->name);
}

static void migrate_tenant(PGconn *connection, Text *text, const char *schema) {
  append(text, "SET search_path TO \"%s\";", schema);
  if (job.shape == ONE) append(text, "BEGIN;");
  if (job.first == 0) {
    append(text, "CREATE TABLE _ledger (version text PRIMARY KEY, name text NOT NULL, checksum text NOT NULL,"
                 " applied_at timestamptz NOT NULL DEFAULT now());");
  }
  if (job.shape == TXN) send_text(connection, text, schema);
  for (int at = job.first; at < job.count; at++) {
    if (job.shape != ONE) append(text, "BEGIN;");
    append_migration(text, &job.migrations[at]);
    if (job.shape != ONE) append(text, "COMMIT;");
    if (job.shape == TXN) send_text(connection, text, schema);
  }
  if (job.shape == ONE) append(text, "COMMIT;");
  if (job.shape != TXN) send_text(connection, text, schema);
}

static void look_at_tenant(PGconn *connection, Text *text, const char *schema) {
  append(text, "SET search_path TO \"%s\"; SELECT version FROM _ledger", schema);
  PGresult *result = PQexec(connection, text->bytes);
  if (PQntuples(result) != job.count) fail(schema, "its ledger is not complete");
  PQclear(result);
  text->length = 0;
}

static void keep_quiet(void *ignored, const char *message) {
  (void)ignored;
  (void)message;
}

static void *work(void *ignored) {
  PGconn *connection = PQconnectdb(job.conninfo);
  Text text = {NULL, 0, 0};
  char schema[64];
  if (PQstatus(connection) != CONNECTION_OK) fail("cannot connect", PQerrorMessage(connection));
  PQsetNoticeProcessor(connection, keep_quiet, NULL);
  for (;;) {
    int tenant = atomic_fetch_add(&next_tenant, 1);
    if (tenant > job.tenants) break;
    snprintf(schema, sizeof schema, job.schema_format, tenant);
    if (job.shape == NOOP) look_at_tenant(connection, &text, schema);
    else migrate_tenant(connection, &text, schema);
  }
  free(text.bytes);
  PQfinish(connection);
  return ignored;
}

static char *read_file(const char *folder, const char *name) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "r");
  if (file == NULL) fail(path, "cannot be read");
  fseek(file, 0, SEEK_END);
  size_t length = (size_t)ftell(file);
  rewind(file);
  char *text = malloc(length + 1);
  if (text == NULL || fread(text, 1, length, file) != length) fail(path, "cannot be read");
  text[length] = '\0';
  fclose(file);
  return text;
}

static int compare(const void *one, const void *other) {
  return strcmp(((const Migration *)one)->name, ((const Migration *)other)->name);
}

static void read_migrations(const char *folder) {
  DIR *entries = opendir(folder);
  if (entries == NULL) fail(folder, "cannot be read");
  for (struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
    if (strstr(entry->d_name, ".up.sql") == NULL) continue;
    job.migrations = realloc(job.migrations, (size_t)(job.count + 1) * sizeof *job.migrations);
    if (job.migrations == NULL) fail("memory", "used up");
    job.migrations[job.count].name = strdup(entry->d_name);
    job.migrations[job.count].sql = read_file(folder, entry->d_name);
    job.count++;
  }
  closedir(entries);
  qsort(job.migrations, (size_t)job.count, sizeof *job.migrations, compare);
}

static Shape to_shape(const char *word) {
  static const char *words[] = {"txn", "batch", "one", "noop"};
  for (int at = 0; at < 4; at++)
    if (strcmp(word, words[at]) == 0) return (Shape)at;
  fail(word, "is no shape");
  return TXN;
}

int main(int argc, char **argv) {
  pthread_t threads[CONNECTIONS_MAX];
  if (argc < 7) fail("usage", "CONNINFO FOLDER SHAPE CONNECTIONS SCHEMA_FORMAT TENANTS [last]");
  job.conninfo = argv[1];
  read_migrations(argv[2]);
  job.shape = to_shape(argv[3]);
  int connections = atoi(argv[4]);
  job.schema_format = argv[5];
  job.tenants = atoi(argv[6]);
  job.first = argc > 7 ? job.count - 1 : 0;
  if (connections < 1 || connections > CONNECTIONS_MAX) fail(argv[4], "connections are 1 to 64");
  for (int at = 0; at < connections; at++) pthread_create(&threads[at], NULL, work, NULL);
  for (int at = 0; at < connections; at++) pthread_join(threads[at], NULL);
  return 0;
}
