import { expect, it } from 'vitest';

import { toMarkdownTable } from '../../../src/workflows/shared/markdown-table.ts';

it('a table has a head, and a line a row', () => {
  const rows = [
    ['enabled', 3],
    ['**failed**', 0],
  ] as const;
  expect(toMarkdownTable(['5 domains', 'every row has ended'], rows)).toBe(
    '| 5 domains | every row has ended |\n| --- | --- |\n| enabled | 3 |\n| **failed** | 0 |',
  );
});

it('what stands in a cell neither ends it nor begins a line', () => {
  expect(toMarkdownTable(['a|b', ''], [['Why', 'one | two\r\n| three']])).toBe(
    String.raw`| a\|b |  |` + '\n| --- | --- |\n' + String.raw`| Why | one \| two \| three |`,
  );
});
