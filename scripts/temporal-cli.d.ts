/** A source without a usable Temporal CLI, and why. */
export interface Rejected {
  source: string;
  reason: string;
  /** An executable is there, but it cannot be used. */
  exists?: boolean;
}

export interface SearchResult {
  path: string | null;
  rejected: Rejected[];
  warning?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

export const requirementsFile: string;
export function pinnedVersion(): string;
export function cachedTemporalCli(environment?: Environment): string;
export function whyUnusable(executable: string): Promise<string | null>;
export function searchTemporalCli(environment?: Environment): Promise<SearchResult>;
export function findTemporalCli(environment?: Environment): Promise<string>;
export function listRejected(rejected: readonly Rejected[]): string;
