/** The activities of a recorded history, remote and local. */
import { defaultPayloadConverter } from '@temporalio/common';
import type { History, Payload } from '@temporalio/common/lib/proto-utils.js';
import { z } from 'zod';

import type { Drop } from './drop-activity.ts';

/** Each type once, with the results of its calls. */
export function activitiesIn({ events }: History): Drop[] {
  const types = new Map<string, Drop['results']>();
  const completions = new Map<string, { results: Drop['results']; index: number }>();
  const addCall = (type: string, result: Drop['results'][number]) => {
    const results = types.get(type) ?? [];
    types.set(type, results);
    return { results, index: results.push(result) - 1 };
  };
  for (const {
    eventId,
    activityTaskScheduledEventAttributes: scheduled,
    activityTaskCompletedEventAttributes: completed,
    markerRecordedEventAttributes: marker,
  } of events ?? []) {
    if (scheduled) completions.set(String(eventId), addCall(scheduled.activityType?.name ?? '', null));
    if (completed) {
      const call = completions.get(String(completed.scheduledEventId));
      if (call !== undefined) call.results[call.index] = { result: decode(completed.result?.payloads) };
    }
    if (marker?.markerName === localActivityMarker) {
      const { activity_type: type } = localActivitySchema.parse(decode(marker.details?.['data']?.payloads));
      const result = marker.details?.['result']?.payloads;
      addCall(type, result ? { result: decode(result) } : null);
    }
  }
  return [...types].map(([activity, results]) => ({ activity, results }));
}

/** How the SDK records a local activity. */
const localActivityMarker = 'core_local_activity';
const localActivitySchema = z.object({ activity_type: z.string() });

function decode(payloads: Payload[] | null | undefined): unknown {
  const [payload] = payloads ?? [];
  return payload === undefined ? undefined : defaultPayloadConverter.fromPayload(payload);
}
