import { formatPlace, type BfmError, type Fault, type Where } from '@bfm/core';

/** One thing that went wrong, as views tell it: an error or one of many faults. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly where: Where;
  /** What the server added, by name: sqlstate (or code), detail, hint. */
  readonly remarks: readonly (readonly [name: string, text: string])[];
  readonly next: string | null;
}

/** Problems that are one: the same code, place and message, apart from the target's name. */
export interface Cause {
  readonly problem: Problem;
  /** `connection/schema` of every target it happened in, in the order met, each once. */
  readonly targets: readonly string[];
}

const REMARKS = ['sqlstate', 'detail', 'hint', 'holder', 'address'];

/** An error as a problem. */
export function toProblem(error: BfmError): Problem {
  const { details, code, message, next } = error;
  const remarks = REMARKS.flatMap((name): Problem['remarks'] => {
    const value = details[name];
    return typeof value === 'string' && !message.includes(value) ? [[labelOf(name, value), value]] : [];
  });
  return { code, message, where: details.where ?? {}, remarks, next };
}

/** What the network says, such as ECONNREFUSED, comes in the place of a SQLSTATE and is none. */
function labelOf(name: string, value: string): string {
  return name === 'sqlstate' && !/^[0-9A-Z]{5}$/.test(value) ? 'code' : name;
}

/** The problems of an error: all its faults, or itself. */
export function toProblems(error: BfmError): readonly Problem[] {
  const faults = error.details.faults ?? [];
  return faults.length === 0 ? [toProblem(error)] : faults.map(faultToProblem);
}

function faultToProblem({ code, message, where, mend }: Fault): Problem {
  return { code, message, where, remarks: [], next: mend };
}

/** Puts problems with one cause together, in the order their first ones came. */
export function groupByCause(problems: readonly Problem[]): readonly Cause[] {
  const groups = Map.groupBy(problems, keyOf);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const targets = [...new Set(group.map(({ where }) => targetOf(where)))].filter((target) => target !== '');
    const message = targets.length > 1 ? withoutTarget(first.message, first.where) : first.message;
    return [{ problem: { ...first, message }, targets }];
  });
}

/** The server's own words in a step's error, for a line that names migration and target already. */
export function shortMessage({ message, where }: Pick<Problem, 'message' | 'where'>): string {
  const { migration_id: id, connection, schema } = where;
  const prefix = `${id ?? ''} failed in ${connection ?? ''}/${schema ?? ''}: `;
  return message.startsWith(prefix)
    ? message.slice(prefix.length).replace(/; its transaction was aborted$/, '')
    : message;
}

function keyOf({ code, message, where, remarks }: Problem): string {
  const texts = [message, ...remarks.map(([name, text]) => `${name} ${text}`)];
  const place = `${formatPlace(where)} ${where.migration_id ?? ''} ${where.connection ?? ''}`;
  return [code, place, ...texts.map((text) => withoutTarget(text, where))].join('\n');
}

function targetOf({ connection, schema }: Where): string {
  if (connection === undefined) return schema ?? '';
  return schema === undefined ? connection : `${connection}/${schema}`;
}

/** A message with the schema's name replaced by a sign, so that equal causes in different tenants read the same. */
function withoutTarget(message: string, { schema }: Where): string {
  if (schema === undefined) return message;
  const name = schema.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return message.replace(new RegExp(`(?<![\\w-])${name}(?![\\w-])`, 'gu'), '*');
}
