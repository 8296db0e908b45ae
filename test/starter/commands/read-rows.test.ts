import { describe, expect, it } from 'vitest';

import { parseRows } from '../../../src/starter/commands/read-rows.ts';

describe('a file of domains', () => {
  it('has its fields by the names in its header, as other programs write them: BOM, CRLF, quotes, empty lines', () => {
    const text =
      '\ufeffenablement, emailDomain ,confirmWithinSeconds,useFedrampLanguage\r\n' +
      'after-approval,a.com,3600,TRUE\r\n\r\n,"b.com",,false\r\n';
    expect(parseRows(text)).toEqual({
      rows: [
        { enablement: 'after-approval', emailDomain: 'a.com', confirmWithinSeconds: 3600, useFedrampLanguage: true },
        { emailDomain: 'b.com', useFedrampLanguage: false },
      ],
      lines: [2, 4],
      problems: [],
    });
  });

  it('keeps what is no number, and neither true nor false, for the check of the row', () => {
    expect(parseRows('emailDomain,confirmWithinSeconds,useFedrampLanguage\na.com,soon,perhaps\n').rows).toEqual([
      { emailDomain: 'a.com', confirmWithinSeconds: 'soon', useFedrampLanguage: 'perhaps' },
    ]);
  });

  it.each([
    ['', 'line 1: the column emailDomain is missing'],
    ['domain\na.com\n', 'line 1: there is no column "domain"'],
    ['emailDomain;enablement\na.com;automatic\n', 'line 1: there is no column "emailDomain;enablement"'],
    ['emailDomain,emailDomain\na.com,b.com\n', 'line 1: it names a column twice'],
    ['emailDomain\na.com\nb.com,automatic\n', 'line 3: it has 2 fields, but the header has 1'],
    ['emailDomain\n"a.com\n', 'CSV: Quote Not Closed'],
  ])('%j is no such file', (text, problem) => {
    const problems = parseRows(text).problems.map(({ subject, problem: what }) => `${subject}: ${what}`);
    expect(problems.join('\n')).toContain(problem);
  });
});
