import type { Client } from '@temporalio/client';

/** What the histories of all runs of a namespace say, to look for what must not be there. */
export async function readHistories(client: Client): Promise<string[]> {
  const histories: string[] = [];
  for await (const { workflowId, runId } of client.workflow.list()) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    // Payloads are base64 in JSON, so they are searched as the bytes they are.
    histories.push(JSON.stringify(events), ...payloadTexts(events));
  }
  return histories;
}

/** Every binary value inside, as text. */
function payloadTexts(value: unknown): string[] {
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('utf8')];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((inner) => payloadTexts(inner));
}
