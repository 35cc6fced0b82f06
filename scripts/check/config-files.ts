/**
 * Makes `.env.example`, `bfm.schema.json` and the tables of docs/guide/configuration.md from the definitions of the
 * settings; without `--write` it only tells whether they are up to date.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { makeConfigSchema } from './config/config-schema.ts';
import { makeConfigTables } from './config/config-tables.ts';
import { makeEnvExample } from './config/env-example.ts';
import { ROOT } from './root.ts';

const GUIDE = 'docs/guide/configuration.md';

/** Replaces what stands between `<!-- made: name -->` and `<!-- end -->`. */
function fillTables(page: string): string {
  return [...makeConfigTables()].reduce((text, [name, table]) => {
    const place = new RegExp(`(<!-- made: ${name} -->)[\\s\\S]*?(<!-- end -->)`);
    if (!place.test(text)) throw new Error(`${GUIDE} has no place for the ${name}`);
    return text.replace(place, (_whole, begin: string, end: string) => `${begin}\n\n${table}\n\n${end}`);
  }, page);
}

async function pretty(file: string, text: string): Promise<string> {
  const path = join(ROOT, file);
  return format(text, { ...(await resolveConfig(path)), filepath: path });
}

const FILES: Readonly<Record<string, string>> = {
  '.env.example': makeEnvExample(),
  'bfm.schema.json': await pretty('bfm.schema.json', JSON.stringify(makeConfigSchema())),
  [GUIDE]: await pretty(GUIDE, fillTables(readFileSync(join(ROOT, GUIDE), 'utf8'))),
};

for (const [file, text] of Object.entries(FILES)) {
  const path = join(ROOT, file);
  if (process.argv.includes('--write')) {
    writeFileSync(path, text);
  } else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
    console.error(`${file} does not match the settings. Run: node scripts/check/config-files.ts --write`);
    process.exitCode = 1;
  }
}
