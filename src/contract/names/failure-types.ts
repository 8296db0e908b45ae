/** The `type` of every `ApplicationFailure` that a workflow or an activity fails with. */
export const failureTypes = [
  /** The input or the workflow id is wrong. Details: `Problem[]`. */
  'InvalidInput',
  /** The account, the token or DNS is not ready. Nothing was written. Details: `Problem[]`. */
  'PrerequisitesNotMet',
  /** The account has a connector for the domain that does not fit the request. */
  'ConnectorConflict',
  /** The connector was deleted or changed while the run was working on it. */
  'ConnectorChanged',
  /** Somebody rejected the change. */
  'ApprovalRejected',
  /** Nobody approved the change in time. */
  'ApprovalExpired',
  /** Nobody confirmed in time that they can sign in, so the connector was disabled again. */
  'NotConfirmed',
  /** The call-back URL is not allowed, or the receiver answered 410. */
  'CallBackRefused',
  /** The receiver did not accept the call-back; it is retried. */
  'CallBackFailed',
  /** An off-boarding stopped before it was complete; another run does the rest. Details: `[OffboardingStop]`. */
  'OffboardingIncomplete',
  /** The deadline passed. */
  'DeadlinePassed',
  /** The run failed, was cancelled or passed its deadline, and undid what it had done. Details: `[UndoReport]`. */
  'Undone',
  /** Cloudflare could not be reached, or did not answer in time. */
  'CloudflareUnreachable',
  /** Cloudflare answered 5xx, or something that is not its API's envelope. */
  'CloudflareUnavailable',
  /** Cloudflare answered 429. */
  'CloudflareThrottled',
  /** Cloudflare answered 401 or 403. */
  'CloudflareUnauthorized',
  /** Cloudflare refused the request: 400, 404, 409, or a 200 with `success: false`. */
  'CloudflareRefused',
  /** DNS servers that had to answer did not. */
  'DnsUnavailable',
  /** The DNS provider could not be reached, failed or throttled, or somebody else changed the same values at the same time. */
  'DnsProviderUnavailable',
  /** The DNS provider does not accept the worker's key or credentials, or does not grant them this permission. */
  'DnsProviderUnauthorized',
  /** The DNS provider refused the request; a retry would not help. */
  'DnsProviderRefused',
] as const;
export type FailureType = (typeof failureTypes)[number];
