import { readFileSync } from 'node:fs';

const EXPECT = /\/\/ expect: (.+)$/;

/** What a fixture says should be found in it: the line, and the rules in alphabetical order. */
export interface Finding {
  readonly line: number;
  readonly rules: readonly string[];
}

/** Reads the `// expect: rule, rule` comments of a fixture. */
export function readExpectations(path: string): readonly Finding[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((text, index) => {
      const rules = EXPECT.exec(text)?.[1];
      return rules === undefined ? [] : [{ line: index + 1, rules: rules.split(/,? /).sort() }];
    });
}
