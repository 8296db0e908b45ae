import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import ky from 'ky';
import { Webhook } from 'standardwebhooks';

import type { CallBackEvent } from '../contract/schemas/call-back-event.ts';
import type { Problem } from '../contract/schemas/parse.ts';
import { shareOfAttempt } from './perform.ts';

/** Where call-backs may go, and how they are signed. */
export interface CallBackSettings {
  /** Such as `https://itsm.example.com`; a URL of any other origin is refused. */
  origins: readonly string[];
  /** Standard Webhooks secrets (`whsec_…`), read before each attempt; the event is signed with each of them. */
  readSecrets: () => Promise<string[]>;
}

export type CallBackActivities = ReturnType<typeof createCallBackActivities>;

const gone = 410;

/** What is wrong with a call-back URL; `null`: nothing. */
export function judgeCallbackUrl(url: string, settings: CallBackSettings | null): Problem | null {
  const subject = 'callbackUrl';
  if (settings === null) {
    return {
      subject,
      problem: 'this worker sends no call-backs',
      remedy: 'leave it out, or set CALLBACK_ORIGINS and CALLBACK_SECRETS_FILE for the worker',
    };
  }
  const origin = URL.canParse(url) ? new URL(url).origin : null;
  if (origin !== null && settings.origins.includes(origin)) return null;
  return {
    subject,
    problem: `"${origin ?? url}" is not one of the origins that may be called back`,
    remedy: "correct it, or add its origin to the worker's CALLBACK_ORIGINS",
  };
}

/** @param settings `null`: call-backs are not configured, and every one is refused */
export function createCallBackActivities(settings: CallBackSettings | null) {
  return {
    /**
     * Sends one event, signed; the workflow id is its `webhook-id`.
     * @throws {ApplicationFailure} `CallBackRefused` if the URL is not allowed or answers 410; else `CallBackFailed`, retried
     */
    sendCallBack: async ({ url, event }: { url: string; event: CallBackEvent }): Promise<void> => {
      const problem = judgeCallbackUrl(url, settings);
      if (settings === null || problem !== null) throw refused(problem?.problem ?? 'call-backs are not configured');
      const { startToCloseTimeoutMs, workflowExecution } = activityInfo();
      const id = workflowExecution?.workflowId ?? '';
      const body = JSON.stringify(event);
      const now = new Date();
      const secrets = await settings.readSecrets();
      const status = await post(url, {
        body,
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
          'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
        },
        // Shorter than the attempt, so that a slow receiver is not mistaken for a dead worker.
        timeout: startToCloseTimeoutMs * shareOfAttempt,
      });
      if (status === gone) throw refused(`${new URL(url).origin} answered ${status}: the receiver is gone`);
      if (status < 200 || status > 299) throw failed(`${new URL(url).origin} answered ${status}`);
    },
  };
}

async function post(
  url: string,
  request: { body: string; headers: Record<string, string>; timeout: number },
): Promise<number> {
  try {
    const answer = await ky.post(url, {
      ...request,
      retry: 0,
      // A redirect could lead to an origin that is not allowed.
      redirect: 'manual',
      throwHttpErrors: false,
      signal: cancellationSignal(),
    });
    await answer.body?.cancel();
    return answer.status;
  } catch (error) {
    if (cancellationSignal().aborted) throw error;
    throw failed(`${new URL(url).origin} could not be reached: ${error instanceof Error ? error.name : String(error)}`);
  }
}

function refused(message: string): ApplicationFailure {
  return ApplicationFailure.create({ type: 'CallBackRefused', message, nonRetryable: true });
}

function failed(message: string): ApplicationFailure {
  return ApplicationFailure.create({ type: 'CallBackFailed', message });
}
