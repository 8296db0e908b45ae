import { createHash } from 'node:crypto';

/** `caller` and `eventId` together tell a delivery from every other. */
export interface DeliveryId {
  caller: string;
  eventId: string;
}

/** What a Temporal server on an SQL database can keep, in bytes: https://github.com/temporalio/temporal/issues/2122 */
const longestWorkflowId = 255;

/** The workflow id that an event has below `prefix`: its own id, or its hash where that is too long. */
export function workflowIdForEvent(prefix: string, eventId: string): string {
  const workflowId = `${prefix}${eventId}`;
  if (Buffer.byteLength(workflowId) <= longestWorkflowId) return workflowId;
  return `${prefix}sha256:${createHash('sha256').update(eventId).digest('hex')}`;
}
