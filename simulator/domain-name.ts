/** A name as this program compares it: lower case, no dot at the end. The root is the empty string. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

/** Whether a name is the zone's own or lies below it; both in normal form. */
export function isWithin(name: string, zoneName: string): boolean {
  return name === zoneName || name.endsWith(`.${zoneName}`);
}

/** The name without its first label; the empty string for a top-level name. */
export function parentOf(name: string): string {
  const dot = name.indexOf('.');
  return dot === -1 ? '' : name.slice(dot + 1);
}

/** Whether it can be a domain name: labels of letters, digits, hyphens and underscores, 1 to 63 each, 253 in all. */
export function isHostName(name: string): boolean {
  return name.length <= 253 && name.split('.').every((label) => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/i.test(label));
}
