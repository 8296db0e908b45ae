/** A name in normal form: lower case, without a trailing dot. The root is the empty string. */
export function normaliseName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

/** Whether a name is the zone name or below it; both in normal form. */
export function isWithin(name: string, zoneName: string): boolean {
  return name === zoneName || name.endsWith(`.${zoneName}`);
}

/** The name without its first label; the empty string for a top-level name. */
export function parentOf(name: string): string {
  const dot = name.indexOf('.');
  return dot === -1 ? '' : name.slice(dot + 1);
}

/** Whether the labels are 1 to 63 letters, digits, hyphens or underscores, and the name at most 253 characters. */
export function isHostName(name: string): boolean {
  return name.length <= 253 && name.split('.').every((label) => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/i.test(label));
}
