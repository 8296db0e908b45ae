/** A list of domains as people keep one: CSV, a header with the names of the fields, a domain a line. */
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';

import { CsvError, parse } from 'csv-parse/sync';

import { rowFields } from '../../contract/names/vocabulary.ts';
import type { Problem } from '../../contract/schemas/parse.ts';
import { exitCodes } from '../../environment/exit-codes.ts';
import { StarterError } from './starter-error.ts';

export interface Rows {
  /** Not checked yet; the fields as the contract has them. */
  rows: Record<string, unknown>[];
  /** Of each row, counted from 1. */
  lines: number[];
  /** What is wrong with the file itself. */
  problems: Problem[];
}

/**
 * @param file `-`: standard input
 * @throws {StarterError} when it cannot be read, or is no text in UTF-8
 */
export async function readRows(file: string): Promise<Rows> {
  let bytes: Buffer;
  try {
    bytes = file === '-' ? await buffer(process.stdin) : await readFile(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StarterError(exitCodes.usage, `${file} cannot be read: ${reason}`);
  }
  try {
    return parseRows(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new StarterError(exitCodes.usage, `${file} is not text in UTF-8. Save it as "CSV UTF-8".`);
  }
}

const inHeader = `the columns are ${rowFields.join(', ')}; the first line names those that there are, and has to name emailDomain`;

/** Pure. Empty lines are passed over, and an empty field counts as left out. */
export function parseRows(text: string): Rows {
  const lines: number[] = [];
  let records: string[][];
  try {
    records = parse(text, {
      bom: true,
      skip_empty_lines: true,
      relax_column_count: true,
      trim: true,
      on_record: (record: string[], context) => {
        lines.push(context.lines);
        return record;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const remedy = 'a field that holds a quote or a comma is written in quotes, each quote in it twice';
    return { rows: [], lines: [], problems: [{ subject: 'CSV', problem: error.message, remedy }] };
  }
  const [columns = [], ...body] = records;
  const problems = judgeHeader(columns);
  if (!columns.includes('emailDomain')) return { rows: [], lines: [], problems };
  for (const [index, record] of body.entries()) {
    if (record.length === columns.length) continue;
    const problem = `it has ${record.length} fields, and the header names ${columns.length}`;
    problems.push({ subject: `line ${lines[index + 1]}`, problem, remedy: 'add or remove a comma' });
  }
  return { rows: body.map((record) => toRow(columns, record)), lines: lines.slice(1), problems };
}

function judgeHeader(columns: string[]): Problem[] {
  const known = new Set<string>(rowFields);
  const subject = 'line 1';
  const problems = columns
    .filter((column) => !known.has(column))
    .map((column) => ({ subject, problem: `there is no column "${column}"`, remedy: inHeader }));
  if (!columns.includes('emailDomain'))
    problems.push({ subject, problem: 'the column emailDomain is missing', remedy: inHeader });
  if (new Set(columns).size < columns.length)
    problems.push({ subject, problem: 'it names a column twice', remedy: 'leave one of the two out' });
  return problems;
}

function toRow(columns: string[], record: string[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const field of rowFields) {
    const text = record[columns.indexOf(field)] ?? '';
    if (text !== '') row[field] = toValue(field, text);
  }
  return row;
}

/** What is no number, and neither true nor false, stays as it is: whoever checks the row says what is wrong with it. */
function toValue(field: (typeof rowFields)[number], text: string): unknown {
  if (field === 'confirmWithinSeconds') return Number.isFinite(Number(text)) ? Number(text) : text;
  if (field === 'useFedrampLanguage' && /^(?:true|false)$/iu.test(text)) return text.toLowerCase() === 'true';
  return text;
}
