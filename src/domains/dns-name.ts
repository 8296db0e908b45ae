/** Domain names as text without a trailing dot, compared without regard to case (RFC 4343). The root is `.`. */

/** Lower-case and without a trailing dot; the root stays `.`. */
export function toCanonicalName(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith('.') && lower !== '.' ? lower.slice(0, -1) : lower;
}

export function isSameName(one: string, other: string): boolean {
  return toCanonicalName(one) === toCanonicalName(other);
}

/** Whether `name` is `zone` or a name below it. */
export function isAtOrBelow(name: string, zone: string): boolean {
  const canonicalZone = toCanonicalName(zone);
  return canonicalZone === '.' || isSameName(name, zone) || toCanonicalName(name).endsWith(`.${canonicalZone}`);
}

/** The name without its first label; `.` above a top-level domain. */
export function parentOf(name: string): string {
  const canonical = toCanonicalName(name);
  const dot = canonical.indexOf('.');
  return dot === -1 || canonical === '.' ? '.' : canonical.slice(dot + 1);
}

/** A domain and its ancestors of at least two labels, longest first: the possible apexes of its zone where DNS is not queried. */
export function listPossibleApexes(domain: string): string[] {
  const labels = domain.split('.');
  return labels.slice(0, -1).map((_, index) => labels.slice(index).join('.'));
}
