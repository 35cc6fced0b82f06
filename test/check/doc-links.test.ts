import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findDeadLinks, toAnchor } from '../../scripts/check/doc-links.ts';

const root = mkdtempSync(join(tmpdir(), 'bfm-links-'));

afterAll(() => {
  rmSync(root, { recursive: true });
});

it('finds every link that leads nowhere, and only those', () => {
  mkdirSync(join(root, 'docs'));
  writeFileSync(join(root, 'README.md'), '# Top\n\n## A `code` word\n\n## Same\n\n## Same\n');
  writeFileSync(
    join(root, 'docs/page.md'),
    [
      '[file](../README.md) [heading](../README.md#a-code-word) [second](../README.md#same-1) [own](#here)',
      '[web](https://example.com/x) <a id="here"></a>',
      '[missing](./missing.md)',
      '[no heading](../README.md#same-2)',
      '![picture](picture.png "title")',
      '`[code](./not-a-link.md)`',
      '```md\n[fenced](./not-a-link.md)\n```',
      '[absolute](/README.md) [outside](../../elsewhere.md)',
      '[by reference][ref]',
      '',
      '[ref]: ./gone.md',
    ].join('\n'),
  );
  expect([...findDeadLinks(root, ['docs/page.md', 'README.md'])].sort()).toEqual([
    'docs/page.md:10: ../../elsewhere.md leads out of the repository',
    'docs/page.md:10: /README.md is absolute; write it relative to the file',
    'docs/page.md:13: ./gone.md leads nowhere',
    'docs/page.md:3: ./missing.md leads nowhere',
    'docs/page.md:4: ../README.md#same-2 names no heading of that file',
    'docs/page.md:5: picture.png leads nowhere',
  ]);
});

it.each([
  ['5. Executing', '5-executing'],
  ['`config.no_connection`', 'configno_connection'],
  ['What is *new*, and [why](x.md)?', 'what-is-new-and-why'],
])('makes the anchor of %s', (heading, anchor) => {
  expect(toAnchor(heading)).toBe(anchor);
});
