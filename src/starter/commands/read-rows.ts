/** Reads a list of domains from CSV: a header with the names of fields, then a line for each domain. */
import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { CsvError, parse } from 'csv-parse/sync';

import { rowFields } from '../../contract/names/vocabulary.ts';
import { bulkInputSchema } from '../../contract/schemas/bulk.ts';
import type { Problem } from '../../contract/schemas/parse.ts';
import { exitCodes } from '../../environment/exit-codes.ts';
import { elementFieldsOf } from './schema-options.ts';
import type { Field } from './schema-options.ts';
import { StarterError } from './starter-error.ts';

export interface Rows {
  /** By the names of the contract, not checked yet. */
  rows: Record<string, unknown>[];
  /** The line of each row, counted from 1. */
  lines: number[];
  /** What is wrong with the file itself. */
  problems: Problem[];
}

/**
 * @param file a path; `-`: standard input
 * @throws {StarterError} when it cannot be read, or is not UTF-8 text
 */
export async function readRows(file: string, stdin: Readable): Promise<Rows> {
  let bytes: Buffer;
  try {
    bytes = file === '-' ? await buffer(stdin) : await readFile(file);
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

const headerRemedy = `the first line names the columns in use: emailDomain, and any of ${rowFields.slice(1).join(', ')}`;

/** Skips empty lines. An empty field counts as left out. */
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
    const remedy = 'put a field that contains a quote or a comma in quotes, and double each quote inside it';
    return { rows: [], lines: [], problems: [{ subject: 'CSV', problem: error.message, remedy }] };
  }
  const [columns = [], ...body] = records;
  const problems = checkHeader(columns);
  if (!columns.includes('emailDomain')) return { rows: [], lines: [], problems };
  for (const [index, record] of body.entries()) {
    if (record.length === columns.length) continue;
    const problem = `it has ${record.length} fields, but the header has ${columns.length}`;
    problems.push({ subject: `line ${lines[index + 1]}`, problem, remedy: 'add or remove a comma' });
  }
  return { rows: body.map((record) => toRow(columns, record)), lines: lines.slice(1), problems };
}

function checkHeader(columns: string[]): Problem[] {
  const known = new Set<string>(rowFields);
  const subject = 'line 1';
  const problems = columns
    .filter((column) => !known.has(column))
    .map((column) => ({ subject, problem: `there is no column "${column}"`, remedy: headerRemedy }));
  if (!columns.includes('emailDomain'))
    problems.push({ subject, problem: 'the column emailDomain is missing', remedy: headerRemedy });
  if (new Set(columns).size < columns.length)
    problems.push({ subject, problem: 'it names a column twice', remedy: 'remove one of the two' });
  return problems;
}

const fields = elementFieldsOf(bulkInputSchema.shape.rows);

function toRow(columns: string[], record: string[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const [name, { type }] of fields) {
    const text = record[columns.indexOf(name)] ?? '';
    if (text !== '') row[name] = toValue(type, text);
  }
  return row;
}

/** Text that is not of the field's type stays text: whoever checks the row reports it. */
function toValue(type: Field['type'], text: string): unknown {
  if (type === 'number') return Number.isFinite(Number(text)) ? Number(text) : text;
  if (type === 'boolean' && /^(?:true|false)$/iu.test(text)) return text.toLowerCase() === 'true';
  return text;
}
