/** The external calls of a run without faults, so that other runs can be interrupted at each of them. */
import type { WorkflowHandle } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';

import type { LoggedCall } from '../../simulator/call-log.ts';

export interface RecordedCall {
  method: string;
  /** Ids as `*`. */
  path: string;
  /** Which of the calls with this method and path it is, counted from 1. */
  nth: number;
  /** The activity that made it. */
  activity: string;
  /** Whether it is the last call of that activity. */
  isLast: boolean;
}

export function nameCall({ method, path, nth, activity }: RecordedCall): string {
  return `${activity}: ${method} ${path} #${nth}`;
}

/**
 * The calls in their order, each with the activity whose time it falls into. Of two at the same time, the one about DNS
 * calls zones and the other accounts; otherwise it is the one that began last.
 */
export async function recordCalls(calls: readonly LoggedCall[], handle: WorkflowHandle): Promise<RecordedCall[]> {
  const activities = await listActivities(handle);
  const counts = new Map<string, number>();
  const recorded = calls.map(({ method, path, at }) => {
    const pattern = path.replaceAll(/[0-9a-f]{32}/gu, '*');
    const nth = (counts.get(`${method} ${pattern}`) ?? 0) + 1;
    counts.set(`${method} ${pattern}`, nth);
    const calledAt = Date.parse(at);
    const activity = activities.findLast(({ type, startedAt, endedAt }) => {
      const isItsKind = /Txt|Zone/u.test(type) === pattern.startsWith('/zones');
      return isItsKind && startedAt <= calledAt && calledAt <= endedAt;
    });
    return { method, path: pattern, nth, activity };
  });
  return recorded.map(({ activity, ...call }, index) => ({
    ...call,
    activity: activity?.type ?? 'no activity',
    isLast: !recorded.slice(index + 1).some((later) => later.activity === activity),
  }));
}

interface ActivityTime {
  type: string;
  startedAt: number;
  endedAt: number;
}

/** Those that call Cloudflare and were completed. */
async function listActivities(handle: WorkflowHandle): Promise<ActivityTime[]> {
  const { events } = await handle.fetchHistory();
  const types = new Map<string, string>();
  const starts = new Map<string, number>();
  const done: ActivityTime[] = [];
  for (const event of events ?? []) {
    const eventTime = Math.floor(tsToMs(event.eventTime));
    if (event.activityTaskScheduledEventAttributes) {
      types.set(String(event.eventId), event.activityTaskScheduledEventAttributes.activityType?.name ?? '');
    } else if (event.activityTaskStartedEventAttributes) {
      starts.set(String(event.activityTaskStartedEventAttributes.scheduledEventId), eventTime);
    } else if (event.activityTaskCompletedEventAttributes) {
      const scheduled = String(event.activityTaskCompletedEventAttributes.scheduledEventId);
      const type = types.get(scheduled) ?? '';
      if (!withoutCalls.has(type)) done.push({ type, startedAt: starts.get(scheduled) ?? 0, endedAt: eventTime });
    }
  }
  return done.toSorted((a, b) => a.startedAt - b.startedAt);
}

/** The activities of a domain's runs that do not call Cloudflare. */
const withoutCalls = new Set(['readRecord', 'findPublishingZone', 'observeTxt']);
