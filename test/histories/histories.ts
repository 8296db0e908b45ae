/** The recorded histories: one JSON file each. */
import { readdir, readFile } from 'node:fs/promises';

import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import type { History } from '@temporalio/common/lib/proto-utils.js';

import { scenarios } from './scenarios.ts';

/** The histories that the scenarios name. */
export const historyNames: readonly string[] = scenarios.flatMap(({ histories }) => histories);

const folder = new URL('./', import.meta.url);

export function historyFile(name: string): URL {
  return new URL(`${name}.json`, folder);
}

/** The names of the histories that are there. */
export async function listRecorded(): Promise<string[]> {
  return (await readdir(folder)).filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length));
}

export interface RecordedHistory {
  name: string;
  workflowId: string;
  history: History;
}

/** Each call returns objects of its own. */
export async function readRecordedHistories(): Promise<RecordedHistory[]> {
  return await Promise.all(
    (await listRecorded()).toSorted().map(async (name) => {
      const json: unknown = JSON.parse(await readFile(historyFile(name), 'utf8'));
      const history = historyFromJSON(json);
      const [started] = history.events ?? [];
      return { name, workflowId: started?.workflowExecutionStartedEventAttributes?.workflowId ?? '', history };
    }),
  );
}
