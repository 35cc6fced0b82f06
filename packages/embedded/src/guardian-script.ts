/** What a guardian runs, in order; every command is an argument vector. */
export interface GuardianPlan {
  /** Creates the data directory when it is not there yet. */
  readonly initialise: {
    readonly command: readonly string[];
    /** Where the command puts the new data directory; renamed to `data` when it is complete. */
    readonly unfinished: string;
    /** File with the superuser's password, removed after use. */
    readonly passwordFile: string;
  };
  readonly serve: readonly string[];
  readonly data: string;
  /** Directory to remove when all has ended, or null. */
  readonly removeAtEnd: string | null;
  /** Seconds a fast shutdown may take before an immediate one, and that one before SIGKILL. */
  readonly graceSeconds: number;
}

/**
 * The guardian is a shell and not Node, because it has to outlive any death of the launcher while costing next to nothing.
 * `guarded` reports each process on standard output as `phase pid`; its watcher blocks on the launcher's pipe (descriptor
 * 3), which ends when the launcher does. SIGINT is sent again every second since a process that has just been started
 * by a shell in the background ignores it until it installs a handler of its own. Traps are set late, and only where
 * nothing blocks but `wait`: dash loses a trapped signal that arrives just after a fork, or just before a read.
 */
const FUNCTIONS = `
trap '' PIPE
exec 3<&0 </dev/null
child=

watch() {
  while read -r _; do :; done <&3
  timer=
  trap '[ -z "$timer" ] || kill "$timer" 2>/dev/null; exit 0' TERM
  seconds=0
  while :; do
    if [ "$seconds" -lt "$grace" ]; then signal=$gentle
    elif [ "$seconds" -lt $((grace * 2)) ]; then signal=QUIT
    else signal=KILL
    fi
    kill -s "$signal" "$child" 2>/dev/null || exit 0
    sleep 1 &
    timer=$!
    wait "$timer"
    seconds=$((seconds + 1))
  done
}

guarded() {
  phase=$1
  gentle=$2
  shift 2
  trap - TERM HUP INT
  "$@" >&2 3<&- &
  child=$!
  echo "$phase $child" 2>/dev/null
  watch >/dev/null 2>&1 &
  watcher=$!
  trap 'kill -s "$gentle" "$child" 2>/dev/null' TERM HUP INT
  wait "$child"
  status=$?
  while [ "$status" -gt 128 ] && kill -s 0 "$child" 2>/dev/null; do
    wait "$child"
    status=$?
  done
  child=
  kill "$watcher" 2>/dev/null
  wait "$watcher" 2>/dev/null
  return "$status"
}

finish() {
  rm -f "$password_file"
  [ -z "$remove_at_end" ] || rm -rf "$remove_at_end"
  exit "$1"
}

initialise() {
  rm -rf "$data".new.*
  guarded initdb TERM "$@" && mv "$unfinished" "$data"
  moved=$?
  # Somebody else was first, and mv put ours inside of theirs.
  rm -rf "$unfinished" "$data/\${unfinished##*/}"
  [ "$moved" -eq 0 ] || finish 1
}
`;

/** Writes the guardian's shell script for one server; POSIX sh only. */
export function guardianScript(plan: GuardianPlan): string {
  return [
    FUNCTIONS,
    `data=${quote(plan.data)}`,
    `unfinished=${quote(plan.initialise.unfinished)}`,
    `password_file=${quote(plan.initialise.passwordFile)}`,
    `remove_at_end=${quote(plan.removeAtEnd ?? '')}`,
    `grace=${String(plan.graceSeconds)}`,
    `[ -f "$data/PG_VERSION" ] || initialise ${plan.initialise.command.map(quote).join(' ')}`,
    'rm -f "$password_file"',
    `guarded server INT ${plan.serve.map(quote).join(' ')}`,
    'finish "$?"',
  ].join('\n');
}

function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
