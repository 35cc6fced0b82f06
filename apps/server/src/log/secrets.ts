const PLACEHOLDER = '***';
/** Shorter ones would black out half of every line, and protect nothing. */
const LENGTH_MIN = 4;

/** The values that must never be read in a log or an answer, in every form that a library may have given them. */
export class Secrets {
  readonly #forms = new Set<string>();
  #pattern: RegExp | null = null;

  constructor(values: Iterable<string> = []) {
    for (const value of values) this.add(value);
  }

  /** From now on this value is a secret. */
  add(value: string): void {
    if (value.length < LENGTH_MIN) return;
    for (const form of toForms(value)) this.#forms.add(form);
    const longestFirst = [...this.#forms].sort((a, b) => b.length - a.length);
    this.#pattern = new RegExp(longestFirst.map(escapePattern).join('|'), 'g');
  }

  /** The text without any of them. */
  scrub(text: string): string {
    return this.#pattern === null ? text : text.replace(this.#pattern, PLACEHOLDER);
  }
}

function toForms(value: string): readonly string[] {
  const encoded = encodeURIComponent(value.toWellFormed());
  const byForm = new URLSearchParams([['', value]]).toString().slice(1);
  const urls = [encoded, byForm, encodeURI(value.toWellFormed())].flatMap((url) => [url, lowerEscapes(url)]);
  const base64 = [0, 1, 2].map((offset) => toBase64(value, offset));
  const base64url = base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  const forms = [value, ...urls, ...base64, ...base64url];
  return [...forms, ...forms.map((form) => JSON.stringify(form).slice(1, -1))].filter(
    (form) => form.length >= LENGTH_MIN,
  );
}

/** What is always the same in base64 of a longer text in which the value begins `offset` bytes behind a multiple of three. */
function toBase64(value: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]);
  const whole = Math.floor((bytes.length * 8) / 6);
  return bytes.toString('base64').slice(Math.ceil((offset * 8) / 6), whole);
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function lowerEscapes(url: string): string {
  return url.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
}
