/** Words that must be read nowhere, by what they are the secrets of. */
export type Canaries = Readonly<Record<string, string>>;

/** Makes secrets that no text has by accident; some have signs that libraries write otherwise. */
export function makeCanaries<const Name extends string>(
  ...names: readonly Name[]
): Readonly<Record<Name, string>> {
  const entries = names.map((name) => [name, `c4n4ry-of-${name}-+%/x`]);
  return Object.fromEntries(entries) as Record<Name, string>;
}

/** Where canaries are in texts, as `secret: what stands before it`; in whatever form a library may have given them. */
export function findCanaries(canaries: Canaries, texts: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(canaries).flatMap(([name, value]) =>
    Object.entries(texts).flatMap(([place, text]) =>
      toForms(value)
        .filter((form) => text.includes(form))
        .slice(0, 1)
        .map((form) => {
          const at = text.indexOf(form);
          return `${name} in ${place}: ${text.slice(Math.max(0, at - 160), at)}***`;
        }),
    ),
  );
}

function toForms(value: string): readonly string[] {
  const url = encodeURIComponent(value);
  const escaped = JSON.stringify(value).slice(1, -1);
  return [
    ...new Set([value, url, url.toLowerCase(), escaped, Buffer.from(value).toString('base64').slice(0, -4)]),
  ];
}
