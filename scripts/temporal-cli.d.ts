/** A place that was looked at, and why what is there was not taken. */
export interface PassedOver {
  source: string;
  path: string;
  reason: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function pinnedTemporalCliVersion(): string;
export function temporalCliCache(environment?: Environment): {
  downloadFolder: string;
  downloaded: string | null;
  built: string;
};
export function whyNotTemporalCli(executable: string): Promise<string | null>;
export function searchTemporalCli(
  environment?: Environment,
): Promise<{ found: string | null; passedOver: PassedOver[] }>;
export function findTemporalCli(environment?: Environment): Promise<string>;
export function listPassedOver(passedOver: readonly PassedOver[]): string;
